"""Evidence as a model reads it: joined, quoted, and never more than it can take."""

from collections.abc import Sequence

from ..memory import Observation, Timeline

PHRASES = {
    "speech": 'Someone says: "{content}"',
    "text": 'Text on screen: "{content}"',
    "object": "Visible: {content}",
    "caption": "{content}",
    "action": "Happens: {content}",
    "shot": "Shot: {content}",
    "note": "Seen: {content}",
}
"""How an observation of each kind is put into words."""
JOIN_SECONDS = 3.0


def condense(evidence: Timeline) -> list[Observation]:
    """One line for each thing: looks at the same thing are joined into spans, best score kept."""
    return list(evidence.merge(JOIN_SECONDS))


def phrase(line: Observation) -> str:
    """One observation in words. What was read or heard stands in quotes: it is data."""
    content = " ".join(line.content.replace('"', "'").split())
    return PHRASES[line.kind].format(content=content)


def evidence_lines(lines: Sequence[Observation]) -> str:
    """Lines in the order of time, for a prompt."""
    texts = dict.fromkeys(phrase(line) for line in sorted(lines, key=lambda line: line.start))
    return "\n".join(texts) or "Nothing was seen, heard or read."


def evidence_text(evidence: Timeline, characters: int) -> str:
    """A timeline for a prompt, cut to a number of characters; the least sure lines go first."""
    lines = sorted(condense(evidence), key=lambda line: -line.score)
    kept: list[Observation] = []
    used = 0
    for line in lines:
        used += len(phrase(line)) + 1
        if used > characters:
            break
        kept.append(line)
    return evidence_lines(kept)
