"""One typed, documented function is the stub, the argument check, the documentation and the prompt."""

import ast
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.memory import Observation, Timeline
from vidprog.tools import Answer, Grid, Meter, ToolDefinitionError, ToolError, tool
from vidprog.tools.types import SANDBOX_CLASSES, VOCABULARY, resolve_type
from vidprog.tools.values import Demonstration
from vidprog.video import Clip, Frame, Frames

if TYPE_CHECKING:
    from nowhere import Context  # what a user's file may do: only type checkers know the name


@pytest.fixture
def clip():
    return Clip(SimpleNamespace(duration=60.0), 0.0, 60.0)


@tool(kind="read", needs="ocr", cost="frames")
def read_text(clip: Clip | Frames, min_score: float = 0.5, *, context: "Context") -> Timeline:
    """Read the text shown on screen.

    Works best on sharp frames.

    Args:
        clip: Where to look;
            a clip or frames.
        min_score (float): Lines below this score are dropped, 0 to 1.

    Returns:
        Lines of text.

    Source: RapidOCR
    """
    return Timeline([Observation(min_score, 9, "text", str(context), 0.5, "test")])


@tool
def echo(
    words: list[str],
    times: list[float] = [1, 2],  # noqa: B006 - a list default must be copied for each call
    mode: Literal["plain", "loud"] = "plain",
    limit: int | None = None,
    *,
    exact: bool = False,
) -> list[str]:
    """Give the words back.

    Args:
        words: Words.
        times: Times.
        mode: How.
        limit: How many.
        exact: Whether.
    """
    times.append(0)
    return [*words, str(times), mode, str(limit), str(exact)]


def test_a_tool_knows_what_its_source_says():
    assert (read_text.name, read_text.kind, read_text.needs, read_text.cost) == (
        "read_text",
        "read",
        ("ocr",),
        "frames",
    )
    assert read_text.summary == "Read the text shown on screen."
    assert read_text.description == "Works best on sharp frames."
    assert [(p.name, str(p.type), p.required) for p in read_text.parameters] == [
        ("clip", "Clip | list[Frame]", True),
        ("min_score", "float", False),
    ]
    assert read_text.parameters[0].text == "Where to look; a clip or frames."
    assert str(read_text.returns) == "list[Observation]"
    assert read_text.source == "RapidOCR"


def test_the_context_is_nowhere_to_be_seen():
    assert read_text.signature() == "read_text(clip: Clip | list[Frame], min_score: float = 0.5) -> list[Observation]"
    assert "context" not in read_text.stub()
    assert "context" not in str(read_text.to_json())


def test_a_stub_is_one_documented_function():
    (function,) = ast.parse(read_text.stub()).body
    assert ast.get_docstring(function) == (
        "Read the text shown on screen.\n\nWorks best on sharp frames.\n\nArgs:\n"
        "    clip: Where to look; a clip or frames.\n    min_score: Lines below this score are dropped, 0 to 1."
    )
    assert echo.signature() == (
        "echo(words: list[str], times: list[float] = [1, 2], mode: Literal['plain', 'loud'] = 'plain', "
        "limit: int | None = None, *, exact: bool = False) -> list[str]"
    )


@given(text=st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip))
def test_no_text_breaks_out_of_the_stub(text):
    def function(word: str = "") -> str:
        return word

    word = " ".join(text.split())
    function.__doc__ = f"Say {word}\n\nArgs:\n    word: It is {word}"
    made = tool(function)
    (node,) = ast.parse(made.stub()).body
    assert made.summary in ast.get_docstring(node)
    assert isinstance(node.body[-1].value, ast.Constant) and node.body[-1].value.value is ...


def test_a_default_that_no_program_can_write_is_dots():
    @tool
    def until(end: float = float("inf")) -> float:
        """Wait.

        Args:
            end: Seconds.
        """
        return end

    assert until.signature() == "until(end: float = ...) -> float"
    assert until() == float("inf")


def test_calling_fills_in_defaults_and_the_context(clip):
    (line,) = read_text(clip, context="here")
    assert (line.start, line.content) == (0.5, "here")
    assert read_text((), 1, context=0)[0].start == 1.0


def test_a_default_list_is_not_shared_between_calls():
    assert echo([])[0] == "[1.0, 2.0, 0]"
    assert echo([])[0] == "[1.0, 2.0, 0]"


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "missing a required argument: 'words'"),
        ((["a"],), {"word": "a"}, "got an unexpected keyword argument 'word'"),
        ((["a"],), {"context": 3}, "got an unexpected keyword argument 'context'"),
        ((["a"], [1], "plain", 1, True), {}, "too many positional arguments"),
        (("a",), {}, "argument 'words' expects list[str], got 'a'"),
        ((["a", 3],), {}, "argument 'words' expects list[str], got a list of str"),
        ((["a"], ["1"]), {}, "argument 'times' expects list[float], got a list of str"),
        ((["a"], [float("nan")]), {}, "argument 'times' expects list[float], got a list of float"),
        ((["a"], [10**400]), {}, "argument 'times' expects list[float], got a list of int"),
        ((["a"],), {"mode": "quiet"}, "argument 'mode' expects Literal['plain', 'loud'], got 'quiet'"),
        ((["a"],), {"limit": "3"}, "argument 'limit' expects int | None, got '3'"),
        ((["a"],), {"limit": 3.0}, "argument 'limit' expects int | None, got float"),
        ((["a"],), {"limit": True}, "argument 'limit' expects int | None, got bool"),
        ((["a"],), {"exact": 1}, "argument 'exact' expects bool, got int"),
        ((["a"],), {"exact": "x" * 99}, "argument 'exact' expects bool, got str"),
    ],
)
def test_wrong_arguments_are_named(args, kwargs, message):
    with pytest.raises(ToolError) as caught:
        echo.run(args, kwargs, None)
    assert caught.value.message == f"echo: {message}"
    assert (caught.value.code, caught.value.hint) == ("tool.argument", echo.signature())


def test_a_list_that_refers_to_itself_is_refused_without_being_shown():
    endless = []
    endless.append(endless)
    with pytest.raises(ToolError, match="got a list of list"):
        echo(endless)


@pytest.mark.parametrize(
    ("annotation", "value", "coerced"),
    [
        (float, 3, 3.0),
        (float | str, "3", "3"),
        (int | float, 3, 3),
        (Timeline | None, None, None),
        (list[float], (1, 2), [1.0, 2.0]),
        (Clip | Timeline, [], Timeline()),
        (Frames | Timeline, [], ()),
    ],
)
def test_values_become_what_the_tool_expects(annotation, value, coerced):
    found = resolve_type(annotation).coerce(value)
    assert found == coerced and type(found) is type(coerced)


def test_a_list_of_observations_becomes_a_timeline_and_a_list_of_frames_a_tuple():
    later, earlier = (Observation(t, t, "note", "x", 1, "test") for t in (5.0, 1.0))
    assert list(resolve_type(Timeline).coerce([later, earlier])) == [earlier, later]
    frames = [Frame(0.0, np.zeros((1, 1, 3), np.uint8))]
    assert resolve_type(Clip | Frames).coerce(frames) == tuple(frames)


def test_an_empty_timeline_keeps_its_reason():
    silent = Timeline((), "no audio stream")
    assert resolve_type(Timeline).coerce(silent) is silent
    assert resolve_type(Timeline).empty("broken").why == "broken"


@pytest.mark.parametrize(
    ("annotation", "empty"),
    [
        (Timeline, True),
        (Frames, True),
        (str, True),
        (list[str], True),
        (Clip | None, True),
        (float, False),
        (Answer, False),
    ],
)
def test_which_types_have_an_empty_value(annotation, empty):
    kind = resolve_type(annotation)
    assert kind.has_empty is empty
    if empty:
        assert not kind.empty("why")


@pytest.mark.parametrize("annotation", [dict, list, list[int], "Clip", None, Literal[1], Clip | dict, object, {}])
def test_other_types_are_none_of_the_vocabulary(annotation):
    assert resolve_type(annotation) is None


def test_every_fault_of_a_tool_is_named_at_once():
    def faulty(clip, text: dict, size: int = "x", *rest: int, where: "Nowhere") -> set:  # noqa: F821
        """Do.

        Args:
            text: Text.
            size: Size.
            colour: Colour.
        """

    with pytest.raises(ToolDefinitionError) as caught:
        tool(faulty)
    message = caught.value.message
    for part in (
        "the tool 'faulty' (line ",
        "argument 'clip' has no type",
        "argument 'clip' is not described under Args:",
        "argument 'text' has the type dict, which programs do not know",
        "the default of argument 'size' is 'x', not int",
        "argument 'rest' must be a plain named argument",
        "argument 'where' has the type Nowhere",
        "Args: describes 'colour', which is not an argument",
        "the result has the type set",
    ):
        assert part in message
    assert "\n" not in message
    assert (caught.value.code, caught.value.exit_code) == ("tool.invalid", 2)
    assert "Timeline" in caught.value.hint


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: None, "it has no docstring; the result has no type"),
        (type("Mute", (), {"__doc__": "Says nothing."}), "a class that is a tool has a method __call__"),
    ],
)
def test_what_is_no_tool_at_all(function, message):
    with pytest.raises(ToolDefinitionError, match=message):
        tool(function)


def test_a_wrong_result_is_the_mistake_of_the_tool():
    @tool
    def liar() -> float:
        """Lie."""
        return "3"

    with pytest.raises(ToolError, match="promises float and returned '3'") as caught:
        liar()
    assert caught.value.code == "tool.result"


def make_counter(setups):
    @tool(kind="look", version="2")
    class WordCounter:
        """Count words."""

        identity = "model-a"

        def setup(self):
            setups.append(self)
            if len(setups) == 1:
                raise OSError("weights are not there yet")

        def __call__(self, text: str) -> int:
            """Ignored.

            Args:
                text: What to count.
            """
            return len(text.split()) + 100 * len(setups)

    return WordCounter


def test_a_class_is_made_once_and_set_up_before_the_first_call_that_works():
    setups = []
    counter = make_counter(setups)
    assert (counter.name, counter.summary, counter.parameters[0].text) == (
        "word_counter",
        "Count words.",
        "What to count.",
    )
    assert counter.identity == "word_counter/2/model-a" and not setups
    with pytest.raises(OSError):
        counter("a b")
    assert [counter("a b"), counter("a")] == [202, 201]
    assert setups[0] is setups[1]


def test_the_identity_of_a_function_is_its_name_and_version():
    assert read_text.identity == "read_text/1"


def test_the_stub_names_only_attributes_that_exist(clip):
    values = {
        Clip: clip,
        Frame: Frame(0.0, np.zeros((1, 1, 3))),
        Observation: Observation(0, 1, "note", "x", 1, "test"),
        Grid: Grid(np.zeros((1, 1, 3)), ((1.0, 2.0), (3.0,))),
        Answer: Answer("yes"),
        Demonstration: Demonstration("Which sport is it?", "judo", "clip.mp4"),
    }
    assert {item.host for item in SANDBOX_CLASSES} == values.keys()
    for item in SANDBOX_CLASSES:
        for name in item.attributes:
            getattr(values[item.host], name)
    named = {row.stub.removeprefix("list[").removesuffix("]") for row in VOCABULARY.values()}
    assert named >= {item.host.__name__ for item in SANDBOX_CLASSES}
    assert (values[Grid].rows, values[Grid].columns) == (2, 2)


def test_an_answer_as_json_has_every_key():
    assert Answer("yes", 1, 0.5).to_json() == {
        "answer": "yes",
        "choice": 1,
        "confidence": 0.5,
        "probabilities": [],
        "basis": "",
        "grounding": None,
        "abstained": False,
        "evidence": [],
        "warnings": [],
        "contradictions": [],
    }


def test_the_meter_starts_at_nothing():
    assert not any(Meter(clock=lambda: 5.0).usage.to_json().values())
