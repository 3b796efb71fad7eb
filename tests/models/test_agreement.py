"""How far two models agree, from scores that are known."""

import pytest
from vidprog.models.agreement import agreement
from vidprog.models.roles import OptionScore

OPTIONS = ("A", "B", "C")


class ScriptedScores:
    """Scores the options of a content by a table."""

    def __init__(self, table):
        self._table = table

    def score(self, content, options):
        return tuple(OptionScore(value, 1) for value in self._table[content[0]])


ONE = ScriptedScores({"x": (-1.0, -2.0, -3.0), "y": (-2.0, -1.0, -3.0)})


@pytest.mark.parametrize(
    ("other", "same", "difference", "largest"),
    [
        ({"x": (-1.0, -2.0, -3.0), "y": (-2.0, -1.0, -3.0)}, 1, 0, 0),
        ({"x": (-1.5, -2.0, -3.0), "y": (-2.0, -1.0, -3.0)}, 1, 0.5 / 6, 0.5),
        ({"x": (-1.0, -2.0, -3.0), "y": (-0.5, -1.0, -3.0)}, 0.5, 1.5 / 6, 1.5),
        ({"x": (-9.0, -2.0, -3.0), "y": (-2.0, -9.0, -3.0)}, 0, 16 / 6, 8),
    ],
)
def test_agreement_counts_best_options_and_distances(other, same, difference, largest):
    found = agreement(ONE, ScriptedScores(other), [["x"], ["y"]], OPTIONS)
    assert (found.same, found.contents) == (same, 2)
    assert (found.difference, found.largest) == (pytest.approx(difference), largest)
    assert f"{same:.0%} of 2" in str(found)
