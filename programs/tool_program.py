"""A tool as a program of its own, so that a planner that only picks named programs can use what a user adds.

The docstring of the tool says when (`Use when:`, `Examples:`), its signature says how: a clip is the part of the video
that the question names, a text called `question` is the question, and what comes back is the evidence for the answer.
"""

from __future__ import annotations

import re

from ..tools.tool import Parameter, Tool
from .program import Program

_NOTE = re.compile(r"\{note:(.+?)\}(?= if|,)")

PART = "part"
FRAMES = 8
"""Pictures for a tool that takes frames."""
MOST = 3
"""Findings that the answer to an open question names at most."""
ALWAYS = "llm"
"""`answer` weighs what the tool found."""
GIVEN_BY_TYPE = {
    "Clip": PART,
    "list[Clip]": "videos",
    "list[Frame]": f"select_frames({PART}, {FRAMES})",
    "list[Observation]": "search(question)",
}
"""Type of an argument -> what a program passes."""
GIVEN_BY_NAME = {("question", "str"): "question", ("query", "str"): "question", ("choices", "list[str]"): "choices",
                 ("options", "list[str]"): "choices"}  # fmt: skip
"""Name and type of an argument -> what a program passes; other texts and numbers can only be left out."""
ENDINGS = {
    "Answer": "found",
    "list[Observation]": """said: list[str] = []
for moment in found:
    if moment.content not in said and len(said) < {most}:
        said.append(moment.content)
answer(question, found, choices, value="; ".join(said) if said and not choices else None)""",
    "Observation": "answer(question, [found], choices, value=None if choices else found.content)",
    "str": "answer(question, {note:found} if found else [], choices, value=found)",
    "list[str]": 'answer(question, {note:"; ".join(found)} if found else [], choices)',
    "bool": 'answer(question, {note:f"{label}: {found}"}, choices, value="yes" if found else "no")',
    "int": 'answer(question, {note:f"{label}: {found}"}, choices, value=found)',
    "float": 'answer(question, {note:f"{label}: {found:.4g}"}, choices, value=found)',
}
"""Type of the result -> how the program ends; what is in `{note:...}` is put on the clock of the part.

A tool that returns something else is a step, not an answer."""


def program_of_tool(tool: Tool) -> Program | None:
    """A program that calls the tool and answers from what it found.

    Args:
        tool: One that a user added.

    Returns:
        The program, named like the tool; None where `obstacle` says why there can be none.
    """
    if obstacle(tool):
        return None
    given = [f"{p.name}={text}" if p.keyword_only else text for p, text in _arguments(tool)]
    call = f"{tool.name}({', '.join(given)})"
    takes_videos = any(text == "videos" for _, text in _arguments(tool))
    head = f"{PART} = named_range(video, question)\n" if PART in call else ""
    where = f"{PART}.start, {PART}.end" if head else "0.0, video.duration"
    ending = _NOTE.sub(rf"[note(\1, {where})]", ENDINGS[str(tool.returns)])
    ending = ending.replace("{label}", tool.name.replace("_", " ")).replace("{most}", str(MOST))
    return Program(
        name=tool.name,
        source=f"{head}found = {call}\n{ending}\n",
        summary=tool.summary,
        when=tool.when,
        needs=tuple(dict.fromkeys((*tool.needs, ALWAYS))),
        origin=tool.source,
        examples=questions_of(tool),
        cost=tool.cost,
        special=True,
        takes="several" if takes_videos else "one",
    )


def questions_of(tool: Tool) -> tuple[str, ...]:
    """What the question is compared with: the examples and the words on when to use it, else the summary."""
    return (*tool.examples, *filter(None, [tool.when])) or (tool.summary,)


def obstacle(tool: Tool) -> str:
    """Why a tool is only for programs that name it; empty where a planner can use it by itself."""
    if str(tool.returns) not in ENDINGS:
        return f"its result, {tool.returns}, is no answer and no evidence for one"
    for parameter in tool.parameters:
        if parameter.required and not _given(parameter):
            return f"nobody knows what to pass as {parameter.name!r}: give it a default, or call it 'question'"
    return ""


def _arguments(tool: Tool) -> list[tuple[Parameter, str]]:
    """What is passed: all that is required, and the question and the options where they are wanted.

    An optional argument after one that is left out is passed by name.
    """
    passed: list[tuple[Parameter, str]] = []
    skipped = False
    for parameter in tool.parameters:
        text = _given(parameter) if parameter.required else _named(parameter)
        if text:
            named = f"{parameter.name}={text}" if skipped and not parameter.keyword_only else text
            passed.append((parameter, named))
        skipped = skipped or not text
    return passed


def _given(parameter: Parameter) -> str:
    kinds = str(parameter.type).split(" | ")
    return _named(parameter) or next((text for kind, text in GIVEN_BY_TYPE.items() if kind in kinds), "")


def _named(parameter: Parameter) -> str:
    kinds = str(parameter.type).split(" | ")
    return next((GIVEN_BY_NAME[key] for kind in kinds if (key := (parameter.name, kind)) in GIVEN_BY_NAME), "")
