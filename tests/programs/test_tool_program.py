"""A user's tool as a program of its own: which arguments it gets, how its result becomes an answer."""

from typing import Literal

import pytest
from vidprog.memory import Observation, Timeline
from vidprog.programs import Catalog, check, run
from vidprog.programs.tool_program import obstacle, program_of_tool, questions_of
from vidprog.tools import Answer, Registry, tool
from vidprog.video import Clip, Frame, Frames

MOMENTS = tuple(
    Observation(t, t + 1, "note", text, 0.8, "mine") for t, text in ((3, "dark"), (5, "dark"), (9, "light"))
)


def made(result, returns, **parameters):
    """A tool that returns `result`; parameters are name=(type, default) or name=type."""

    def mine(*args, **kwargs):
        return result

    texts = "\n".join(f"    {name}: It." for name in parameters)
    mine.__doc__ = f"Find it.\n\nArgs:\n{texts}\n"
    import inspect

    kinds = {
        name: item if isinstance(item, tuple) else (item, inspect.Parameter.empty) for name, item in parameters.items()
    }
    mine.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=kind, default=default)
         for name, (kind, default) in kinds.items()],
        return_annotation=returns,
    )  # fmt: skip
    return tool(mine)


CALLS = (
    ({"clip": Clip}, "mine(part)"),
    ({"clips": list[Clip]}, "mine(videos)"),
    ({"frames": Frames}, "mine(select_frames(part, 8))"),
    ({"what": Clip | Frames}, "mine(part)"),
    ({"lines": Timeline}, "mine(search(question))"),
    ({"clip": Clip, "question": str}, "mine(part, question)"),
    ({"clip": Clip, "query": (str, "")}, "mine(part, question)"),
    ({"clip": Clip, "options": list[str]}, "mine(part, choices)"),
    ({"clip": Clip, "least": (float, 0.5)}, "mine(part)"),
    ({"clip": Clip, "least": (float, 0.5), "question": (str, "")}, "mine(part, question=question)"),
    ({}, "mine()"),
)


@pytest.mark.parametrize(("parameters", "call"), CALLS)
def test_what_a_tool_is_given(parameters, call):
    program = program_of_tool(made(Timeline(), Timeline, **parameters))
    assert f"found = {call}\n" in program.source
    assert program.takes == ("several" if "videos" in call else "one")
    assert check(program, Registry.builtin().with_tools([made(Timeline(), Timeline, **parameters)])) == ()


@pytest.mark.parametrize(
    ("returns", "parameters", "why"),
    [
        (Clip, {"clip": Clip}, "its result, Clip, is no answer"),
        (Frames, {"clip": Clip}, "its result, list[Frame], is no answer"),
        (float, {"clip": Clip, "word": str}, "nobody knows what to pass as 'word'"),
        (float, {"frame": Frame}, "nobody knows what to pass as 'frame'"),
        (float, {"clip": Clip, "mode": Literal["a", "b"]}, "nobody knows what to pass as 'mode'"),
    ],
)
def test_tools_that_are_only_steps(returns, parameters, why):
    only = made(None, returns, **parameters)
    assert obstacle(only).startswith(why) and program_of_tool(only) is None


RESULTS = (
    (Timeline(MOMENTS), Timeline, "dark; light", [3, 9]),
    (Timeline((), "nothing to see"), Timeline, None, []),
    (MOMENTS[2], Observation, "light", [9]),
    ("a bridge", str, "a bridge", [0]),
    ("", str, None, []),
    (["red", "blue"], list[str], None, [0]),
    (3, int, "3", [0]),
    (0.25, float, "0.25", [0]),
    (True, bool, "yes", [0]),
    (False, bool, "no", [0]),
    (Answer("here", confidence=0.7), Answer, "here", []),
)


@pytest.mark.parametrize(("result", "returns", "text", "starts"), RESULTS)
def test_what_becomes_of_the_result(result, returns, text, starts, sample_session):
    mine = made(result, returns, clip=Clip)
    registry = Registry.builtin().with_tools([mine])
    program = program_of_tool(mine)
    assert check(program, registry) == ()
    ran = run(program, registry, sample_session.context(), video=sample_session.video.clip(), question="What is it?")
    assert ran.error is None
    if text is not None:
        assert ran.answer.text == text
    assert [moment.start for moment in ran.answer.evidence] == starts or text is None


def test_the_words_by_which_it_is_found():
    def mine(clip: Clip) -> float:
        """Measure it.

        Use when: It is asked how much.

        Args:
            clip: Where.

        Examples:
            - How much?
            - How much more?
        """
        return 1.0

    assert questions_of(tool(mine)) == ("How much?", "How much more?", "It is asked how much.")
    assert questions_of(made(1.0, float, clip=Clip)) == ("Find it.",)


def test_examples_in_python_are_no_questions():
    def mine(clip: Clip) -> float:
        """Measure it.

        Args:
            clip: Where.

        Examples:
            >>> mine(clip)
            1.0
        """
        return 1.0

    assert tool(mine).examples == ()


def test_a_catalog_takes_only_names_that_are_free():
    catalog = Catalog.builtin()
    mine = made(1.0, float, clip=Clip)
    assert catalog.with_tools([]) is catalog
    assert set(catalog.with_tools([mine]).names) - set(catalog.names) == {"mine"}
    twin = made(1.0, float, clip=Clip)
    object.__setattr__(twin, "name", "how_many")
    assert catalog.with_tools([twin]).get("how_many") is catalog.get("how_many")
    assert [one.name for one in Registry.builtin().with_tools([mine]).added] == ["mine"]
