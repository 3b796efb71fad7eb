"""Parts and sizes of pictures: the right pixels, never the original ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vidprog.tools import ToolError
from vidprog.tools.boxes import box_overlap, pixels_of, window_around
from vidprog.tools.crop import crop, resize
from vidprog.video import Frame

shares = st.floats(0, 1)


@pytest.fixture
def frame():
    """80 wide, 40 high; the red value is the column, the green value the row."""
    rows, columns = np.mgrid[0:40, 0:80].astype(np.uint8)
    return Frame(3.5, np.stack([columns, rows, np.zeros_like(rows)], axis=2))


def test_a_part_is_cut_out(frame):
    (part,) = crop((frame,), [0.25, 0.5, 0.75, 1.0])
    assert part.time == 3.5
    assert part.image.shape == (20, 40, 3)
    assert tuple(part.image[0, 0]) == (20, 20, 0)
    assert tuple(part.image[-1, -1]) == (59, 39, 0)


def test_a_part_is_a_copy(frame):
    (part,) = crop((frame,), [0, 0, 1, 1])
    part.image[:] = 0
    assert frame.image.any()


def test_what_lies_outside_is_left_out(frame):
    (part,) = crop((frame,), [-0.5, 0.5, 0.5, 1.5])
    assert part.image.shape == (20, 40, 3)


@pytest.mark.parametrize(
    ("box", "problem"),
    [
        ([0, 0, 1], "4 numbers"), ([0, 0, 640, 360], "not pixels"), ([0.5, 0, 0.5, 1], "holds nothing"),
        ([0.6, 0, 0.4, 1], "holds nothing"), ([1.1, 0, 1.5, 1], "holds nothing"),
    ],
)  # fmt: skip
def test_boxes_that_are_none(box, problem, frame):
    with pytest.raises(ToolError, match=problem) as caught:
        crop((frame,), box)
    assert caught.value.code == "tool.argument"
    assert "0 to 1" in caught.value.hint


def test_nothing_to_crop():
    assert crop((), [0, 0, 1, 1]) == ()
    assert resize((), 64) == ()


@pytest.mark.parametrize(("side", "shape"), [(40, (20, 40)), (160, (80, 160)), (1, (8, 16)), (5000, (480, 960))])
def test_the_longest_side_is_as_wanted(side, shape, frame):
    (scaled,) = resize((frame,), side)
    assert scaled.image.shape == (*shape, 3)
    assert scaled.image.dtype == np.uint8
    assert scaled.time == 3.5
    # still the same picture: columns grow to the right, rows downwards
    assert scaled.image[0, -1, 0] > scaled.image[0, 0, 0]
    assert scaled.image[-1, 0, 1] > scaled.image[0, 0, 1]


@given(shares, shares, shares, shares, st.integers(1, 50), st.integers(1, 50))
def test_every_box_covers_pixels_of_the_picture(left, top, right, bottom, height, width):
    box = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    rows, columns = pixels_of(box, (height, width, 3))
    assert 0 <= rows.start < rows.stop <= height
    assert 0 <= columns.start < columns.stop <= width


@given(shares, shares, st.floats(0.01, 2), st.floats(0.01, 2))
def test_a_window_is_moved_and_not_cut(x, y, width, height):
    left, top, right, bottom = window_around((x, y), width, height)
    assert 0 <= left < right <= 1 + 1e-9
    assert 0 <= top < bottom <= 1 + 1e-9
    assert right - left == pytest.approx(min(width, 1))
    assert bottom - top == pytest.approx(min(height, 1))


@pytest.mark.parametrize(
    ("one", "two", "overlap"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1), 1.0),
        ((0, 0, 0.5, 1), (0.5, 0, 1, 1), 0.0),
        ((0, 0, 0.5, 1), (0.25, 0, 0.75, 1), 1 / 3),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),
    ],
)
def test_overlap_of_boxes(one, two, overlap):
    assert box_overlap(one, two) == pytest.approx(overlap)
