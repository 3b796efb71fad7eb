"""Examples as lines of JSON, to move them between stores and to make them of any labelled videos.

A line needs a question; with an answer and a video it is a labelled video, as VideoICL learns from. What a line leaves
out is filled in: the fingerprint from the file, and that an answer somebody writes down is meant to be right.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ..memory import Example
from ..video.errors import MediaError, UsageError


def to_lines(examples: Iterable[Example]) -> str:
    """A line for each example, fields as in `Example`."""
    return "".join(json.dumps(example.to_json(), ensure_ascii=False) + "\n" for example in examples)


def from_lines(text: str, folder: Path, name: str) -> Iterator[Example]:
    """The examples of lines; empty lines do not count.

    Args:
        text: The lines.
        folder: Where relative paths of videos begin.
        name: Of the file, for errors.

    Raises:
        UsageError: `example.line` and those of `Example`, with the number of the line.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _example(line, folder)
        except UsageError as error:
            raise UsageError(f"{name}, line {number}: {error.message}", code=error.code, hint=error.hint) from error


def _example(line: str, folder: Path) -> Example:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON ({error})", code="example.line", hint="One object a line.") from error
    if not isinstance(data, dict) or "question" not in data:
        raise UsageError(
            "an example is an object with a question", code="example.line", hint='{"question": "...", "answer": "..."}'
        )
    if data.get("answer") and "outcome" not in data:
        data = {**data, "outcome": "right"}
    return with_video(Example.from_json(data), folder)


def with_video(example: Example, folder: Path = Path()) -> Example:
    """The example with its video's absolute path and fingerprint; as it is when the file is not there.

    Args:
        example: The example.
        folder: Where a relative path begins.

    Raises:
        UsageError: The file is there and is no video.
    """
    path = (folder / Path(example.video).expanduser()).absolute() if example.video else None
    if path is None or not path.is_file():
        return example
    from ..video import open_video

    try:
        video = open_video(path)
    except MediaError as error:
        raise UsageError(error.message, code=error.code, hint=error.hint) from error
    if example.fingerprint not in ("", video.fingerprint):
        return example  # another file took the place of the one that the example was made of
    # The id says which video: it is made anew.
    same = example.fingerprint == video.fingerprint
    return replace(example, video=str(video.path), fingerprint=video.fingerprint, id=example.id if same else "")
