"""What lies behind the needles: slowly changing pictures that are computed, or a video of the user's, streamed."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

    from ...video import Video

Size = tuple[int, int]
SCENE_SECONDS = 24
DRIFT_SECONDS = 0.32
"""A generated picture moves by two pixels so often: it is never still, and costs the encoder little."""
MARGIN = 160
"""Pixels that a scene is larger than the frame on each side, for its camera."""
REVERSED_FRAMES = 32
"""Frames of a video that are held at once to play it backwards: 22 MB at 640x360."""


class Background(Protocol):
    """Pictures and sound behind the needles."""

    def pictures(self, frames: int, reverse: bool) -> Iterator[tuple[Hashable, "np.ndarray"]]:
        """Each picture with a key that changes when the picture does.

        Args:
            frames: How many.
            reverse: Whether the last comes first.
        """

    def sound(self, frames: int) -> Iterator["np.ndarray"] | None:
        """Blocks of mono samples at 16 kHz; None where there is no sound."""


@dataclass(frozen=True, slots=True)
class Scenes:
    """Soft coloured pictures, a new one every 24 seconds, over which a camera drifts.

    Attributes:
        seed: Decides all of them.
        fps: Pictures a second.
        size: Width and height in pixels.
    """

    seed: int
    fps: Fraction
    size: Size

    def pictures(self, frames: int, reverse: bool) -> Iterator[tuple[Hashable, "np.ndarray"]]:
        """Views of the scenes; the key is the camera's step."""
        length = max(1, round(SCENE_SECONDS * self.fps))
        step = max(1, round(Fraction(DRIFT_SECONDS) * self.fps))
        for index in reversed(range(frames)) if reverse else range(frames):
            scene, offset = divmod(index, length)
            yield (scene, offset // step), self._view(scene, offset // step)

    def _view(self, scene: int, step: int) -> "np.ndarray":
        picture = _scene(self.seed, scene, self.size)
        move = 2 * step % (2 * MARGIN)
        left, top = (move, MARGIN // 2) if scene % 2 else (MARGIN // 2, move)
        return picture[top : top + self.size[1], left : left + self.size[0]]

    def sound(self, frames: int) -> None:
        """Silence."""


@lru_cache(maxsize=2)
def _scene(seed: int, scene: int, size: Size) -> "np.ndarray":
    """A soft picture of three muted colours, larger than the frame."""
    import cv2
    import numpy as np

    rng = np.random.default_rng([seed, scene])
    whole = (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN)
    colours = rng.uniform(70, 175, (3, 1)) + rng.uniform(-28, 28, (3, 3))
    layers = []
    for _ in range(3):
        grains = [rng.random((side, side * 2), np.float32) for side in (3, 9)]
        coarse, fine = (cv2.resize(grain, whole, interpolation=cv2.INTER_CUBIC) for grain in grains)
        layers.append(coarse + 0.35 * fine)
    weights = np.stack(layers, axis=-1)
    weights = np.exp(3 * weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.clip(weights @ colours.astype(np.float32), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Film:
    """A video of the user's, cut to the length or begun again when it ends; it fills the frame.

    Attributes:
        video: What is played.
        fps: Pictures a second.
        size: Width and height in pixels.
    """

    video: "Video"
    fps: Fraction
    size: Size

    @classmethod
    def open(cls, path: Path, fps: Fraction, size: Size) -> "Film":
        """The film of a file.

        Raises:
            MediaError: The file cannot be used.
        """
        from ...video import open_video

        return cls(open_video(path), fps, size)

    def pictures(self, frames: int, reverse: bool) -> Iterator[tuple[Hashable, "np.ndarray"]]:
        """Pictures of the video in the frame's size; backwards in short runs, as a decoder goes forward only."""
        if not reverse:
            yield from enumerate(self._from(0, frames))
            return
        for last in range(frames, 0, -REVERSED_FRAMES):
            first = max(0, last - REVERSED_FRAMES)
            run = list(self._from(first, last))
            yield from zip(reversed(range(first, last)), reversed(run), strict=True)

    @property
    def _loop(self) -> int:
        """Frames until the video begins again; a duration is read from a file as a float, a little less than it is."""
        return max(1, int(Fraction(self.video.duration) * self.fps + Fraction(1, 100)))

    def _from(self, first: int, last: int) -> Iterator["np.ndarray"]:
        """Pictures of the frames from one to another, over the end of the video and on."""
        from ...video import frames_at

        loop = self._loop
        while first < last:
            lap, begin = divmod(first, loop)
            end = min(loop, begin + last - first)
            times = (float(index / self.fps) for index in range(begin, end))
            for frame in frames_at(self.video, times):
                yield self._fitted(frame.image)
            first = lap * loop + end

    def _fitted(self, image: "np.ndarray") -> "np.ndarray":
        """The middle of a picture, scaled so that it fills the frame."""
        import cv2

        width, height = self.size
        factor = max(width / image.shape[1], height / image.shape[0])
        sides = (max(width, round(image.shape[1] * factor)), max(height, round(image.shape[0] * factor)))
        scaled = cv2.resize(image, sides, interpolation=cv2.INTER_AREA)
        left, top = (sides[0] - width) // 2, (sides[1] - height) // 2
        return scaled[top : top + height, left : left + width]

    def sound(self, frames: int) -> Iterator["np.ndarray"] | None:
        """The sound of the video, which begins again with the pictures."""
        return self._sound(frames) if self.video.has_audio else None

    def _sound(self, frames: int) -> Iterator["np.ndarray"]:
        import numpy as np

        from ...video import iter_audio
        from .voices import RATE

        loop = self._loop
        while frames > 0:
            wanted = round(min(loop, frames) / self.fps * RATE)
            for track in iter_audio(self.video.clip(), 10.0):
                samples = track.samples[:wanted]
                wanted -= len(samples)
                yield samples
            if wanted > 0:
                yield np.zeros(wanted, np.float32)
            frames -= loop
