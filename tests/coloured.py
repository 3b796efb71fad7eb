"""A model that really looks: it tells the mean colour of the frames, and can be made to favour a letter."""

import re

import numpy as np
from vidprog.models import Completion
from vidprog.video import Frame

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 220), "grey": (128, 128, 128)}


def frame_of(colour, time=1.0):
    """One frame of a colour."""
    return Frame(time, np.full((12, 16, 3), COLOURS[colour], np.uint8))


def frames_of(*colours):
    """Frames a second apart, from 1.0 s."""
    return tuple(frame_of(colour, 1.0 + place) for place, colour in enumerate(colours))


def colour_of(frames):
    """The name of the mean colour; none without frames."""
    if not frames:
        return ""
    mean = np.mean([frame.image.mean(axis=(0, 1)) for frame in frames], axis=0)
    return min(COLOURS, key=lambda name: np.abs(mean - np.array(COLOURS[name])).sum())


def lines_of(text):
    """Label -> option, as they stand in a prompt."""
    return dict(re.findall(r"^(\w+)\. (.+)$", text, re.MULTILINE))


def weigh_letters(bias=0.0, told=2.0):
    """Nats per token of a label: more where its option names the colour that is seen, and for the first label."""

    def score(frames, text, label):
        lines, seen = lines_of(text), colour_of(frames)
        name = label.rstrip(".")
        return -3.0 + told * bool(seen and seen in lines[name]) + bias * (name == next(iter(lines)))

    return score


def say_letters(bias=0.0, told=4.0, with_alternatives=True):
    """A reply with the letter of the option that names the colour; the first letter when there is none."""

    def reply(frames, text):
        lines, seen = lines_of(text), colour_of(frames)
        first = next(iter(lines))
        values = {
            label: told * bool(seen and seen in option) + bias * (label == first) for label, option in lines.items()
        }
        total = np.logaddexp.reduce(list(values.values()))
        alternatives = {label: float(value - total) for label, value in values.items()} if with_alternatives else None
        return Completion(max(values, key=values.get), alternatives=alternatives)

    return reply
