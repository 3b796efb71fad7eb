"""Pictures shown one after the other, each still, and questions about their time."""

from itertools import pairwise

from .brief import Brief
from .needle import Look, Needle
from .questions import Question, options_of
from .subjects import draw_subjects

MOST_SLIDES = 6
LEAST_SLIDES = 3
LONGEST = 2.0
"""The longest slide is at least so many times as long as any other."""
SLIDE_SIZES = {"text": 0.25, "picture": 0.7, "object": 0.95}


def slides(brief: Brief) -> tuple[tuple[Needle, ...], tuple[Question, ...]]:
    """Slides that fill the video, and questions about what comes before, after, first, last and longest.

    Args:
        brief: What the task works with.

    Returns:
        The slides in the order of time and the questions.
    """
    count = max(LEAST_SLIDES, min(MOST_SLIDES, len(brief.manner.subjects())))
    subjects = draw_subjects(brief.manner, count, brief.rng, brief.task)
    longest = int(brief.rng.integers(count))
    needles = tuple(
        Needle(subject, start, end, Look(size=SLIDE_SIZES[subject.kind]), slide=True)
        for subject, (start, end) in zip(subjects, _stretches(brief, count, longest), strict=True)
    )
    return needles, _questions(brief, needles, longest)


def _stretches(brief: Brief, count: int, longest: int) -> list[tuple[int, int]]:
    """The whole video cut into pieces; one of them is much the longest."""
    weights = brief.rng.uniform(1.0, 1.5, count)
    weights[longest] = 1.5 * LONGEST
    edges = [0, *(weights.cumsum() / weights.sum() * brief.timing.frames).round().astype(int).tolist()]
    return list(pairwise(edges))


def _questions(brief: Brief, needles: tuple[Needle, ...], longest: int) -> tuple[Question, ...]:
    middle = int(brief.rng.integers(1, len(needles) - 1))
    called = brief.manner.called(needles[middle].subject.name)
    asked = (
        ("after", f"What is shown right after {called}?", middle + 1),
        ("before", f"What is shown right before {called}?", middle - 1),
        ("first", "What is shown first?", 0),
        ("last", "What is shown last?", len(needles) - 1),
        ("longest", "What is shown for the longest time?", longest),
    )
    return tuple(_asked(brief, needles, *question) for question in asked)


def _asked(brief: Brief, needles: tuple[Needle, ...], aspect: str, text: str, place: int) -> Question:
    """The other slides are the wrong options, but for the one that the question names: nobody would choose it."""
    names = [needle.subject.name for needle in needles]
    named = {name for name in names if text.endswith(f" {brief.manner.called(name)}?")}
    rivals = brief.rng.permutation([name for name in names if name not in named]).tolist()
    options, also = options_of(names[place], rivals, brief.rng), brief.manner.also(names[place])
    return Question(aspect, text, options, names[place], (needles[place],), aliases=also)
