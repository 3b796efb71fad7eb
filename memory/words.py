"""What counts as a word, so that a timeline and the store search alike.

Case and accents never matter. Text read off the screen often comes without its spaces ("BUSSTOP"), so a text can also
be compared as one run of letters and digits.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")

# Words that questions are made of. Without this list "what is the number of the bus" would find every sentence with
# "the" in it, and a question about something the video does not show would never come back empty.
_QUESTION_WORDS = """
    a about all am an and any are as at be been being but by can could d did do does doing for from had has have
    having he her here hers him his how i if in into is it its ll m me my no nor not of on or our out over re s say says
    shall she should so some such t than that the their them then there these they this those through to too under up
    us ve very was we were what when where which while who whom whose why will with would you your
"""
STOP_WORDS = frozenset(_QUESTION_WORDS.split())


def fold(text: str) -> str:
    """The text in one case and without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return unicodedata.normalize("NFC", bare).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order."""
    return tuple(_WORD.findall(fold(text)))


def telling_words(query: str) -> tuple[str, ...]:
    """The words of a query that say what is wanted, as typed, each once; empty when all are stop words."""
    words = _WORD.findall(unicodedata.normalize("NFC", query))
    return tuple(dict.fromkeys(word for word in words if fold(word) not in STOP_WORDS))


def says_nothing(query: str) -> bool:
    """Whether there is nothing to look for: no word at all, or a single stop word ("to be or not to be" is fine)."""
    return not telling_words(query) and len(words_of(query)) < 2


def squeeze(text: str) -> str:
    """The folded letters and digits of a text with nothing between them: `Bus stop 42!` is `busstop42`."""
    return "".join(words_of(text))


def contains_words(content: str, query: str) -> bool:
    """Whether a text has every telling word of the query, or the query's letters in one run.

    Args:
        content: The text to look into.
        query: One or more words; a query of stop words only must occur as it is.
    """
    if says_nothing(query):
        return False
    telling = {folded for word in telling_words(query) for folded in words_of(word)}
    if telling and telling <= set(words_of(content)):
        return True
    joined = squeeze(" ".join(telling_words(query)) or query)
    return len(joined) >= (4 if joined.isascii() else 2) and joined in squeeze(content)
