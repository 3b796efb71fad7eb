"""Frames and grids: the right pictures, in order, with their times."""

import numpy as np
import pytest
from media import make_video, read_number
from vidprog.tools import Budget, BudgetExceeded, Meter, ToolError
from vidprog.tools.context import KEPT_FRAMES, WORKING_SIDE
from vidprog.tools.frames import select_frames
from vidprog.tools.grid import CELL_WIDTH, GAP, make_grid
from vidprog.tools.text import squash
from vidprog.video import Frame


@pytest.fixture(scope="module")
def numbered(clips):
    """Ten seconds at 10 pictures a second, each with its number; the colour changes at 2 and at 7 seconds."""
    colours = ((200, 40, 40), (40, 200, 40), (40, 40, 200))
    return make_video(
        clips / "numbered.mp4", frames=100, fps=10, size=(320, 192),
        picture=lambda index, time: colours[(time >= 2) + (time >= 7)],
    )  # fmt: skip


@pytest.fixture
def context(open_context, numbered):
    return open_context(numbered)


def test_frames_are_those_on_screen(context):
    frames = context.frames([9.05, 0.0, 4.23])
    assert [read_number(frame.image) for frame in frames] == [0, 42, 90]


def test_frames_are_decoded_once(context):
    context.frames([1.0, 2.0, 3.0])
    decoded = context.meter.usage.frames_decoded
    assert decoded > 0
    again = context.frames([3.0, 1.0])
    assert context.meter.usage.frames_decoded == decoded
    assert [read_number(frame.image) for frame in again] == [10, 30]


def test_only_so_many_frames_are_kept_and_all_wanted_ones_given(context):
    wanted = [number * 0.1 + 0.05 for number in range(KEPT_FRAMES + 20)]
    assert [read_number(frame.image) for frame in context.frames(wanted)] == list(range(KEPT_FRAMES + 20))
    context.frames([9.9])
    assert len(context._frames) <= KEPT_FRAMES


def test_frames_are_made_smaller_for_work(open_context, tmp_path):
    context = open_context(make_video(tmp_path / "big.mp4", frames=2, fps=2, size=(1920, 1080), number=False))
    (frame,) = context.frames([0.0])
    assert max(frame.image.shape) == WORKING_SIDE


@pytest.mark.parametrize(
    ("method", "count", "numbers"),
    [
        ("uniform", 4, [12, 37, 62, 87]),
        ("uniform", 1, [50]),
        ("fps", 1, [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]),
        ("shots", 3, [10, 45, 85]),
        ("shots", 1, [45]),
    ],
)
def test_frames_are_chosen(context, method, count, numbers):
    frames = select_frames(context.whole, count, method, context=context)
    assert [read_number(frame.image) for frame in frames] == pytest.approx(numbers, abs=1)


def test_changes_are_where_the_picture_changes(context):
    times = [frame.time for frame in select_frames(context.whole, 3, "change", context=context)]
    assert times == sorted(times)
    assert any(2.0 <= time < 3.0 for time in times)
    assert any(7.0 <= time < 8.0 for time in times)


def test_frames_around_what_a_search_finds(sample_context):
    frames = select_frames(sample_context.whole, 1, "query", "the cat", context=sample_context)
    assert 16 <= frames[0].time <= 21


def test_a_search_that_finds_nothing_gives_uniform_frames_and_says_so(context, open_context, mute):
    context = open_context(mute)
    frames = select_frames(context.whole, 2, "query", "a volcano", context=context)
    assert [frame.time for frame in frames] == pytest.approx([0.5, 1.5])
    assert "uniform" in context.notes.why


def test_a_part_is_sampled_inside(context):
    frames = select_frames(context.whole.trim(2, 4), 4, context=context)
    assert all(2 <= frame.time < 4 for frame in frames)


def test_unknown_methods_are_refused(context):
    with pytest.raises(ToolError, match="method"):
        select_frames(context.whole, 2, "magic", context=context)


def grey(time, level=90, size=(90, 160)):
    return Frame(time, np.full((*size, 3), level, np.uint8))


@pytest.mark.parametrize(
    ("count", "rows", "columns", "shape"),
    [
        (6, 0, 0, (2, 3)), (6, 2, 3, (2, 3)), (6, 3, 0, (3, 2)), (6, 0, 2, (3, 2)), (5, 0, 0, (2, 3)),
        (1, 0, 0, (1, 1)), (7, 2, 2, (2, 2)), (9, 0, 0, (3, 3)),
    ],
)  # fmt: skip
def test_the_shape_of_a_grid(count, rows, columns, shape):
    grid = make_grid(tuple(grey(float(second)) for second in range(count)), rows, columns)
    assert (grid.rows, grid.columns) == shape
    times = [time for row in grid.times for time in row]
    assert times == [float(second) for second in range(min(count, shape[0] * shape[1]))]
    assert grid.image.shape[1] == shape[1] * (CELL_WIDTH + GAP) - GAP


def test_cells_stand_row_by_row():
    levels = (40, 80, 120, 160)
    grid = make_grid(tuple(grey(float(i), level) for i, level in enumerate(levels)), 2, 2, label=False)
    height, width = grid.image.shape[:2]
    centres = [grid.image[height * y // 4, width * x // 4].mean() for y in (1, 3) for x in (1, 3)]
    assert centres == pytest.approx(levels, abs=2)


def test_times_are_burnt_into_the_cells(models):
    grid = make_grid((grey(12.5, 60, (360, 640)), grey(47.3, 60, (360, 640))), 1, 2)
    read = {squash(line.text) for line in models.ocr.read(grid.image)}
    assert {"125s", "473s"} <= read
    plain = make_grid((grey(12.5, 60),), label=False)
    assert (plain.image == 60).all()


def test_a_grid_of_nothing_is_refused():
    with pytest.raises(ToolError) as caught:
        make_grid(())
    assert caught.value.code == "tool.empty"


def test_portrait_frames_keep_their_shape():
    grid = make_grid((grey(0.0, 90, (320, 180)),), label=False)
    assert grid.image.shape[0] / grid.image.shape[1] == pytest.approx(320 / 180, rel=0.02)


def test_the_budget_counts_what_is_seen_not_what_is_decoded(context):
    context.meter = Meter(Budget(frames=0))
    context.frames([1.0])
    with pytest.raises(BudgetExceeded):
        context.meter.spend(frames_seen=1)
