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
PROGRAM = "program"
"""Source of a text that a program brings: it has no time of its own."""


def condense(evidence: Timeline) -> list[Observation]:
    """One line for each thing: looks at the same thing are joined into spans, best score kept."""
    return list(evidence.merge(JOIN_SECONDS))


def phrase(line: Observation) -> str:
    """One observation in words. What was read or heard stands in quotes: it is data."""
    content = " ".join(line.content.replace('"', "'").split())
    return PHRASES[line.kind].format(content=content)


def evidence_lines(lines: Sequence[Observation]) -> str:
    """Lines in the order of time, for a prompt; those of several videos one video after the other, with its name."""
    ordered = sorted(lines, key=lambda line: (line.video, line.start))
    texts = dict.fromkeys(f"In {line.video}: {phrase(line)}" if line.video else phrase(line) for line in ordered)
    return "\n".join(texts) or "Nothing was seen, heard or read."


def timed(line: Observation) -> str:
    """One observation in words, behind its time and, where there are several, its video."""
    span = f"{line.start:.1f} s" if line.end - line.start < 0.05 else f"{line.start:.1f}-{line.end:.1f} s"
    return f"{line.video} {span}: {phrase(line)}".lstrip()


def timed_text(evidence: Timeline, characters: int) -> str:
    """A timeline with its times, for a model that writes, cut to a number of characters.

    The least sure lines go first, and of equally sure ones every second: a long row of captions is thinned out
    everywhere and not cut off at its end.
    """
    lines = condense(evidence)
    order = sorted(range(len(lines)), key=lambda place: (-lines[place].score, _reversed_bits(place)))
    kept: set[int] = set()
    used = 0
    for place in order:
        length = len(timed(lines[place])) + 1
        if kept and used + length > characters:
            break
        kept.add(place)
        used += length
    return "\n".join(timed(lines[place]) for place in sorted(kept))[:characters] or "Nothing was seen, heard or read."


def _reversed_bits(place: int) -> int:
    """Sorts numbers so that any first few of them are spread evenly: 0, 8, 4, 12, 2, ..."""
    return int(f"{place:032b}"[::-1], 2)


def quoted_text(text: str, characters: int) -> str:
    """A text that is data for a model, every line marked as a quotation, cut to a number of characters."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return "\n".join(f"> {line}" for line in lines)[:characters]
