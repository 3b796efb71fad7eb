"""How the picture itself looks: bright, dark, sharp, blurred, in colour or not; and whether two moments show the same.

No learned model: lightness and chroma in CIELAB, sharpness by the width of the steepest edges (Marziliano
et al., 2002), change after the camera's motion is taken out.
"""

from collections.abc import Callable

import numpy as np

from ..memory import Observation, Timeline
from ..video import Clip, Frame
from .colors import MONOCHROME, high_chroma
from .context import Context
from .flow import step_between
from .frame_likeness import DISTINCT, appearance
from .positions import place_words
from .tool import tool

LOOKS = 24
SIDE = 480
DARK, BRIGHT = 28.0, 72.0
"""Mean lightness in CIELAB, 0 to 100: a night street is near 15, a white page near 95, photographs near 50."""
BLURRED = 0.11
"""Steepness of the edges of a picture that is blurred by about four pixels of 480."""
FLAT = 12.0
"""Grey levels of contrast under which a picture is neither sharp nor blurred."""
SOURCE = "looks:cielab"


@tool(kind="look", cost="24 frames, 3 ms each")
def picture_looks(clip: Clip, *, context: Context) -> Timeline:
    """Say how the picture itself looks and when that changes: dark, bright, sharp, blurred, in colour, black and white.

    Args:
        clip: Where to look.

    Returns:
        Notes such as "the picture is dark", "the picture is blurred", "the picture is black and white", with spans.

    Source: Lightness and chroma in CIELAB; blur by the width of edges (Marziliano et al., 2002).
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    step = max(clip.duration / LOOKS, 0.04)
    count = max(1, round(clip.duration / step))
    step = clip.duration / count
    frames = context.frames([clip.start + (place + 0.5) * step for place in range(count)])
    context.meter.spend(frames_seen=len(frames))
    notes = [
        Observation(
            clip.start + place * step, clip.start + (place + 1) * step, "note", f"the picture is {word}", score, SOURCE
        )
        for place, frame in enumerate(frames)
        for judge in _JUDGES
        for word, score in judge(frame.image)
    ]
    return Timeline(notes, "no frame could be read").merge(step / 2)


def brightness(image: np.ndarray) -> float:
    """Mean lightness of an RGB picture (height x width x 3, uint8) in CIELAB, 0 to 100."""
    import cv2

    small = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)
    return float(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0].mean())


def sharpness(image: np.ndarray) -> float | None:
    """The steepest edges of an RGB picture (height x width x 3), as a share of its contrast in a pixel of 480.

    Returns:
        About 0.3 for a sharp picture, 0.4 over the standard deviation of a blur; None for a picture without edges.
    """
    import cv2

    factor = min(1.0, SIDE / max(image.shape[:2]))
    grey = cv2.cvtColor(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    dark, bright = np.percentile(grey, (1, 99)).tolist()
    if bright - dark < FLAT:
        return None
    calm = cv2.GaussianBlur(grey, (0, 0), 0.8)  # noise and the blocks of a codec are no edges
    across, along = (cv2.Sobel(calm, cv2.CV_64F, *axis) / 8 for axis in ((1, 0), (0, 1)))
    return float(np.percentile(np.hypot(across, along), 99.5)) / (bright - dark)


def _light(image: np.ndarray) -> list[tuple[str, float]]:
    level = brightness(image)
    if level < DARK:
        return [("dark", min(1.0, 0.5 + (DARK - level) / DARK))]
    return [("bright", min(1.0, 0.5 + (level - BRIGHT) / (100 - BRIGHT)))] if level > BRIGHT else []


def _focus(image: np.ndarray) -> list[tuple[str, float]]:
    value = sharpness(image)
    if value is None:
        return []
    return [("sharp" if value >= BLURRED else "blurred", min(1.0, 0.5 + 4 * abs(value - BLURRED)))]


def _colour(image: np.ndarray) -> list[tuple[str, float]]:
    chroma = high_chroma(image)
    word = "black and white" if chroma < MONOCHROME else "in colour"
    return [(word, min(1.0, 0.5 + abs(chroma - MONOCHROME) / (2 * MONOCHROME)))]


_JUDGES: tuple[Callable[[np.ndarray], list[tuple[str, float]]], ...] = (_light, _focus, _colour)


@tool(kind="compare", cost="two frames, 20 ms")
def same_picture(one: Clip, two: Clip, *, context: Context) -> Timeline:
    """Compare two moments of a video: the same, the same place with a change (and where), or something else.

    Args:
        one: The first moment; its middle is looked at.
        two: The other moment, of the same video.

    Returns:
        Notes "the same picture", "the same place, changed at the top left" (one for each change, with its box), or
        "another picture"; from the one moment to the other.

    Source: Likeness of colours and shapes (see `frame_likeness`), and what differs after the camera's motion.
    """
    if not context.video.has_video:
        return Timeline((), "no pictures")
    times = [(clip.start + clip.end) / 2 for clip in (one, two)]
    frames = {frame.time: frame for frame in context.frames(times)}
    context.meter.spend(frames_seen=2)
    pictures = sorted(frames.values(), key=lambda frame: frame.time)
    if not pictures:
        return Timeline((), "no frame could be read")
    before, after = pictures[0], pictures[-1]
    start, end = min(times), max(times)
    like = float(np.clip(appearance(before.image) @ appearance(after.image), 0.0, 1.0))
    step = step_between(before, _lit_like(after, before))
    if step is None or (like < DISTINCT and not step.parts and not step.agreement):
        return Timeline([Observation(start, end, "note", "another picture", 1 - like / 2, SOURCE)])
    if not step.parts:
        return Timeline([Observation(start, end, "note", "the same picture", max(like, step.agreement), SOURCE)])
    return Timeline(
        [
            Observation(start, end, "note", f"the same place, changed {place_words(box)}", step.agreement, SOURCE, box)
            for box in step.parts
        ]
    )


def _lit_like(frame: Frame, other: Frame) -> Frame:
    """A frame in the brightness and contrast of another one."""
    one, two = frame.image.astype(np.float32), other.image
    gain = float(two.std()) / max(float(one.std()), 1.0)
    level = (one - one.mean()) * min(max(gain, 0.5), 2.0) + float(two.mean())
    return Frame(frame.time, np.clip(level, 0, 255).astype(np.uint8))
