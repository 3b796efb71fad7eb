"""Yes and no: whether the evidence says what a question states, or something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.memory import Observation, Timeline
from vidprog.tools.caption import TEMPLATE
from vidprog.tools.claims import claim_support
from vidprog.tools.scoring import support_options


def line(start, content, kind="text", source="ocr"):
    return Observation(start, start + 4.0, kind, content, 0.9, source)


STATION = [line(0, "Willow Bridge Station"), line(0, "Opened in 1887"), line(0, "Platform 2")]
TABLE = [line(5, "09:40 | Pine Valley | 4"), line(5, "10:05 | Lake Shore | 2")]
HEARD = [line(12, "In the cafe, breakfast is served until 11 o'clock.", "speech", "asr")]
PASSWORDS = [
    line(0, "The password for Ann is river.", "speech", "asr"),
    line(5, "The password for Bob is copper.", "speech", "asr"),
]
YES, NO = [1.0, 0.0], [0.0, 1.0]


@pytest.mark.parametrize(
    ("question", "lines", "said"),
    [
        ("Was the station opened in 1887?", STATION, YES),
        ("Was the Willow Bridge Station opened in 1887?", STATION, YES),
        ("Was the station opened in 1902?", STATION, NO),
        ("Does the train to Lake Shore leave from platform 2?", TABLE, YES),
        ("Does the train to Lake Shore leave from platform 4?", TABLE, NO),  # the 4 is in the row of another town
        ("Does the train to Lake Shore leave from platform 4?", [*TABLE, line(5, "12:05 | Lake Shore | 4")], YES),
        ("Does the train to Pine Valley leave at 09:40?", TABLE, YES),
        ("Does the train to Pine Valley leave at 10:05?", TABLE, NO),
        ("Is breakfast served until eleven o'clock?", HEARD, YES),
        ("Is breakfast served until ten o'clock?", HEARD, NO),
        ("Does the sign say Willow Bridge?", STATION, YES),
        ("Does the sign say EXIT?", STATION, NO),
        ("Does the speaker mention breakfast?", HEARD, YES),
        ("Does the speaker talk about football?", HEARD, NO),
        ("Is the word Platform shown?", STATION, YES),
        ("Is the word Departures on the screen?", STATION, NO),
        ("Does the sign say EXIT?", [], None),
        ("Is the number next to the word TOWER 5867?", [line(0, "TOWER 5867"), line(30, "MILL 1234")], YES),
        ("Is the number next to the word TOWER 1234?", [line(0, "TOWER 5867"), line(30, "MILL 1234")], NO),
        ("Is the password for Ann copper?", PASSWORDS, NO),  # said a second later, of somebody else
        ("Is the password for Bob copper?", PASSWORDS, YES),
        ("Does the sign say anything about the red tower?", [line(0, "The tower")], None),
        ("Is the cat asleep?", STATION + TABLE + HEARD, None),  # nobody speaks of it: that does not make it false
        ("Is the museum in Room 4 open?", STATION, None),
        ("Is breakfast never served until eleven o'clock?", HEARD, None),
        ("When is breakfast served?", HEARD, None),
        ("Is breakfast served until eleven o'clock?", [], None),
        ("Was it opened in 1887?", [line(0, "Opened in 1887", "object", "detector")], None),
        ("Was it opened in 1887?", [line(0, 'text "Opened in 1887", text "1902"', "caption", TEMPLATE)], None),
    ],
)
def test_what_is_stated(question, lines, said):
    assert claim_support(question, ["yes", "no"], lines) == (said and pytest.approx(said, abs=0.4))
    if said:
        assert claim_support(question, ["No, it is not", "Yes, it is"], lines) == pytest.approx(said[::-1], abs=0.4)


@pytest.mark.parametrize("options", [["yes", "no", "maybe"], ["yes", "yes"], ["red", "no"], ["yes, 1887", "no, 1902"]])
def test_only_yes_and_no_are_weighed(options):
    assert claim_support("Was the station opened in 1887?", options, STATION) is None


@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=4))
def test_any_words_give_a_share_or_nothing(question, contents):
    found = claim_support(f"Is {question}?", ["yes", "no"], [line(0, content) for content in contents])
    assert found is None or (all(0 <= part <= 1 for part in found) and min(found) == 0 < max(found))


@pytest.mark.parametrize(("year", "best"), [("1887", 0), ("1902", 1)])
def test_the_statement_decides_between_yes_and_no(sample_context, year, best):
    question = f"Was the station opened in {year}?"
    support = support_options(question, ["yes", "no"], Timeline(STATION), None, sample_context)
    assert support.probabilities[best] > 0.8
    assert "claim" in support.signals
