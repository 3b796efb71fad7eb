"""From words to the names a detector knows: "cups" to cup, "animal" to dog, cat, bird..., "woman" to person."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from ..models import Models
from .text import words_of


@cache
def hyponyms() -> dict[str, frozenset[str]]:
    """Other words for detector labels: ``word -> labels`` (``labels.txt``: COCO's own groups and common nouns)."""
    text = resources.files(__package__).joinpath("labels.txt").read_text(encoding="utf-8")
    table: dict[str, set[str]] = {}
    for line in text.splitlines():
        label, _, words = line.partition(":")
        for word in (word.strip() for word in words.split(",")):
            table.setdefault(word, set()).add(label.strip())
    return {word: frozenset(labels) for word, labels in table.items()}


def _singular(word: str) -> Iterable[str]:
    yield word
    for plural, single in (("ies", "y"), ("ves", "fe"), ("es", ""), ("s", "")):
        if word.endswith(plural) and len(word) > len(plural) + 2:
            yield word[: -len(plural)] + single


def labels_in(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The labels that a text speaks of, in the order of their first mention.

    Args:
        text: A question or a query.
        known: The detector's labels.

    Example:
        >>> labels_in("How many cups are on the table?", ["cup", "dining table", "cat"])
        ('cup', 'dining table')
    """
    labels = set(known)
    words = [word for word in words_of(text) if not word.isdigit()]
    found: dict[str, None] = {}
    for index, word in enumerate(words):
        pair = " ".join(words[index : index + 2])
        for name in (*_singular(pair), *_singular(word)):
            hits = {name} & labels | (hyponyms().get(name, frozenset()) & labels)
            if hits:
                found.update(dict.fromkeys(sorted(hits)))
                break
    return tuple(found)


COUNTED = re.compile(
    r"(?:how many|number of|count(?: of)?)\s+(.+?)"
    r"(?=\s(?:are|is|was|were|do|does|did|can|could|will|on|in|at|of|that|which|visible|sitting|standing)\b|[?.]|$)",
    re.IGNORECASE,
)
"""The noun after "how many": "How many times does the woman jump" counts times, not women."""


ARTICLE = re.compile(r"^(?:an?|the|some|any|all|this|that)\s+", re.IGNORECASE)
ASKS = re.compile(
    r"^(?:what|when|where|who|whose|why|how|which|is|are|was|were|do|does|did|can|could)\b", re.IGNORECASE
)
CLAUSE = re.compile(
    r"[,.;:!?]|\b(?:is|are|was|were|has|have|that|which|who|while|when|in sight|"
    r"(?:leave|enter|appear|disappear|come|go|move|walk|run|drive|stand|sit|jump|turn)(?:s|es)?)\b",
    re.IGNORECASE,
)
"""Where a text stops naming a thing and begins to say something about it."""
LONGEST_PHRASE = 5
"""Words of a text that names a thing; a longer one does more than that."""


def phrase_in(text: str) -> str:
    """The thing that a text names in words of its own, for a detector that knows any; empty when it names none.

    Example:
        >>> phrase_in("How many red mugs are on the table?"), phrase_in("the small dog leaves"), phrase_in("Is it?")
        ('red mugs', 'small dog', '')
    """
    counted = COUNTED.search(text)
    named = (counted[1] if counted else text).strip()
    if not counted and ASKS.match(named):
        return ""
    phrase = ARTICLE.sub("", CLAUSE.split(named)[0].strip())
    return phrase if len(phrase.split()) <= LONGEST_PHRASE else ""


def names_in(text: str, models: Models) -> tuple[str, ...]:
    """The names under which the detector finds what a text speaks of; none when it has no name for it.

    Args:
        text: A question or a query.
        models: Nothing of them is loaded.
    """
    phrase = phrase_in(text) if models.open_vocabulary else ""
    return (phrase,) if phrase else labels_in(text, models.labels)


def head_names(text: str, models: Models) -> tuple[str, ...]:
    """Like `names_in`, for the thing that is counted or asked after."""
    phrase = phrase_in(text) if models.open_vocabulary else ""
    return (phrase,) if phrase else head_label(text, models.labels)


def head_label(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The labels of the thing that is counted or asked after: those of the first noun the detector knows.

    Example:
        >>> head_label("How many cups are on the table?", ["cup", "dining table"])
        ('cup',)
    """
    known = tuple(known)
    counted = COUNTED.search(text)
    if counted:
        return labels_in(counted[1], known)
    for word in re.split(r"\b(?:on|in|at|of|with|near|behind|under|from|next)\b", text):
        labels = labels_in(word, known)
        if labels:
            return labels
    return ()
