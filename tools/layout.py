"""Text laid out as a table: a time, a place and a platform in one row belong together."""

from collections.abc import Sequence

from ..models import TextLine

SAME_ROW = 0.5
"""Share of the lower line's height that two lines must have in common to stand in one row."""
TABLE_ROWS = 2
"""Rows of several cells that make a table; a single one is two texts that happen to stand side by side."""
SEPARATOR = " | "


def join_rows(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a picture, the cells of a table's row joined from left to right.

    Args:
        lines: Lines with boxes, in any order.

    Example:
        >>> cell = lambda text, x, y: TextLine(text, 1.0, (x, y, x + 0.1, y + 0.05))
        >>> board = [cell("09:15", 0.1, 0.2), cell("Harbour", 0.3, 0.2)]
        >>> board += [cell("09:40", 0.1, 0.3), cell("Pine", 0.3, 0.3)]
        >>> [line.text for line in join_rows(board)]
        ['09:15 | Harbour', '09:40 | Pine']
    """
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box[1]):
        home = next((row for row in rows if _same_row(row[0], line)), None)
        if home is None:
            rows.append([line])
        else:
            home.append(line)
    if sum(len(row) > 1 for row in rows) < TABLE_ROWS:
        return list(lines)
    return [_joined(sorted(row, key=lambda line: line.box[0])) for row in rows]


def _same_row(one: TextLine, other: TextLine) -> bool:
    common = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    lower = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return common > SAME_ROW * lower


def _joined(row: Sequence[TextLine]) -> TextLine:
    boxes = [line.box for line in row]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return TextLine(SEPARATOR.join(line.text for line in row), min(line.score for line in row), box)
