"""What a notebook shows, in a browser: light and dark, wide and narrow, for those who see and those who do not."""

import pytest

PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>a notebook</title>'
    '<meta name="viewport" content="width=device-width"><body {theme} style="margin: 8px">'
    "<main><h1>A notebook</h1><h2>Out</h2>{shown}</main></body>"
)
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(21, 25, 29)"


@pytest.fixture(scope="module")
def shown(sample, sample_store, models):
    from vidprog.agents.ask import ask
    from vidprog.apps.notebook import show

    result = ask(sample, "Which animal is shown?", ["a dog", "a cat", "a horse"], models=models, store=sample_store)
    return show.result(result) + show.timeline(result.timeline())


@pytest.fixture
def page(shown, tmp_path, visit):
    """The outputs in a page of their own; `theme` is what the notebook says of its colours."""

    def opened(theme="", **options):
        path = tmp_path / "page.html"
        path.write_text(PAGE.format(theme=theme, shown=shown), encoding="utf-8")
        return visit(path.as_uri(), **options)

    return opened


FACES = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")])


@FACES
def test_outputs_fit_and_need_nothing_from_afar(page, width, scheme):
    seen = page(width=width, scheme=scheme)
    assert seen.complaints == []
    assert len(seen.requests) == 1 + sum(url.startswith("data:") for url in seen.requests), (
        "nothing is loaded from afar"
    )
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.page.locator(".vp-bar").first.is_visible()
    assert seen.page.locator("figure img").first.evaluate("image => image.naturalWidth") > 200


@FACES
def test_everybody_can_read_the_outputs(page, barriers, width, scheme):
    assert barriers(page(width=width, scheme=scheme).page) == []


@pytest.mark.parametrize(
    ("theme", "scheme", "paper"),
    [
        ("", "light", LIGHT), ("", "dark", DARK),
        ('data-jp-theme-light="true"', "dark", LIGHT), ('data-jp-theme-light="false"', "light", DARK),
        ('class="vscode-dark"', "light", DARK),
    ],
)  # fmt: skip
def test_colours_follow_the_notebook_before_the_system(page, theme, scheme, paper):
    seen = page(theme, scheme=scheme)
    assert seen.page.locator(".vidprog").first.evaluate("e => getComputedStyle(e).backgroundColor") == paper


def test_the_steps_of_a_round_can_be_folded_by_keyboard(page):
    seen = page()
    steps = seen.page.locator(".vp-steps").first
    assert steps.is_visible(), "one round only is open"
    seen.page.locator(".vp-round > summary").first.focus()
    seen.page.keyboard.press("Enter")
    assert not steps.is_visible()
