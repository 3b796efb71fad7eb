"""Runs of library programs on a clip of colours, by a model that sees colours; and what such a run left behind.

The clip is grey, red from 5 to 7 s and blue in its last eighth.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from colour_vision import COLOURS, GREY, seen
from media import make_video

SECONDS = 16.0
RED, BLUE = (5.0, 7.0), (14.0, 16.0)
QUESTION = "Which colour does the wall take on?"
CHOICES = ("green", "yellow", "blue")


def write_flash(path):
    """The clip of colours, four pictures a second."""

    def picture(index, time):
        return COLOURS["red"] if RED[0] <= time < RED[1] else COLOURS["blue"] if time >= BLUE[0] else GREY

    return make_video(path, frames=64, fps=4, size=(320, 180), number=False, picture=picture)


def times(frames):
    """When frames were taken, in seconds."""
    return [frame.time for frame in frames]


@dataclass(frozen=True)
class Ran:
    """A finished run, what its model was asked, and the host's side."""

    result: object
    vlm: object
    context: object

    @property
    def steps(self):
        return self.result.steps

    @property
    def tools(self):
        return " ".join(step.tool for step in self.steps)

    def step(self, tool):
        """The steps of one tool."""
        return [step for step in self.steps if step.tool == tool]

    @property
    def looks(self):
        """The frames and the text of each call in which the model saw something and had to choose or answer."""
        return [(frames, text) for frames, text in self.vlm.asked if frames and "Question about the video" in text]


class ColourEmbedder:
    """Compares pictures and texts by colour; all likenesses are high and near to one another, as those of CLIP are."""

    identity = "scripted:colour-embedder"
    common = 2.0

    def embed_images(self, images):
        return self._rows([seen([SimpleNamespace(image=image)]) for image in images])

    def embed_texts(self, texts):
        return self._rows([{name for name in COLOURS if name in text.casefold()} for text in texts])

    def _rows(self, found):
        rows = np.array([[self.common, *(float(name in names) for name in COLOURS)] for names in found], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
