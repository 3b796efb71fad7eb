"""The page before anything is chosen, and the rules that its browser goes by."""

from collections.abc import Iterable
from importlib import resources

from ...programs import Catalog, missing_roles
from ..report.page import asset, section
from ..views import Markup, element, joined, stylesheet

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}  # fmt: skip


def styles() -> str:
    """The look: that of everything, of reports, and of this page."""
    return stylesheet() + asset("page.css") + _own("web.css")


def scripts() -> str:
    """What reports do with moments, and what this page does besides."""
    return asset("page.js") + _own("web.js")


def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def page(programs: Iterable[str], profiles: Iterable[str], largest: int) -> str:
    """The page.

    Args:
        programs: That may be chosen.
        profiles: Of models; the first is the default.
        largest: Bytes of a video that may be sent.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", "Ask a video - vidprog"),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href="/web.css"),
    )
    asking = element("div", _video(largest), _question(programs, profiles), element("div", id="turns"))
    seeing = element("div", element("div", _start(), id="player"), element("div", id="moments"), id="side")
    header = element("header", element("p", "vidprog", class_="brand"), element("h1", "Ask a video"))
    main = element("main", element("div", asking, seeing, class_="top"))
    body = element("body", header, main, element("script", src="/web.js"), class_="vidprog page", data_largest=largest)
    return joined([Markup("<!doctype html>\n"), element("html", head, body, lang="en")])


def runnable(roles: frozenset[str]) -> tuple[str, ...]:
    """Names of the programs about one video that the models are enough for."""
    return tuple(
        program.name for program in Catalog.builtin() if program.takes == "one" and not missing_roles(program, roles)
    )


def _video(largest: int) -> Markup:
    file = element("input", type="file", id="file", accept="video/*,audio/*,.mkv", class_="unseen")
    pick = element("label", "Choose a file", for_="file", class_="action")
    drop = element("div", file, pick, element("span", " or drop one here", class_="vp-quiet"), id="drop")
    hint = element("p", f"Up to {largest / 1e6:.0f} MB. It stays on the machine that runs vidprog.", class_="vp-quiet")
    listed = element("select", element("option", "choose ...", value=""), id="videos")
    label = element("label", "Or one that is there already: ", for_="videos")
    bar = element("progress", id="sending", max=1, value=0, hidden=True, aria_label="Sending")
    here, state = element("p", label, listed, id="here", hidden=True), element("p", role="status", id="video-state")
    return section("Video", drop, hint, here, bar, state)


def _start() -> Markup:
    """What stands where the player will be."""
    steps = (
        "Choose a video, or try the sample clip.",
        "Ask about what is said, written, shown or done in it; ask on: what happens after that?",
        "See the answer, how sure it is, and the moments that prove it: each can be gone to.",
    )
    sample = element("button", "Try the sample clip", type="button", id="sample", class_="action")
    return element(
        "div", section("How it works", element("ol", *(element("li", step) for step in steps)), sample), class_="hint"
    )


def _question(programs: Iterable[str], profiles: Iterable[str]) -> Markup:
    asked = element("textarea", id="question", rows=2, maxlength=4000, required=True)
    choices = element("textarea", id="choices", rows=3, placeholder="yes\nno")
    program = _select("program", [("", "the one that fits best"), *((name, name) for name in programs)])
    profile = _select("profile", [(name, name) for name in profiles])
    rounds = element("input", type="number", id="rounds", min=1, max=10, placeholder="3")
    options = element(
        "details",
        element("summary", "Choices, program, models"),
        element("div", element("label", "Choices, one a line", for_="choices"), choices, class_="field"),
        element("div", element("label", "Program", for_="program"), program, class_="field"),
        element("div", element("label", "Models", for_="profile"), profile, class_="field"),
        element("div", element("label", "Rounds at most", for_="rounds"), rounds, class_="field"),
    )
    ask = element("button", "Ask", type="submit", id="go", class_="action primary", disabled=True)
    stop = element("button", "Stop", type="button", id="stop", class_="action", hidden=True)
    form = element(
        "form", element("label", "What do you want to know?", for_="question"), asked, options,
        element("p", ask, " ", stop), id="ask",
    )  # fmt: skip
    return section("Question", form)


def _select(name: str, options: Iterable[tuple[str, str]]) -> Markup:
    return element("select", *(element("option", text, value=value) for value, text in options), id=name)
