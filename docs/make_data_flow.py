"""Make ``docs/data_flow.svg``: how a question becomes an answer.

Usage:
    python docs/make_data_flow.py
"""

from pathlib import Path

WIDTH, BOX, HEIGHT, GAP = 760, 460, 66, 34
STEPS = (
    ("video + question", "a file of yours, a question, perhaps choices", "#e8eaf6"),
    ("recall", "what is known: the video's timeline on disk, example questions", "#e8eaf6"),
    ("plan", "a named program that fits, or one that a text model writes", "#fff3e0"),
    ("check", "types, names and arguments, before anything runs", "#fff3e0"),
    ("run in a sandbox", "the program calls tools: look, read, listen, detect, search, yours", "#e8f5e9"),
    ("answer", "weighed by the evidence: confidence and grounding", "#e8f5e9"),
    ("judge", "sure enough? did the video move it? any contradiction?", "#fce4ec"),
    ("the best round", "the answer, its moments, and every step that led there", "#e8eaf6"),
)


STYLE = (
    "text{font-family:system-ui,sans-serif;text-anchor:middle;fill:#1a237e}.title{font-size:19px;font-weight:600}"
    ".text{font-size:13px;fill:#37474f}.side{font-size:13px;fill:#37474f}"
    ".way{fill:none;stroke:#5c6bc0;stroke-width:2;marker-end:url(#tip)}"
)
TIP = (
    '<marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="4" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 Z" fill="#5c6bc0"/></marker>'
)
LABEL = (
    "From a question to an answer: recall, plan, check, run, answer, judge; back to plan where it is not good enough"
)


def box(x: float, y: float, width: float, title: str, text: str, colour: str) -> str:
    """A step with its name and a line about it."""
    middle = x + width / 2
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT}" rx="10" fill="{colour}" stroke="#5c6bc0"/>'
        f'<text x="{middle}" y="{y + 27}" class="title">{title}</text>'
        f'<text x="{middle}" y="{y + 49}" class="text">{text}</text>'
    )


def way(path: str) -> str:
    """An arrow."""
    return f'<path d="{path}" class="way"/>'


def beside(x: float, y: float, turn: int, text: str) -> str:
    """A text that runs upwards (-90) or downwards (90)."""
    return f'<text x="{x}" y="{y}" class="side" transform="rotate({turn} {x} {y})">{text}</text>'


def main() -> None:
    """Write the picture."""
    left, right = 150, 150 + BOX
    tops = [24 + index * (HEIGHT + GAP) for index in range(len(STEPS))]
    recall, plan, run, judge = (tops[index] + HEIGHT / 2 for index in (1, 2, 4, 6))
    parts = [box(left, top, BOX, *step) for top, step in zip(tops, STEPS, strict=True)]
    parts += [way(f"M{left + BOX / 2} {top - GAP} V{top - 4}") for top in tops[1:]]
    parts += [
        way(f"M{left} {judge} H70 V{plan} H{left - 4}"),
        beside(54, (plan + judge) / 2, -90, "not good enough: one move, another round"),
        way(f"M{right} {run} H{right + 70} V{recall} H{right + 4}"),
        beside(right + 88, (recall + run) / 2, 90, "what was seen, heard and read stays"),
    ]
    height = tops[-1] + HEIGHT + 24
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{LABEL}">'
    ground = f'<rect width="{WIDTH}" height="{height}" rx="14" fill="#fafafa"/>'
    text = f"{head}<style>{STYLE}</style><defs>{TIP}</defs>{ground}{''.join(parts)}</svg>\n"
    Path(__file__).with_name("data_flow.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
