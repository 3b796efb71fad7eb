"""Text on the screen."""

from collections.abc import Sequence

from ..memory import Observation, Timeline
from ..video import Clip, Frame
from .context import Context
from .layout import join_rows
from .looking import look, same_pictures
from .text import same_reading
from .tool import tool

MISSED_LOOKS = 4
"""Looks in a row in which a text that is still there may be misread: a hand before it, a flash, a bad frame."""
ROUNDING = 1e-6


@tool(kind="read", needs="ocr", cost="0.3 CPU-seconds a frame that changed", version="2")
def read_text(clip: Clip, min_score: float = 0.5, *, context: Context) -> Timeline:
    """Read the text shown on screen: signs, titles, captions, clocks.

    Args:
        clip: Where to look.
        min_score: Lines below this score are dropped, 0 to 1.

    Returns:
        One observation of kind `text` for each line, from when to when it is on screen.
    """
    identity = context.models.identity("ocr")

    def see(frames: Sequence[Frame], cells: Sequence[tuple[float, float]]) -> list[Observation]:
        sources = same_pictures(frames)
        fresh = sorted(set(sources))
        read = context.models.ocr.read_all([frames[place].image for place in fresh])
        lines = dict(zip(fresh, map(join_rows, read), strict=True))
        return [
            Observation(start, end, "text", line.text, line.score, f"ocr:{identity}", line.box)
            for source, (start, end) in zip(sources, cells, strict=False)
            for line in lines[source]
        ]

    lines = look(context, clip, read_text.name, read_text.version, "ocr", see)
    kept = join_readings([line for line in lines if line.score >= min_score])
    why = lines.why or ("" if kept else f"nothing above score {min_score:g}")
    return Timeline(kept, why)


def join_readings(lines: Sequence[Observation]) -> list[Observation]:
    """One observation for each text on screen, with its best reading and its span.

    Readings of one text differ from frame to frame; two are the same when they are alike and hold the same digits
    (a running clock is many texts, not one). A text that comes back after some looks without it is another one.
    """
    groups: list[list[Observation]] = []
    for line in sorted(lines, key=lambda line: line.start):
        patience = MISSED_LOOKS * (line.end - line.start)
        # the latest first: a text is mostly read again in the next frame
        near = (group for group in reversed(groups) if line.start - group[-1].end <= patience + ROUNDING)
        home = next((group for group in near if same_reading(group[-1].content, line.content)), None)
        if home is None:
            groups.append([line])
        else:
            home.append(line)
    return [_best(group) for group in groups]


def _best(group: list[Observation]) -> Observation:
    votes: dict[str, float] = {}
    for line in group:
        votes[line.content] = votes.get(line.content, 0.0) + line.score
    content = max(votes, key=lambda text: votes[text])
    best = max((line for line in group if line.content == content), key=lambda line: line.score)
    return Observation(
        group[0].start, max(line.end for line in group), "text", content, best.score, best.source, best.box
    )
