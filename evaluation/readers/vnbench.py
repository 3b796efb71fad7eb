"""VNBench: needles in a video, each asked four times with the options in another order.

A needle counts only when all four tries are right, so the tries of one make a group. Besides the official list, the
two forms of results in the repository are read for their questions and truth.
"""

import re
from pathlib import PurePosixPath

from ..items import Item
from .format import Format, reader
from .row import BadRow, Row, lettered, options, position, split_options
from .source import Source

TRIES = 4
_TURNS = re.compile(r"<\|im_start\|>user\s*(?:<image>)?\s*(.*?)(?:<\|im_end\|>|$)", re.DOTALL)


def _official(row: Row) -> Item:
    video = row.text("video")
    choices = options(row.listed("options"))
    given = row.values.get("gt_option")
    truth = lettered(given, choices, "gt_option") if isinstance(given, str) else position(given, choices, "gt_option")
    return _item(row, video, row.text("question"), choices, truth, row.text("type"))


def _with_prompt(row: Row) -> Item:
    turn = _TURNS.search(row.text("prompt"))
    question, choices = split_options(turn.group(1) if turn else row.text("prompt"))
    truth = _right(row, choices)
    return _item(row, row.text("video_path"), question, choices, truth, row.text("task_type"))


def _item(row: Row, file: str, question: str, choices: tuple[str, ...], truth: int, category: str) -> Item:
    name = PurePosixPath(file).stem
    group = name if name.endswith(category) else f"{name}_{category}"
    return Item(
        id=f"{group}_{_turn(row)}",
        video=name,
        question=question,
        choices=choices,
        truth=truth,
        category=category,
        group=group,
        extra={"file": file.removeprefix("./"), "group_size": TRIES},
    )


def _result(row: Row) -> Item:
    """A row of results without its question: the letters are all that is known of the options."""
    name, letters = row.text("question_id"), ("A", "B", "C", "D")
    group = name.removesuffix(f"_{_turn(row)}")
    return Item(
        id=name,
        video=group,
        question=row.maybe("prompt") or name,
        choices=letters,
        truth=_right(row, letters),
        category=row.text("type"),
        group=group,
        extra={"group_size": TRIES},
    )


def _right(row: Row, choices: tuple[str, ...]) -> int:
    """The right option of a result: a letter, or its position, which the published evaluation takes as well."""
    given = row.text("gt")
    return position(given, choices, "gt") if given.isdecimal() else lettered(given, choices, "gt")


def _turn(row: Row) -> int:
    turn = row.number_at("try")
    if turn not in range(TRIES):
        raise BadRow(f"try is {row.values['try']!r}, not 0 to {TRIES - 1}")
    return int(turn)


def _any(row: Row) -> Item:
    if "gt_option" in row.values:
        return _official(row)
    return _with_prompt(row) if "video_path" in row.values else _result(row)


def _recognises(source: Source) -> bool:
    return source.has("try", "gt") and (
        source.has("gt_option", "options")
        or source.has("prompt", "task_type", "video_path")
        or source.has("question_id", "type")
    )


VNBENCH = Format(
    name="vnbench",
    title="VNBench (VideoNIAH)",
    reads="VNBench-main-4try.json: video, question, options, gt_option, type, try; or results as JSON lines",
    paper="Zhao et al., Needle In A Video Haystack: A Scalable Synthetic Evaluator for Video MLLMs, ICLR 2025",
    licence="none stated",
    where="github.com/joez17/VideoNIAH; huggingface.co/datasets/videoniah/VNBench",
    recognises=_recognises,
    read=reader(_any),
)
