"""The report as a file: where it is written, and where it finds the video."""

import base64
import mimetypes
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...video.errors import UsageError
from .page import report_html
from .shown import shown_videos

if TYPE_CHECKING:
    from ...agents import Result
    from ...memory import Timeline

LARGEST_EMBEDDED = 20_000_000
"""Bytes of all videos in a page, where they take a third more. Chromium opened such a page in 1.2 s on busy cores."""


def write_report(
    result: "Result",
    path: str | Path,
    *,
    timelines: "Mapping[str, Timeline] | None" = None,
    embed: bool = False,
) -> Path:
    """Write an answer as one HTML page.

    The page plays the video by its place relative to the page; frames of the evidence are in the page itself.

    Args:
        result: The answer.
        path: The file to write; one that is there is replaced.
        timelines: By the videos' paths, what is shown on the lanes besides the evidence; what is known by now
            (``Result.timeline``) when left out.
        embed: Whether the videos themselves are put into the page, up to 20 MB.

    Returns:
        The file.

    Raises:
        UsageError: The place cannot be written to, or the videos are too large to be put into the page.

    Example:
        >>> import vidprog
        >>> from vidprog.apps.report import write_report
        >>> result = vidprog.ask("sample.mp4", "Why is the train late?")  # doctest: +SKIP
        >>> write_report(result, "answer.html")  # doctest: +SKIP
    """
    path = Path(path)
    paths = [Path(video["path"]) for video in result.videos]
    addresses = embedded(paths) if embed else {str(video): beside(video, path) for video in paths}
    videos = shown_videos(result, known(result) if timelines is None else timelines, addresses)
    try:
        path.write_text(report_html(result, videos), encoding="utf-8")
    except OSError as error:
        hint = "Choose another file for --report."
        raise UsageError(f"{path}: {error.strerror}", code="report.file", hint=hint) from error
    return path


def known(result: "Result") -> "dict[str, Timeline]":
    """By path, everything that is known about the videos of an answer."""
    return {video["path"]: result.timeline(video["path"]) for video in result.videos}


def beside(video: Path, page: Path) -> tuple[str, ...]:
    """Where a page finds a video: from where it lies itself, and if it was moved alone, where the video was."""
    relative = os.path.relpath(video.absolute(), page.absolute().parent)
    return quote(relative), video.absolute().as_uri()


def embedded(videos: Sequence[Path]) -> dict[str, tuple[str, ...]]:
    """The videos as URLs that hold them.

    Raises:
        UsageError: They are too large.
    """
    check_embedded(videos)
    return {str(video): (_data_url(video),) for video in videos}


def check_embedded(videos: Iterable[Path]) -> None:
    """Whether videos may go into a page.

    Raises:
        UsageError: They are too large.
    """
    total = sum(video.stat().st_size for video in videos if video.is_file())
    if total > LARGEST_EMBEDDED:
        message = f"the videos take {total / 1e6:.0f} MB; up to {LARGEST_EMBEDDED / 1e6:.0f} MB go into a page"
        raise UsageError(message, code="report.size", hint="Leave --embed-video away, or cut the video first.")


def _data_url(video: Path) -> str:
    kind = mimetypes.guess_type(video.name)[0] or "video/mp4"
    return f"data:{kind};base64,{base64.b64encode(video.read_bytes()).decode('ascii')}"
