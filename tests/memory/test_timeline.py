"""The timeline: its parts, its joins, its formats."""

import csv
import io
import json
import pickle
import sys
from itertools import pairwise

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.memory import KINDS, Observation, Timeline
from vidprog.video.errors import UsageError, VidprogError

SECONDS = st.floats(0, 20_000, allow_nan=False)
CONTENT = st.text(max_size=30) | st.sampled_from(["person", "EXIT 42", "a --> b", "1", "{\\i1}", "x | y", "<b>"])
BOX = st.tuples(*[st.floats(0, 0.5)] * 2, *[st.floats(0.5, 1)] * 2)


@st.composite
def observations(draw):
    start = draw(SECONDS)
    return Observation(
        start,
        start + draw(st.just(0.0) | st.floats(0, 60)),
        draw(st.sampled_from(KINDS)),
        draw(CONTENT),
        draw(st.floats(0, 1)),
        draw(st.sampled_from(["asr:a", "ocr:b"])),
        draw(st.none() | BOX),
        draw(st.none() | st.integers(0, 3)),
    )


TIMELINES = st.lists(observations(), max_size=25).map(Timeline)


def seen(start, end, content="x", kind="speech", score=1.0, **more):
    return Observation(start, end, kind, content, score, "test", **more)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, "smell", "x", 1, "s"), "kind"),
        ((2, 1, "text", "x", 1, "s"), "end"),
        ((0, float("nan"), "text", "x", 1, "s"), "finite"),
        ((0, 1, "text", "x", 1.5, "s"), "score"),
        ((0, 1, "text", "x", float("nan"), "s"), "score"),
        ((0, 1, "text", "x", 1, "s", (10, 20, 300, 400)), "box"),
        ((0, 1, "text", "x", 1, "s", (0.5, 0, 0.2, 1)), "order"),
    ],
)
def test_observation_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Observation(*arguments)


def test_observation_takes_numbers_as_models_give_them():
    numpy = pytest.importorskip("numpy")
    one = numpy.float32(1)
    made = Observation(
        -one / 8,
        one,
        "object",
        "a\0b\ud800",
        one + numpy.float32(1e-7),
        "s",
        numpy.array([-0.1, 0, 1, 1.2]),
        numpy.int64(7),
    )
    assert (made.start, made.score, made.box, made.track, made.content) == (0.0, 1.0, (0, 0, 1, 1), 7, "ab?")
    assert json.loads(json.dumps(made.to_json()))["box"] == [0, 0, 1, 1]
    assert hash(made) == hash(pickle.loads(pickle.dumps(made)))


@given(TIMELINES)
def test_is_sorted(timeline):
    assert all((a.start, a.end) <= (b.start, b.end) for a, b in pairwise(timeline))


@given(TIMELINES, SECONDS, st.floats(0, 100))
def test_between_is_what_overlaps(timeline, start, length):
    inside = timeline.between(start, start + length)
    outside = [o for o in timeline if o not in inside]
    assert all(o.end >= start and o.start <= start + length for o in inside)
    assert all(o.end < start or o.start > start + length for o in outside)


@given(TIMELINES, SECONDS)
def test_before_now_and_after_leave_nothing_out(timeline, moment):
    parts = {*timeline.before(moment), *timeline.between(moment, moment), *timeline.after(moment)}
    assert parts == set(timeline)


@given(TIMELINES, st.floats(0, 100))
def test_merge_is_idempotent(timeline, gap):
    merged = timeline.merge(gap)
    assert merged.merge(gap) == merged
    assert len(merged) <= len(timeline)


@given(TIMELINES, st.floats(0, 100))
def test_merge_covers_every_moment(timeline, gap):
    merged = timeline.merge(gap)
    for one in timeline:
        assert any(
            m.start <= one.start and m.end >= one.end and m.score >= one.score
            for m in merged
            if (m.kind, m.content, m.track) == (one.kind, one.content, one.track)
        )


@pytest.mark.parametrize(
    ("gap", "spans"),
    [(0, [(0, 2), (3, 4), (9, 9)]), (1, [(0, 4), (9, 9)]), (5, [(0, 9)])],
)
def test_merge_joins_what_is_near(gap, spans):
    timeline = Timeline([seen(9, 9), seen(0, 1.5), seen(1, 2), seen(3, 4)])
    assert [(o.start, o.end) for o in timeline.merge(gap)] == spans


def test_merge_keeps_apart_what_differs():
    timeline = Timeline(
        [seen(0, 1, kind="text"), seen(0, 1), seen(0, 1, track=1), seen(0, 1, track=2), seen(0, 1, "y")]
    )
    assert len(timeline.merge(10)) == 5


def test_merge_keeps_the_surest_box():
    timeline = Timeline([seen(0, 1, score=0.2, box=(0, 0, 0.1, 0.1)), seen(1, 2, score=0.9, box=(0.5, 0.5, 1, 1))])
    assert timeline.merge()[0] == seen(0, 2, score=0.9, box=(0.5, 0.5, 1, 1))


def test_merge_refuses_a_negative_gap():
    with pytest.raises(UsageError):
        Timeline().merge(-1)


@given(TIMELINES)
def test_json_round_trip(timeline):
    assert Timeline.from_json(json.loads(json.dumps(timeline.to_json())), timeline.why) == timeline


def test_from_json_names_what_is_missing():
    with pytest.raises(ValueError, match="end, score"):
        Timeline.from_json([{"start": 1, "kind": "text", "content": "", "source": "s"}])


@given(TIMELINES, st.integers(-5, 1500))
def test_text_stays_in_its_budget(timeline, budget):
    text = timeline.to_text(budget)
    everything = timeline.to_text(1_000_000).splitlines()
    assert len(text) <= max(budget, 0)
    lines = iter(everything)
    if "…" not in text[-1:]:
        assert all(line in lines for line in text.splitlines())  # a subsequence: still in the order of time


@given(st.integers(0, 1500))
def test_text_drops_the_lowest_scores(budget):
    distinct = Timeline([seen(i, i, str(i), score=i / 100) for i in range(40)])
    kept = [int(line.rpartition(" ")[2]) for line in distinct.to_text(budget).splitlines() if "…" not in line]
    assert kept == sorted(range(40))[40 - len(kept) :]


def test_text_of_equal_scores_is_spread_over_the_video():
    text = Timeline([seen(i, i + 1, f"line {i:04d}") for i in range(1000)]).to_text(400)
    starts = [float(line[1:].partition("-")[0]) for line in text.splitlines()]
    assert len(starts) > 8
    assert min(starts) < 150
    assert max(starts) > 850


def test_text_line():
    assert Timeline([seen(12, 14.54, "turn\nleft")]).to_text(100) == "[12.0-14.5 s] speech: turn left"
    assert Timeline([seen(12, 14.54, "turn left")]).to_text(20) == "[12.0-14.5 s] speec…"


@given(TIMELINES)
def test_subtitles_parse_back(timeline):
    """Every cue keeps its time; plain words keep their text too."""
    for text, kind in ((timeline.to_srt(), "srt"), (timeline.to_vtt(), "vtt")):
        if not timeline:
            continue
        events = pysubs2.SSAFile.from_string(text, format_=kind)
        assert len(events) == len(timeline)
        assert [e.start for e in events] == [round(o.start * 1000) for o in timeline]
        assert all(e.end > e.start for e in events)


@given(st.lists(st.text("abc XYZ09,.?!äß中", min_size=1).filter(str.strip), min_size=1, max_size=10))
def test_subtitles_keep_their_words(contents):
    timeline = Timeline([seen(i, i + 1, content) for i, content in enumerate(contents)])
    wanted = [" ".join(content.split()) for content in contents]
    for text, kind in ((timeline.to_srt(), "srt"), (timeline.to_vtt(), "vtt")):
        assert [e.plaintext.strip() for e in pysubs2.SSAFile.from_string(text, format_=kind)] == wanted


def test_subtitles_label_what_is_not_speech():
    timeline = Timeline([seen(3661.5, 3661.5, "EXIT <42>", "text")])
    assert timeline.to_srt() == "1\n01:01:01,500 --> 01:01:02,000\n[text] EXIT <42>\n"
    assert timeline.to_vtt() == "WEBVTT\n\n01:01:01.500 --> 01:01:02.000\n[text] EXIT &lt;42&gt;\n"


@given(TIMELINES)
def test_csv_parses_back(timeline):
    rows = list(csv.DictReader(io.StringIO(timeline.to_csv(), newline="")))
    assert [(float(r["start"]), r["kind"], r["source"]) for r in rows] == [
        (o.start, o.kind, o.source) for o in timeline
    ]


def test_csv_of_a_lone_carriage_return():
    text = Timeline([seen(1, 2, "a\rb")]).to_csv()
    assert [row["content"] for row in csv.DictReader(io.StringIO(text, newline=""))] == ["a\nb"]


def test_no_control_character_of_a_video_reaches_a_terminal():
    moment = seen(1, 2, "\x1b[2Jcleared\x07 \x9b31mred")
    assert moment.content == "[2Jcleared 31mred"


def test_csv_and_markdown():
    timeline = Timeline([seen(1, 2, 'say "a|b",\nc', box=(0, 0, 1, 1), track=3)])
    row = next(csv.DictReader(io.StringIO(timeline.to_csv(), newline="")))
    assert (row["content"], row["x1"], row["track"]) == ('say "a|b",\nc', "1.0", "3")
    assert timeline.to_markdown().splitlines()[2] == '| 1.0 | 2.0 | speech | say "a\\|b", c | 1.00 | test |'


def test_data_frame_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(VidprogError, match="pandas") as caught:
        Timeline().to_dataframe()
    assert (caught.value.code, caught.value.hint) == ("package.missing", "pip install pandas")


def test_data_frame():
    pytest.importorskip("pandas")
    frame = Timeline([seen(1, 2)]).to_dataframe()
    assert list(frame["content"]) == ["x"]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (lambda t: t.between(5, 6), "nothing between 5.0 and 6.0 s"),
        (lambda t: t.before(0.5), "nothing before 0.5 s"),
        (lambda t: t.after(3), "nothing after 3.0 s"),
        (lambda t: t.of_kind("text", "object"), "no text or object"),
        (lambda t: t.search("zebra"), "nothing contains 'zebra'"),
        (lambda t: t[5:], "nothing in that range"),
        (lambda t: Timeline(), "no observations"),
        (lambda t: Timeline(why="no audio stream").of_kind("speech"), "no audio stream"),
        (lambda t: Timeline(why="no audio stream") + Timeline(why="no text"), "no audio stream; no text"),
        (lambda t: Timeline(why="no audio stream").merge(), "no audio stream"),
    ],
)
def test_an_empty_timeline_says_why(part, why):
    empty = part(Timeline([seen(1, 2)]))
    assert not empty
    assert empty.why == why
    assert why in repr(empty)


def test_a_timeline_with_something_needs_no_reason():
    joined = Timeline(why="no text") + Timeline([seen(1, 2)])
    assert joined.why == ""
    assert repr(joined) == "Timeline(1 observations, 1.0-2.0 s)"
    assert joined[0] in joined
    assert pickle.loads(pickle.dumps(joined)) == joined
    assert {joined: 1}[Timeline([seen(1, 2)])] == 1


def test_of_kind_knows_its_kinds():
    with pytest.raises(UsageError, match="sound") as caught:
        Timeline().of_kind("sound")
    assert "speech" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "words", "found"),
    [
        ("The Café is open", "cafe", True),
        ("The Café is open", "Open CAFÉ", True),
        ("The Café is open", "where is the cafe?", True),
        ("The Café is open", "the", False),
        ("The Café is open", "cafe closed", False),
        ("BUSSTOP AHEAD", "bus stop", True),
        ("training", "rain", True),
        ("start", "art", False),
        ("出口在左边", "出口", True),
        ("to be or not to be", "to be or not", True),
        ("what about it", "about", False),
        ("anything", "", False),
        ("anything", "?!", False),
    ],
)
def test_search_by_words(content, words, found):
    assert bool(Timeline([seen(0, 1, content)]).search(words)) is found


def test_words_are_never_taken_for_the_time_of_a_subtitle():
    timeline = Timeline([seen(1, 2, "one\n\n2\n00:00:01,000 --> 00:00:02,000\ntwo")])
    for text in (timeline.to_srt(), timeline.to_vtt()):
        assert text.count("-->") == 1
        assert "one 2 00:00:01,000 -" in text


# ---- several videos


def of_video(name, start, end, content="x"):
    return Observation(start, end, "text", content, 0.9, "ocr:test", video=name)


def test_evidence_of_several_videos_stays_apart():
    timeline = Timeline([of_video("b.mp4", 0, 1), of_video("a.mp4", 5, 6), of_video("a.mp4", 0.5, 2)])
    assert [(o.video, o.start) for o in timeline] == [("a.mp4", 0.5), ("a.mp4", 5), ("b.mp4", 0)]
    assert len(timeline.merge(10)) == 2
    assert {(o.video, o.start, o.end) for o in timeline.merge(10)} == {("a.mp4", 0.5, 6), ("b.mp4", 0, 1)}
    assert [o.video for o in timeline.of_video("b.mp4")] == ["b.mp4"]
    assert "nothing from c.mp4" in timeline.of_video("c.mp4").why
    assert repr(timeline) == "Timeline(3 observations, 0.0-6.0 s)"


def test_the_video_is_written_where_there_are_several():
    one, several = Timeline([of_video("", 0, 1)]), Timeline([of_video("a|b.mp4", 0, 1, "HALT")])
    assert "video" not in one.to_json()[0] and several.to_json()[0]["video"] == "a|b.mp4"
    for timeline in (one, several):
        assert Timeline.from_json(timeline.to_json()) == timeline
    assert one.to_markdown().startswith("| start |")
    assert several.to_markdown().splitlines()[0].startswith("| video | start |")
    assert several.to_markdown().splitlines()[2].startswith(r"| a\|b.mp4 | 0.0 |")
    assert several.to_text() == "[a|b.mp4: 0.0-1.0 s] text: HALT"
    assert "[text] a|b.mp4: HALT" in several.to_srt() and "a|b.mp4: HALT" in several.to_vtt()
    rows = list(csv.DictReader(io.StringIO(several.to_csv(), newline="")))
    assert rows[0]["video"] == "a|b.mp4"
