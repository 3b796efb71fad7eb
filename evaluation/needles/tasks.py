"""The tasks: for each kind of question the videos that it is asked about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

from ...video.errors import UsageError
from .brief import Brief, in_time
from .needle import Look, Needle, Script, Subject
from .questions import CHOICES, Question, options_of
from .static import slides
from .timing import Stretch

Task = Literal["retrieval", "ordering", "counting", "direction", "speed", "reversal", "conflict", "static"]
ORDERED = 4
LEAST_ORDERED = 3
MOST_TIMES = 5
WAYS = {
    "to the right": ((0.0, 0.5), (1.0, 0.5)), "to the left": ((1.0, 0.5), (0.0, 0.5)),
    "up": ((0.5, 1.0), (0.5, 0.0)), "down": ((0.5, 0.0), (0.5, 1.0)),
}  # fmt: skip
"""Direction -> where a moving needle begins and ends."""
ALSO = {
    "to the right": ("right", "rightward", "rightwards", "from left to right", "left to right"),
    "to the left": ("left", "leftward", "leftwards", "from right to left", "right to left"),
    "up": ("upward", "upwards", "from bottom to top", "bottom to top", "from the bottom to the top"),
    "down": ("downward", "downwards", "from top to bottom", "top to bottom", "from the top to the bottom"),
}
"""Direction -> other words for it."""
OPPOSITE = {"to the right": "to the left", "to the left": "to the right", "up": "down", "down": "up"}
SPEEDS = (2.0, 1.0, 0.5)
"""How long each of three needles takes for the same way, in lengths of a needle."""
LEAST_MOVING = 2
GROWTH = 2.0
LARGER, SMALLER = "larger", "smaller"


@dataclass(frozen=True, slots=True)
class Film:
    """A video to be made and what is asked about it."""

    script: Script
    questions: tuple[Question, ...]


def retrieval(brief: Brief) -> list[Film]:
    """One needle at each depth, a question about each; the others tempt (VideoNIAH, arXiv 2406.09367)."""
    facts, others = brief.facts(len(brief.depths))
    stretches = brief.timing.at_depths(brief.depths, [brief.length(fact.subject) for fact in facts])
    needles = [brief.needle(fact.subject, stretch) for fact, stretch in zip(facts, stretches, strict=True)]
    present = [other.answer for other in (*facts, *others)]
    absent = tuple(one.name for one in brief.manner.subjects() if one.name not in present)
    questions = []
    for fact, needle, depth in zip(facts, needles, brief.depths, strict=True):
        options = options_of(fact.answer, (*present, *fact.rivals) if fact.alone else absent + fact.rivals, brief.rng)
        question = Question("", fact.question, options, fact.answer, (needle,), fact.sought, depth)
        questions.append(replace(question, alone=fact.alone))
    script = brief.script("", brief.between(needles, [other.subject for other in others]))
    return [Film(script, tuple(questions))]


def ordering(brief: Brief) -> list[Film]:
    """Several needles one after the other; the options are orders of them (VideoNIAH)."""
    subjects, others = brief.subjects(min(ORDERED, max(LEAST_ORDERED, len(brief.manner.subjects()))))
    stretches, distracting = brief.spread([brief.length(subject) for subject in subjects], others)
    needles = list(map(brief.needle, subjects, stretches))
    names = [subject.name for subject in subjects]
    orders = [", ".join(order) for order in permutations(names)]
    text = f"In which order are these {brief.manner.things} {brief.manner.verb}: {', '.join(sorted(names))}?"
    answer = ", ".join(names)
    options = options_of(answer, brief.rng.permutation(orders).tolist(), brief.rng)
    question = Question("", text, options, answer, tuple(needles))
    return [Film(brief.script("", in_time([*needles, *distracting])), (question,))]


def counting(brief: Brief) -> list[Film]:
    """One needle several times, between others (VideoNIAH)."""
    (target,), others = brief.subjects(1)
    numbers = _numbers(int(brief.rng.integers(1, MOST_TIMES - CHOICES + 2)))
    times = int(brief.rng.choice(numbers))
    stretches, distracting = brief.spread([brief.length(target)] * times, others)
    needles = [brief.needle(target, stretch) for stretch in stretches]
    question = _how_often(brief, target, needles, options_of(str(times), list(map(str, numbers)), brief.rng))
    return [Film(brief.script("", in_time([*needles, *distracting])), (question,))]


def _numbers(lowest: int) -> list[int]:
    """Numbers one after the other; as the right one is drawn among them, none of them is more likely than another."""
    return list(range(lowest, lowest + CHOICES))


def _how_often(brief: Brief, target: Subject, needles: Sequence[Needle], options: tuple[str, ...]) -> Question:
    text = f"How many times is {brief.manner.called(target.name)} {brief.manner.verb}?"
    return Question("", text, options, str(len(needles)), tuple(needles), counts=True)


def direction(brief: Brief) -> list[Film]:
    """A needle at each depth that moves."""
    subjects, others = brief.subjects(len(brief.depths))
    stretches = brief.timing.at_depths(brief.depths, [brief.length(subject) for subject in subjects])
    needles, questions = [], []
    for subject, stretch, depth in zip(subjects, stretches, brief.depths, strict=True):
        way = str(brief.rng.choice(list(WAYS)))
        needles.append(_moving(brief, subject, stretch, way))
        questions.append(replace(_whither(brief, needles[-1], way), depth=depth))
    return [Film(brief.script("", brief.between(needles, others)), tuple(questions))]


def _moving(
    brief: Brief, subject: Subject, stretch: Stretch, way: str, growth: float = 1.0, look: Look | None = None
) -> Needle:
    """A needle that goes a way.

    Raises:
        UsageError: ``needles.frames``, it would be there for one frame.
    """
    if stretch[1] - stretch[0] < LEAST_MOVING:
        raise UsageError(
            f"{brief.task}: what moves is there for {LEAST_MOVING} frames at least, and here for one",
            code="needles.frames",
            hint="Show needles longer (--needle-seconds), or more frames a second (--fps).",
        )
    start, goal = WAYS[way]
    look = replace(look or brief.look(moves=True), place=start, goal=goal, growth=growth)
    if growth != 1:
        look = replace(look, size=round(0.35 / max(1.0, growth), 3))
    return brief.needle(subject, stretch, look)


def _whither(brief: Brief, needle: Needle, way: str) -> Question:
    called = brief.manner.called(needle.subject.name)
    options = options_of(way, [OPPOSITE[way], *WAYS], brief.rng)
    text = f"In which direction does {called} move?"
    return Question("", text, options, way, (needle,), f"{called} moves", aliases=ALSO[way])


def speed(brief: Brief) -> list[Film]:
    """Three needles go the same way at different speeds."""
    subjects, others = brief.subjects(LEAST_ORDERED)
    way, slow = str(brief.rng.choice(list(WAYS))), brief.rng.permutation(SPEEDS).tolist()
    lengths = [max(1, round(brief.length(one) * factor)) for one, factor in zip(subjects, slow, strict=True)]
    stretches, distracting = brief.spread(lengths, others)
    needles = [_moving(brief, one, stretch, way) for one, stretch in zip(subjects, stretches, strict=True)]
    questions = []
    for word, factor in (("fastest", min(SPEEDS)), ("slowest", max(SPEEDS))):
        needle = needles[slow.index(factor)]
        names = [one.name for one in subjects]
        options = options_of(needle.subject.name, names, brief.rng)
        text = f"Which of these {brief.manner.things} moves {word}: {', '.join(sorted(names))}?"
        also = brief.manner.also(needle.subject.name)
        questions.append(Question(word, text, options, needle.subject.name, (needle,), aliases=also))
    return [Film(brief.script("", in_time([*needles, *distracting])), tuple(questions))]


def reversal(brief: Brief) -> list[Film]:
    """A video and its reverse: first becomes last, left becomes right (TempCompass, arXiv 2403.00476)."""
    (one, two, mover), others = brief.subjects(3)
    way = str(brief.rng.choice(list(WAYS)))
    stretches, distracting = brief.spread([brief.length(subject) for subject in (one, two, mover)], others)
    places = [stretches[place] for place in brief.rng.permutation(3)]
    needles = [brief.needle(one, places[0]), brief.needle(two, places[1]), _moving(brief, mover, places[2], way)]
    whither = _whither(brief, needles[2], way)
    together = in_time([*needles, *distracting])
    films = []
    for reverse, end in ((False, "-a"), (True, "-b")):
        script = brief.script(end, together, reverse, silent=True)
        there = {needle.subject: needle for needle in script.shown}
        goes = OPPOSITE[way] if reverse else way
        going = replace(whither, answer=goes, aliases=ALSO[goes], needles=(there[mover],))
        questions = (_paired(script, "order", _first_of(brief, there, one, two)), _paired(script, "direction", going))
        films.append(Film(script, questions))
    return films


def _first_of(brief: Brief, there: dict[Subject, Needle], one: Subject, two: Subject) -> Question:
    """The same question with the same options, whichever of them is first."""
    manner, names = brief.manner, (one.name, two.name)
    text = f"Which of the two is {manner.verb} first: {manner.called(names[0])} or {manner.called(names[1])}?"
    first = min((there[one], there[two]), key=lambda needle: needle.start)
    name = first.subject.name
    return Question("", text, names, name, (there[one], there[two]), aliases=manner.also(name))


def _paired(script: Script, aspect: str, question: Question) -> Question:
    return replace(question, aspect=aspect, pair=f"{script.name[:-2]}-{aspect}")


def conflict(brief: Brief) -> list[Film]:
    """Two videos in which every question has the opposite answer: order, number, direction, growth (TempCompass)."""
    (one, two, often, mover), others = brief.subjects(4)
    way = str(brief.rng.choice(list(WAYS)))
    few, many = sorted(brief.rng.choice(range(1, MOST_TIMES), 2, replace=False).tolist())
    longer = max(brief.length(one), brief.length(two))
    lengths = [longer, longer, brief.length(mover), *[brief.length(often)] * many]
    (first, second, moved, *places), distracting = brief.spread(lengths, others)
    numbers = options_of(str(few), list(map(str, range(1, MOST_TIMES))), brief.rng)
    whither = options_of(way, [OPPOSITE[way], *WAYS], brief.rng)
    looks = {one: brief.look(), two: brief.look()}
    often_looks, moving_look = [brief.look() for _ in places], brief.look(moves=True)
    films = []
    for end, order, times, going, growth in (
        ("-a", (one, two), few, way, GROWTH), ("-b", (two, one), many, OPPOSITE[way], 1 / GROWTH),
    ):  # fmt: skip
        shown = [brief.needle(subject, at, looks[subject]) for subject, at in zip(order, (first, second), strict=True)]
        often_shown = zip(places[:times], often_looks, strict=False)
        counted = [brief.needle(often, place, look) for place, look in often_shown]
        asked = {"order": _first_of(brief, dict(zip(order, shown, strict=True)), one, two)}
        asked["number"] = _how_often(brief, often, counted, numbers)
        if brief.manner.seen:
            moving = _moving(brief, mover, moved, going, growth, moving_look)
            asked["direction"] = replace(_whither(brief, moving, going), options=whither)
            asked["growth"] = _larger_or_smaller(brief, moving, growth)
            shown.append(moving)
        script = brief.script(end, in_time([*shown, *counted, *distracting]))
        films.append(Film(script, tuple(_paired(script, aspect, question) for aspect, question in asked.items())))
    return films


def _larger_or_smaller(brief: Brief, needle: Needle, growth: float) -> Question:
    called = brief.manner.called(needle.subject.name)
    text = f"Does {called} become larger or smaller while it moves?"
    return Question("", text, (LARGER, SMALLER), LARGER if growth > 1 else SMALLER, (needle,))


def static(brief: Brief) -> list[Film]:
    """Pictures one after the other, each still: what is asked needs time, though nothing moves (MVBench, T2Vid, T3)."""
    needles, questions = slides(brief)
    return [Film(brief.script("", needles), questions)]


TASKS: dict[Task, Callable[[Brief], list[Film]]] = {
    "retrieval": retrieval, "ordering": ordering, "counting": counting, "direction": direction, "speed": speed,
    "reversal": reversal, "conflict": conflict, "static": static,
}  # fmt: skip
SEEN_ONLY: frozenset[Task] = frozenset(("direction", "speed", "reversal", "static"))
"""Tasks that nothing that is only heard can be used for."""
