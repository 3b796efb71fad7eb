"""Less and less of the video, on clips whose texts are known: each condition takes away what it should, and no more."""

import pytest
from vidprog.evaluation.answering import Conduct
from vidprog.evaluation.items import DataSet, Item
from vidprog.evaluation.overview import overview
from vidprog.evaluation.run import evaluate
from vidprog.evaluation.sections import sections
from vidprog.evaluation.systems import chosen_systems

SIGNS = ("LIBRARY OPEN", "TICKETS 7 EURO")
ITEMS = (
    Item("1", "signs", "What does the sign say?", choices=SIGNS, truth=1, category="text"),
    Item("2", "more", "What does the sign say?", choices=SIGNS, truth=0, category="text"),
)


@pytest.fixture(scope="module")
def run(signs, more_signs, models, tmp_path_factory):
    conduct = Conduct(tmp_path_factory.mktemp("controls"))
    systems = chosen_systems("read_screen", models, controls=True)
    evaluate(DataSet("signs", "test", ITEMS), {"signs": signs, "more": more_signs}, systems, conduct, models=models)
    return overview(conduct.folder)


@pytest.mark.parametrize(("name", "right"), [
    ("read_screen", 2),
    ("read_screen@shuffled", 2),  # a text that is read needs no order
    ("read_screen@reversed", 2),
    ("read_screen@one_frame", 0),  # the middle frames show another text, and none
    ("read_screen@wrong_video", 0),  # each clip shows what is wrong for the other
])  # fmt: skip
def test_condition_takes_away_what_it_should(run, name, right):
    assert sum(run.row(name).scores.right.values()) == right, run.row(name).lines


def test_blind_answers_without_having_seen(run):
    blind = run.row("blind")
    assert len(blind.items) == 2 and all(not prediction.spans for prediction in blind.predictions)
    assert blind.predictions[0].probabilities == blind.predictions[1].probabilities


def test_report_says_what_was_lost(run):
    section = next(section for section in sections(run) if section.name == "controls")
    scores, gaps = section.tables
    assert scores.head == ("questions", "read_screen", "blind", "one frame", "shuffled", "reversed", "wrong video")
    assert scores.rows[0][0] == "all (2)" and scores.rows[0][3:] == ("0 %", "100 %", "100 %", "0 %")
    assert {row[0]: row[1] for row in gaps.rows}["read_screen@wrong_video"] == "+100 points"
    assert "1 s long" in section.notes[0] and "CRF 14" in section.notes[0]
