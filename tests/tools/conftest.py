"""Observations in few words."""

import pytest


@pytest.fixture
def observe():
    """Make an observation of one second: (start, content[, score, kind])."""
    from vidprog.memory import Observation

    def make(start, content, score=0.9, kind=None, *, end=None, box=None):
        kind = kind or ("object" if box else "text")
        return Observation(start, start + 1 if end is None else end, kind, content, score, "test", box=box)

    return make
