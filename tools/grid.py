"""Frames laid out as one picture, each with its time."""

import numpy as np

from ..video import Frame, Frames
from .tool import ToolError, tool
from .values import Grid

CELL_WIDTH = 320
GAP = 4
MOST_CELLS = 256
LABEL_HEIGHT = 0.09
"""Height of the time's letters as a share of a cell's height."""


@tool(kind="frames", cost="free")
def make_grid(frames: Frames, rows: int = 0, columns: int = 0, label: bool = True) -> Grid:
    """Lay frames out in one picture, row by row in the order of time, with the time written into each cell.

    Args:
        frames: What to lay out.
        rows: How many rows; 0 makes the grid about square (IG-VLM: the rounded root of the number of frames).
        columns: How many columns; 0 takes as many as the rows need.
        label: Whether to write the times.
    """
    if not frames:
        raise ToolError("there are no frames to lay out", code="tool.empty", hint="Select frames first.")
    rows, columns = _shape(len(frames), rows, columns)
    if rows * columns > MOST_CELLS:
        raise ToolError(
            f"{rows} x {columns} cells are too many", code="tool.size", hint=f"Use {MOST_CELLS} cells at most."
        )
    height, width = frames[0].image.shape[:2]
    cell_height = max(1, round(CELL_WIDTH * height / width))
    sheet = np.zeros((rows * (cell_height + GAP) - GAP, columns * (CELL_WIDTH + GAP) - GAP, 3), np.uint8)
    for index, frame in enumerate(frames[: rows * columns]):
        top, left = (index // columns) * (cell_height + GAP), (index % columns) * (CELL_WIDTH + GAP)
        sheet[top : top + cell_height, left : left + CELL_WIDTH] = _cell(frame, cell_height, label)
    times = [frame.time for frame in frames[: rows * columns]]
    return Grid(sheet, tuple(tuple(times[start : start + columns]) for start in range(0, len(times), columns)))


def _shape(count: int, rows: int, columns: int) -> tuple[int, int]:
    if rows <= 0:
        rows = -(-count // columns) if columns > 0 else max(1, round(count**0.5))
    return rows, columns if columns > 0 else -(-count // rows)


def _cell(frame: Frame, height: int, label: bool) -> np.ndarray:
    import cv2

    cell = cv2.resize(frame.image, (CELL_WIDTH, height), interpolation=cv2.INTER_AREA)
    if not label:
        return cell
    text, font = f"{frame.time:.1f} s", cv2.FONT_HERSHEY_SIMPLEX
    scale = cv2.getFontScaleFromHeight(font, max(10, round(height * LABEL_HEIGHT)), 1)
    (width, tall), below = cv2.getTextSize(text, font, scale, 1)
    cv2.rectangle(cell, (0, 0), (width + 8, tall + below + 6), (0, 0, 0), cv2.FILLED)
    cv2.putText(cell, text, (4, tall + 3), font, scale, (255, 255, 255), 1, cv2.LINE_AA)
    return cell
