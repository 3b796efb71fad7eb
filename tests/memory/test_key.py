"""Keys: the same for the same result, in every process."""

import pytest
from vidprog.memory import ArtefactKey


def test_digest_never_changes():
    """A changed digest would throw away everything that users have computed."""
    key = ArtefactKey("transcribe", "1", "whisper:tiny.en", {"language": "en", "beam": 5})
    assert key.digest == "05c5d67c4af94122fdb5a563fba2b1f2ae79d25c83d344d1b90c50a5fccadb95"


def test_order_of_parameters_does_not_matter():
    one, other = ArtefactKey("a", "1", "", {"x": 1, "y": (2, 3)}), ArtefactKey("a", "1", "", {"y": [2, 3], "x": 1})
    assert one.digest == other.digest
    assert one == other
    assert len({one, other}) == 1


@pytest.mark.parametrize(
    "other",
    [
        ArtefactKey("b", "1", "m", {"x": 1}),
        ArtefactKey("a", "2", "m", {"x": 1}),
        ArtefactKey("a", "1", "n", {"x": 1}),
        ArtefactKey("a", "1", "m", {"x": 2}),
        ArtefactKey("a", "1", "m", {"x": "1"}),
        ArtefactKey("a1", "", "m", {"x": 1}),
    ],
)
def test_every_part_matters(other):
    assert ArtefactKey("a", "1", "m", {"x": 1}).digest != other.digest


def test_later_changes_do_not_reach_the_key():
    parameters = {"labels": ["dog"]}
    key = ArtefactKey("detect", "1", parameters=parameters)
    before = key.digest
    parameters["labels"].append("cat")
    assert key.digest == before


@pytest.mark.parametrize(("value", "error"), [(object(), TypeError), (float("nan"), ValueError), ({1, 2}, TypeError)])
def test_parameters_are_plain_data(value, error):
    with pytest.raises(error):
        ArtefactKey("a", "1", "", {"x": value})
