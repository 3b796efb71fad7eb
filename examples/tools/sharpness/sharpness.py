"""A tool that is a plain function of pictures: how sharp they are.

It asks for frames, so it needs no context; the host decodes them.
"""

import cv2
from vidprog import Observation, Timeline, tool
from vidprog.video import Frames

WIDTH = 320
"""Pixels; the measure depends on the size of the picture, so all are brought to one."""
BLURRED = 100.0
"""Of the measure at that width: everyday pictures have some hundreds, out-of-focus ones less than 50."""


@tool(kind="look", cost="eight frames")
def sharpness(frames: Frames) -> Timeline:
    """Tell whether pictures are sharp or blurred.

    Use when: The question is whether the picture is sharp, blurred or in focus.

    Args:
        frames: The pictures.

    Returns:
        A note for each picture, "the picture is sharp" or "the picture is blurred".

    Examples:
        - Is the picture sharp or blurred?
        - Is the camera out of focus?

    Source: Variance of the Laplacian (Pech-Pacheco et al., 2000).
    """
    notes = []
    for frame in frames:
        word = "blurred" if measure(frame.image) < BLURRED else "sharp"
        notes.append(Observation(frame.time, frame.time, "note", f"the picture is {word}", 1.0, "sharpness"))
    return Timeline(notes, "there are no pictures")


def measure(image) -> float:
    """Variance of the Laplacian of a picture (height x width x 3, uint8), the higher the sharper."""
    height = round(image.shape[0] * WIDTH / image.shape[1])
    grey = cv2.cvtColor(cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
