"""Files that are broken in random ways: they are read as far as they can be, or refused, and never crash a reader."""

import json
import random

import pytest
from annotations import FILES
from vidprog.evaluation.readers import read
from vidprog.video.errors import UsageError

ODD = [None, [], {}, "", 0, -1, 1e9, "x", [1], {"a": 1}, True, float("nan"), [[1, 2, 3]], "A. b", "[1", "\n"]
ROUNDS = 8


def broken(value, chance):
    """A value with some of its parts replaced or gone."""
    if chance.random() < 0.15:
        return chance.choice(ODD)
    if isinstance(value, list):
        return [broken(part, chance) for part in value if chance.random() > 0.05]
    if isinstance(value, dict):
        return {key: broken(part, chance) for key, part in value.items() if chance.random() > 0.05}
    return value


def broken_text(text, chance):
    letters = list(text)
    for _ in range(3):
        letters[chance.randrange(len(letters))] = chance.choice([",", '"', "\n", "", "x", "9"])
    return "".join(letters)


def broken_file(name, text, chance):
    if name.endswith(".jsonl") and chance.random() < 0.7 and "'" not in text:
        return "".join(json.dumps(broken(json.loads(line), chance)) + "\n" for line in text.splitlines())
    if text[0] in "[{" and not name.endswith(".jsonl") and chance.random() < 0.7:
        return json.dumps(broken(json.loads(text), chance))
    return broken_text(text, chance)


@pytest.mark.parametrize("entry", FILES)
def test_a_broken_file_is_read_or_refused(tmp_path, entry):
    chance = random.Random(entry)
    for _ in range(ROUNDS):
        for name, text in FILES[entry].items():
            (tmp_path / name).write_text(broken_file(name, text, chance))
        try:
            found = read(tmp_path / next(iter(FILES[entry])))
        except UsageError as error:
            assert error.code.startswith("eval.")
        else:
            assert all(problem.reason for problem in found.problems)
