"""From words to the names of the detector."""

import pytest
from scripted import with_role
from vidprog.models.detector_opencv import coco_labels
from vidprog.tools.labels import head_label, head_names, hyponyms, labels_in, names_in, phrase_in

COCO = tuple(coco_labels().values())


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("How many cups are on the table?", ("cup", "dining table")),
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
        ("How many cups are on the table?", ("cup",)),
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


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("red mug", "red mug"),
        ("  the small red mug ", "small red mug"),
        ("How many red mugs are on the table?", "red mugs"),
        ("Count the people with umbrellas.", "people with umbrellas"),
        ("What is behind the sofa?", ""),
        ("a man who walks slowly along a river bank", "man"),
        ("the dog leaves the picture", "dog"),
        ("the red car is out of sight", "red car"),
        ("when does the dog bark", ""),
        ("everything that one could see there from high above", "everything"),
        ("one two three four five six things", ""),
        ("", ""),
    ],
)
def test_a_thing_in_words_of_its_own(text, phrase):
    assert phrase_in(text) == phrase


class ScriptedFinder:
    """Knows COCO's names and any other; finds nothing."""

    identity = "scripted:finder"
    labels = COCO

    def detect(self, images):
        return self.find(images, self.labels)

    def find(self, images, names):
        return tuple(() for _ in images)


@pytest.mark.parametrize(
    ("text", "closed", "open_names"),
    [
        ("red mug", ("cup",), ("red mug",)),
        ("the cups", ("cup",), ("cups",)),
        ("What is behind the sofa?", ("couch",), ("couch",)),
        ("How many flowers are there?", (), ("flowers",)),
    ],
)
def test_names_depend_on_what_the_detector_knows(models, text, closed, open_names):
    finder = with_role(models, detector=ScriptedFinder())
    assert head_names(text, models) == names_in(text, models) == closed
    assert head_names(text, finder) == names_in(text, finder) == open_names
