"""Many questions from a file, one JSON document a line; what is answered is not asked again.

An output file belongs to its questions: a line is the document of `vidprog ask --json`, or an error, with the `key` of
its question in front. A run that was killed in the middle of a line loses that line only.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..video.errors import UsageError, VidprogError

Answer = Callable[[Sequence[str], str, Sequence[str]], dict[str, Any]]
"""Videos, question and choices -> the document of the answer."""
FIELDS = ("id", "video", "question", "choices")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the input.

    Attributes:
        key: Its `id`, or a hash of what it asks.
        videos: One or several.
        question: The question.
        choices: None for an open question.
        line: From 1.
    """

    key: str
    videos: tuple[str, ...]
    question: str
    choices: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How a batch ended."""

    answered: int = 0
    abstained: int = 0
    failed: int = 0
    known: int = 0
    """Answered by an earlier run."""


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a file; a video that is not found from here is looked for beside the file.

    Raises:
        UsageError: `batch.file` or `batch.line`; it names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read: {error}", code="batch.file", hint="Name a file of JSON lines."
        ) from error
    questions = tuple(_question(text, number, path) for number, text in enumerate(lines, 1) if text.strip())
    keys = [question.key for question in questions]
    twice = next((question for question in questions if keys.count(question.key) > 1), None)
    if twice is not None:
        raise _wrong(path, twice.line, f"{twice.key} is there twice: give each line an id of its own")
    return questions


def _question(text: str, number: int, path: Path) -> Question:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise _wrong(path, number, f"it is not JSON ({error.msg})") from error
    if not isinstance(data, dict) or not {"video", "question"} <= data.keys():
        raise _wrong(path, number, "it has no video or no question")
    unknown = data.keys() - set(FIELDS)
    if unknown:
        raise _wrong(path, number, f"{', '.join(sorted(unknown))}: there are only {', '.join(FIELDS)}")
    videos = data["video"] if isinstance(data["video"], list) else [data["video"]]
    choices = data.get("choices") or []
    if not isinstance(choices, list) or not all(
        isinstance(part, str) for part in (*videos, *choices, data["question"])
    ):
        raise _wrong(path, number, "videos, question and choices are texts")
    digest = hashlib.sha256(json.dumps([videos, data["question"], choices]).encode()).hexdigest()[:16]
    found = tuple(str(beside) if not Path(v).exists() and (beside := path.parent / v).exists() else v for v in videos)
    return Question(str(data.get("id", digest)), found, data["question"], tuple(choices), number)


def _wrong(path: Path, line: int, problem: str) -> UsageError:
    hint = '{"video": "a.mp4", "question": "...", "choices": ["...", "..."]}'
    return UsageError(f"{path}, line {line}: {problem}", code="batch.line", hint=f"A line is like {hint}")


def run_batch(
    questions: Sequence[Question], out: Path, answer: Answer, on_progress: Callable[[int, int], None]
) -> Tally:
    """Ask what is not answered yet, and write each answer as it comes.

    Args:
        questions: All of them.
        out: The output; what an earlier run wrote stays.
        answer: Asks one question.
        on_progress: Gets how many questions are done and how many there are.

    Raises:
        UsageError: The output holds something else.
    """
    known = _known(out)
    counts = {"answered": 0, "abstained": 0, "failed": 0}
    left = [question for question in questions if question.key not in known]
    with out.open("a", encoding="utf-8") as stream:
        for number, question in enumerate(left):
            on_progress(len(questions) - len(left) + number, len(questions))
            document = _asked(question, answer)
            kind = "failed" if "error" in document else "abstained" if document.get("abstained") else "answered"
            counts[kind] += 1
            stream.write(json.dumps({"key": question.key, **document}, ensure_ascii=False) + "\n")
            stream.flush()
    on_progress(len(questions), len(questions))
    return Tally(**counts, known=len(questions) - len(left))


def _asked(question: Question, answer: Answer) -> dict[str, Any]:
    try:
        return answer(question.videos, question.question, question.choices)
    except VidprogError as error:  # the other questions can still be answered
        given = {"question": question.question, "choices": list(question.choices), "videos": list(question.videos)}
        return {**given, **error.to_json()}


def _known(out: Path) -> frozenset[str]:
    """Keys that have an answer; errors are tried again, and go out of the file, as does a line that was cut off."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        return frozenset()
    entries = list(_entries(out))
    kept = [entry for entry in entries if "error" not in entry]
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    partial.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in kept), encoding="utf-8")
    partial.replace(out)
    return frozenset(entry["key"] for entry in kept)


def _entries(out: Path) -> Iterator[dict[str, Any]]:
    lines = out.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, text in enumerate(lines, 1):
        try:
            entry = json.loads(text)
        except json.JSONDecodeError:
            entry = None
        if isinstance(entry, dict) and "key" in entry:
            yield entry
        elif number < len(lines):
            hint = "Choose another name for --out."
            raise UsageError(f"{out} holds something else than answers", code="batch.out", hint=hint)
