"""A small evaluation on the demo clip, with the real embedded models."""

import shutil
from pathlib import Path

import pytest
from vidprog.evaluation.items import DataSet, Item

ITEMS = (
    Item("animal", "sample", "Which animal is shown?", choices=("a horse", "a cat"), truth=1, category="objects"),
    Item("year", "sample", "In which year was the station opened?", choices=("1887", "1902"), truth=0, category="text"),
    Item("wrong", "sample", "What is lost?", choices=("an elephant", "a submarine"), truth=1, category="text"),
    Item("open", "sample", "What is announced?", task="open", answers=("a delay",), category="speech"),
    Item("gone", "missing", "Which animal is shown?", choices=("a horse", "a cat"), truth=0, category="objects"),
)


@pytest.fixture(scope="session")
def questions():
    """Four questions about the demo clip, and one about a video that is not there."""
    return DataSet("demo", "test", ITEMS, files=(Path("demo.jsonl"),))


@pytest.fixture(scope="session")
def looks(sample_store, tmp_path_factory):
    """First looks of the demo clip, as runs share them."""
    folder = tmp_path_factory.mktemp("looks")
    for file in sample_store.glob("*.sqlite"):
        shutil.copy(file, folder / file.name)
    return folder
