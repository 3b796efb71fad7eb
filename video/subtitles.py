"""Text that came with the video: subtitle streams in the file and subtitle files beside it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .media import SubtitleTrack

if TYPE_CHECKING:
    from av.container import InputContainer
    from pysubs2 import SSAFile

    from .media import Video

_SIDECAR_SUFFIXES = frozenset((".srt", ".vtt", ".ass", ".ssa"))
# What may stand between the video's name and the suffix: clip.en.srt, clip.pt-BR.forced.srt, clip.English.vtt.
_LABEL = re.compile(
    r"(?P<language>[a-z]{2,3}(?:[-_][a-z0-9]{2,8})?)|forced|sdh|cc|hi|default|[a-z]{4,12}", re.IGNORECASE
)
_NOT_LANGUAGES = frozenset(("cc", "sdh", "hi", "und"))
_LARGEST_SIDECAR = 20_000_000  # bytes; a day of subtitles is about 2 MB

_TEXT_CODECS = frozenset(("mov_text", "subrip", "srt", "webvtt", "ass", "ssa", "text", "ttml", "stl", "subviewer"))
_STYLES = re.compile(r"\{\\[^}]*\}|<[^<>]*>")
_BREAKS = re.compile(r"\\[Nnh]|\s+")

# Containers write three letters (ISO 639-2), people and file names two; the ones that occur are brought together.
_TWO_LETTERS: dict[str, str] = dict(
    re.findall(
        r"(\w+):(\w+)",
        """
        ara:ar ben:bn bul:bg cat:ca ces:cs cze:cs chi:zh zho:zh dan:da deu:de ger:de dut:nl nld:nl ell:el gre:el
        eng:en est:et fin:fi fra:fr fre:fr heb:he hin:hi hrv:hr hun:hu ind:id ita:it jpn:ja kor:ko lav:lv lit:lt
        nor:no pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl spa:es srp:sr swe:sv tha:th tur:tr ukr:uk
        vie:vi
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle: shown from ``start`` to ``end`` seconds; ``text`` is plain, on one line."""

    start: float
    end: float
    text: str
    source: str


def read_subtitles(video: Video) -> tuple[Cue, ...]:
    """The text of all subtitles that belong to a video.

    Args:
        video: Where to read. ``video.subtitles`` lists the tracks and why some cannot be read.

    Returns:
        Cues in the order of time, without markup, cut at the end of the video. A cue that an earlier track already has
        at the same time with the same words is left out. Empty when there are no readable tracks.
    """
    tracks = [track for track in video.subtitles if not track.why_unreadable]
    cues = [cue for track in tracks if track.path is not None for cue in _sidecar_cues(track, track.path)]
    streams = {track.stream: track for track in tracks if track.stream is not None}
    if streams:
        cues = [*_embedded_cues(video, streams), *cues]
    return _tidy(cues, video.duration)


def find_sidecars(path: Path) -> tuple[SubtitleTrack, ...]:
    """Subtitle files beside a video: those with its name, possibly with a language in between.

    Args:
        path: The video.

    Returns:
        One track per file, in the order of their names; one that cannot be read says why.
    """
    try:
        beside = sorted(entry for entry in path.parent.iterdir() if entry.suffix.lower() in _SIDECAR_SUFFIXES)
    except OSError:
        return ()
    return tuple(
        SubtitleTrack(
            source=f"sidecar:{entry.name}",
            language=language,
            codec=entry.suffix[1:].lower(),
            path=entry,
            why_unreadable=_trouble_with(entry),
        )
        for entry in beside
        if (language := _label_language(path.stem, entry.stem)) is not None
    )


def embedded_tracks(container: InputContainer) -> tuple[SubtitleTrack, ...]:
    """The subtitle streams of an open file.

    Args:
        container: Its streams are looked at, nothing is read.

    Returns:
        One track per stream; those that carry pictures instead of text say so.
    """
    tracks: list[SubtitleTrack] = []
    for stream in container.streams.subtitles:
        codec = stream.codec_context.name if stream.codec_context is not None else "unknown"
        language = _short(stream.metadata.get("language", ""))
        source = f"subtitles:{language}" if language else f"subtitles:stream {stream.index}"
        if any(track.source == source for track in tracks):
            source = f"{source} (stream {stream.index})"
        why = "" if codec in _TEXT_CODECS else f"{codec} subtitles are pictures, not text"
        tracks.append(SubtitleTrack(source, language, codec, stream=stream.index, why_unreadable=why))
    return tuple(tracks)


def _label_language(video_stem: str, stem: str) -> str | None:
    """Language in a sidecar's name, "" when it has none; None when the file belongs to another video."""
    if stem == video_stem:
        return ""
    if not stem.startswith(f"{video_stem}."):
        return None
    matches = [_LABEL.fullmatch(part) for part in stem[len(video_stem) + 1 :].split(".")]
    if not all(matches):
        return None
    languages = [_short(match["language"]) for match in matches if match and match["language"]]
    return next((language for language in languages if language), "")


def _short(language: str) -> str:
    """A language code in its shortest usual form; "" when it is none."""
    code = language.lower().replace("_", "-")
    return "" if code in _NOT_LANGUAGES else _TWO_LETTERS.get(code, code)


def _trouble_with(path: Path) -> str:
    """Why a subtitle file cannot be read; "" when it can."""
    try:
        return "" if len(_load(path)) else "hold no cues"
    except (OSError, ValueError) as error:
        return f"cannot be read ({str(error).splitlines()[0][:80]})" if str(error) else "cannot be read"


def _load(path: Path) -> SSAFile:
    """Parse a subtitle file; ``ValueError`` or ``OSError`` when it is none."""
    import pysubs2

    if path.stat().st_size > _LARGEST_SIDECAR:
        raise ValueError("too large for subtitles")
    data = path.read_bytes()
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("not text")
    try:
        return pysubs2.SSAFile.from_string(_text_of(data), format_=path.suffix[1:].lower())
    except (pysubs2.Pysubs2Error, KeyError, IndexError) as error:
        raise ValueError(str(error) or "not a subtitle format") from error


def _text_of(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what old Windows editors write


def _sidecar_cues(track: SubtitleTrack, path: Path) -> Iterator[Cue]:
    try:
        events = _load(path)
    except (OSError, ValueError):  # it was there when the video was opened
        return
    for event in events:
        if not event.is_comment:
            yield Cue(event.start / 1000, event.end / 1000, _plain(event.text), track.source)


def _embedded_cues(video: Video, tracks: dict[int, SubtitleTrack]) -> Iterator[Cue]:
    from .container import decoded, only, open_container, packets

    with open_container(video.path) as container:
        streams = [stream for stream in container.streams.subtitles if stream.index in tracks]
        only(container, *streams)
        for packet in packets(container, *streams):
            if packet.pts is None or packet.size == 0:
                continue
            text = _plain(" ".join(map(_rect_text, decoded(packet))))
            start = float(packet.pts * packet.time_base) - video.origin
            length = float((packet.duration or 0) * packet.time_base)
            yield Cue(start, start + length, text, tracks[packet.stream_index].source)


def _rect_text(rect: Any) -> str:
    return rect.dialogue.decode("utf-8", errors="replace") if hasattr(rect, "dialogue") else ""


def _plain(text: str) -> str:
    """Without style tags and line breaks."""
    return _BREAKS.sub(" ", html.unescape(_STYLES.sub("", text))).strip()


def _tidy(cues: Iterable[Cue], duration: float) -> tuple[Cue, ...]:
    """Sorted, inside the video, without empty ones and repetitions."""
    seen: set[tuple[float, float, str]] = set()
    kept: list[Cue] = []
    for cue in cues:
        start, end = max(0.0, cue.start), min(cue.end, duration)
        key = (round(start, 2), round(end, 2), cue.text)
        if cue.text and end > start and key not in seen:
            seen.add(key)
            kept.append(Cue(start, end, cue.text, cue.source))
    return tuple(sorted(kept, key=lambda cue: (cue.start, cue.end)))
