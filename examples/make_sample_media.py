"""Make the pictures and the speech of the demo clip that ``vidprog sample`` writes.

The drawings use Pillow's built-in font only. The two photographs are CC0 and come out of the scikit-image wheel; the
voice is flite's ``slt``. Run it again after changing the story in ``apps/sample.py``:

    apt-get install -y flite
    pip download --no-deps scikit-image && unzip -q scikit_image-*.whl 'skimage/data/*'
    python examples/make_sample_media.py skimage/data
    python examples/make_sample_media.py skimage/data --sheet docs/sample.png   # also the overview for the README
"""

import argparse
import math
import subprocess
import tempfile
import textwrap
import wave
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps
from vidprog.apps.sample import AUDIO_RATE, DURATION, MEDIA, NARRATION, SHOTS, SIZE, Box, write_sample

STILL = (1200, 675)  # larger than the clip, so that the camera can move closer
SCALE = 2.5  # drawn in the clip's 960x540 coordinates at twice the still's size, then reduced
CHIME = ((4.2, 659.3), (4.6, 523.3))  # seconds and hertz of the two bells before the announcement

NAVY, CREAM, AMBER, BRICK = (27, 38, 59), (250, 243, 226), (255, 196, 87), (186, 52, 44)
Colour = tuple[int, int, int]


class Canvas:
    """A picture in 960x540 coordinates, drawn large and reduced at the end so that edges are smooth."""

    def __init__(self, colour: Colour) -> None:
        self.image = Image.new("RGB", _pair(*SIZE), colour)
        self.draw = ImageDraw.Draw(self.image)

    def shape(self, name: str, points: Iterable[float], fill: Colour, radius: float = 0) -> None:
        """Draw a rectangle, ellipse, polygon, pieslice..."""
        extra = {"radius": radius * SCALE} if name == "rounded_rectangle" else {}
        getattr(self.draw, name)(_scaled(points), fill=fill, **extra)

    def line(self, points: Iterable[float], fill: Colour, width: float) -> None:
        """Draw a line through points."""
        self.draw.line(_scaled(points), fill=fill, width=round(width * SCALE), joint="curve")

    def text(
        self, place: tuple[float, float], words: str, size: float, fill: Colour, anchor: str = "la", bold: float = 0
    ) -> None:
        """Write words; ``bold`` is the width of an outline in the same colour, as the font has one weight."""
        font = ImageFont.load_default(size * SCALE)
        stroke = bold * SCALE
        self.draw.text(_pair(*place), words, fill, font, anchor, stroke_width=stroke, stroke_fill=fill)

    def shadow(self, box: Box) -> None:
        """Darken what lies under a sheet or frame, with soft edges."""
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).rectangle(_scaled(box), fill=130)
        self.image.paste((24, 18, 14), (0, 0), mask.filter(ImageFilter.GaussianBlur(10 * SCALE)))

    def still(self) -> Image.Image:
        """The finished picture."""
        return self.image.resize(STILL, Image.Resampling.LANCZOS)


def _pair(across: float, down: float) -> tuple[int, int]:
    return round(across * SCALE), round(down * SCALE)


def _scaled(numbers: Iterable[float]) -> tuple[int, ...]:
    return tuple(round(number * SCALE) for number in numbers)


def _gradient(stops: tuple[tuple[float, Colour], ...]) -> Image.Image:
    """A vertical run of colours; stops are relative heights."""
    width, height = _pair(*SIZE)
    places = [place for place, _ in stops]
    rows = np.linspace(0, 1, height)
    columns = [np.interp(rows, places, [colour[channel] for _, colour in stops]) for channel in range(3)]
    strip = np.stack(columns, axis=1).round().astype(np.uint8)[:, None, :]
    return Image.fromarray(np.repeat(strip, width, axis=1))


def _hills(canvas: Canvas, base: float, swing: float, length: float, phase: float, colour: Colour) -> None:
    def height(x: float) -> float:
        return base - swing * (math.sin(x / length + phase) + 0.4 * math.sin(2.3 * x / length + 2 * phase))

    points = [(x, height(x)) for x in range(0, 961, 4)]
    canvas.shape("polygon", [n for point in ((0, 540), *points, (960, 540)) for n in point], colour)


def _river(canvas: Canvas) -> None:
    canvas.shape("rectangle", (0, 452, 960, 540), (104, 146, 168))
    noise = np.random.default_rng(7)
    for _ in range(46):
        x, y = noise.uniform(-40, 960), noise.uniform(466, 536)
        length = noise.uniform(24, 90)
        canvas.line((x, y, x + length, y), (142, 180, 194), 2)


def _bridge(canvas: Canvas) -> None:
    """A stone viaduct from edge to edge; the rails lie at y = 297."""
    stone, shade, light = (188, 160, 132), (150, 124, 103), (208, 182, 152)
    behind = canvas.image.copy()
    canvas.shape("rectangle", (0, 300, 960, 470), stone)
    for course in range(332, 470, 14):
        canvas.line((0, course, 960, course), (178, 150, 123), 1.2)
    opening = Image.new("L", canvas.image.size, 0)
    pen = ImageDraw.Draw(opening)
    piers = range(-140, 960, 240)
    for left in piers:
        pen.rounded_rectangle(_scaled((left, 334, left + 200, 640)), radius=100 * SCALE, fill=255)
    canvas.image.paste(behind, (0, 0), opening)
    for left in piers:
        canvas.draw.arc(_scaled((left - 5, 329, left + 205, 539)), 180, 360, fill=shade, width=round(6 * SCALE))
        canvas.shape("rectangle", (left + 200, 434, left + 240, 480), stone)
        canvas.shape("rectangle", (left + 196, 456, left + 244, 482), shade)
    canvas.shape("rectangle", (0, 297, 960, 302), (88, 80, 82))
    canvas.shape("rectangle", (0, 302, 960, 312), light)
    canvas.shape("rectangle", (0, 312, 960, 318), shade)


def _willow(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A weeping willow: a trunk, a crown, and hanging branches."""
    canvas.line((x, y, x - 4 * size, y - 60 * size), (92, 70, 56), 11 * size)
    noise = np.random.default_rng(round(x))
    for reach, top, colour in ((62, 120, (84, 124, 84)), (50, 128, (104, 145, 94)), (34, 124, (128, 166, 106))):
        canvas.shape("ellipse", (x - reach * size, y - top * size, x + reach * size, y - (top - 62) * size), colour)
        for _ in range(26):
            off = noise.uniform(-reach, reach)
            end = y - noise.uniform(8, 44) * size
            start = y - (top - 30) * size
            canvas.line((x + off * size * 0.94, start, x + off * size, end), colour, 4.5 * size)


def landscape() -> Canvas:
    """The valley at dawn with the bridge."""
    canvas = Canvas(CREAM)
    canvas.image.paste(_gradient(((0, (122, 170, 204)), (0.33, (200, 216, 214)), (0.6, (253, 226, 187)), (1, CREAM))))
    canvas.shape("ellipse", (716, 176, 796, 256), (255, 246, 220))
    _hills(canvas, 272, 20, 150, 0.4, (168, 184, 200))
    _hills(canvas, 318, 22, 110, 2.2, (134, 163, 164))
    _hills(canvas, 384, 20, 90, 4.0, (116, 153, 122))
    _hills(canvas, 436, 8, 120, 1.0, (98, 139, 98))
    _river(canvas)
    _bridge(canvas)
    _willow(canvas, 92, 516, 1.25)
    _willow(canvas, 892, 520, 1.0)
    canvas.shape("ellipse", (-120, 500, 260, 620), (84, 124, 84))
    canvas.shape("ellipse", (760, 506, 1100, 620), (84, 124, 84))
    return canvas


def draw_title() -> Image.Image:
    canvas = landscape()
    canvas.text((480, 92), "Willow Bridge Station", 76, NAVY, "mm", bold=0.9)
    canvas.line((430, 150, 530, 150), BRICK, 4)
    canvas.text((480, 190), "Opened in 1887", 40, NAVY, "mm", bold=0.3)
    return canvas.still()


def draw_departures() -> Image.Image:
    canvas = Canvas((58, 66, 80))
    canvas.image.paste(_gradient(((0, (92, 104, 122)), (1, (48, 54, 68)))))
    canvas.shape("rounded_rectangle", (60, 46, 900, 494), (16, 20, 30), 18)
    canvas.shape("rounded_rectangle", (68, 54, 892, 486), NAVY, 13)
    canvas.text((104, 104), "Departures", 56, CREAM, "lm", bold=0.6)
    for x, words, anchor in ((104, "Time", "lm"), (290, "Destination", "lm"), (780, "Platform", "mm")):
        canvas.text((x, 182), words, 28, (158, 174, 200), anchor)
    rows = (("09:15", "Harbour Town", "1"), ("09:40", "Pine Valley", "4"), ("10:05", "Lake Shore", "2"))
    for index, (time, place, platform) in enumerate(rows):
        y = 256 + 84 * index
        canvas.shape("rounded_rectangle", (88, y - 36, 872, y + 36), (38, 51, 76), 8)
        canvas.text((104, y), time, 48, AMBER, "lm", bold=0.4)
        canvas.text((290, y), place, 48, CREAM, "lm", bold=0.4)
        canvas.text((780, y), platform, 48, AMBER, "mm", bold=0.4)
    return canvas.still()


def draw_notice() -> Image.Image:
    """A paper on a wooden board; blurred shadow, two pins."""
    canvas = Canvas((132, 94, 66))
    for index, top in enumerate(range(0, 540, 90)):
        tone = (0, 10, -6)[index % 3]
        canvas.shape("rectangle", (0, top, 960, top + 88), (140 + tone, 100 + tone, 70 + tone))
        canvas.shape("rectangle", (0, top + 87, 960, top + 90), (98, 68, 48))
    canvas.shadow((198, 74, 778, 490))
    canvas.shape("rectangle", (190, 62, 770, 478), CREAM)
    canvas.shape("rectangle", (190, 62, 770, 160), BRICK)
    canvas.text((480, 112), "Lost property", 60, CREAM, "mm", bold=0.8)
    canvas.text((480, 236), "Umbrellas, hats, suitcases", 34, NAVY, "mm")
    canvas.text((480, 296), "Please ask in", 34, NAVY, "mm")
    canvas.text((480, 388), "Room 12", 88, NAVY, "mm", bold=1.2)
    for x in (212, 748):
        canvas.shape("ellipse", (x - 9, 72, x + 9, 90), (232, 190, 84))
        canvas.shape("ellipse", (x - 5, 74, x + 3, 82), (252, 228, 160))
    return canvas.still()


def draw_portrait(photograph: Path) -> Image.Image:
    """A framed photograph on a wall.

    Small and mirrored on purpose: larger or the right way round, the text reader takes eyes and edges for digits
    (in 3 to 7 of 7 camera positions; like this in none).
    """
    canvas = Canvas((74, 104, 108))
    canvas.image.paste(_gradient(((0, (88, 120, 122)), (1, (62, 90, 96)))))
    canvas.shape("rectangle", (0, 492, 960, 540), (226, 218, 200))
    canvas.shape("rectangle", (0, 486, 960, 494), (244, 238, 222))
    canvas.shadow((178, 54, 798, 486))
    canvas.shape("rectangle", (170, 40, 790, 470), (74, 50, 38))
    canvas.shape("rectangle", (176, 46, 784, 464), (98, 68, 50))
    canvas.shape("rectangle", (186, 56, 774, 454), CREAM)
    with Image.open(photograph) as image:
        photo = ImageOps.mirror(image.convert("RGB")).resize(_pair(484, 322), Image.Resampling.LANCZOS)
    canvas.image.paste(photo, _pair(238, 94))
    return canvas.still()


def draw_train() -> Image.Image:
    """A red train of three cars, heading right, on a transparent ground; drawn 560x71, kept 640x81."""
    big = Image.new("RGBA", _pair(560, 71), (0, 0, 0, 0))
    pen = ImageDraw.Draw(big)
    dark, pale = (136, 34, 32), (206, 228, 236)
    for left, right in ((0, 180), (188, 368), (376, 560)):
        front = right == 560
        pen.rounded_rectangle(_scaled((left, 6, right - (26 if front else 0), 62)), 8 * SCALE, fill=BRICK)
        if front:
            pen.polygon(_scaled((520, 6, 536, 8, 558, 44, 558, 62, 520, 62)), fill=BRICK)
            pen.polygon(_scaled((516, 17, 533, 17, 548, 38, 516, 38)), fill=pale)
        else:
            pen.rectangle(_scaled((right, 48, right + 8, 56)), fill=(60, 58, 64))
        # Long panes: the text reader takes a row of small square windows for a row of eights.
        middle, last = (left + right) / 2 - (22 if front else 0), right - (54 if front else 14)
        for start, end in ((left + 14, middle - 5), (middle + 5, last)):
            pen.rounded_rectangle(_scaled((start, 17, end, 37)), 4 * SCALE, fill=pale)
        pen.rectangle(_scaled((left, 44, right - 2, 49)), fill=CREAM)
        pen.rectangle(_scaled((left + 2, 57, right - 4, 62)), fill=dark)
        for wheel in (left + 20, left + 44, right - 62, right - 38):
            pen.ellipse(_scaled((wheel, 55, wheel + 15, 70)), fill=(52, 50, 56))
    return big.resize((640, 81), Image.Resampling.LANCZOS)


def _photograph(path: Path, box: Box) -> Image.Image:
    """A 16:9 part of a photograph at the clip's width."""
    return Image.open(path).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS, box=box)


def make_pictures(photographs: Path) -> None:
    drawings: dict[str, Callable[[], Image.Image]] = {
        "title.jpg": draw_title,
        "departures.jpg": draw_departures,
        "notice.jpg": draw_notice,
        "bridge.jpg": lambda: landscape().still(),
        "coffee.jpg": lambda: _photograph(photographs / "coffee.png", (0, 0, 600, 337.5)),
        "cat.jpg": lambda: draw_portrait(photographs / "chelsea.png"),
    }
    for name, draw in drawings.items():
        draw().save(MEDIA / name, quality=86, optimize=True)
    draw_train().quantize(64, method=Image.Quantize.FASTOCTREE).save(MEDIA / "train.png", optimize=True)


def _speak(sentence: str, folder: Path) -> np.ndarray:
    """Samples of one sentence (mono, -1 to 1) and at AUDIO_RATE."""
    target = folder / "sentence.wav"
    slow = ["--setf", "duration_stretch=1.08", "-voice", "slt"]
    subprocess.run(["flite", *slow, "-t", sentence, "-o", str(target)], check=True)
    with wave.open(str(target)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16)
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=AUDIO_RATE)
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
    frame.sample_rate = rate
    parts = [out.to_ndarray()[0] for out in (*resampler.resample(frame), *resampler.resample(None))]
    voice = np.concatenate(parts)
    return 0.6 * voice / np.abs(voice).max()


def _bell(hertz: float, seconds: float = 1.1) -> np.ndarray:
    time = np.arange(int(seconds * AUDIO_RATE)) / AUDIO_RATE
    tone = np.sin(2 * np.pi * hertz * time) + 0.3 * np.sin(4 * np.pi * hertz * time)
    return 0.1 * tone * np.exp(-4 * time) * np.minimum(1, time / 0.01)


def make_narration() -> None:
    track = np.zeros(int(DURATION * AUDIO_RATE))
    with tempfile.TemporaryDirectory() as folder:
        sounds = [(line.start, _speak(line.text, Path(folder))) for line in NARRATION]
    for start, sound in [*sounds, *((start, _bell(hertz)) for start, hertz in CHIME)]:
        first = round(start * AUDIO_RATE)
        track[first : first + len(sound)] += sound
        print(f"{start:5.1f} s to {start + len(sound) / AUDIO_RATE:5.1f} s")
    options = {"fflags": "+bitexact"}  # no random stream number: the same speech gives the same file
    with av.open(str(MEDIA / "narration.opus"), "w", format="ogg", options=options) as container:
        stream = container.add_stream("libopus", rate=AUDIO_RATE, layout="mono", bit_rate=28_000)
        stream.codec_context.options = {"application": "voip"}
        frame = av.AudioFrame.from_ndarray(track[None, :].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, 0, Fraction(1, AUDIO_RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def make_sheet(path: Path) -> None:
    """The clip at a glance: one moment of each shot, three in a row, with its time and what is said."""
    with tempfile.TemporaryDirectory() as folder, av.open(str(write_sample(Path(folder) / "sample.mp4"))) as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]
    width, height, caption, gap = 386, 217, 46, 10
    sheet = Image.new("RGB", (3 * width + 4 * gap, 2 * (height + caption) + 3 * gap), "white")
    pen = ImageDraw.Draw(sheet)
    for index, shot in enumerate(SHOTS):
        second = (shot.start + shot.end) / 2
        left, top = gap + index % 3 * (width + gap), gap + index // 3 * (height + caption + gap)
        picture = frames[round(second * len(frames) / DURATION)].resize((width, height), Image.Resampling.LANCZOS)
        sheet.paste(picture, (left, top))
        said = [f"“{line.text}”" for line in NARRATION if shot.start <= line.start < shot.end] or ["(silence)"]
        pen.text((left + 2, top + height + 6), f"0:{second:04.1f}", BRICK, ImageFont.load_default(16))
        words = textwrap.fill(said[0], 44)
        pen.multiline_text((left + 58, top + height + 6), words, NAVY, ImageFont.load_default(15), spacing=3)
    palette = sheet.quantize(255, kmeans=2)
    palette.putpalette([*(palette.getpalette() or [])[: 3 * 255], 255, 255, 255])  # keeps the ground pure white
    sheet.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", type=Path, help="folder with chelsea.png and coffee.png of scikit-image")
    parser.add_argument("--sheet", type=Path, help="also write an overview picture of the finished clip (PNG)")
    options = parser.parse_args()
    MEDIA.mkdir(exist_ok=True)
    make_pictures(options.photographs)
    make_narration()
    if options.sheet:
        make_sheet(options.sheet)


if __name__ == "__main__":
    main()
