"""Generated frames with a known content, and questions about them: what the seeing model is trained on.

A frame shows one thing, or nothing: a shape of some colour or a digit, somewhere on a noisy dark or light ground.
"""

from dataclasses import dataclass

import cv2
import numpy as np

SIZES = ((160, 90), (160, 90), (160, 90), (320, 180), (160, 120))
COLORS = {
    "red": (220, 30, 30), "green": (30, 180, 50), "blue": (40, 70, 230), "yellow": (240, 220, 40),
    "white": (250, 250, 250), "purple": (160, 40, 190),
}  # fmt: skip
SHAPES = ("circle", "square", "triangle")
DIGITS = tuple("0123456789")
PLACES = {
    "on the left": (0.25, 0.5),
    "on the right": (0.75, 0.5),
    "at the top": (0.5, 0.27),
    "at the bottom": (0.5, 0.73),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a frame shows; a scene without a color is empty."""

    color: str = ""
    figure: str = ""
    """A shape or a digit."""
    place: str = "on the left"
    ground: int = 60
    """Grey value behind it, 0 to 255."""

    @property
    def text(self) -> str:
        """What is to be seen, in words."""
        figure = f"digit {self.figure}" if self.figure in DIGITS else self.figure
        return f"A {self.color} {figure} {self.place}" if self.color else "Nothing"

    def draw(self, random: np.random.Generator, size: tuple[int, int] = SIZES[0]) -> np.ndarray:
        """HxWx3 uint8 RGB; place and size vary a little, with the noise of a camera and the blocks of a codec."""
        width, height = size
        noise = random.normal(0, random.uniform(0, 8), (height, width, 3))
        image = np.clip(self.ground + noise, 0, 255).astype(np.uint8)
        if self.color:
            self._draw_figure(image, random)
        if random.random() < 0.3:
            _, coded = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, int(random.integers(40, 95))))
            image = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        return image

    def _draw_figure(self, image: np.ndarray, random: np.random.Generator) -> None:
        height, width = image.shape[:2]
        across, down = (share + random.uniform(-0.06, 0.06) for share in PLACES[self.place])
        x, y, radius = int(across * width), int(down * height), int(height * random.uniform(0.2, 0.27))
        shade = tuple(int(np.clip(value + random.normal(0, 10), 0, 255)) for value in COLORS[self.color])
        if self.figure == "circle":
            cv2.circle(image, (x, y), radius, shade, cv2.FILLED, cv2.LINE_AA)
        elif self.figure == "square":
            cv2.rectangle(image, (x - radius, y - radius), (x + radius, y + radius), shade, cv2.FILLED)
        elif self.figure == "triangle":
            corners = np.array([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)])
            cv2.fillPoly(image, [corners], shade, cv2.LINE_AA)
        else:
            scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_DUPLEX, 2 * radius, 3)
            (wide, tall), _ = cv2.getTextSize(self.figure, cv2.FONT_HERSHEY_DUPLEX, scale, 3)
            cv2.putText(image, self.figure, (x - wide // 2, y + tall // 2), cv2.FONT_HERSHEY_DUPLEX, scale, shade, 4,
                        cv2.LINE_AA)  # fmt: skip


def random_scene(random: np.random.Generator, digit: bool | None = None) -> Scene:
    """Something on a ground that it stands out from."""
    digit = bool(random.integers(2)) if digit is None else digit
    color = str(random.choice(list(COLORS)))
    ground = int(random.integers(0, 110)) if color in ("white", "yellow") else int(random.choice([20, 60, 120, 200]))
    figure = str(random.choice(DIGITS if digit else SHAPES))
    return Scene(color, figure, str(random.choice(list(PLACES))), ground)


@dataclass(frozen=True, slots=True)
class Task:
    """A question about scenes in the order of time; empty scenes do not tell the answer."""

    scenes: tuple[Scene, ...]
    question: str
    answer: str
    others: tuple[str, ...]
    """Wrong answers of the same kind."""


KNOWN = {"color": tuple(COLORS), "digit": DIGITS, "shape": SHAPES, "place": tuple(PLACES)}
QUESTIONS = {
    "color": ("What colour is it?", "What colour is the thing?", "Which color is shown?", "What colour is the {noun}?"),
    "digit": ("Which digit is shown?", "What digit is it?", "Which number is on screen?", "Which digit appears?"),
    "shape": ("Which shape is shown?", "What shape is it?", "What is shown?", "Which shape appears?"),
    "place": ("Where is the {noun}?", "Where is it?", "On which side is the {noun}?"),
    "first": ("Which colour is shown first?", "What colour comes first?", "Which color appears before the other?"),
    "last": ("Which colour is shown last?", "What colour comes last?", "Which color appears after the other?"),
}


def random_task(random: np.random.Generator, frames: int) -> Task:
    """A question about so many frames: the answer is in all of them, in one of them, or (one in seven) in none."""
    kinds = ("about", "presence", "first", "last") if frames > 1 else ("about", "presence")
    weights = np.array((0.54, 0.14, 0.16, 0.16)[: len(kinds)])
    kind = str(random.choice(kinds, p=weights / weights.sum()))
    scenes = _placed(random_scene(random), frames, random)
    if kind == "presence":
        return _presence(scenes, random)
    if kind in ("first", "last"):
        return _order(kind, frames, random)
    return _about(scenes, random)


def _placed(scene: Scene, frames: int, random: np.random.Generator) -> tuple[Scene, ...]:
    """A scene in all frames, in one of them, or in none; the others have the same ground."""
    empty = Scene(ground=scene.ground)
    draw = random.random()
    if draw < 0.15:
        return (empty,) * frames
    shown = range(frames) if draw < 0.5 else (int(random.integers(frames)),)
    return tuple(scene if place in shown else empty for place in range(frames))


def _about(scenes: tuple[Scene, ...], random: np.random.Generator) -> Task:
    """Colour, place, and digit or shape; where nothing is shown the answer is drawn by lot."""
    scene = next((scene for scene in scenes if scene.color), random_scene(random))
    digit = scene.figure in DIGITS
    kind = str(random.choice(["color", "place", "digit" if digit else "shape"], p=[0.3, 0.3, 0.4]))
    answer = {"color": scene.color, "place": scene.place}.get(kind, scene.figure)
    noun = "digit" if digit else str(random.choice([scene.figure, "thing", "shape"]))
    question = str(random.choice(QUESTIONS[kind])).format(noun=noun)
    return Task(scenes, question, answer, tuple(value for value in KNOWN[kind] if value != answer))


def _presence(scenes: tuple[Scene, ...], random: np.random.Generator) -> Task:
    """Is something of this colour and kind to be seen?"""
    scene = next((scene for scene in scenes if scene.color), None)
    named = scene if scene and random.integers(2) else random_scene(random)
    figure = f"digit {named.figure}" if named.figure in DIGITS else named.figure
    what = str(random.choice([f"{named.color} {figure}", figure, f"{named.color} thing"]))
    fits = scene is not None and (named.color == scene.color or what == figure)
    fits = fits and (what.endswith("thing") or named.figure == scene.figure)
    answer, other = ("Yes", "No") if fits else ("No", "Yes")
    return Task(scenes, f"Is there a {what}?", answer, (other,))


def _order(kind: str, frames: int, random: np.random.Generator) -> Task:
    """Two colours one after the other."""
    one, two = random_scene(random), random_scene(random)
    while two.color == one.color:
        two = random_scene(random)
    cut = int(random.integers(1, frames))
    answer, other = (one.color, two.color) if kind == "first" else (two.color, one.color)
    return Task((one,) * cut + (two,) * (frames - cut), str(random.choice(QUESTIONS[kind])), answer, (other,))
