"""Several videos in one question: which of them, both, neither, more in one than in the other.

Programs find out something about each video, a likelihood or a number; the tools here know how questions and options
speak of videos, and say what follows.
"""

import math
from collections.abc import Sequence
from typing import Literal

from ..memory import Timeline
from ..video import Clip
from . import relations
from .context import Context
from .evidence import condense
from .text import content_words, cover
from .tool import ToolError, tool
from .vectors import text_vectors

Of = Literal["likelihood", "number", "likeness"]

_GENERIC = """
show shows shown showing see sees seen visible appear appears display displays displayed read reads written say says
said speak speaks spoken talk talks mention mentions mentioned hear heard contain contains include includes feature
features there sign text word words title caption label screen picture something anything somebody anybody someone
anyone called named about have has number
"""
GENERIC = frozenset(_GENERIC.split())
"""Words of questions that tell how something is in a video, and not what."""
UNRELATED, RELATED = 0.3, 0.7
"""Cosines of sentence embeddings: what has nothing to do with one another stays below, paraphrases are above."""
LEAST, MOST = 0.02, 0.98
"""No look at a video is surer than this, either way."""
LOGIT_CAP = 4.0
"""Nats that a comparison of numbers may count."""
SAME_SHARE = 0.02
"""Measured numbers that differ by less than this share are the same; counted ones must be equal."""
UNSAID = math.log(0.01)
"""For an option that says nothing about the videos beside others that do."""


@tool(kind="compare", cost="free")
def named_videos(question: str, videos: list[Clip], *, context: Context) -> list[Clip]:
    """Choose the videos that a question names, in its order: "more in the second video than in the first".

    Args:
        question: The question.
        videos: All videos.

    Returns:
        The named ones; all in their own order where the question names none.
    """
    order = relations.mentions(question, _names(videos, context))
    return [videos[index] for index in order] or list(videos)


@tool(kind="compare", cost="free")
def about_one(question: str, videos: list[Clip], *, context: Context) -> str:
    """Reword a question about several videos as it would be asked of one: "Do both clips show a dog?" -> "show a dog".

    Args:
        question: The question.
        videos: All videos.
    """
    return relations.about_one(question, _names(videos, context))


@tool(kind="compare", needs="embedder", cost="5 to 20 ms a new text")
def fit(query: str, evidence: Timeline, *, context: Context) -> float:
    """Say how likely it is that evidence shows what a text speaks of, by its words and its meaning.

    Args:
        query: A few words, e.g. "a red door" or "says that the bridge is closed".
        evidence: What was found in one video.

    Returns:
        0 to 1: that of the observation that fits best; 0 without any.
    """
    lines = condense(evidence)
    if not lines:
        return 0.0
    telling = [word for word in content_words(query) if word not in GENERIC] or content_words(query)
    wanted = " ".join(telling)
    vectors = text_vectors([wanted, *(line.content for line in lines)], context)
    scores = []
    for line, cosine in zip(lines, vectors[1:] @ vectors[0], strict=True):
        meaning = (float(cosine) - UNRELATED) / (RELATED - UNRELATED)
        sure = line.score if line.kind == "object" else 1.0
        scores.append(sure * max(cover(wanted, line.content), min(1.0, meaning)))
    return min(MOST, max(0.0, *scores))


@tool(kind="compare", cost="free")
def weigh_videos(
    question: str,
    choices: list[str],
    videos: list[Clip],
    values: list[float],
    of: Of = "likelihood",
    *,
    context: Context,
) -> list[float]:
    """Weigh the options of a question about several videos by what was found out about each.

    Args:
        question: The question.
        choices: Options such as "the second video", "both", "neither", "more", "yes", "3".
        videos: All videos, in the order of the values.
        values: For each video the likelihood (0 to 1) that it shows it, or a number; one value for `likeness`.
        of: What the values are: `likelihood`, `number`, or the one `likeness` (0 to 1) of all videos.

    Returns:
        A score in nats for each choice, for `answer(scores=...)`; nothing where no choice speaks of the videos.
    """
    _require(videos, values, of)
    names = _names(videos, context)
    scores = [_WEIGHERS[of](question, choice, names, values) for choice in choices]
    if all(score is None for score in scores):
        context.notes.add(why="no option speaks of the videos")
        return []
    return [UNSAID if score is None else score for score in scores]


@tool(kind="compare", cost="free")
def name_videos(
    question: str, videos: list[Clip], values: list[float], of: Of = "likelihood", *, context: Context
) -> str:
    """Say in words what follows from what was found out about each video, for a question without options.

    Args:
        question: The question.
        videos: All videos, in the order of the values.
        values: As for `weigh_videos`.
        of: As for `weigh_videos`.

    Returns:
        E.g. "clip.mp4", "both", "neither", "yes", "2".
    """
    _require(videos, values, of)
    names = _names(videos, context)
    if of == "likeness":
        return "yes" if values[0] >= 0.5 else "no"
    return _numbers_said(question, names, values) if of == "number" else _likely_said(question, names, values)


def _names(videos: Sequence[Clip], context: Context) -> list[str]:
    found = []
    for clip in videos:
        at = context.of(clip.video)
        found.append(at.name or at.video.path.name)
    return found


def _require(videos: Sequence[Clip], values: Sequence[float], of: Of) -> None:
    wanted = 1 if of == "likeness" else len(videos)
    if len(values) != wanted or not values:
        raise ToolError(
            f"{len(values)} values of {of} for {len(videos)} videos",
            code="tool.argument",
            hint="Give one value for each video, or one likeness of all.",
        )


# ---- likelihoods


def _likely(question: str, choice: str, names: Sequence[str], values: Sequence[float]) -> float | None:
    """The log probability of what an option says, were the videos independent of each other."""
    shows = [min(MOST, max(LEAST, value)) for value in values]
    lacks = [1 - value for value in shows]
    kind, named = relations.option_logic(choice, question, names)
    alone = [math.prod([shows[i], *(lacks[j] for j in range(len(shows)) if j != i)]) for i in range(len(shows))]
    probabilities = {
        "all": math.prod(shows), "none": math.prod(lacks), "one": sum(alone), "any": 1 - math.prod(lacks),
        "not all": 1 - math.prod(shows), "not any": math.prod(lacks),
        "only": math.prod(shows[i] if i in named else lacks[i] for i in range(len(shows))),
    }  # fmt: skip
    return math.log(max(probabilities[kind], 1e-6)) if kind else None


def _likely_said(question: str, names: Sequence[str], values: Sequence[float]) -> str:
    shown = [name for name, value in zip(names, values, strict=True) if value >= 0.5]
    if relations.ALL.search(question):
        return "yes" if len(shown) == len(names) else f"no, only {', '.join(shown)}" if shown else "no, neither"
    if relations.ANY.search(question):
        return f"yes, {', '.join(shown)}" if shown else "no"
    if not shown:  # "which of them" takes it that one does
        return names[max(range(len(values)), key=lambda index: values[index])]
    return ("both" if len(names) == 2 else "all of them") if len(shown) == len(names) else ", ".join(shown)


# ---- numbers


def _numbers(question: str, choice: str, names: Sequence[str], values: Sequence[float]) -> float | None:
    number = relations.option_number(choice)
    if number is not None and (relations.DIFFERENCE.search(question) or relations.TOTAL.search(question)):
        return max(-LOGIT_CAP, -abs(number - _result(question, names, values)))
    named = relations.mentions(choice, names, short=True)
    if named:
        return _lead(named[0], values, fewest=bool(relations.LESS.search(question))) if len(named) == 1 else None
    first, second = _pair(question, names, values)
    difference = max(-2.0, min(2.0, (first - second) / _unit(values)))
    if relations.YES.search(choice) or relations.NO.search(choice):
        holds = _holds(question, difference)
        return holds if relations.YES.search(choice) else -holds
    if relations.SAME.search(choice) or relations.ALL.search(choice) or relations.NONE.search(choice):
        return _equal(difference)
    if relations.MORE.search(choice) or relations.LESS.search(choice):
        return 2.0 * (difference if relations.MORE.search(choice) else -difference)
    return None


def _lead(index: int, values: Sequence[float], fewest: bool) -> float:
    """How far a video is ahead of the next, in nats."""
    sign = -1 if fewest else 1
    next_best = max(sign * value for place, value in enumerate(values) if place != index) if len(values) > 1 else 0.0
    return 2.0 * max(-2.0, min(2.0, (sign * values[index] - next_best) / _unit(values)))


def _holds(question: str, difference: float) -> float:
    """Nats for "yes, the first has more than the second" (or fewer, or as many), from a difference in units."""
    if relations.SAME.search(question):
        return _equal(difference)
    signed = -difference if relations.LESS.search(question) else difference
    return 2.0 * signed if signed >= 1 else 2.0 * (max(0.0, signed) - 1.0)


def _equal(difference: float) -> float:
    """Nats for two numbers being the same."""
    return 2.0 - 4.0 * min(1.0, abs(difference))


def _unit(values: Sequence[float]) -> float:
    """The least difference that counts."""
    counted = all(float(value).is_integer() for value in values)
    return 1.0 if counted else max(SAME_SHARE * max(map(abs, values)), 1e-6)


def _pair(question: str, names: Sequence[str], values: Sequence[float]) -> tuple[float, float]:
    """The numbers of the two videos that a question compares, in its order."""
    order = relations.mentions(question, names)
    order += [index for index in range(len(names)) if index not in order]
    return (values[order[0]], values[order[1]]) if len(order) > 1 else (values[0], values[0])


def _result(question: str, names: Sequence[str], values: Sequence[float]) -> float:
    """The number that a question asks for: a difference or the sum."""
    if not relations.DIFFERENCE.search(question):
        return sum(values)
    first, second = _pair(question, names, values)
    return second - first if relations.LESS.search(question) else first - second


def _numbers_said(question: str, names: Sequence[str], values: Sequence[float]) -> str:
    if relations.DIFFERENCE.search(question) or relations.TOTAL.search(question):
        return f"{_result(question, names, values):g}"
    first, second = _pair(question, names, values)
    if not question.lower().lstrip().startswith(("which", "what", "in which", "who", "where", "on which")):
        return "yes" if _holds(question, (first - second) / _unit(values)) > 0 else "no"
    sign = -1 if relations.LESS.search(question) else 1
    best = max(sign * value for value in values)
    ahead = [name for name, value in zip(names, values, strict=True) if best - sign * value < _unit(values)]
    return "the same in all" if len(ahead) == len(names) > 1 else ", ".join(ahead)


# ---- likeness


def _alike(question: str, choice: str, names: Sequence[str], values: Sequence[float]) -> float | None:
    same = math.log(min(MOST, max(LEAST, values[0])))
    other = math.log(1 - min(MOST, max(LEAST, values[0])))
    asks_difference = bool(relations.DIFFERENT.search(question)) and not relations.SAME.search(question)
    if relations.DIFFERENT.search(choice):
        return other
    if relations.SAME.search(choice):
        return same
    if relations.YES.search(choice):
        return other if asks_difference else same
    return (same if asks_difference else other) if relations.NO.search(choice) else None


_WEIGHERS = {"likelihood": _likely, "number": _numbers, "likeness": _alike}
"""What values are -> what an option is worth by them; None for one that speaks of nothing of the kind."""
