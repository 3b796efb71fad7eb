"""A model that really sees one thing: which plain colours the pixels of its frames have."""

import re

import numpy as np
from scripted import ScriptedVision

COLOURS = {"red": (200, 40, 40), "green": (40, 170, 60), "blue": (40, 40, 200), "yellow": (220, 200, 40)}
GREY = (110, 110, 110)
NEAR = 70
"""Distance in RGB within which a pixel has a colour: compression moves it by less than 20."""
SHARE = 0.02
"""Share of a picture that must have a colour: a cell of a grid of sixteen has 0.06."""


def colours_in(image: np.ndarray) -> set[str]:
    """The names of the colours that a picture holds; nothing for a grey one."""
    pixels = image[::4, ::4].reshape(-1, 3).astype(int)
    distances = {name: np.sqrt(((pixels - colour) ** 2).sum(axis=1)) for name, colour in COLOURS.items()}
    return {name for name, distance in distances.items() if (distance < NEAR).mean() > SHARE}


def seen(frames) -> set[str]:
    """The colours of several frames."""
    return set().union(*(colours_in(frame.image) for frame in frames))


def options_in(text: str) -> dict[str, str]:
    """Letter -> option of a question with options."""
    return dict(re.findall(r"^([A-Z])\. (.+)$", text, re.MULTILINE))


def colour_vision(wanted: str, *more) -> ScriptedVision:
    """Sees colours: chooses the option that is in sight, says yes where the wanted one is, else names what it sees.

    Args:
        wanted: The colour that a yes-or-no question is taken to ask for.
        *more: Functions of (frames, text) that may give another reply; the first that gives one counts.
    """

    def reply(frames, text):
        other = next((given for function in more if (given := function(frames, text)) is not None), None)
        if other is not None:
            return other
        if text.endswith("Answer yes or no."):
            return "Yes" if wanted in seen(frames) else "No"
        options = options_in(text)
        if options:
            return next((letter for letter, option in options.items() if option in seen(frames)), "I cannot tell")
        return f"A {', '.join(sorted(seen(frames))) or 'grey'} picture."

    return ScriptedVision(reply)
