"""When something happens: spans to the frame on a clip whose every event is known."""

import pytest
from media import make_video
from narration import as_sound, sentence, spoken
from pictures import Sign, draw_text, placed
from vidprog.memory import Observation
from vidprog.tools.moments import find_moments

FPS = 10
SECONDS = 20.0
SIGNS = (Sign(1.2, 3.6, "EXIT 42"), Sign(12.4, 14.1, "EXIT 42"), Sign(17.6, 19.1, "HARBOUR CLOSED"))
CATS = ((5.3, 8.1), (15.2, 17.0))
SPOKEN = 9.0
SPOKEN_END = SPOKEN + len(sentence(1)) / 16_000


@pytest.fixture(scope="module")
def staged(clips):
    """Signs, a cat and a sentence about a train in snow, each at known times; nothing else."""
    cat = placed("cat", 0.2)
    drawn = {sign.text: draw_text((sign.text, 0.5), size=(960, 540)) for sign in SIGNS}
    empty = draw_text(size=(960, 540))

    def picture(index, time):
        if any(start - 1e-6 <= time < end - 1e-6 for start, end in CATS):
            return cat
        shown = next((sign for sign in SIGNS if sign.start - 1e-6 <= time < sign.end - 1e-6), None)
        return drawn[shown.text] if shown else empty

    return make_video(
        clips / "staged.mp4", frames=int(SECONDS * FPS), fps=FPS, size=(960, 540), picture=picture, number=False,
        gop=30, audio=as_sound(spoken([(SPOKEN, 1)], SECONDS)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def staged_store(tmp_path_factory):
    return tmp_path_factory.mktemp("staged-store")


@pytest.fixture
def context(staged, staged_store, open_context):
    return open_context(staged, store=staged_store)


FIRST, SECOND, HARBOUR = ((sign.start, sign.end) for sign in SIGNS)
CASES = [
    ("When is the cat visible?", list(CATS)),
    ("the second time the cat is visible", [CATS[1]]),
    ("the last time the cat is visible", [CATS[1]]),
    ("when does the cat first appear", [(5.3, 5.3)]),
    ("the second time the cat disappears", [(17.0, 17.0)]),
    ('the sign "EXIT 42"', [FIRST, SECOND]),
    ('the sign "EXIT 42" after the cat', [SECOND]),
    ('the sign "EXIT 42" before the cat', [FIRST]),
    ("the text harbour closed", [HARBOUR]),
    ("any text", [FIRST, SECOND, HARBOUR]),
    ('the cat between "EXIT 42" and "HARBOUR CLOSED"', list(CATS)),
    ('what happens between the sign "EXIT 42" and the cat', [(3.6, 5.3)]),
    ("the cat after 10 seconds", [CATS[1]]),
]


@pytest.mark.parametrize(("query", "truth"), CASES)
def test_events_are_found_to_the_frame(context, query, truth):
    found = [(span.start, span.end) for span in find_moments(query, context=context)]
    assert len(found) == len(truth), found
    for span, wanted in zip(found, truth, strict=True):
        assert span == pytest.approx(wanted, abs=1.01 / FPS)


@pytest.mark.parametrize("query", ["When does somebody talk about snow?", "someone says something about a train"])
def test_what_is_said_is_found_by_its_words(context, query):
    (span,) = find_moments(query, context=context)
    assert span.kind == "speech" and "snow" in span.content
    assert (span.start, span.end) == pytest.approx((SPOKEN, SPOKEN_END), abs=0.35)


def test_a_quoted_word_has_the_times_of_the_word(context):
    (span,) = find_moments('somebody says "snow"', context=context)
    assert SPOKEN_END - 1.0 < span.start < span.end <= SPOKEN_END + 0.2
    assert span.end - span.start < 0.9


def test_silence_is_what_is_not_spoken(context):
    before, after = find_moments("when is it silent", context=context)
    assert (before.start, before.end) == pytest.approx((0, SPOKEN), abs=0.3)
    assert (after.start, after.end) == pytest.approx((SPOKEN_END, SECONDS), abs=0.4)


def test_cuts_are_moments(context):
    found = [span.start for span in find_moments("the second time the picture cuts", context=context)]
    assert len(found) == 1
    assert all(span.start == span.end for span in find_moments("the cuts", context=context))


def test_while_is_the_time_that_both_share(context):
    assert not find_moments("the cat while somebody speaks", context=context)
    assert not find_moments("somebody speaks while the cat is visible", context=context)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("When does the volcano erupt?", "no moment fits"),
        ("the third time the cat appears", "no moment fits"),
        ("the cat after the volcano erupts", "no moment fits"),
        ('somebody says "platypus"', "no moment fits"),
    ],
)
def test_what_never_happens_says_so(context, query, why):
    nothing = find_moments(query, context=context)
    assert not [span for span in nothing if span.score > 0.35]
    assert nothing or why in nothing.why


def test_edges_are_found_once(context):
    find_moments("the cat", context=context)
    context.meter.usage  # noqa: B018 - the books go on
    before = context.meter.usage.frames_decoded
    again = find_moments("the cat", context=context)
    assert len(again) == 2 and context.meter.usage.frames_decoded == before


def test_the_surest_spans_are_kept(context):
    (only,) = find_moments("the cat", limit=1, context=context)
    assert only.content == "cat in sight"


def test_without_pictures_and_sound_there_is_a_reason(open_context, mute):
    nothing = find_moments("the cat", context=open_context(mute))
    assert not nothing and "no moment fits" in nothing.why


def test_confidence_is_that_of_the_evidence(context):
    for span in find_moments("the cat", context=context):
        assert isinstance(span, Observation)
        assert 0.4 < span.score <= 1.0
