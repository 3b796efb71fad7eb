"""What needles are made of: words that are shown or said, colours, shapes and photographs."""

from collections.abc import Mapping
from pathlib import Path

MEDIA = Path(__file__).parent / "media"

PLACES = (
    "HARBOUR", "STATION", "MUSEUM", "GARDEN", "LIBRARY", "MARKET", "CASTLE", "BRIDGE", "THEATRE", "HOSPITAL",
    "AIRPORT", "FACTORY", "CHURCH", "SCHOOL", "TOWER", "STADIUM",
)  # fmt: skip
"""Captions: capital letters, of which none is easily read for another."""

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (214, 32, 38), "green": (24, 150, 60), "blue": (30, 80, 220), "yellow": (245, 210, 20),
    "black": (20, 20, 20), "orange": (240, 130, 20), "purple": (130, 40, 170), "pink": (250, 130, 180),
}  # fmt: skip
"""Colours of shapes: RGB."""

SHAPES = ("circle", "square", "triangle", "star", "cross", "diamond", "heart", "arrow")

PHOTOGRAPHS: Mapping[str, str] = {"cat": "cat.jpg", "person": "person.jpg", "horse": "horse.jpg", "cup": "cup.jpg"}
"""Photographs in which the detector of the embedded profile finds the thing of that name."""

UNSEEN = ("dog", "bicycle", "train", "umbrella", "clock", "boat")
"""Things that are in no photograph: wrong options."""

NAMES = (
    "Daniel", "Martin", "Patrick", "David", "Susan", "Edward", "Rachel", "Kevin", "Karen", "Robert", "Helen", "Richard",
)  # fmt: skip
PASSWORDS = (
    "lemon", "castle", "orange", "hammer", "river", "pencil", "window", "doctor", "copper", "mountain", "garden",
    "silver",
)  # fmt: skip
"""The Whisper tiny.en of the embedded profile hears 45 of the 48 sentences that are made of these word for word in the
voice that is shipped; others that were tried (tulip, butter, rabbit, Oliver, Linda) it mishears."""

SHIFTS = (0, 4, 8)
"""The shipped voice says for each name the words so many places after it: 36 sentences instead of 144."""


def password_of(name: str, word: str) -> str:
    """The sentence that says whose password a word is."""
    return f"The password for {name} is {word}."


def password_is(word: str) -> str:
    """The sentence that says a password."""
    return f"The password is {word}."


def pairs(shift: int) -> tuple[tuple[str, str], ...]:
    """Each name with its word; no word is that of two names."""
    return tuple((name, PASSWORDS[(place + shift) % len(PASSWORDS)]) for place, name in enumerate(NAMES))


def sentences() -> tuple[str, ...]:
    """Every sentence that the voice that is shipped says, in the order of its file."""
    named = [password_of(name, word) for shift in SHIFTS for name, word in pairs(shift)]
    return (*map(password_is, PASSWORDS), *named)
