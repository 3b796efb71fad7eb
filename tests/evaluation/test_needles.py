"""The truth of needles, before a pixel is made: what is asked, what is right, and when."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image
from vidprog.evaluation.items import DataSet
from vidprog.evaluation.needles import NeedleSettings, plan_needles
from vidprog.evaluation.needles.needle import KINDS
from vidprog.evaluation.needles.subjects import Materials
from vidprog.evaluation.needles.tasks import OPPOSITE, SEEN_ONLY, TASKS, WAYS
from vidprog.evaluation.needles.timing import Timing
from vidprog.video.errors import UsageError, VidprogError

FORMS = ("choice", "circular", "open", "when")
FPS = Fraction(25, 2)


def planned(**changes):
    return plan_needles(NeedleSettings(**{"lengths": (1.0,), "forms": ("choice",), **changes}))


def told(needle):
    """What an option calls a needle, and what its question may hold instead."""
    return needle.subject.name


def shown_for(video, item):
    """The needles that an item's spans are those of."""
    return [one for one in video.script.shown if video.script.span(one) in item.spans]


@pytest.fixture(scope="module")
def everything():
    return planned(tasks=tuple(TASKS), forms=FORMS)


def choices(plan, task, aspect=""):
    category = f"{task}/{aspect}" if aspect else task
    found = [(v, i) for v in plan.videos for i in v.items if i.category == category and i.task == "choice"]
    assert found
    return found


def test_every_item_is_one_that_an_evaluation_can_ask(everything):
    items = [item for video in everything.videos for item in video.items]
    DataSet("needles", "jsonl", tuple(items))  # refuses two of one id
    for item in items:
        assert item.known and item.question and item.spans and item.extra["plan"]
        assert len(set(item.choices)) == len(item.choices) and len(item.choices) in (0, 2, 3, 4)
        assert all(0 <= start < end <= 60.0 for start, end in item.spans)


@pytest.mark.parametrize("task", sorted(set(TASKS) - {"static"}))
def test_nothing_overlaps(everything, task):
    for video in everything.videos:
        if video.script.name.startswith(task):
            assert all(later.start > earlier.end for earlier, later in pairwise(video.script.shown))


@pytest.mark.parametrize("task", sorted(SEEN_ONLY))
def test_what_cannot_be_is_said(everything, task):
    assert f"{task} with spoken needles is left out: they cannot be seen" in everything.left_out
    assert not any(video.script.name.startswith(f"{task}-spoken") for video in everything.videos)


def test_retrieval_asks_for_the_needle_at_each_depth(everything):
    for video, item in choices(everything, "retrieval"):
        (needle,) = shown_for(video, item)
        free = video.script.frames - (needle.end - needle.start)
        assert needle.start == round(item.extra["depth"] * free)
        assert item.reference.removeprefix("a ") in needle.subject.content
        others = [one.subject.content for one in video.script.shown if one is not needle]
        asked = item.question.rstrip("?").split()[-1]
        if item.extra["kind"] != "object":
            assert asked in needle.subject.content and not any(asked in content for content in others)
        else:
            assert not {one.subject.name for one in video.script.shown} & (set(item.choices) - {item.reference})


def test_wrong_numbers_are_those_of_other_captions(everything):
    for video, item in choices(everything, "retrieval"):
        if item.extra["kind"] == "text":
            captions = " ".join(one.subject.content for one in video.script.shown)
            assert all(option in captions for option in item.choices)


def test_ordering_is_the_order_of_time(everything):
    for video, item in choices(everything, "ordering"):
        order = [told(needle) for needle in shown_for(video, item)]
        assert item.reference == ", ".join(order) and all(sorted(option.split(", ")) == sorted(order)
                                                          for option in item.choices)  # fmt: skip


def test_counting_counts_all_of_them(everything):
    for video, item in choices(everything, "counting"):
        target = shown_for(video, item)[0].subject
        assert int(item.reference) == sum(one.subject == target for one in video.script.shown) == len(item.spans)


@pytest.mark.parametrize("task", ["counting", "conflict"])
def test_the_right_number_is_at_no_place_among_the_options_more_often(task):
    """Where the options are the numbers nearest to the right one, it is never the least or the greatest of them."""
    plan = planned(kinds=("text",), tasks=(task,), count=100)
    items = [
        item for video in plan.videos for item in video.items if item.extra["needle"] and item.choices[0].isdigit()
    ]
    ranks = np.bincount([sorted(item.choices).index(item.reference) for item in items], minlength=4)
    assert len(ranks) == 4 and ranks.min() > 0.15 * ranks.sum()


def test_direction_is_that_of_the_way(everything):
    for video, item in choices(everything, "direction"):
        (needle,) = shown_for(video, item)
        assert WAYS[item.reference] == (needle.look.place, needle.look.goal)


def test_the_fastest_takes_the_least_time_for_the_same_way(everything):
    for aspect, best in (("fastest", min), ("slowest", max)):
        for video, item in choices(everything, "speed", aspect):
            moving = [one for one in video.script.shown if one.look.goal]
            assert len({(one.look.place, one.look.goal) for one in moving}) == 1
            assert item.reference == told(best(moving, key=lambda one: one.end - one.start))


@pytest.mark.parametrize(
    "task, aspect",
    [("reversal", "order"), ("reversal", "direction"), *(("conflict", name) for name in ("order", "number", "growth"))],
)
def test_pairs_ask_the_same_and_the_truth_is_another(everything, task, aspect):
    pairs = {}
    for video, item in choices(everything, task, aspect):
        if not item.group.endswith("circular"):
            pairs.setdefault(item.group, []).append((video, item))
    for (one, first), (two, second) in pairs.values():
        assert (first.question, first.choices) == (second.question, second.choices)
        assert first.truth != second.truth and one.script.file != two.script.file


def test_conflicting_videos_differ_in_nothing_that_is_not_asked(everything):
    scripts = {
        video.script.name: video.script for video in everything.videos if video.script.name.startswith("conflict")
    }
    assert len(scripts) == 8
    for name, first in scripts.items():
        if name.endswith("-a"):
            second = scripts[f"{name[:-1]}b"]
            one, two = ({needle.start: needle for needle in script.needles} for script in (first, second))
            same = [start for start in one.keys() & two.keys() if one[start] == two[start]]
            moves = 1 if first.needles[0].subject.kind != "spoken" else 0
            assert len(same) == len(one) - 2 - moves
            looks = {needle.subject: needle.look for needle in first.needles if needle.look.goal is None}
            often = max(looks, key=lambda subject: sum(needle.subject == subject for needle in second.needles))
            swapped = [n for n in second.needles if n.look.goal is None and n.subject != often]
            assert all(needle.look == looks[needle.subject] for needle in swapped)


def test_reversed_ways_are_opposite(everything):
    for video, item in choices(everything, "reversal", "direction"):
        (needle,) = shown_for(video, item)
        way = OPPOSITE[item.reference] if video.script.reverse else item.reference
        assert WAYS[way] == (needle.look.place, needle.look.goal)


def test_slides_fill_the_video_and_follow_each_other(everything):
    for video in everything.videos:
        if video.script.name.startswith("static"):
            slides = video.script.needles
            assert slides[0].start == 0 and slides[-1].end == video.script.frames
            assert all(one.end == two.start for one, two in pairwise(slides))
    for aspect, step in (("after", 1), ("before", -1)):
        for video, item in choices(everything, "static", aspect):
            names = [told(slide) for slide in video.script.needles]
            named = next(name for name in names if item.question.endswith(f" {name}?"))
            assert item.reference == names[names.index(named) + step]
            assert named not in item.choices
    for video, item in choices(everything, "static", "longest"):
        lengths = sorted(((one.end - one.start, told(one)) for one in video.script.needles), reverse=True)
        assert item.reference == lengths[0][1] and lengths[0][0] > 1.8 * lengths[1][0]


def test_circular_items_are_all_rotations_and_right_together(everything):
    groups = {}
    for video in everything.videos:
        for item in video.items:
            if item.group.endswith("circular") and not item.extra.get("pair"):
                groups.setdefault(item.group, []).append(item)
    assert groups
    for items in groups.values():
        assert [item.truth for item in items] != [items[0].truth] * len(items)
        assert len({item.reference for item in items}) == 1
        assert sorted(item.truth for item in items) == list(range(len(items)))


def test_open_and_when_have_the_same_truth(everything):
    by_id = {item.id: item for video in everything.videos for item in video.items}
    opened = [item for item in by_id.values() if item.id.endswith("-open")]
    assert opened and all(item.answers[0] == by_id[item.id.removesuffix("-open")].reference for item in opened)
    assert all(
        item.task == ("count" if item.category in ("counting", "conflict/number") else "open") for item in opened
    )
    moments = [item for item in by_id.values() if item.id.endswith("-when")]
    assert moments and all(item.task == "when" and len(item.spans) == 1 and not item.choices for item in moments)


def test_an_open_question_says_what_it_is_about_and_has_one_answer(everything):
    items = [item for video in everything.videos for item in video.items if item.id.endswith("-open")]
    assert not any(item.category == "retrieval" and item.extra["kind"] == "object" for item in items)
    for item in items:
        if "Which of" in item.question or "In which order" in item.question:
            assert all(name in item.question for name in item.reference.split(", "))
    (aliases,) = {item.answers for item in items if item.category == "direction" and item.reference == "up"}
    assert "upwards" in aliases and not {"right", "left", "down"} & set(aliases)
    assert all("the word" in item.answers[1] for item in items if item.category == "static/first" and
               item.extra["kind"] == "text")  # fmt: skip


def test_wrong_options_are_the_users_own_files_first(tmp_path):
    files = [tmp_path / f"{name}.png" for name in ("door", "hat", "boat", "lamp", "tree", "drum", "well")]
    for file in files:
        Image.new("RGB", (8, 8)).save(file)
    plan = planned(kinds=("picture",), tasks=("retrieval",), distractors=0, materials=Materials(tuple(files)))
    for item in plan.videos[0].items:
        assert set(item.choices) <= {file.stem for file in files}


def test_articles_go_with_their_nouns():
    plan = planned(kinds=("picture",), tasks=("retrieval",), count=5)
    names = {option for video in plan.videos for item in video.items for option in item.choices}
    assert {"an arrow", "a star"} < names and "a arrow" not in names


@pytest.mark.parametrize("form, task, kind", [("open", "retrieval", "object"), ("when", "ordering", "text")])
def test_a_form_in_which_nothing_can_be_asked_is_said(form, task, kind):
    plan = planned(tasks=(task,), kinds=(kind,), forms=(form,), distractors=0)
    assert not plan.videos[0].items
    assert any(note.startswith(f"{task} with {kind} needles: not asked in the form {form}") for note in plan.left_out)


def test_nothing_is_said_to_be_left_out_where_nothing_was_to_be():
    assert planned(kinds=("object",), tasks=("static",)).left_out == ()


def test_the_same_seed_gives_the_same_truth_and_another_another():
    one, two, other = planned(), planned(), planned(seed=1)
    assert one == two
    assert [video.script.digest for video in one.videos] != [video.script.digest for video in other.videos]


def test_more_lengths_and_tasks_leave_the_others_as_they_are():
    few = {video.script.name: video.script.digest for video in planned(tasks=("ordering",)).videos}
    many = planned(lengths=(0.8, 1.0), tasks=("retrieval", "ordering")).videos
    assert few.items() <= {video.script.name: video.script.digest for video in many}.items()


def test_right_options_stand_everywhere():
    videos = planned(kinds=("text",), tasks=("retrieval",), count=40).videos
    places = np.bincount([item.truth for video in videos for item in video.items], minlength=4)
    assert places.sum() == 120 and places.min() > 15


def test_files_of_the_users_are_called_after_their_names(tmp_path):
    files = []
    for name in ("red_boat", "green_hat", "old_door"):
        files.append(tmp_path / f"{name}.png")
        Image.new("RGB", (8, 8)).save(files[-1])
    plan = planned(kinds=("picture",), tasks=("ordering",), materials=Materials(pictures=tuple(files)))
    (video,) = plan.videos
    assert sorted(video.items[0].reference.split(", ")) == ["green hat", "old door", "red boat"]


WRONG = [
    ({"lengths": (0.0,)}, "needles.setting"),
    ({"lengths": (2000.0,)}, "needles.setting"),
    ({"lengths": (float("nan"),)}, "needles.setting"),
    ({"lengths": (0.5, 0.50000001)}, "needles.setting"),
    ({"lengths": ()}, "needles.setting"),
    ({"depths": ()}, "needles.setting"),
    ({"depths": (0.5, 0.5)}, "needles.setting"),
    ({"needle_seconds": float("inf")}, "needles.setting"),
    ({"needle_seconds": 100.0}, "needles.room"),
    ({"fps": Fraction(1), "needle_seconds": 1.0, "tasks": ("direction",), "kinds": ("text",)}, "needles.frames"),
    ({"fps": Fraction(1), "needle_seconds": 2.0, "tasks": ("speed",), "kinds": ("text",)}, "needles.frames"),
    ({"depths": (1.2,)}, "needles.setting"),
    ({"depths": (0.5, 0.51)}, "needles.room"),
    ({"lengths": (0.05,)}, "needles.room"),
    ({"kinds": ("smell",)}, "needles.setting"),
    ({"kinds": ()}, "needles.setting"),
    ({"tasks": ("retrieval", "retrieval")}, "needles.setting"),
    ({"size": (641, 360)}, "needles.setting"),
    ({"size": (32, 32)}, "needles.setting"),
    ({"fps": Fraction(0)}, "needles.setting"),
    ({"seed": -1}, "needles.setting"),
    ({"count": 0}, "needles.setting"),
    ({"voice": "nobody"}, "needles.voice"),
    ({"kinds": ("object",), "depths": (0.1, 0.3, 0.5, 0.7, 0.9)}, "needles.subjects"),
]


@pytest.mark.parametrize("changes, code", WRONG)
def test_what_cannot_be_is_refused(changes, code):
    with pytest.raises(UsageError) as caught:
        planned(**changes)
    assert caught.value.code == code and caught.value.hint and "\n" not in caught.value.message


def test_where_there_is_no_room_is_said():
    with pytest.raises(UsageError, match=r"^counting with spoken needles: .* do not fit into 12 s"):
        planned(kinds=("spoken",), tasks=("counting",), lengths=(0.2,))


@pytest.mark.parametrize("names, message", [
    (("one/hat.png", "two/Hat.png"), "hat' is that of another file"),
    (("hat, red.png", "door.png"), "'hat, red' contains a comma"),
])  # fmt: skip
def test_files_whose_names_cannot_be_told_apart(tmp_path, names, message):
    files = [tmp_path / name for name in names]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8)).save(file)
    with pytest.raises(UsageError, match=message):
        planned(kinds=("picture",), materials=Materials(tuple(files)))


@pytest.mark.parametrize("changes", [{"background": "broken.mp4"}, {"materials": "broken.png"}])
def test_a_broken_file_is_known_before_anything_is_made(tmp_path, changes):
    ((name, file),) = changes.items()
    (tmp_path / file).write_bytes(b"neither a picture nor a video")
    given = Materials(pictures=(tmp_path / file,)) if name == "materials" else tmp_path / file
    with pytest.raises(VidprogError, match="broken"):
        planned(kinds=("picture",), **{name: given})


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"there is no file .*away\.mp4"):
        planned(background=tmp_path / "away.mp4")


frames = st.integers(30, 5000)
lengths_of_needles = st.lists(st.integers(1, 60), min_size=1, max_size=8)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6, unique=True), frames, st.integers(1, 30), st.integers(1, 8))
def test_depths_are_exact_or_refused(depths, count, length, gap):
    timing = Timing(count, FPS, gap)
    try:
        stretches = timing.at_depths(depths, [length] * len(depths))
    except UsageError as error:
        starts = sorted(round(depth * (count - length)) for depth in depths)
        assert error.code == "needles.room"
        assert any(two - one < length + gap for one, two in pairwise(starts))
        return
    for depth, (start, end) in zip(depths, stretches, strict=True):
        assert 0 <= start < end <= count and end - start == length
        assert abs(start - depth * (count - length)) <= 0.5


@given(lengths_of_needles, frames, st.integers(1, 10), st.integers(0, 2**32))
def test_spread_needles_keep_their_order_and_their_distance(lengths, count, gap, seed):
    assume(sum(lengths) + gap * (len(lengths) - 1) <= count)
    stretches = Timing(count, FPS, gap).spread(lengths, np.random.default_rng(seed))
    assert [end - start for start, end in stretches] == lengths
    assert stretches[0][0] >= 0 and stretches[-1][1] <= count
    assert all(two[0] - one[1] >= gap for one, two in pairwise(stretches))


@given(lengths_of_needles, lengths_of_needles, st.integers(1, 10), st.integers(0, 2**32))
def test_filled_in_needles_touch_nothing(taken, more, gap, seed):
    timing, rng = Timing(3000, FPS, gap), np.random.default_rng(seed)
    there = timing.spread(taken, rng)
    stretches = sorted([*there, *timing.fill(there, more, rng)])
    assert stretches[0][0] >= 0 and stretches[-1][1] <= 3000
    assert all(two[0] - one[1] >= gap for one, two in pairwise(stretches))


@given(st.floats(0.02, 1500), st.sampled_from((Fraction(25, 2), Fraction(30000, 1001), Fraction(24), Fraction(1))))
def test_a_video_is_as_long_as_asked_to_the_nearest_frame(minutes, fps):
    timing = Timing.of(minutes, fps, 1.0)
    assert abs(timing.frames / fps - minutes * 60) <= max(0.51 / fps, 1 / fps if timing.frames == 1 else 0)


def test_kinds_are_those_of_the_contract():
    assert KINDS == ("text", "picture", "spoken", "object")
