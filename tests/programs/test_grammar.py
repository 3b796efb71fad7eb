"""Every sentence of the grammar is a program that passes the checker; llguidance reads the grammar as it is meant."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.programs import Program, check, program_grammar
from vidprog.programs.grammar import Text, build_grammar
from vidprog.programs.subset import FORMS, MOST_LINES, VARIABLES, Subset
from vidprog.tools import Registry, tool
from vidprog.video import Clip
from vidprog.video.errors import UsageError

BUILTIN = Registry.builtin()
GRAMMAR = build_grammar(BUILTIN)
LARK = program_grammar(BUILTIN)


@st.composite
def sentences(draw, grammar=GRAMMAR):
    """A sentence: each rule replaced by one of its productions, each pattern by a text that fits it."""

    def expand(name):
        if name in grammar.patterns:
            return draw(st.from_regex(grammar.patterns[name], fullmatch=True))
        production = draw(st.sampled_from(grammar.rules[name]))
        return "".join(part.text if isinstance(part, Text) else expand(part.name) for part in production)

    return expand("start")


def matcher(grammar):
    llguidance = pytest.importorskip("llguidance")
    made = llguidance.LLMatcher(llguidance.LLTokenizer("byte"), llguidance.LLMatcher.grammar_from_lark(grammar))
    assert not made.is_error(), made.get_error()
    return made


def accepts(made, text):
    """Whether llguidance takes the whole text as a sentence (a token is a byte here)."""
    made.reset()
    tokens = list(text.encode())
    return made.try_consume_tokens(tokens) == len(tokens) and made.is_accepting()


@settings(max_examples=60)
@given(sentences())
def test_every_sentence_passes_the_checker(source):
    assert check(Program.draft(source), BUILTIN) == ()


@pytest.fixture(scope="module")
def reader():
    return matcher(LARK)


@settings(max_examples=60)
@given(source=sentences())
def test_llguidance_reads_every_sentence(reader, source):
    assert accepts(reader, source)


@pytest.mark.parametrize(
    "source",
    [
        'part = trim(video, 1, 2)\nanswer(question, part, choices)',  # a name that is not in the language
        'lines = read_text(clip)\nanswer(question, lines, choices)',  # not defined yet
        'lines = read_text(video)\nanswer(question, text, choices)',
        'lines = read_texts(video)\nanswer(question, lines, choices)',
        'lines = read_text()\nanswer(question, lines, choices)',
        'lines = read_text(video, 7)\nanswer(question, lines, choices)',
        'lines = transcribe(question)\nanswer(question, lines, choices)',
        'lines = select_frames(video)\nanswer(question, lines, choices)',
        'lines = read_text(video)\n',  # no answer
        'answer(question, lines, choices)',
        'answer(question, None, choices)',
        'import os\nlines = read_text(video)\nanswer(question, lines, choices)',
        'lines = search("a" + "b")\nanswer(question, lines, choices)',
        'lines = search("# type: ignore")\nanswer(question, lines, choices)',
        'lines = read_text(video)\n' * (MOST_LINES + 1) + "answer(question, lines, choices)",
        'lines = read_text(video)\nanswer(question, lines, choices)\nanswer(question, lines, choices)',
    ],
)  # fmt: skip
def test_what_is_no_sentence_is_refused(reader, source):
    assert not accepts(reader, source)


@pytest.mark.parametrize(
    "source",
    [
        'lines = read_text(video)\nanswer(question, lines, choices)',
        'clip = named_range(video, question)\nlines = read_text(clip)\nif not lines:\n    lines = read_text(video)\n'
        'answer(question, lines, choices)',
        'number = count(video, "Hunde auf der Straße")\nanswer(question, None, choices, value=number)',
        'frames = select_frames(video, count=12, method="shots")\ntext = ask(frames, "What is he doing?")\n'
        'answer(question, text, choices, pictures=frames)',
        'lines = search("価格", kinds=["text"], limit=64)\nanswer(question, lines, choices)',
        'clip = trim(video, 12.5, 30)\nlines = detect(clip, query="a red car", min_score=0.65)\n'
        'answer(question, lines, choices)',
        'lines = localize(question, candidates=choices)\nanswer(question, lines, choices)',
    ],
)  # fmt: skip
def test_programs_that_people_would_write_are_sentences(reader, source):
    assert accepts(reader, source)
    assert check(Program.draft(source), BUILTIN) == ()


WRITABLE = frozenset(["Clip", "list[Frame]", "list[Observation]", "str", "list[str]", "int", "float", "bool"])
"""Types of arguments for which the language has a name or a literal."""


def test_every_tool_whose_result_has_a_name_can_be_called():
    calls = Subset.of(BUILTIN).calls
    named = {call.tool.name for call in calls}
    assert named >= {
        "trim",
        "read_text",
        "transcribe",
        "detect",
        "count",
        "search",
        "localize",
        "select_frames",
        "crop",
    }
    assert all(f'"{name}(' in LARK for name in named)
    assert {call.save_as for call in calls} == set(VARIABLES)
    results = {"Clip", "list[Frame]", "list[Observation]", "str", "int | None"}
    for item in (BUILTIN.get(name) for name in BUILTIN.names if name not in named):
        kinds = [str(parameter.type).split(" | ") for parameter in item.parameters if parameter.required]
        assert str(item.returns) not in results or any(not WRITABLE & set(kind) for kind in kinds), item.name


def test_tools_whose_models_are_missing_are_left_out():
    text = program_grammar(BUILTIN, roles=["llm", "ocr"])
    assert '"read_text(' in text
    assert '"transcribe(' not in text
    assert '"ask(' not in text


@tool(kind="look")
def is_dark(clip: str, level: float = 0.5, side: int = 300) -> str:
    """Say whether it is dark.

    Args:
        clip: What to look at.
        level: Where dark begins, 0 to 1.
        side: In pixels.
    """
    return clip


@tool(kind="look")
def loud(fast: bool = True) -> int | None:
    """Count loud moments.

    Args:
        fast: Whether to hurry.
    """
    return int(fast)


@tool(kind="look")
def text(clip: Clip) -> str:
    """Give a tool the name of a result.

    Args:
        clip: Any.
    """
    return str(clip)


def test_a_tool_keeps_its_name():
    registry = BUILTIN.with_tools([text])
    source = "text_ = text(video)\nanswer(question, text_, choices)"
    assert accepts(matcher(program_grammar(registry)), source)
    assert check(Program.draft(source), registry) == ()


def test_tools_of_users_are_in_it():
    registry = BUILTIN.with_tools([is_dark, loud])
    read = matcher(program_grammar(registry))
    for line in ('text = is_dark("here", level=0.25, side=200)', "number = loud()\ntext = is_dark(question)"):
        source = f"{line}\nanswer(question, text, choices)"
        assert accepts(read, source)
        assert check(Program.draft(source), registry) == ()


def test_the_tests_own_tools_make_a_grammar(registry, sandbox):
    grammar = build_grammar(registry, lines=2)

    @settings(max_examples=30)
    @given(sentences(grammar))
    def passes(source):
        assert check(Program.draft(source), registry, sandbox) == ()

    passes()


def test_without_answer_there_is_no_grammar():
    with pytest.raises(UsageError):
        program_grammar(Registry([is_dark]))


@pytest.mark.parametrize("form", FORMS)
def test_patterns_are_written_so_that_everybody_reads_them_alike(form):
    """No classes, look-arounds or flags in which Python, Rust and llama.cpp differ."""
    assert not re.search(r"\\[dwsbDWSB]|\(\?", FORMS[form].pattern)
