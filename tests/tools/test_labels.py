"""From words to the names of the detector."""

import pytest
from vidprog.models.detector_opencv import coco_labels
from vidprog.tools.labels import head_label, hyponyms, labels_in

COCO = tuple(coco_labels().values())


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("How many bottles are on the table?", ("bottle", "dining table")),
        ("Is there a bus?", ("bus",)),
        ("the women", ("person",)),
        ("people", ("person",)),
        ("puppies", ("dog",)),
        ("a knife and two knives", ("knife",)),
        ("traffic lights", ("traffic light",)),
        ("wine glasses", ("wine glass",)),
        ("cell phone", ("cell phone",)),
        ("the colour of the sky", ()),
        ("catalogue", ()),
        ("", ()),
    ],
)
def test_labels_that_a_text_speaks_of(text, labels):
    assert labels_in(text, COCO) == labels


def test_a_group_is_all_of_its_members():
    assert set(labels_in("Which animal is it?", COCO)) >= {"cat", "dog", "horse", "bird", "cow"}
    assert set(labels_in("vehicles", COCO)) >= {"car", "bus", "train", "truck"}


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("How many bottles are on the table?", ("bottle",)),
        ("How many people are in the car?", ("person",)),
        ("What is behind the sofa?", ("couch",)),
        ("How many flowers are there?", ()),
    ],
)
def test_the_thing_that_is_asked_after(question, labels):
    assert head_label(question, COCO) == labels


def test_only_known_labels_are_given():
    assert labels_in("a dog and a cat", ["cat"]) == ("cat",)
    assert all(label in COCO for labels in hyponyms().values() for label in labels)
