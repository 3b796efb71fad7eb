"""The report: an answer with everything that explains it as one page that needs nothing else.

It opens from a file, sends nothing anywhere, and runs no script but its own: its policy names the script's hash, so
that words of a video would do nothing even if they were not escaped.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ..views import Markup, element, joined, stylesheet
from .answer import answer_part, described, evidence_part
from .moments import moments_part
from .player import player_part
from .rounds import cost_facts, rounds_part
from .shown import ShownVideo

if TYPE_CHECKING:
    from ...agents import Result


def report_html(result: "Result", videos: Sequence[ShownVideo]) -> Markup:
    """The whole page.

    Args:
        result: The answer.
        videos: What is shown of its videos.
    """
    style, script = Markup(stylesheet() + asset("page.css")), asset("page.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{result.question} - vidprog"),
        element("style", style),
    )
    body = element("body", _body(result, videos), element("script", script), class_="vidprog page")
    return joined([Markup("<!doctype html>\n"), element("html", head, body, lang="en")])


def policy(script: str) -> str:
    """What the page may do: show its own pictures, play local files, run one script; reach nothing."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; media-src 'self' file: data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def asset(name: str) -> Markup:
    """A style or a script of ours; neither is escaped, for neither holds what others wrote."""
    return Markup(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _body(result: "Result", videos: Sequence[ShownVideo]) -> Markup:
    title = element("p", "Asked of ", ", ".join(video.name for video in videos), class_="vp-quiet")
    header = element("header", element("p", "vidprog", class_="brand"), element("h1", result.question), title)
    found = (
        section("Answer", answer_part(result), id="answer"),
        section("Evidence", evidence_part(videos, result.answer.evidence.why)),
    )
    top = element(
        "div", element("div", *found), element("div", *(player_part(video) for video in videos)), class_="top"
    )
    sections = (
        section("Everything found", moments_part(videos)),
        section("How it was answered", rounds_part(result)),
        section("What it took", _cost(result)),
    )
    skip = element("a", "Skip to the answer", href="#answer", class_="skip")
    footer = element("footer", element("p", "Made by vidprog. ", _download(result), class_="vp-quiet"))
    return joined([skip, header, element("main", top, *sections), footer])


def section(name: str, *parts: object, **attributes: object) -> Markup:
    """A part of a page that can be gone to by its name."""
    return element("section", element("h2", name), *parts, class_="card", aria_label=name, **attributes)


def _cost(result: "Result") -> Markup:
    """What was used: calls and time, models, versions, files."""
    document = result.to_json()
    parts = (
        ("Cost", cost_facts(result.usage)),
        ("Models", [(role.replace("_", " "), spec or "none") for role, spec in document["profile"].items()]),
        ("Versions", document["versions"].items()),
        ("Videos", [(Path(video["path"]).name, f"fingerprint {video['fingerprint']}") for video in document["videos"]]),
    )
    columns = [element("div", element("h3", name), described(facts)) for name, facts in parts]
    return element("div", *columns, class_="columns")


def _download(result: "Result") -> Markup:
    """The answer for programs, inside of a link."""
    text = json.dumps(result.to_json(), ensure_ascii=False)
    data = base64.b64encode(text.encode()).decode("ascii")
    return element("a", "The answer as JSON", href=f"data:application/json;base64,{data}", download="answer.json")
