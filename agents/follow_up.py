"""Questions that refer to the one before: "and after that?", "what about the second one?", "who said it?".

A reference in time becomes the seconds of the last answer's evidence, which no model need be asked for. What else a
question leaves out is put in by a text model that writes; without one, by rules that keep to the words of the last
question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..memory import Observation
from ..models.errors import ModelError
from ..prompts import prompt
from ..tools import BudgetExceeded
from ..tools.contents import LOOKED
from ..tools.context import Context
from ..tools.relations import ORDINALS
from ..tools.text import STOP_WORDS, content_words, cover
from ..tools.times import times_in
from .examples import FORM_WORDS
from .result import Result

TURNS = 3
"""Earlier questions that a model sees."""
TOKENS = 80
LONGEST = 400
"""Characters of a reworded question; a longer one is no question."""
PAD = 0.1
"""Seconds beyond a moment: what ends at 4.0 s is not after 4.0 s."""
SHORT_ANSWER = 6
"""Words of an answer that are worth repeating."""
WHOLE = 0.9
"""A span of this share of the video is no moment."""

_END = r"(?=\s*[,?.!]|\s*$|\s+(?:what|who|which|where|how|does|do|did|is|are|was|were|happens?|comes?)\b)"
_AFTER = re.compile(
    rf"\b(?:(?:right|just|immediately|shortly|soon) )?after (?:that|this|it|then){_END}|\bafterwards?\b|\bthereafter\b"
    r"|\bnext(?=\s*[?.!]*\s*$)|(?<=happens )then\b|(?<=comes )then\b",
    re.I,
)
_BEFORE = re.compile(rf"\b(?:(?:right|just|shortly) )?before (?:that|this|it|then){_END}|\bbeforehand\b", re.I)
_THEN = re.compile(
    r"\b(?:at|in|during|on) (?:that|this|the same) (?:very )?(?:moment|time|point|scene|second|instant|shot)\b"
    r"|\bmeanwhile\b|\bjust then\b",
    re.I,
)
_AND_THEN = re.compile(r"^\W*(?:and )?(?:then(?: what)?|what then|what next|and next)\W*$", re.I)
_ABOUT = re.compile(r"^\W*(?:(?:and|but|so|ok|okay)\b,?\s*)?(?:what|how) about\s+(?P<rest>.+)$", re.I | re.DOTALL)
_AND = re.compile(r"^\W*(?:and|or|but)\b,?\s+(?P<rest>.+)$", re.I | re.DOTALL)
_ASKING = re.compile(
    r"\b(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|had|will|would|"
    r"should|name|describe|tell|list|explain|summarize|count)\b",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|(?:the )?(?:first|second|third|last|other|next) ones?|"
    r"(?:does|do|did|is|was|about|of) (?:that|this|those|these)(?=\W*$|\s+(?:happen|mean|say|take|look|come|go))|"
    r"that one|this one|these|those)\b",
    re.I,
)
_EXPLETIVE = re.compile(r"\b(?:is|was) it (?:raining|snowing|dark|day|night|cold|warm|sunny|winter|summer)\b", re.I)
_TIME = r"(?:\d+:\d{2}(?::\d{2})?|\d+(?:\.\d+)?(?:\s*(?:seconds?|secs?|s|minutes?|mins?|hours?)\b)?)"
_TIME_PHRASE = re.compile(
    rf"\s*\b(?:at|from|after|before|until|around|about|between|since|in|within)\s+(?:about\s+|second\s+|minute\s+)?{_TIME}"
    rf"(?:\s*(?:-|–|to|and|until)\s*{_TIME})?(?:\s+and\s+{_TIME})?"
    r"|\s*\b(?:at|in|near|towards?) the (?:very )?(?:start|beginning|end|middle)(?: of the (?:video|clip|film))?\b",
    re.I,
)
_PREPOSITION = re.compile(
    r"^(?:in|on|at|by|under|behind|before|after|during|with|for|near|inside|outside|from)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was answered.

    Attributes:
        question: As it was asked.
        resolved: As it was understood.
        result: What came of it.
    """

    question: str
    resolved: str
    result: Result


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that can be understood by itself.

    Attributes:
        text: The question.
        path: The only video that it is about; empty where it may be any.
    """

    text: str
    path: str = ""


def resolve(question: str, history: Sequence[Turn], context: Context) -> Resolved:
    """What a question means after those before it.

    Args:
        question: As it is asked.
        history: What was asked before.
        context: For the text model; its calls are counted there.

    Returns:
        The question itself when it refers to nothing.
    """
    if not history:
        return Resolved(question)
    last = history[-1]
    text, path = _in_seconds(question, last.result)
    if not refers(text):
        return Resolved(text, path)
    return Resolved(_written(text, history, context) or _by_rule(text, last), path)


def refers(question: str) -> bool:
    """Whether a question leaves out what an earlier one says.

    Example:
        >>> refers("Who said it?"), refers("And the second one?"), refers("When the dog enters, what does it do?")
        (True, True, False)
    """
    if _ABOUT.match(question) or _is_fragment(question):
        return True
    text = _EXPLETIVE.sub("", question)
    match = _PRONOUN.search(text)
    if match is None:
        return False
    before = len(_telling(text[: match.start()]))  # what it may stand for in the question itself
    return before == 0 or (before == 1 and not text[match.end() :].strip(" ?!.,"))


def _is_fragment(question: str) -> bool:
    """Whether nothing is asked in it, as in "And the second one?" or "In the afternoon?"."""
    match = _AND.match(question)
    rest = match["rest"] if match else question
    return not _ASKING.search(rest) and len(rest.split()) <= (8 if match else 5) and question.strip().endswith("?")


def _telling(text: str) -> list[str]:
    return [word for word in content_words(text) if word not in FORM_WORDS and word not in STOP_WORDS]


# ---- time


def _in_seconds(question: str, result: Result) -> tuple[str, str]:
    """References to the last answer's moment as seconds, and that video; the question as it is without any."""
    moment = moment_of_answer(result)
    if moment is None:
        return question, ""
    after, before = f"after {moment.end + PAD:.1f} seconds", f"before {max(PAD, moment.start - PAD):.1f} seconds"
    then = f"between {moment.start:.1f} and {moment.end:.1f} seconds"
    if moment.end - moment.start < 2 * PAD:
        then = f"at {moment.start:.1f} seconds"
    path = result.path_of(moment)
    if _AND_THEN.match(question):
        return f"What happens {after}?", path
    text = question
    for pattern, words in ((_AFTER, after), (_BEFORE, before), (_THEN, then)):
        text = pattern.sub(words, text, count=1)
    return text, path if text != question else ""


def moment_of_answer(result: Result) -> Observation | None:
    """The moment that an answer is from: of those that say it, the surest; None without one."""
    duration = max(video["duration"] for video in result.videos)
    moments = [m for m in result.answer.evidence if m.content != LOOKED]
    short = [moment for moment in moments if moment.end - moment.start < WHOLE * duration]
    saying = [moment for moment in short if cover(result.text, moment.content) >= 0.5]
    return max(saying or short, key=lambda moment: moment.score, default=None)


# ---- the rest


def _written(question: str, history: Sequence[Turn], context: Context) -> str:
    """The question as a model words it; empty where none writes, or what it wrote is no question."""
    if not context.models.can_write:
        return ""
    asked = [
        f"> Question: {_one_line(turn.resolved)}\n> Answer: {_one_line(turn.result.text)}" for turn in history[-TURNS:]
    ]
    try:
        reply = context.llm.complete(
            prompt("follow_up", history="\n".join(asked), question=_one_line(question)), max_tokens=TOKENS
        )
    except (ModelError, BudgetExceeded):  # the rules need no model
        return ""
    lines = [line.strip(" \"'`>") for line in reply.text.splitlines() if line.strip()]
    text = lines[0].removeprefix("Question:").strip() if lines else ""
    return text if 0 < len(text) <= LONGEST and _telling(text) else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _by_rule(question: str, last: Turn) -> str:
    """The last question with the new part in its place, or the new question with the last one's key words."""
    base = last.resolved.strip().rstrip("?!. ")
    match = _ABOUT.match(question) or (_AND.match(question) if _is_fragment(question) else None)
    rest = (match["rest"] if match else question).strip().rstrip("?!. ")
    if _PREPOSITION.match(rest) or re.match(r"(?:the|a|an)\b", rest, re.I):
        rest = rest[:1].lower() + rest[1:]
    if match or _is_fragment(question):
        return _replaced(base, rest, max(video["duration"] for video in last.result.videos)) + "?"
    return f"{rest} ({', '.join(key_words(last))})?"


def _replaced(base: str, rest: str, duration: float) -> str:
    """A question with one part exchanged: its time, its ordinal, the phrase with the same preposition or noun."""
    if times_in(rest, duration) is not None:
        return f"{_TIME_PHRASE.sub('', base)} {rest}"
    ordinal = re.search(rf"\b({'|'.join((*ORDINALS, 'last'))})\b", rest, re.I)
    if ordinal and (before := re.search(rf"\b({'|'.join((*ORDINALS, 'last'))})\b", base, re.I)):
        return base[: before.start()] + ordinal[1] + base[before.end() :]
    preposition = _PREPOSITION.match(rest)
    if preposition and (tail := [m.start() for m in re.finditer(rf"\b{preposition[0]}\b", base, re.I)]):
        return base[: tail[-1]] + rest
    if base.endswith(")") and " (" in base:  # what an earlier question was about
        return f"{base[: base.rindex(' (')]} ({rest})"
    head = rest.split()[-1]
    noun = re.search(rf"\b(?:the|a|an|this|that)\s+(?:[\w'-]+\s+){{0,2}}?{re.escape(head)}\b", base, re.I)
    if noun:
        return base[: noun.start()] + rest + base[noun.end() :]
    return f"{base} {rest}" if preposition else f"{base} ({rest})"


def key_words(turn: Turn) -> list[str]:
    """What a question was about: its telling words, and its answer where that is short and no time.

    Args:
        turn: The question.
    """
    words = list(dict.fromkeys(_telling(_TIME_PHRASE.sub("", turn.resolved))))
    answer = turn.result.text
    timed = times_in(answer, max(video["duration"] for video in turn.result.videos)) is not None
    if turn.result.answer.abstained or timed or len(answer.split()) > SHORT_ANSWER:
        return words
    return [*words, f'"{_one_line(answer)}"']
