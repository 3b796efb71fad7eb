"""A tool that is given a clip works on that clip's video, and what it finds carries the video's name."""

import shutil

import pytest
from vidprog.memory import Observation, Timeline
from vidprog.tools import tool
from vidprog.tools.answer import answer
from vidprog.tools.context import Context
from vidprog.tools.localize import localize
from vidprog.tools.note import note
from vidprog.tools.read_text import read_text
from vidprog.tools.search import search
from vidprog.video import Clip


@pytest.fixture
def both(open_session, signs, more_signs, signs_memory):
    """The context of a question about both clips of signs, and their clips."""
    first, second = (open_session(path, store=signs_memory) for path in (signs, more_signs))
    with first.beside([second]):
        context = first.context()
    return context, first.video.clip(), second.video.clip()


@tool
def where(clip: Clip | None = None, lines: Timeline | None = None, *, context: Context) -> str:
    """Name the video that the call is about.

    Args:
        clip: A clip.
        lines: Observations.
    """
    return context.video.path.name


def seen(video):
    return Observation(1, 2, "text", "x", 0.9, "ocr:test", video=video)


def test_the_first_clip_decides_on_which_video_a_tool_works(both):
    context, one, two = both
    assert where(one, context=context) == "signs.mp4"
    assert where(two, context=context) == "more_signs.mp4"
    assert where(context=context) == "signs.mp4"


@pytest.mark.parametrize(
    ("videos", "name"),
    [
        (("more_signs.mp4",), "more_signs.mp4"),
        (("signs.mp4", "signs.mp4"), "signs.mp4"),
        (("signs.mp4", "more_signs.mp4"), "signs.mp4"),  # of both: the first
        (("",), "signs.mp4"),
        (("unknown.mp4",), "signs.mp4"),
    ],
)
def test_without_a_clip_the_observations_decide(both, videos, name):
    assert where(lines=Timeline([seen(video) for video in videos]), context=both[0]) == name


def test_what_is_found_carries_the_name_of_its_video(both):
    context, one, two = both
    for clip, name, words in ((one, "signs.mp4", "HARBOUR CLOSED"), (two, "more_signs.mp4", "LIBRARY OPEN")):
        lines = read_text(clip, context=context)
        assert {line.video for line in lines} == {name}
        assert words in {line.content for line in lines}
    assert context.meter.usage.frames_decoded == 0  # each from the memory of its own video


def test_the_books_are_shared(both):
    context, _, two = both
    context.notes.clear()
    read_text(two.trim(4.2, 4.6), context=context)
    assert context.notes.cached is False and context.meter.usage.frames_seen > 0


def test_a_search_finds_in_all_videos_or_in_one(both):
    context, one, two = both
    everywhere = search("library harbour", context=context)
    assert {(line.video, line.content) for line in everywhere} == {
        ("signs.mp4", "HARBOUR CLOSED"), ("more_signs.mp4", "LIBRARY OPEN"),
    }  # fmt: skip
    assert [line.content for line in search("library harbour", clip=two, context=context)] == ["LIBRARY OPEN"]
    assert not search("harbour", clip=one.trim(0, 3), context=context)
    assert [line.content for line in search("harbour", clip=one.trim(5, 10), context=context)] == ["HARBOUR CLOSED"]


def test_the_best_hits_come_from_all_videos(both):
    hits = search("exit", limit=2, context=both[0])
    assert {line.video for line in hits} == {"signs.mp4", "more_signs.mp4"}


def test_localizing_in_one_video_or_in_all(both):
    context, _, two = both
    found = localize("the exit sign", context=context)
    assert {line.video for line in found} == {"signs.mp4", "more_signs.mp4"}
    assert {line.video for line in localize("the exit sign", clip=two, context=context)} == {"more_signs.mp4"}


def test_a_note_belongs_to_the_video_of_its_clip(both):
    context, _, two = both
    assert note("half of it", 0.0, 4.0, context=context).video == "signs.mp4"
    assert note("half of it", 0.0, 4.0, clip=two, context=context).video == "more_signs.mp4"


def test_times_of_an_answer_are_those_of_the_video_it_is_from(both):
    context, _, two = both
    found = answer("When is the library sign shown?", search("library", clip=two, context=context), context=context)
    assert found.text == "from 5.0 to 8.0 seconds"
    assert {line.video for line in found.evidence} == {"more_signs.mp4"}


def test_the_only_video_has_no_name(open_session, signs, signs_memory):
    context = open_session(signs, store=signs_memory).context()
    assert {line.video for line in read_text(context.whole, context=context)} == {""}
    assert {line.video for line in search("exit", context=context)} == {""}


def test_of_two_copies_each_keeps_its_name(open_session, signs, tmp_path, signs_memory):
    copy = shutil.copy(signs, tmp_path / "copy.mp4")
    first, second = open_session(signs, store=signs_memory), open_session(copy, store=signs_memory)
    with first.beside([second]):
        context = first.context()
    assert {line.video for line in read_text(second.video.clip(), context=context)} == {"copy.mp4"}
    assert {line.video for line in search("exit", context=context)} == {"signs.mp4", "copy.mp4"}
