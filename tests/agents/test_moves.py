"""Every move on a real clip: a wrong or weak first round becomes a better second one, and a worse one is not returned.

Frames are read by the embedded models, speech is heard by them. Only what no embedded weights can do is scripted: to
write programs, and to see (``ScriptedReader`` reads the frames that it is given, so more frames really hold more).
"""

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from media import make_video
from narration import as_sound, spoken
from pictures import FPS, SIZE, Sign, draw_text, write_signs
from scripted import ScriptedReader, ScriptedVision, ScriptedWriter, with_role
from vidprog.agents import Settings
from vidprog.agents.ask import ask_session
from vidprog.agents.moves import usable_tools
from vidprog.agents.policy import DIAGNOSES, default_policy
from vidprog.memory import Observation, Timeline
from vidprog.models.models import BACKENDS
from vidprog.programs import Catalog, Program
from vidprog.tools import Answer, Registry, tool
from vidprog.tools.values import Grid
from vidprog.video import Frames

PLATFORM = "Which platform is written on the board?"
PLATFORMS = ("platform 4", "platform 9", "platform 12", "platform 30")
LATE = "Why is the train late?"
REASONS = ("because of a strike", "because of snow", "because of a storm", "because of a fallen tree")
NOTHING_IS_SURE = 1.0

PROGRAMS = {
    "read": "lines = read_text(video)\nreturn answer(question, lines, choices)",
    "hear": "return answer(question, transcribe(video), choices)",
    "part": "lines = read_text(named_range(video, question))\nlast = lines[7]\nreturn answer(question, lines, choices)",
    "broken": "lines = read_text(split_clip(video, 3.0)[99])\nreturn answer(question, lines, choices)",
    "detect_it": "return answer(question, detect(video), choices)",
    "look_there": "return answer(question, None, choices, pictures=select_frames(around(video, 2.5, 0.3), 4))",
    "look": "return answer(question, None, choices, pictures=select_frames(video, 4))",
}


def program(name, example="What does the sign say?"):
    return named(name, PROGRAMS[name], example)


def named(name, body, example):
    """A program in the form that library programs and users' files have."""
    body = body.replace("\n", "\n    ")
    head = "(video: Clip, question: str, choices: list[str]) -> Answer:"
    return Program.parse(f'"""Do it.\n\nExamples:\n    - {example}\n"""\n\n\ndef {name}{head}\n    {body}\n')


def settings(*moves, rounds=2, threshold=NOTHING_IS_SURE, alternatives=None):
    """Whatever is wrong, these moves are made; nothing is sure enough unless a threshold is given."""
    rules = replace(
        default_policy(), threshold=threshold, max_rounds=rounds, moves=dict.fromkeys(DIAGNOSES, moves),
        alternatives=alternatives or {},
    )  # fmt: skip
    return Settings(policy=rules)


@pytest.fixture
def asked(open_session):
    """The result of a question to a clip, with a catalog of the named programs."""

    def ask(path, question, choices, chosen, *programs, **changes):
        catalog = Catalog([program(name) for name in programs])
        return ask_session(open_session(path, catalog=catalog, **changes), question, choices, chosen)

    return ask


def weak(round_, right):
    return round_["choice"] != right or round_["confidence"] < 0.6


@pytest.fixture(scope="module")
def flash(clips):
    """Six seconds with a board that names its platform for 0.4 s, between two moments of the first look."""
    board = draw_text(("DEPARTURES", 0.3))
    shown = draw_text(("DEPARTURES", 0.3), ("PLATFORM 9", 0.7))
    pictures = {True: shown, False: board}

    def picture(index, time):
        return pictures[2.3 <= time < 2.7] if 1.5 <= time < 3.5 else draw_text()

    return make_video(clips / "flash.mp4", frames=6 * FPS, fps=FPS, size=SIZE, number=False, gop=16, picture=picture)


@pytest.fixture(scope="module")
def brief(clips):
    """Six seconds in which nothing is shown but, for 0.4 s, a platform."""
    return write_signs(clips / "brief.mp4", [Sign(2.3, 2.7, "PLATFORM 9")], seconds=6.0)


@pytest.fixture(scope="module")
def station(clips):
    """A sign, and a voice that says what the sign does not: why the train is late."""
    return write_signs(
        clips / "station.mp4", [Sign(0.0, 5.0, "THE TRAIN TO PINE VALLEY")], seconds=5.0,
        audio=as_sound(spoken([(0.3, 1)], 5.0)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def slow_board(clips):
    """Twelve seconds with the platform from 2.0 to 2.7: four uniform frames miss it, eight do not."""
    return write_signs(clips / "slow_board.mp4", [Sign(2.0, 2.7, "PLATFORM 9")], seconds=12.0)


# ---- a better second round


def test_finer_window(asked, flash):
    result = asked(flash, PLATFORM, PLATFORMS, settings("finer_window"), "read")
    first, second = result.rounds
    assert weak(first, 1)
    assert (second["move"], second["choice"]) == ("finer_window", 1)
    assert result.choice == 1
    assert result.confidence > first["confidence"]
    assert "trim(video, 1.50, 3.50)" in second["source"]  # around the board, not the whole video


def test_more_frames_where_a_program_counts_none_looks_more_closely(asked, brief):
    result = asked(brief, PLATFORM, PLATFORMS, settings("more_frames"), "read")
    first, second = result.rounds
    assert (first["choice"], first["diagnosis"]) == (None, "no_evidence")
    assert (second["move"], second["choice"], result.choice) == ("more_frames", 1, 1)


def test_more_frames_for_a_model_that_sees(asked, slow_board, models):
    reader = ScriptedReader(models.ocr)
    result = asked(
        slow_board, PLATFORM, PLATFORMS, settings("more_frames"), "look", models=with_role(models, vlm=reader)
    )
    first, second = result.rounds
    assert weak(first, 1)
    assert (second["move"], second["choice"], result.choice) == ("more_frames", 1, 1)
    assert {4, 8} <= set(reader.asked)


def test_other_frames_for_a_model_that_sees(asked, slow_board, models):
    reader = ScriptedReader(models.ocr)
    result = asked(
        slow_board, PLATFORM, PLATFORMS, settings("other_frames"), "look", models=with_role(models, vlm=reader)
    )
    first, second = result.rounds
    assert weak(first, 1)
    assert (second["move"], second["choice"], result.choice) == ("other_frames", 1, 1)
    assert set(reader.asked) <= {0, 4}  # as many frames as before, others


def test_other_tool(asked, station):
    result = asked(station, LATE, REASONS, settings("other_tool"), "read")
    first, second = result.rounds
    assert weak(first, 1)
    assert (second["move"], second["choice"], result.choice) == ("other_tool", 1, 1)
    assert [step["tool"] for step in second["steps"]] == ["transcribe", "answer"]


def test_other_program(asked, station):
    result = asked(station, "What does the sign say about why the train is late?", REASONS, settings("other_program"),
                   "read", "hear")  # fmt: skip
    first, second = result.rounds
    assert {first["program"], second["program"]} == {"read", "hear"}
    assert result.choice == 1
    assert second["move"] == "other_program"


def test_merge_evidence(asked, clips):
    """Half of the answer is written, half is said."""
    path = write_signs(
        clips / "halves.mp4", [Sign(0.0, 5.0, "PLATFORM 9")], seconds=5.0, audio=as_sound(spoken([(0.3, 1)], 5.0))
    )
    choices = (
        "from platform 9, late because of a storm", "from platform 4, late because of snow",
        "from platform 9, late because of snow", "from platform 4, late because of a storm",
    )  # fmt: skip
    question = "From which platform does the train go, and why is it late?"
    result = asked(path, question, choices, settings("other_program", "merge_evidence", rounds=3), "read", "hear")
    *single, merged = result.rounds
    assert [round_["move"] for round_ in result.rounds] == ["direct", "other_program", "merge_evidence"]
    assert merged["choice"] == result.choice == 2
    assert all(merged["confidence"] > round_["confidence"] for round_ in single)
    assert all(step["cached"] for step in merged["steps"] if step["tool"] in ("read_text", "transcribe"))


def test_fix_bug_ends_a_program_where_it_stopped(asked, signs, signs_store):
    """What the program had found counts, not everything that is known about the video."""
    question = "What is written between 6 and 8 seconds?"
    choices = ("EXIT 42", "HARBOUR CLOSED", "TICKETS 7 EURO")
    result = asked(signs, question, choices, settings("fix_bug"), "part", store=signs_store)
    first, second = result.rounds
    assert "IndexError" in first["error"]["message"]
    assert first["diagnosis"] == "error"
    assert weak(first, 1)
    assert (second["move"], second["choice"], result.choice, second["error"]) == ("fix_bug", 1, 1, None)


def test_fix_bug_lets_a_model_that_writes_see_the_error(asked, brief, models):
    path, fixed = brief, "lines = read_text(around(video, 2.5, 0.3))\nanswer(question, lines, choices)"
    writer = ScriptedWriter(models.llm, fixed)
    result = asked(
        path, "What does the sign say?", PLATFORMS, settings("fix_bug"), "broken", models=with_role(models, llm=writer)
    )
    first, second = result.rounds
    assert first["error"] and first["choice"] is None
    assert (second["move"], second["choice"], result.choice) == ("fix_bug", 1, 1)
    (prompt,) = writer.prompts
    assert first["error"]["message"].partition(": ")[2] in prompt


def test_direct_to_program(asked, station, models):
    writer = ScriptedWriter(models.llm, "answer(question, transcribe(video), choices)")
    result = asked(
        station, "What does the sign say about why it is late?", REASONS, settings("direct_to_program"), "read",
        models=with_role(models, llm=writer),
    )  # fmt: skip
    first, second = result.rounds
    assert (first["program"], first["move"]) == ("read", "direct")
    assert weak(first, 1)
    assert (second["move"], second["choice"], result.choice) == ("direct_to_program", 1, 1)
    assert second["planner"] == f"llm:{writer.identity}"


def test_other_examples(open_session, station, models):
    """A writer that copies what it is shown: other examples make another program."""
    readers = [
        named(
            f"read_{number}", f"lines = read_text(video, 0.{number})\nreturn answer(question, lines, choices)", example
        )
        for number, example in enumerate(ABOUT_BOARDS, 1)
    ]
    catalog = Catalog([*readers, program("hear", "Does anybody sing?")])

    def copy(prompt):
        shown = prompt.partition("Programs that answered other questions.")[2]
        return "lines = read_text(video)\nanswer(question, lines, choices)" if "read_text" in shown else HEARING

    writer = ScriptedWriter(models.llm, copy)
    session = open_session(station, catalog=catalog, models=with_role(models, llm=writer))
    result = ask_session(
        session, "Explain the lateness of the train on the board.", REASONS, settings("other_examples")
    )
    first, second = result.rounds
    assert (first["move"], second["move"]) == ("planned", "other_examples")
    assert "read_text" in first["source"] and weak(first, 1)
    assert second["source"] == HEARING
    assert (second["choice"], result.choice) == (1, 1)


ABOUT_BOARDS = (
    "What is on the board?", "Which trains are on the board?", "Whose train is on the board?", "Where is the board?",
)  # fmt: skip
HEARING = "answer(question, transcribe(video), choices)"


@pytest.fixture
def second_model(models, monkeypatch):
    """A backend of the kind ``scripted`` for the role vlm: what ``vlm = ["scripted:reader"]`` of a policy names."""
    reader = ScriptedReader(models.ocr)
    module = SimpleNamespace(load=lambda spec, report: reader, identity=lambda spec: reader.identity)
    monkeypatch.setitem(BACKENDS, ("vlm", "scripted"), "vlm_scripted")
    monkeypatch.setitem(sys.modules, "vidprog.models.vlm_scripted", module)
    return reader


def test_other_model(asked, brief, models, second_model):
    guessing = ScriptedVision(score=lambda frames, text, option: -1.0 if option == "A" else -1.2)
    alternatives = {"vlm": ("scripted:reader",)}
    result = asked(
        brief, PLATFORM, PLATFORMS, settings("other_model", alternatives=alternatives), "look_there",
        models=with_role(models, vlm=guessing),
    )  # fmt: skip
    first, second = result.rounds
    assert weak(first, 1)
    assert (second["move"], second["choice"], result.choice) == ("other_model", 1, 1)
    assert (first["models"], second["models"]) == ({}, {"vlm": "scripted:reader"})
    assert first["source"] == second["source"]
    assert second_model.asked


# ---- a worse second round


def less_sure_every_time():
    """Tools whose ``answer`` is the less sure the later it comes, and always finds something else."""
    given = []

    @tool(kind="ask", needs="llm", replaces=True)
    def answer(
        question: str,
        evidence: Timeline | str | None,
        choices: list[str] | None = None,
        value: int | float | str | None = None,
        pictures: Frames | Grid | None = None,
    ) -> Answer:
        """Answer from a script.

        Args:
            question: Any.
            evidence: Any.
            choices: Any.
            value: Any.
            pictures: Any.
        """
        given.append(choices)
        number = len(given)
        moment = Observation(2.0 + number / 10, 2.5, "text", f"sign {number}", 0.9, "script")
        return Answer(f"answer {number}", None, 0.6 - number / 10, "script", 1.0, Timeline([moment]))

    return Registry.builtin().with_tools([answer])


WORSE = {
    "finer_window": ("signs", ["read"], None),
    "more_frames": ("signs", ["read"], None),
    "other_frames": ("signs", ["look"], None),
    "other_tool": ("signs", ["detect_it"], None),
    "other_program": ("signs", ["read", "hear"], None),
    "fix_bug": ("signs", ["part"], None),
    "direct_to_program": ("signs", ["read"], HEARING),
    "other_examples": ("signs", ["hear"], "the next"),
    "other_model": ("signs", ["look_there"], None),
    "merge_evidence": ("signs", ["read", "hear"], None),
}
"""Move -> the clip, the named programs, and what a writing model gives."""


@pytest.mark.parametrize("move", WORSE)
def test_a_worse_round_is_not_returned(request, open_session, models, signs_store, second_model, move):
    clip, names, written = WORSE[move]
    writing = {"llm": ScriptedWriter(models.llm, *WRITTEN[written])} if written else {}
    session = open_session(
        request.getfixturevalue(clip), store=signs_store, catalog=Catalog([program(name) for name in names]),
        models=with_role(models, vlm=ScriptedVision("no"), **writing), registry=less_sure_every_time(),
    )  # fmt: skip
    moves, rounds = (("other_program", move), 3) if move == "merge_evidence" else ((move,), 2)
    chosen = settings(*moves, rounds=rounds, alternatives={"vlm": ("scripted:reader",)})
    result = ask_session(session, HARD if move == "other_examples" else "What does the sign say?", (), chosen)
    assert result.rounds[-1]["move"] == move
    assert result.rounds[-1]["answer"] != ""
    assert (result.text, result.confidence) == ("answer 1", 0.5)
    assert len(result.rounds) == rounds


HARD = "Compare the handwriting of both notices with one another."
WRITTEN = {HEARING: [HEARING], "the next": ["answer(question, read_text(video), choices)", HEARING]}


# ---- when a move does not apply


@pytest.fixture
def clips_by_name(flash, station):
    return {"flash": flash, "station": station}


@pytest.mark.parametrize(
    ("clip", "without", "holds", "lacks"),
    [
        ("station", (), {"read_text", "detect", "transcribe", "select_frames"}, {"ask"}),
        ("flash", (), {"read_text", "detect"}, {"transcribe"}),  # nothing to hear
        ("station", ("ocr", "detector"), {"transcribe", "trim"}, {"read_text", "detect", "count"}),
    ],
)
def test_tools_that_can_find_something(open_session, clips_by_name, models, clip, without, holds, lacks):
    video = open_session(clips_by_name[clip]).video
    tools = usable_tools(Registry.builtin(), models.roles - set(without), video)
    assert holds <= tools
    assert not lacks & tools


@pytest.mark.parametrize(
    ("move", "names"),
    [
        ("fix_bug", ["read"]),  # nothing broke
        ("direct_to_program", ["read"]),  # nobody can write
        ("other_examples", ["read"]),
        ("other_program", ["read"]),  # there is no other one
        ("other_model", ["look_there"]),  # the policy names none
        ("other_tool", ["look_there"]),
        ("merge_evidence", ["read"]),  # of one round
        ("finer_window", ["look_there"]),  # no moment is known
    ],
)
def test_a_move_that_does_not_apply_ends_the_loop(open_session, models, signs, signs_store, move, names):
    session = open_session(
        signs, store=signs_store, catalog=Catalog([program(name) for name in names]),
        models=with_role(models, vlm=ScriptedVision("I cannot tell.")),
    )  # fmt: skip
    result = ask_session(session, "What does the sign say?", PLATFORMS, settings(move, rounds=3))
    assert len(result.rounds) == 1


def test_programs_for_one_kind_of_question_are_no_other_program(signs_session):
    result = ask_session(signs_session, "What does the sign say?", PLATFORMS, settings("other_program", rounds=6))
    special = {item.name for item in Catalog.builtin() if item.special}
    assert special
    assert not special & {round_["program"] for round_ in result.rounds[1:]}
