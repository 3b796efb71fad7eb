"""Search by words and by meaning, fused into one ranking.

Words find names and numbers that an embedder blurs; meaning finds what was said in other words. Each gives a ranking of
texts, and reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009) joins them without comparing BM25 with
cosines, which have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .database import Database
from .embeddings import Embeddings, TextEmbedder
from .observation import Observation
from .records import Filter, select_observations, to_observation
from .timeline import join
from .words import fold, says_nothing, squeeze, telling_words, words_of

# The constant of the paper: large enough that one first place does not outweigh two good places.
FUSION_K = 60
# Measured with all-MiniLM-L6-v2 on 20 typical lines of speech, screen text and labels: of 15 queries that one line
# answers, 14 have a cosine of 0.35 or more with it (0.25: 15); 8 queries about something else stay below 0.35 with all
# 20 lines (160 pairs, highest 0.33; at 0.30 five come through). Without a floor, a query that nothing matches would
# still return its ten least bad texts.
MEANING_FLOOR = 0.35
# Texts that each ranking contributes; a text further down cannot reach the first few places.
_DEPTH = 200
# Shorter runs of Latin letters occur inside unrelated words ("art" in "start"); one Chinese word has two characters.
_SHORTEST_RUN = {True: 4, False: 2}
_TRIGRAM = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment that a search found."""

    observation: Observation
    score: float
    """0 to 1: 1 is first place in every ranking that was searched. It orders hits of one search, and says nothing about
    how good the best one is; `why` does."""
    why: str
    """Which ranking found it: `words`, `letters` (words without their spaces), `meaning 0.62` (cosine)."""


@dataclass(slots=True)
class _Moment:
    observation: Observation
    text: int


def search(
    database: Database,
    embeddings: Embeddings,
    query: str,
    embedder: TextEmbedder | None,
    wanted: Filter,
    limit: int,
    floor: float,
) -> tuple[Hit, ...]:
    """See `VideoMemory.search`."""
    if limit <= 0 or says_nothing(query):
        return ()
    rankings = [_by_words(database, query, wanted)]
    if embedder is not None:
        near = embeddings.nearest(query, embedder, wanted, floor, _DEPTH)
        rankings.append({text: f"meaning {cosine:.2f}" for text, cosine in near})
    scores = fuse([list(ranking) for ranking in rankings])
    reasons = {text: " + ".join(ranking[text] for ranking in rankings if text in ranking) for text in scores}
    hits = [
        Hit(moment.observation, scores[moment.text] / repetition, reasons[moment.text])
        for moment, repetition in _numbered(_moments(database, scores, wanted), scores)
    ]
    hits.sort(key=lambda hit: (-hit.score, -hit.observation.score, hit.observation.start))
    return tuple(hits[:limit])


def fuse(rankings: Sequence[Sequence[int]]) -> dict[int, float]:
    """Reciprocal rank fusion, scaled so that first place in every ranking gives 1.

    Args:
        rankings: Each best first, without repetition.

    Returns:
        Score of everything that is in a ranking, more than 0 and at most 1.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for place, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + (FUSION_K + 1) / (FUSION_K + place) / len(rankings)
    return scores


def _by_words(database: Database, query: str, wanted: Filter) -> dict[int, str]:
    """Texts that share words with the query, best first, each with the reason.

    Words, and neighbouring words without the space between them, take turns; words inside a longer run of letters come
    last, as "stop" in "BUSSTOP" is worth showing and "rain" in "TRAINING" is not worth more.
    """
    words = _match(database, "words", _word_expression(query), wanted)
    pairs = _match(database, "letters", _expression(_joined(query)), wanted)
    inside = _runs(database, query, wanted)
    ranked = [text for places in _take_turns(words, pairs) for text in places]
    return dict.fromkeys((*ranked, *inside), "letters") | dict.fromkeys(words, "words")


def _take_turns(first: list[int], second: list[int]) -> Iterable[list[int]]:
    for place in range(max(len(first), len(second))):
        yield first[place : place + 1] + second[place : place + 1]


def _word_expression(query: str) -> str:
    """The query for FTS5: any telling word; the very phrase when there are only stop words, as in "the who"."""
    telling = telling_words(query)
    if telling:
        return _expression(telling)
    return _expression([" ".join(words_of(query))])


def _expression(strings: Iterable[str]) -> str:
    """FTS5 for "any of these"; quoted, so that nothing in a query is ever taken for syntax."""
    return " OR ".join('"' + string.replace('"', '""') + '"' for string in strings)


def _joined(query: str) -> list[str]:
    """Neighbouring telling words with nothing between them, and all of them together."""
    words = [squeeze(word) for word in telling_words(query)]
    if len(words) < 2:
        return []
    runs = dict.fromkeys(["".join(words), *(a + b for a, b in pairwise(words))])
    return [run for run in runs if _long_enough(run) and len(run) >= _TRIGRAM]


def _runs(database: Database, query: str, wanted: Filter) -> list[int]:
    """Texts with a telling word inside a longer run: in what was read off the screen, and in scripts without spaces."""
    found: list[int] = []
    telling = [squeeze(word) for word in telling_words(query)]
    runs = [run for run in telling if _long_enough(run)]
    latin = [run for run in runs if run.isascii()]
    others = [run for run in runs if not run.isascii()]
    found += _match(database, "letters", _expression(run for run in others if len(run) >= _TRIGRAM), wanted)
    for run in (run for run in others if len(run) < _TRIGRAM):  # too short for the index of trigrams
        found += _containing(database, run, wanted)
    found += _match(database, "letters", _expression(latin), wanted, "AND o.kind = 'text'")
    return found


def _long_enough(run: str) -> bool:
    return len(run) >= _SHORTEST_RUN[run.isascii()]


def _match(database: Database, table: str, expression: str, wanted: Filter, condition: str = "") -> list[int]:
    """Texts that an FTS5 table finds, best BM25 first."""
    if not expression:
        return []
    rows = database.rows(
        f"""SELECT rowid FROM {table} WHERE {table} MATCH ? AND EXISTS (
            SELECT 1 FROM observation o WHERE o.text = {table}.rowid AND {wanted.condition} {condition})
        ORDER BY rank, rowid LIMIT {_DEPTH}""",
        (expression, *wanted.values),
    )
    return [row[0] for row in rows]


def _containing(database: Database, run: str, wanted: Filter) -> list[int]:
    rows = database.rows(
        f"""SELECT t.id FROM text t WHERE instr(t.squeezed, ?) > 0 AND EXISTS (
            SELECT 1 FROM observation o WHERE o.text = t.id AND {wanted.condition})
        ORDER BY length(t.squeezed), t.id LIMIT {_DEPTH}""",
        (run, *wanted.values),
    )
    return [row[0] for row in rows]


def _moments(database: Database, texts: Collection[int], wanted: Filter) -> list[_Moment]:
    """Every time that one of the texts was observed."""
    rows = database.rows(
        f"{select_observations('o.text')} WHERE o.text IN ({', '.join('?' * len(texts))}) AND {wanted.condition}",
        (*texts, *wanted.values),
    )
    return [_Moment(to_observation(row), row[11]) for row in rows]


def _numbered(moments: list[_Moment], scores: dict[int, float]) -> Iterable[tuple[_Moment, int]]:
    """Each distinct moment with its number among the moments of the same content, surest first.

    The n-th repetition counts an n-th: two hundred detections of "dog" must not hide the sentence about the dog.
    """
    groups: dict[tuple[str, str], list[_Moment]] = {}
    for moment in moments:
        observation = moment.observation
        same = squeeze(observation.content) or fold(observation.content)
        groups.setdefault((observation.kind, same), []).append(moment)
    for group in groups.values():
        merged = _merge(group, scores)
        merged.sort(key=lambda moment: (-moment.observation.score, moment.observation.start))
        yield from ((moment, number) for number, moment in enumerate(merged, 1))


def _merge(moments: list[_Moment], scores: dict[int, float]) -> list[_Moment]:
    """Join moments of the same content that overlap or touch."""
    merged: list[_Moment] = []
    for moment in sorted(moments, key=lambda m: (m.observation.start, m.observation.end)):
        last = merged[-1] if merged else None
        if last is None or moment.observation.start > last.observation.end:
            merged.append(replace(moment))
            continue
        last.observation = join(last.observation, moment.observation)
        last.text = max(last.text, moment.text, key=lambda text: scores[text])
    return merged
