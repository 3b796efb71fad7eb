"""The report in a real browser: it loads, plays, jumps, filters, and can be used without a mouse, eyes or network."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from vidprog.agents import Session
from vidprog.apps.report import write_report
from vidprog.memory import Observation, Timeline

WHY = "Why is the train to Pine Valley late?"
REASONS = ("because of snow", "because of a strike", "because of a fallen tree")
HOSTILE = '</script><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
FACES = [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")]


@pytest.fixture(scope="module")
def result(sample, sample_store, models):
    with Session(sample, models=models) as session:
        return session.ask(WHY, REASONS)


@pytest.fixture(scope="module")
def report(result, tmp_path_factory) -> Path:
    return write_report(result, tmp_path_factory.mktemp("report") / "answer.html")


def playing(page) -> float:
    """Seconds at which the player stands, once it has got there (the policy allows no waiting inside of the page)."""
    ready = "(([video]) => video.readyState > 1 && !video.seeking)(document.querySelectorAll('video'))"
    for _ in range(100):
        if page.evaluate(ready):
            break
        page.wait_for_timeout(50)
    return page.evaluate("document.querySelector('video').currentTime")


def shown(page) -> list[str]:
    return page.locator(".moments > li:visible .content").all_inner_texts()


def test_it_loads_quietly_and_asks_for_nothing_but_the_video(visit, report, sample):
    seen = visit(report.as_uri())
    start = float(seen.page.locator(".vp-evidence").first.get_attribute("data-start"))
    assert playing(seen.page) == pytest.approx(start, abs=0.1)  # it begins with the evidence
    assert seen.complaints == []
    assert {url for url in seen.requests if not url.startswith("data:")} == {report.as_uri(), sample.as_uri()}


def test_cards_bars_rows_and_buttons_jump(visit, report):
    page = visit(report.as_uri()).page
    for selector in (".card-button >> nth=0", ".vp-object .vp-bar >> nth=2", ".moments button >> nth=20"):
        target = page.locator(selector)
        target.click()
        assert playing(page) == pytest.approx(float(target.get_attribute("data-start")), abs=0.1)
    page.get_by_role("button", name="Next evidence").click()
    evidence = [float(bar.get_attribute("data-start")) for bar in page.locator(".vp-evidence").all()]
    assert playing(page) == pytest.approx(min(evidence), abs=0.1)  # round to the first one
    assert page.locator(".vp-bar.now").count() >= 1


def test_filters_by_kind_words_and_evidence(visit, report):
    page = visit(report.as_uri()).page
    everything = shown(page)
    page.get_by_role("checkbox", name="Objects").uncheck()
    assert len(shown(page)) < len(everything) and "cup" not in shown(page)
    assert page.locator(".vp-object .vp-bar:visible").count() == 0
    page.get_by_role("searchbox").fill("LOST prop")
    assert shown(page) == ["Lost property"]
    assert page.get_by_role("status").inner_text() == f"1 of {len(everything)} moments"
    page.get_by_role("searchbox").fill("")
    page.get_by_role("checkbox", name="Evidence only").check()
    assert 0 < len(shown(page)) < len(everything)
    assert any("snow" in content for content in shown(page))


def test_it_can_be_used_with_the_keyboard_alone(visit, report):
    page = visit(report.as_uri()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.locator(".vp-text .vp-bar").first.focus()
    first = page.evaluate("document.activeElement.dataset.start")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    later = page.evaluate("document.activeElement.dataset.start")
    assert float(later) > float(first)
    page.keyboard.press("Enter")
    assert playing(page) == pytest.approx(float(later), abs=0.1)
    page.keyboard.press("Tab")  # one stop for each lane
    assert page.evaluate("document.activeElement.dataset.kind") == "object"
    assert page.evaluate("getComputedStyle(document.querySelector('.card-button')).cursor") == "pointer"


@pytest.mark.parametrize(("width", "scheme"), FACES)
def test_it_fits_and_has_no_barriers(visit, report, barriers, width, scheme):
    page = visit(report.as_uri(), width=width, scheme=scheme).page
    playing(page)
    for fold in page.locator("summary").all():
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []


def test_frames_stand_in_for_a_video_that_is_away(visit, result, tmp_path):
    page = write_report(result, tmp_path / "answer.html")
    page.write_text(re.sub(r'<source src="[^"]*', '<source src="nowhere.mp4', page.read_text()))
    seen = visit(page.as_uri()).page
    seen.locator(".away").wait_for(state="visible")
    assert not seen.locator("video").is_visible()
    seen.locator(".card-button").first.click()
    first = seen.locator(".still img").get_attribute("src")
    seen.locator(".vp-object .vp-bar").last.click()
    assert first.startswith("data:image/jpeg") and seen.locator(".still img").get_attribute("src") != first


def test_hostile_words_do_nothing(visit, result, tmp_path):
    moment = Observation(4.0, 6.0, "text", HOSTILE, 0.9, "ocr:test")
    answer = replace(result.answer, text=HOSTILE, evidence=Timeline([moment]))
    path = write_report(replace(result, question=HOSTILE, answer=answer), tmp_path / "answer.html")
    seen = visit(path.as_uri())
    playing(seen.page)
    assert seen.page.evaluate("window.hacked") is None
    assert seen.page.locator("h1").inner_text() == HOSTILE
    assert seen.complaints == [] and not any(url.endswith("/x") for url in seen.requests)


def test_its_policy_stops_a_script_that_got_in(visit, report, tmp_path):
    (tmp_path / "broken.html").write_text(
        report.read_text().replace("</main>", "<script>window.hacked = 1</script></main>")
    )
    seen = visit((tmp_path / "broken.html").as_uri())
    assert seen.page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)
