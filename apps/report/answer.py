"""The answer on a page: what it is, how sure it is and why, and the frames that prove it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ...tools.answer import NOT_SHOWN
from ...tools.contents import LOOKED
from ..cli.words import count, grounded, span, sure
from ..views import Markup, element, joined, shown_answer
from .shown import ShownVideo, picture_time

if TYPE_CHECKING:
    from ...agents import Result
    from ...memory import Observation

MOST_CARDS = 12
LONG = 80
"""Characters of an answer that are no longer a headline."""


def answer_part(result: "Result") -> Markup:
    """The answer, its confidence and grounding, and what a reader should know."""
    answer, said = result.answer, shown_answer(result.to_json())
    guess = None
    if answer.abstained and result.text not in (NOT_SHOWN, said):
        guess = element("p", "Best guess: ", element("b", result.text))
    look = "vp-abstained" if answer.abstained else "long" if len(said) > LONG else ""
    spoken = element("p", said, class_=f"vp-answer {look}".strip())
    return joined([spoken, guess, _choices(result), _facts(result), warnings_part(result.warnings)])


def warnings_part(warnings: Sequence[str]) -> Markup | None:
    """What a reader should know; None where there is nothing."""
    if not warnings:
        return None
    lines = [element("li", warning) for warning in warnings]
    return element("div", element("b", "Good to know"), element("ul", *lines), class_="warnings", role="note")


def _choices(result: "Result") -> Markup | None:
    if not result.choices:
        return None
    chances = result.answer.probabilities
    weights = chances if len(chances) == len(result.choices) else [None] * len(result.choices)
    rows = [
        _choice(text, weight, place == result.answer.choice)
        for place, (text, weight) in enumerate(zip(result.choices, weights, strict=True))
    ]
    return element("ol", *rows, class_="choices", aria_label="Choices")


def _choice(text: str, weight: float | None, chosen: bool) -> Markup:
    mark = element("span", "chosen", class_="tag") if chosen else None
    bar = None if weight is None else joined([meter(weight, f"Probability of {text}"), f" {weight:.0%}"])
    name = element("span", text, " " if chosen else None, mark)
    return element("li", name, element("span", bar, class_="weight"), class_="chosen" if chosen else None)


def meter(value: float, label: str) -> Markup:
    """A bar from 0 to 1."""
    return element("meter", f"{value:.0%}", min=0, max=1, value=round(value, 4), aria_label=label)


def _facts(result: "Result") -> Markup:
    answer = result.answer
    confidence = joined([meter(answer.confidence, "Confidence"), f" {sure(answer.confidence)}, by {answer.basis}"])
    used = f"{result.program['name']} ({count(len(result.rounds), 'round')}, {result.usage['seconds']:.1f} s)"
    facts: list[tuple[str, str]] = [("Confidence", confidence), ("Grounding", grounded(answer.grounding))]
    facts += [("Understood as", result.resolved)] if result.resolved else []
    return described([*facts, ("Program", used)])


def described(facts: Iterable[tuple[str, str]]) -> Markup:
    """Names and what they stand for."""
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts]
    return element("dl", *rows, class_="facts")


def evidence_part(videos: Sequence[ShownVideo], why: str = "") -> Markup:
    """The best moments of the evidence as cards: frame, time, kind, and what was said or read.

    Args:
        videos: The videos of the answer.
        why: Why there is no evidence, if there is none.
    """
    pairs = [(video, moment) for video in videos for moment in video.evidence]
    if not pairs:
        reason = f": {why}" if why else ""
        return element("p", f"No moment of the video supports this answer{reason}.", class_="vp-quiet")
    best = sorted(pairs, key=lambda pair: -pair[1].score)[:MOST_CARDS]
    cards = [_card(video, moment, len(videos) > 1) for video, moment in pairs if (video, moment) in best]
    rest = len(pairs) - len(cards)
    more = element("p", f"And {count(rest, 'moment')} more in the list below.", class_="vp-quiet") if rest else None
    return joined([element("ul", *cards, class_="film"), more])


def _card(video: ShownVideo, moment: "Observation", several: bool) -> Markup:
    url = video.pictures.get(picture_time(moment))
    place = span(moment.start, moment.end)
    picture = element("span", element("img", src=url, alt=""), _box(moment), class_="picture") if url else None
    content = "looked at" if moment.content == LOOKED else moment.content
    button = element(
        "button",
        picture,
        element("span", place, class_="time"),
        element("span", moment.kind, class_=f"tag vp-{moment.kind}"),
        element("span", content, class_="content"),
        element("span", video.name, class_="vp-quiet") if several else None,
        type="button",
        class_="card-button",
        aria_label=f"Go to {place}, {moment.kind}: {content}",
        **jump(video, moment),
    )
    return element("li", button)


def jump(video: ShownVideo, moment: "Observation") -> dict[str, object]:
    """The attributes of what leads to a moment."""
    place = {"data_start": round(moment.start, 3), "data_end": round(moment.end, 3)}
    return {**place, "data_kind": moment.kind, "data_video": video.number}


def _box(moment: "Observation") -> Markup | None:
    """Where in the frame it was found."""
    if moment.box is None:
        return None
    left, top, right, bottom = (100 * corner for corner in moment.box)
    place = {"x": f"{left:.2f}%", "y": f"{top:.2f}%", "width": f"{right - left:.2f}%", "height": f"{bottom - top:.2f}%"}
    return element("svg", element("rect", **place, fill="none"), class_="box", aria_hidden="true")
