"""What can be said about a path before any decoder sees it: is it there, what does it look like, what is its identity.

A decoder's word for all of these is "invalid data"; here each gets its own sentence and its own code.
"""

import codecs
import difflib
import hashlib
import os
import re
import stat
from itertools import islice
from pathlib import Path

from .errors import MediaError

_URL = re.compile(r"^([a-z][a-z0-9+.-]+):/", re.IGNORECASE)
WANTED = "name a video file, for example .mp4, .mkv or .webm"
_SAMPLE_BYTES = 64 * 1024
_SAMPLES = 16
_SIBLINGS = 5000  # names looked at for "did you mean"; a huge directory must not make an error slow

# What a container starts with. Only used to word the error when the demuxer has already refused the file.
_SIGNATURES = re.compile(
    rb"""....(ftyp|moov|mdat|free|skip|wide)   # MP4, MOV
    |\x1aE\xdf\xa3                             # Matroska, WebM
    |RIFF....(AVI\ |WAVE)
    |OggS|fLaC|FLV\x01|ID3
    |\x30\x26\xb2\x75                          # ASF, WMV
    |\x00\x00\x01[\xba\xb3]                    # MPEG program stream
    |G.{187}G                                  # MPEG transport stream
    """,
    re.DOTALL | re.VERBOSE,
)
_MEDIA_SUFFIXES = re.compile(
    r"\.(mp4|m4[va]|mov|mkv|webm|avi|flv|wmv|mpe?g|m?ts|m2ts|3gp|og[vg]|mp3|wav|flac|aac|opus)", re.IGNORECASE
)


def check_source(path: str | os.PathLike[str]) -> Path:
    """Make sure that a path names a readable file with something in it.

    Args:
        path: What the user gave.

    Returns:
        The absolute path; links are kept, so that files beside the link are found.

    Raises:
        MediaError: ``media.url``, ``media.missing``, ``media.directory``, ``media.unreadable`` or ``media.empty``.
    """
    text = os.fspath(path)
    if not text:
        raise MediaError("no file name was given", code="media.missing", hint="name a video file")
    _refuse_url(text)
    found = Path(text).expanduser().absolute()
    try:
        status = found.stat()
    except PermissionError as error:
        raise _unreadable(found) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise MediaError(f"{shown(found)} does not exist", code="media.missing", hint=_closest(found)) from error
    if stat.S_ISDIR(status.st_mode):
        raise MediaError(
            f"{shown(found)} is a directory, not a video", code="media.directory", hint="name a file in it"
        )
    if not stat.S_ISREG(status.st_mode):
        raise MediaError(
            f"{shown(found)} is not a regular file", code="media.not_video", hint="save it to a file first"
        )
    if status.st_size == 0:
        raise MediaError(f"{shown(found)} is empty (0 bytes)", code="media.empty", hint="copy or download it again")
    _try_reading(found)
    return found


def shown(path: Path) -> str:
    """The path as an error prints it: always one line."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def undecodable(path: Path) -> MediaError:
    """The error for a file that the demuxer refused, worded by what its bytes look like."""
    with path.open("rb") as file:
        head = file.read(4096)
    if _is_text(head):
        return MediaError(f"{shown(path)} is a text file, not a video", code="media.not_video", hint=WANTED)
    if head[4:8] == b"ftyp" and not _has_moov(path):
        return MediaError(
            f"{shown(path)} is cut off: its index (the moov box) is missing",
            code="media.corrupt",
            hint="copy it again in full; an interrupted recording can be rebuilt with the untrunc program",
        )
    if _SIGNATURES.match(head) or _MEDIA_SUFFIXES.fullmatch(path.suffix):
        return MediaError(f"{shown(path)} is damaged and cannot be read", code="media.corrupt", hint="copy it again")
    return MediaError(f"{shown(path)} is not a video or audio file", code="media.not_video", hint=WANTED)


def fingerprint(path: Path) -> str:
    """Identity of a file's content: its size, head, tail and evenly spaced samples; never its name or date.

    Args:
        path: A readable file.

    Returns:
        32 hexadecimal digits. Files up to 1.1 MB are hashed whole; reading a large one costs 18 reads of 64 KiB.
    """
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    with path.open("rb") as file:
        if size <= (_SAMPLES + 2) * _SAMPLE_BYTES:
            digest.update(file.read())
            return digest.hexdigest()
        for number in range(_SAMPLES + 2):
            file.seek((size - _SAMPLE_BYTES) * number // (_SAMPLES + 1))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _refuse_url(text: str) -> None:
    match = _URL.match(text)
    if match is None:
        return
    text = re.sub(r":/(?!/)", "://", text, count=1)  # a Path has swallowed one slash
    if match[1].lower() == "file":
        hint = "give the plain path, without file://"
    else:
        hint = f"download it first, for example: yt-dlp -o video.mp4 {text}"
    raise MediaError(f"{ascii(text)[1:-1]} is an address, not a file", code="media.url", hint=hint)


def _try_reading(path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except PermissionError as error:
        raise _unreadable(path) from error
    except OSError as error:
        raise MediaError(f"{shown(path)} cannot be read: {error.strerror}", code="media.unreadable") from error


def _unreadable(path: Path) -> MediaError:
    return MediaError(f"no permission to read {shown(path)}", code="media.unreadable", hint="check it with ls -l")


def _closest(path: Path) -> str:
    """A hint that names the most similar file beside the missing one, or the folder that is not there."""
    try:
        names = {entry.name.lower(): entry.name for entry in islice(path.parent.iterdir(), _SIBLINGS)}
    except (OSError, ValueError):
        return "check the spelling of its folder"
    close = difflib.get_close_matches(path.name.lower(), names, n=1, cutoff=0.6)
    return f"did you mean {names[close[0]]}?" if close else "check the spelling"


def _is_text(head: bytes) -> bool:
    """Whether the bytes decode as text without control characters other than white space."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # not final: the last letter may be cut in two
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\t\n\r\f\x1b" for character in text)


def _has_moov(path: Path) -> bool:
    """Walk the top-level boxes of an MP4."""
    size = path.stat().st_size
    with path.open("rb") as file:
        offset = 0
        while offset + 8 <= size:
            file.seek(offset)
            header = file.read(16)
            if header[4:8] == b"moov":
                return True
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            if length < 8:
                return False
            offset += length
    return False
