"""Which way the camera and things move, without a model that sees: optical flow, and boxes that are followed."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..memory import ArtefactKey, Block, BlockResult, Observation, Timeline
from ..video import Clip
from ..video.errors import VidprogError
from .context import Context
from .courses import courses_of_parts, courses_of_tracks
from .detect import things_of
from .flow import Step, step_between
from .labels import head_names
from .looking import NotTried, observe_blocks
from .tool import tool
from .tracks import tracks_of

STEP = 0.2
"""Seconds between two frames that are compared: a pan of one picture width a second is followed."""
MOST_STEPS = 240
"""In a long clip the pairs of frames are spread instead."""
LEAST_STEPS = 5
CHUNK = 40
SMOOTH = 5
"""Steps over which the median is taken: one bad step tells nothing."""
PANS, ZOOMS, ROLLS = 0.015, 0.02, 2.0
"""Least motion of a camera that is not still, in a second: shares of the picture's longest side, logarithm of the
growth, degrees. A tripod on real clips stays under a third of it."""
BESIDE = 0.35
"""A second kind of motion is named when the picture's edge moves by it at least this share of what the first does."""
FAST = 0.2
SHORTEST, GAP = 0.45, 0.65
"""Seconds that a motion must last, and that it may be interrupted for."""
CHANGED_SPEED = 1.7
"""The last third of a motion is this much faster (or slower) than the first when it speeds up (or slows down)."""
CAMERA = re.compile(r"\b(camera|cameraman|cameraperson|pan(s|ned|ning)?|zoom(s|ed|ing)?|tilt(s|ed|ing)?|dolly|"
                    r"lens|(shot|view|viewpoint|frame) mov\w*)\b", re.IGNORECASE)  # fmt: skip
_AT_CAMERA = re.compile(r"\b(towards?|to|from|at|off|past|before|into) the (camera|lens)\b", re.IGNORECASE)
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "final": -1}
_ORDINAL = re.compile(rf"\b({'|'.join(ORDINALS)})\b(?!\s+(?:part|half|few|seconds?|scene|time))", re.IGNORECASE)
SOURCE = "motion:optical flow"
PAN_WORDS = (
    "pans right", "pans right and tilts down", "tilts down", "pans left and tilts down",
    "pans left", "pans left and tilts up", "tilts up", "pans right and tilts up",
)  # fmt: skip
"""For each eighth of the circle, from the right clockwise."""


@tool(kind="look", cost="15 ms for each fifth of a second, at most 240")
def camera_motion(clip: Clip, *, context: Context) -> Timeline:
    """Say how the camera moves: pans, tilts, zooms, rolls, or stands still, and when.

    Args:
        clip: Where to look.

    Returns:
        Notes such as "the camera pans right", "the camera zooms in", "the camera is still", with their spans; empty
        where the pictures have too little in common to say.

    Source: Lucas-Kanade flow and a similarity transform by RANSAC (Bouguet, 2001; Fischler and Bolles, 1981). Measured
    on 350 generated clips of 1.3 s (eight directions at three speeds, zoom, roll, still; five textures, with and
    without noise): the direction was right on all.
    """

    def observe() -> BlockResult:
        steps = _steps(clip, context)
        notes = _camera_notes(clip, steps)
        return BlockResult(tuple(notes), _nothing(steps))

    return _kept(context, clip, (camera_motion.name, camera_motion.version), {}, observe)


@tool(kind="look", needs="detector", cost="15 ms for each fifth of a second, and that of detect")
def motion(clip: Clip, query: str = "", *, context: Context) -> Timeline:
    """Say which way a thing moves, relative to what stands behind it: left, right, up, down, nearer, farther, not.

    Things that the detector knows by name are followed by their boxes; else what moves by itself is meant.

    Args:
        clip: Where to look.
        query: The thing or the whole question, e.g. "the first car"; about the camera, as `camera_motion`.

    Returns:
        Notes such as "car 1 moves up", "dog stays where it is", "something moves left and speeds up", with their spans.

    Source: As `camera_motion`; boxes are followed as by `track`. Measured on 640 generated clips with patches that no
    detector knows (plain and textured, over textures and a moving camera): the direction was right on 98 %.
    """
    if CAMERA.search(_AT_CAMERA.sub(" ", query)):
        return Timeline(camera_motion.run((clip,), {}, context))
    names = head_names(query, context.models) if query and context.models.has("detector") else ()
    identity = context.models.identity("detector") if names else ""

    def observe() -> BlockResult:
        steps = _steps(clip, context)
        tracks = tracks_of(things_of(clip, names, context) if names else ())
        courses = courses_of_tracks(tracks, steps) or courses_of_parts(steps)
        notes = [course.note(SOURCE) for course in courses]
        return BlockResult(tuple(notes), _nothing(steps) or ("" if notes else "nothing moves by itself"))

    parameters = {"names": list(names), "detector": identity}
    found = _kept(context, clip, (motion.name, motion.version), parameters, observe)
    return _meant(query, found)


def _kept(
    context: Context, clip: Clip, tool: tuple[str, str], parameters: dict[str, Any], observe: Callable[[], BlockResult]
) -> Timeline:
    """What a look at a clip found, from the cache where it was looked at before."""
    if not context.video.has_video:
        return Timeline((), "no pictures")

    def look(block: Block) -> BlockResult:
        try:
            return observe()
        except VidprogError as reason:
            raise NotTried from reason

    key = ArtefactKey(*tool, "flow:1", parameters)
    done = observe_blocks(context, key, [Block(clip.start, clip.end)], look)
    return Timeline(done.timeline, done.why)


def _steps(clip: Clip, context: Context) -> list[Step | None]:
    """The motion between frames a fifth of a second apart, in order; None where it cannot be told."""
    period = 1 / max(1.0, context.video.fps or 25.0)
    length = max(period, min(STEP, clip.duration / LEAST_STEPS))
    count = int(min(MOST_STEPS, max(1, (clip.duration - 1e-6) // length)))
    spacing = clip.duration / count
    starts = [clip.start + place * spacing for place in range(count)]
    steps: list[Step | None] = []
    for first in range(0, count, CHUNK):
        pairs = [(start, min(start + length, clip.end)) for start in starts[first : first + CHUNK]]
        if spacing < 2 * length:  # the end of one pair is the start of the next
            pairs = [(start, min(start + spacing, clip.end)) for start, _ in pairs]
        times = sorted({round(time, 3) for pair in pairs for time in pair})
        frames = dict(zip(times, context.frames(times), strict=False))
        context.meter.spend(frames_seen=len(frames))
        for one, two in pairs:
            here, there = frames.get(round(one, 3)), frames.get(round(two, 3))
            steps.append(step_between(here, there) if here and there and here.time < there.time else None)
        context.report("motion", len(steps) / count)
    return steps


def _nothing(steps: Sequence[Step | None]) -> str:
    """Why nothing can be said; empty when something can."""
    return "" if any(steps) else f"no motion can be told: {len(steps)} pairs of frames have too little in common"


def _camera_notes(clip: Clip, steps: Sequence[Step | None]) -> list[Observation]:
    """Spans of equal motion."""
    known = [step for step in steps if step is not None]
    if not known:
        return []
    speeds = _smooth(steps)
    spacing = clip.duration / len(steps)
    notes: list[Observation] = []
    for place, step in enumerate(steps):
        if step is None:
            continue
        start = clip.start + place * spacing
        for words, size in _camera_words(speeds[place]):
            score = step.agreement * (1.0 if words == "is still" else min(1.0, 0.4 + 0.6 * size / FAST))
            text = f"the camera {words}"
            notes.append(Observation(start, min(start + spacing, clip.end), "note", text, min(1.0, score), SOURCE))
    merged = Timeline(notes).merge(GAP)
    shortest = min(SHORTEST, clip.duration / 2)
    spans = [note for note in merged if note.end - note.start >= shortest] or list(merged[:1])
    return [*spans, *_speed_notes(spans, clip, speeds)]


def _smooth(steps: Sequence[Step | None]) -> np.ndarray:
    """Right, down, zoom and turn in a second at each step: running medians over what is known."""
    rows = [
        np.array([step.right, step.down, step.zoom, step.turn]) / step.seconds if step else np.full(4, np.nan)
        for step in steps
    ]
    values, half = np.array(rows), SMOOTH // 2
    smooth = np.zeros_like(values)
    for place, step in enumerate(steps):
        if step is not None:
            smooth[place] = np.nanmedian(values[max(0, place - half) : place + half + 1], axis=0)
    return smooth


def _camera_words(speed: np.ndarray) -> list[tuple[str, float]]:
    """What a camera does that moves like this, the strongest first, with the speed of the picture's edge by it."""
    right, down, zoom, turn = (float(part) for part in speed)
    eighth = round(float(np.arctan2(down, right)) / (np.pi / 4)) % 8
    pan = float(np.hypot(right, down))
    kinds = [
        (pan, pan >= PANS, PAN_WORDS[eighth]),
        (abs(zoom) / 2, abs(zoom) >= ZOOMS, "zooms in" if zoom > 0 else "zooms out"),
        (np.radians(abs(turn)) / 2, abs(turn) >= ROLLS, "rolls clockwise" if turn > 0 else "rolls counterclockwise"),
    ]
    moving = [(float(size), words) for size, moves, words in kinds if moves]
    most = max((size for size, _ in moving), default=0.0)
    named = sorted(((size, words) for size, words in moving if size >= BESIDE * most), reverse=True)
    return [(words, size) for size, words in named] or [("is still", 0.0)]


def _speed_notes(spans: Sequence[Observation], clip: Clip, speeds: np.ndarray) -> list[Observation]:
    """Notes on motions of the camera that become clearly faster or slower."""
    notes = []
    spacing = clip.duration / len(speeds)
    for span in spans:
        first, last = round((span.start - clip.start) / spacing), round((span.end - clip.start) / spacing)
        if last - first < 2 * SMOOTH or span.content.endswith("is still"):
            continue
        pace = np.linalg.norm(speeds[first:last] * (1, 1, 0.5, np.pi / 360), axis=1)
        third = len(pace) // 3
        ratio = float(pace[-third:].mean() / max(float(pace[:third].mean()), 1e-6))
        if ratio >= CHANGED_SPEED or ratio <= 1 / CHANGED_SPEED:
            text = f"the camera's motion {'speeds up' if ratio > 1 else 'slows down'}"
            notes.append(Observation(span.start, span.end, "note", text, span.score / 2, SOURCE))
    return notes


def _meant(query: str, found: Timeline) -> Timeline:
    """The notes on the one of several things that a question means: the first, the second, the last."""
    ordinal = _ORDINAL.search(query)
    if ordinal is None or len(found) < 2:
        return found
    moving = [note for note in found if not note.content.endswith("stays where it is")] or list(found)
    place = ORDINALS[ordinal[1].casefold()]
    return Timeline([moving[place]] if place < len(moving) else [], f"there are only {len(moving)}")
