"""What needles can be about, kind by kind: things to show and say, and facts to ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ...video.errors import UsageError
from .needle import Kind, Subject
from .words import (
    COLOURS,
    MEDIA,
    PASSWORDS,
    PHOTOGRAPHS,
    PLACES,
    SHAPES,
    SHIFTS,
    UNSEEN,
    pairs,
    password_is,
    password_of,
)

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Fact:
    """A needle and a question that only it answers.

    Attributes:
        subject: What is shown or said.
        question: What is asked.
        answer: What is right.
        rivals: Wrong answers of the same kind that are nowhere in the video.
        sought: What is looked for, in words.
        alone: Whether what answers other facts of the video is wrong here; not so where it is asked what is there.
    """

    subject: Subject
    question: str
    answer: str
    rivals: tuple[str, ...]
    sought: str
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Materials:
    """What needles are made of besides what the package brings.

    Attributes:
        pictures: Image files that take the place of drawn shapes; each is called by its file's name.
        objects: Photographs that take the place of those shipped.
        spoken: Sound files that take the place of the voice; each is what its file's name says.
    """

    pictures: tuple[Path, ...] = ()
    objects: tuple[Path, ...] = ()
    spoken: tuple[Path, ...] = ()

    def files(self, kind: Kind) -> tuple[Path, ...]:
        """The user's files of a kind."""
        return {"picture": self.pictures, "object": self.objects, "spoken": self.spoken}.get(kind, ())


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind is spoken of, and what there is of it.

    Attributes:
        things: What several are called.
        verb: What happens to them in a video.
        seen: Whether it can be seen: only what is seen moves.
        subjects: Everything that can be a needle of this kind.
        facts: Draws facts that do not answer each other's questions.
    """

    things: str
    verb: str
    seen: bool
    subjects: Callable[[], list[Subject]]
    facts: Callable[["np.random.Generator"], list[Fact]]
    called: Callable[[str], str] = field(default=str)

    def also(self, name: str) -> tuple[str, ...]:
        """Other words for what a subject is called."""
        called = self.called(name)
        return () if called == name else (called,)


def named_files(kind: Kind, files: Sequence[Path]) -> list[Subject]:
    """The user's files as subjects; a file's name is what it is called."""
    return [Subject(kind, name := file.stem.replace("_", " "), name, file) for file in files]


def _captions() -> list[Subject]:
    return [Subject("text", place, place) for place in PLACES]


def _captions_with_numbers(rng: "np.random.Generator") -> list[Fact]:
    numbers = rng.choice(range(1001, 9999), 2 * len(PLACES), replace=False).tolist()
    own, others = numbers[: len(PLACES)], tuple(map(str, numbers[len(PLACES) :]))
    return [
        Fact(
            Subject("text", place, f"{place} {number}"),
            f"Which number is written next to the word {place}?",
            str(number),
            others,
            f"the caption {place} {number}",
        )
        for place, number in zip(rng.permutation(PLACES).tolist(), own, strict=True)
    ]


def _shapes() -> list[Subject]:
    return [Subject("picture", name, name) for name in map(" ".join, product(COLOURS, SHAPES))]


def _shapes_of_one_colour_each(rng: "np.random.Generator") -> list[Fact]:
    colours, shapes = rng.permutation(list(COLOURS)).tolist(), rng.permutation(SHAPES).tolist()
    return [
        Fact(
            Subject("picture", f"{colour} {shape}", f"{colour} {shape}"),
            f"Which shape is shown in {colour}?",
            _a(shape),
            tuple(_a(other) for other in shapes if other != shape),
            f"the {colour} {shape}",
        )
        for colour, shape in zip(colours, shapes, strict=True)
    ]


def _a(thing: str) -> str:
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def _photographs() -> list[Subject]:
    return [Subject("object", name, name, MEDIA / file) for name, file in PHOTOGRAPHS.items()]


def _passwords() -> list[Subject]:
    return [Subject("spoken", word, password_is(word)) for word in PASSWORDS]


def _passwords_of_people(rng: "np.random.Generator") -> list[Fact]:
    there = pairs(int(rng.choice(SHIFTS)))
    return [
        Fact(
            Subject("spoken", word, password_of(name, word)),
            f"What is the password for {name}?",
            word,
            tuple(other for _, other in there if other != word),
            f"the password for {name} is said",
        )
        for name, word in (there[place] for place in rng.permutation(len(there)))
    ]


def _presence(kind: Kind, subjects: Callable[[], list[Subject]]) -> Callable[["np.random.Generator"], list[Fact]]:
    """Facts about things that have nothing but a name: whether they are there."""

    def draw(rng: "np.random.Generator") -> list[Fact]:
        there = subjects()
        verb, naming = MANNERS[kind].verb, str if kind == "spoken" else MANNERS[kind].called
        absent = tuple(rng.permutation([name for name in UNSEEN if name not in {one.name for one in there}]).tolist())
        return [
            Fact(one, f"Which of these is {verb} in the video?", one.name, absent, f"{called} is {verb}", alone=False)
            for one, called in ((there[place], naming(there[place].name)) for place in rng.permutation(len(there)))
        ]

    return draw


MANNERS: dict[Kind, Manner] = {
    "text": Manner("words", "shown", True, _captions, _captions_with_numbers, "the word {}".format),
    "picture": Manner("shapes", "shown", True, _shapes, _shapes_of_one_colour_each, "the {}".format),
    "spoken": Manner("words", "said", False, _passwords, _passwords_of_people, "the word {}".format),
    "object": Manner("things", "shown", True, _photographs, _presence("object", _photographs), "the {}".format),
}


def manner_of(kind: Kind, materials: Materials) -> Manner:
    """How a kind is spoken of; where the user gives files of it, these are what there is.

    Args:
        kind: One of ``KINDS``.
        materials: The user's files.
    """
    files = materials.files(kind)
    usual = MANNERS[kind]
    if not files:
        return usual

    def own() -> list[Subject]:
        return named_files(kind, files)

    called = "{}".format if kind == "spoken" else usual.called
    return Manner("things", usual.verb, usual.seen, own, _presence(kind, own), called)


def draw_subjects(manner: Manner, count: int, rng: "np.random.Generator", task: str) -> list[Subject]:
    """Different subjects in a random order.

    Raises:
        UsageError: ``needles.subjects``, there are not so many.
    """
    there = manner.subjects()
    if len(there) < count:
        raise UsageError(
            f"{task} needs {count} different {manner.things}, there are {len(there)}",
            code="needles.subjects",
            hint="Give more files of this kind, or leave the task or the kind out.",
        )
    drawn = [there[place] for place in rng.permutation(len(there))]
    return _told_apart(drawn)[:count] if there[0].kind == "picture" and there[0].file is None else drawn[:count]


def _told_apart(shapes: list[Subject]) -> list[Subject]:
    """Shapes of which no two have the same colour or the same form come first."""
    first: list[Subject] = []
    words: set[str] = set()
    for shape in shapes:
        if words.isdisjoint(shape.name.split()):
            first.append(shape)
            words.update(shape.name.split())
    return first + [shape for shape in shapes if shape not in first]
