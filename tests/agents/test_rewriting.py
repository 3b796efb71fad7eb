"""Programs made out of programs: each passes the checker, and says what it is meant to say."""

import pytest
from vidprog.agents.rewriting import (
    called,
    essence,
    merged,
    up_to_line,
    with_finer_looks,
    with_frames_of_change,
    with_more_frames,
    with_other_kinds,
    with_other_tool,
)
from vidprog.programs import Catalog, Program, check
from vidprog.tools import Registry

REGISTRY = Registry.builtin()
LIBRARY = tuple(Catalog.builtin())
ENDING = "answer(question, lines, choices)\n"


def code_of(program):
    """The program without the note above it, or None."""
    if program is None:
        return None
    note, _, rest = program.source.partition("\n")
    assert note.startswith("# ")
    return rest.strip()


def accepts(program):
    return not check(program, REGISTRY)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ask(select_frames(video, 4), question)", "ask(select_frames(video, 8), question)"),
        ("ask(select_frames(video, count=3), question)", "ask(select_frames(video, count=6), question)"),
        ("ask(select_frames(video), question)", "ask(select_frames(video, count=16), question)"),
        ("n = 4\nask(select_frames(video, n), question)", "n = 4\nask(select_frames(video, n * 2), question)"),
        ("caption(video, 10.0)", "caption(video, 10.0, frames=2)"),
        (
            "g = make_grid(select_frames(video, 6), 2, 3)\nask(g, question)",
            "g = make_grid(select_frames(video, 12), 4, 3)\nask(g, question)",
        ),
        ("read_text(video)", None),
        ("x = [", None),
    ],
)
def test_twice_as_many_frames(source, expected):
    assert code_of(with_more_frames(Program.draft(source), REGISTRY)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ask(select_frames(video, 4), question)", "ask(select_frames(video, 4, method='change'), question)"),
        ("select_frames(video, 4, 'uniform')", "select_frames(video, 4, 'change')"),
        ("select_frames(video, 1, method='fps')", "select_frames(video, 1, method='change')"),
        ("select_frames(video, 4, 'adaptive', question)", None),
        ("read_text(video)", None),
        ("x = [", None),
    ],
)
def test_frames_from_where_the_picture_changes(source, expected):
    assert code_of(with_frames_of_change(Program.draft(source), REGISTRY)) == expected


def test_a_finer_look_is_made_piece_by_piece():
    source = f"part = trim(video, 1, 2)\nlines = read_text(part, min_score=0.4) + detect(part)\n{ENDING}"
    program = Program.draft(source)
    assert code_of(with_finer_looks(program, 0.75)) == (
        "part = trim(video, 1, 2)\n"
        "lines = [line for piece in split_clip(part, 0.75) for line in read_text(piece, min_score=0.4)]"
        " + [line for piece in split_clip(part, 0.75) for line in detect(piece)]\n"
        "answer(question, lines, choices)"
    )
    assert with_finer_looks(Program.draft("lines = transcribe(video)"), 0.75) is None


@pytest.mark.parametrize(
    ("source", "tool", "other", "expected"),
    [
        ("read_text(video, 0.3)", "read_text", "transcribe", "transcribe(video)"),
        ("read_text(video, min_score=0.3)", "read_text", "detect", "detect(video, min_score=0.3)"),
        ("detect(around(video, 3), question)", "detect", "read_text", "read_text(around(video, 3))"),
        ("transcribe(video)", "read_text", "transcribe", None),
        ("read_text(video)", "read_text", "no_such_tool", None),
    ],
)
def test_another_tool(source, tool, other, expected):
    assert code_of(with_other_tool(Program.draft(source), REGISTRY, tool, other)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('search(question, ["text"])', "search(question, ['speech'])"),
        ('search(question, kinds=["text"], limit=3)', "search(question, kinds=['speech'], limit=3)"),
        ("search(question)", None),
        ('search(question, ["text", "speech"])', None),
        ('search(question, ["text"]) + search(question, ["speech"])', None),  # both are searched already
    ],
)
def test_other_kinds(source, expected):
    program = with_other_kinds(Program.draft(source), REGISTRY, {"text": "speech", "speech": "text"})
    assert code_of(program) == expected


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        (
            f"lines = read_text(video)\nheard = transcribe(video)\nfirst = lines[0]\n{ENDING}", 3,
            "lines = read_text(video)\nheard = transcribe(video)\nanswer(question, lines + heard, choices)",
        ),
        (f"number = 1 // 0\nlines = read_text(video)\n{ENDING}", 1, None),
        (f"lines = read_text(video)\n{ENDING}", 0, None),
        (
            "def mine(video: Clip, question: str, choices: list[str]) -> Answer:\n"
            "    lines = read_text(video)\n    return answer(question, lines[5:6], choices, 1 // 0)", 3,
            "def mine(video: Clip, question: str, choices: list[str]) -> Answer:\n"
            "    lines = read_text(video)\n    return answer(question, lines, choices)",
        ),
    ],
)  # fmt: skip
def test_a_program_up_to_where_it_stopped(source, line, expected):
    program = up_to_line(Program.draft(source), line, REGISTRY)
    assert code_of(program) == expected
    assert program is None or accepts(program)


ONE = f"lines = read_text(video)\n{ENDING}"
TWO = "answer(question, transcribe(video), choices)\n"
TEXT = "seen = ask(select_frames(video, 4), question)\nanswer(question, seen, choices)\n"
SEEN = "answer(question, None, choices, pictures=select_frames(video, 4))\n"


@pytest.mark.parametrize(
    ("sources", "holds", "lacks"),
    [
        ((ONE, TWO), ["read_text(video)", "transcribe(video)"], ["pictures="]),
        ((ONE, TEXT), ["read_text(video)", "select_frames(video, 4)", "note("], ["pictures="]),
        ((ONE, SEEN), ["read_text(video)", "pictures=_shown(", "select_frames(video, 4)"], []),
        ((ONE, TWO, SEEN), ["read_text(video)", "transcribe(video)", "pictures=_shown("], []),
    ],
)
def test_programs_are_merged_by_their_evidence(sources, holds, lacks):
    text = merged([Program.draft(source) for source in sources], REGISTRY, accepts)
    assert accepts(Program.draft(text))
    assert all(part in text for part in holds)
    assert not any(part in text for part in lacks)
    assert text.count("answer(") == 1


@pytest.mark.parametrize(
    "sources",
    [
        (ONE,),
        (SEEN, SEEN.replace("4", "8")),  # no evidence in words, and pictures of one program only
        (ONE, "x = [answer(question, read_text(video), choices)]\nx[0]\n"),  # its answer cannot be taken out
        (ONE, "this is no program"),
    ],
)
def test_what_cannot_be_merged(sources):
    assert merged([Program.draft(source) for source in sources], REGISTRY, accepts) == ""


@pytest.mark.parametrize("program", LIBRARY, ids=lambda program: program.name)
def test_variants_of_library_programs_pass_the_checker(program):
    made = [
        with_more_frames(program, REGISTRY),
        with_finer_looks(program, 0.75),
        with_frames_of_change(program, REGISTRY),
        *(with_other_tool(program, REGISTRY, tool, other) for tool, other in (("read_text", "transcribe"),)),
    ]
    for variant in filter(None, made):
        assert variant.name == program.name
        assert essence(variant.source) != essence(program.source)
        assert check(variant, REGISTRY) == ()


def test_most_library_programs_can_be_merged():
    """One that cannot is left out of the move; if most were, it would be a move in name only."""
    reading = Catalog.builtin().get("read_screen")
    others = [program for program in LIBRARY if program.takes == "one" and program.name != "read_screen"]
    texts = {program.name: merged([program, reading], REGISTRY, accepts) for program in others}
    assert sum(map(bool, texts.values())) / len(texts) > 0.7, [name for name, text in texts.items() if not text]


def test_the_essence_of_a_program_is_what_it_does():
    assert essence("x = 1  # one\n") == essence('"""Says so."""\nx=1')
    assert essence("x = 1") != essence("x = 2")
    assert called("a(b(1), c=[d()])\ne.f()") == {"a", "b", "d"}
