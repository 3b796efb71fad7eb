"""Generated frames with a known content, and questions about them: what the seeing model was trained on.

A frame shows one thing, or nothing: a shape of some colour or a digit, somewhere on a noisy dark or light ground.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

SIZE = (160, 90)
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

    def draw(self, random: np.random.Generator, size: tuple[int, int] = SIZE) -> np.ndarray:
        """HxWx3 uint8 RGB; place and size vary a little, and there is noise."""
        width, height = size
        noise = random.normal(0, random.uniform(0, 8), (height, width, 3))
        image = np.clip(self.ground + noise, 0, 255).astype(np.uint8)
        if self.color:
            self._draw_figure(image, random)
        return image

    def _draw_figure(self, image: np.ndarray, random: np.random.Generator) -> None:
        height, width = image.shape[:2]
        across, down = (share + random.uniform(-0.06, 0.06) for share in PLACES[self.place])
        x, y, radius = int(across * width), int(down * height), int(height * random.uniform(0.16, 0.24))
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
    """A question about scenes in the order of time; without an answer the scenes do not tell it."""

    scenes: tuple[Scene, ...]
    question: str
    answer: str
    others: tuple[str, ...]
    """Wrong answers of the same kind."""


QUESTIONS = {
    "color": ("What colour is it?", "What colour is the thing?", "Which color is shown?", "What colour is the {noun}?"),
    "digit": ("Which digit is shown?", "What digit is it?", "Which number is on screen?"),
    "shape": ("Which shape is shown?", "What shape is it?", "What is shown?"),
    "place": ("Where is the {noun}?", "Where is it?", "On which side is the {noun}?"),
    "first": ("Which colour is shown first?", "What colour comes first?", "Which color appears before the other?"),
    "last": ("Which colour is shown last?", "What colour comes last?", "Which color appears after the other?"),
}


def ask_about(scene: Scene, random: np.random.Generator) -> tuple[str, str, tuple[str, ...]]:
    """A question that one scene answers: (question, answer, wrong answers)."""
    digit = scene.figure in DIGITS
    kind = str(random.choice(["color", "digit", "place"] if digit else ["color", "shape", "place"]))
    answer = {"color": scene.color, "digit": scene.figure, "shape": scene.figure, "place": scene.place}[kind]
    known = {"color": tuple(COLORS), "digit": DIGITS, "shape": SHAPES, "place": tuple(PLACES)}[kind]
    noun = "digit" if digit else str(random.choice([scene.figure, "thing", "shape"])) if kind != "shape" else "shape"
    question = str(random.choice(QUESTIONS[kind])).format(noun=noun)
    return question, answer, tuple(value for value in known if value != answer)


def ask_order(random: np.random.Generator, frames: int) -> Task:
    """Two colours one after the other."""
    one, two = (random_scene(random) for _ in range(2))
    while two.color == one.color:
        two = random_scene(random)
    cut = int(random.integers(1, frames))
    scenes = (one,) * cut + (two,) * (frames - cut)
    kind = str(random.choice(["first", "last"]))
    answer, other = (one.color, two.color) if kind == "first" else (two.color, one.color)
    return Task(scenes, str(random.choice(QUESTIONS[kind])), answer, (other,))


def ask_presence(scene: Scene, random: np.random.Generator) -> tuple[str, str, tuple[str, ...]]:
    """A question answered by yes or no: is something of this colour and kind to be seen?"""
    named = scene if random.integers(2) else random_scene(random)
    figure = f"digit {named.figure}" if named.figure in DIGITS else named.figure
    what = str(random.choice([f"{named.color} {figure}", figure, f"{named.color} thing"]))
    fits = (named.color == scene.color or what == figure) and (named.figure == scene.figure or what.endswith("thing"))
    fits = fits and bool(scene.color)
    answer = "Yes" if fits else "No"
    return f"Is there a {what}?", answer, ("No" if fits else "Yes",)


def random_task(random: np.random.Generator, frames: int) -> Task:
    """A question about so many frames: the answer in all of them, in one of them, or (one in ten) in none."""
    draw = random.random()
    if draw < 0.15 and frames > 1:
        return ask_order(random, frames)
    scene = random_scene(random)
    empty = replace(Scene(), ground=scene.ground)
    if draw < 0.3:
        seen = scene if random.random() < 0.8 else empty
        return Task((seen,) * frames, *ask_presence(seen, random))
    question, answer, others = ask_about(scene, random)
    if draw < 0.4:
        return Task((empty,) * frames, question, answer, others)
    if draw < 0.65 and frames > 1:
        shown = int(random.integers(frames))
        return Task(tuple(scene if place == shown else empty for place in range(frames)), question, answer, others)
    return Task((scene,) * frames, question, answer, others)
