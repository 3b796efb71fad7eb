"""Answers that are wrong, each with its trace folded up under it: what was asked, seen, run and weighed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from .items import Item
from .overview import Overview, Row
from .sections import wrong_of

MOST = 300
"""Traces that stand on the page; of the others it links the files, which lie beside it."""
LINES = 12
"""Moments of evidence and calls of tools that are shown of a trace."""


def failures(run: Overview) -> str:
    """All wrong answers of the systems that saw the videos as they are."""
    parts, left = [], MOST
    for row in run.plain:
        wrong = list(wrong_of(row))
        if wrong:
            shown = "\n".join(failure(run, row, item, place < left) for place, item in enumerate(wrong))
            left = max(0, left - len(wrong))
            opened = " open" if len(run.plain) == 1 else ""
            head = f"<summary><b>{_text(row.name)}</b>: {len(wrong)} of {len(row.items)}</summary>"
            parts.append(f"<details{opened}>{head}\n{shown}\n</details>")
    return "\n".join(parts)


def failure(run: Overview, row: Row, item: Item, whole: bool) -> str:
    """One wrong answer; with its trace, or only where that is."""
    line = row.lines[item.id]
    head = f"<summary>{_text(item.question)} <span class=bad>{_text(said(line))}</span></summary>"
    facts = f"<p>Right: <span class=good>{_text(item.reference or str(list(item.spans)))}</span></p>"
    trace = run.directory.trace(line.get("trace", "")) if whole else {}
    link = f'<p><a href="{quote(line.get("trace", ""))}">trace as JSON</a> · {_text(item.id)} · {_text(item.video)}</p>'
    return f"<details>{head}{facts}{options_list(item, line)}{_trace(trace.get('result', {}))}{link}</details>"


def said(line: Mapping[str, Any]) -> str:
    """What was answered, in a line."""
    if line["error"]:
        return f"failed: {line['error']}"
    nearest = f"; nearest {line['text']}" if line["text"] else ""
    words = f"abstained{nearest}" if line["abstained"] else line["text"] or "nothing"
    return f"{words} ({line['confidence']:.2f})"


def options_list(item: Item, line: Mapping[str, Any]) -> str:
    """The options with their probabilities."""
    if not item.choices:
        return ""
    values = line["probabilities"] or [None] * len(item.choices)
    rows = []
    for place, (text, value) in enumerate(zip(item.choices, values, strict=False)):
        kind = " class=good" if place == item.truth else " class=bad" if place == line["choice"] else ""
        rows.append(f"<li{kind}>{_text(text)}{f' {value:.2f}' if value is not None else ''}</li>")
    return f"<ul>{''.join(rows)}</ul>"


def _trace(result: Mapping[str, Any]) -> str:
    if "rounds" not in result:
        return ""
    evidence = [_moment(moment) for moment in result["evidence"]]
    rounds = "".join(_round(number, part) for number, part in enumerate(result["rounds"], 1))
    grounding = "" if result["grounding"] is None else f", grounding {result['grounding']:+.2f}"
    basis = f"<p>{_text(result['basis'])}{grounding}</p>"
    return f"{basis}{_folded('evidence', evidence)}{rounds}{_folded('warnings', result['warnings'])}"


def _moment(moment: Mapping[str, Any]) -> str:
    when = f"{moment['start']:.1f}–{moment['end']:.1f} s"
    return f"{when} {moment['kind']}: {moment['content']} ({moment['score']:.2f})"


def _round(number: int, part: Mapping[str, Any]) -> str:
    title = (
        f"round {number}: {part['move']}, {part['program']}, {part['answer'] or 'nothing'} ({part['confidence']:.2f})"
    )
    judged = f"<p>{_text(part['diagnosis'] or 'accepted')} {_text(part['reason'])}</p>"
    broken = f"<p class=bad>{_text(part['error']['message'])}</p>" if part["error"] else ""
    steps = _folded("calls", list(_steps(part["steps"])))
    source = f"<details><summary>program</summary><pre>{_text(part['source'])}</pre></details>"
    return f"<details><summary>{_text(title)}</summary>{judged}{broken}{steps}{source}</details>"


def _steps(steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        why = f" ({step['why']})" if step.get("why") else ""
        yield f"{step['tool']}: {step.get('result', '')}{why}, {step.get('seconds', 0):.2f} s"


def _folded(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = [f"... and {len(lines) - LINES} more"] if len(lines) > LINES else []
    items = "".join(f"<li>{_text(line)}</li>" for line in (*lines[:LINES], *more))
    return f"<details><summary>{_text(title)} ({len(lines)})</summary><ul>{items}</ul></details>"


def _text(text: Any) -> str:
    return escape(str(text))


def joined(parts: Iterable[str]) -> str:
    """Parts of a page one under the other."""
    return "\n".join(part for part in parts if part)
