"""The page in a real browser with the real embedded models: send a video, ask, look, ask on, take it home."""

import base64
import json
from pathlib import Path

import pytest
from serving import put, running
from web_server import page_app

pytest.importorskip("fastapi", reason="the extra web is not installed")

WHY = "Why is the train to Pine Valley late?"
FACES = [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")]


@pytest.fixture(scope="module")
def address(sample, models, sample_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos")
    put(folder, sample)
    with running(page_app(models, sample_store, [folder], upload=5_000_000)) as found:
        yield found


def send(page, path) -> None:
    page.set_input_files("#file", path)
    page.locator("[data-player]").wait_for()


def ask(page, question: str, count: int = 1):
    """Ask, and wait for the answer; gives its place on the page."""
    page.fill("#question", question)
    page.click("#go")
    page.locator(".turn .vp-answer").nth(count - 1).wait_for(timeout=90_000)
    return page.locator(".turn").first


def place(page) -> float:
    page.wait_for_timeout(300)
    return page.evaluate("document.querySelector('video').currentTime")


def test_from_a_file_to_an_answer_and_on(visit, address, sample):
    seen = visit(address)
    page = seen.page
    send(page, sample)
    assert "sample.mp4, 0:30.0" in page.inner_text("#video-state")
    turn = ask(page, WHY)
    assert "because of snow" in turn.locator(".vp-answer").inner_text()
    assert "sure" in turn.inner_text() and "Grounding" in turn.inner_text()
    card = turn.locator(".card-button").first
    page.evaluate("document.querySelector('video').currentTime = 0")
    card.click()
    assert place(page) == pytest.approx(float(card.get_attribute("data-start")), abs=0.2)
    assert page.locator("#player .vp-evidence").count() >= 1
    after = ask(page, "And what happens after that?", 2)
    assert "after 9." in after.inner_text()  # how it was understood
    assert after.locator("h2").inner_text() == "And what happens after that?"
    assert page.locator(".turn").count() == 2
    assert seen.complaints == []
    assert all(url.startswith((address, "data:", "blob:")) for url in seen.requests)


def test_what_was_found_can_be_taken_home(visit, address, sample, tmp_path):
    seen = visit(address)
    page = seen.page
    send(page, sample)
    turn = ask(page, WHY)
    files = {}
    for name in ("Report", "Answer as JSON", "Timeline as CSV", "Timeline as subtitles"):
        with page.expect_download() as started:
            turn.get_by_role("link", name=name).click()
        files[name] = tmp_path / started.value.suggested_filename
        started.value.save_as(files[name])
    assert "snow" in json.loads(files["Answer as JSON"].read_text())["answer"]
    assert files["Timeline as CSV"].read_text().startswith("start,end,kind,content")
    assert "-->" in files["Timeline as subtitles"].read_text()
    (tmp_path / "sample.mp4").write_bytes(Path(sample).read_bytes())  # beside the report it is played
    report = visit(files["Report"].as_uri())
    report.page.wait_for_timeout(500)
    assert report.page.locator("h1").inner_text() == WHY and report.complaints == []
    assert report.page.evaluate("document.querySelector('video').readyState") > 0


def test_steps_arrive_while_it_works_and_it_can_be_stopped(visit, sample, models, tmp_path):
    with running(page_app(models, tmp_path / "store")) as address:  # nothing is known: it has to listen first
        page = visit(address).page
        send(page, sample)
        page.fill("#question", WHY)
        page.keyboard.press("Enter")
        page.locator(".live p").first.wait_for()
        assert "Round 1" in page.inner_text(".live") and page.locator(".turn .vp-answer").count() == 0
        page.click("#stop")
        page.get_by_role("alert").wait_for()
        assert "Stopped" in page.get_by_role("alert").inner_text()
        assert page.is_enabled("#go") and page.is_hidden("#stop")


def test_a_file_that_is_dropped_is_sent(visit, address, sample):
    page = visit(address).page
    carried = page.evaluate_handle(
        """text => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], "dropped.mp4"));
            return carried;
        }""",
        base64.b64encode(sample.read_bytes()).decode(),
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": carried})
    page.locator("[data-player]").wait_for()
    assert "dropped.mp4, 0:30.0" in page.inner_text("#video-state")


def test_choices_and_a_program(visit, address):
    page = visit(address).page
    page.select_option("#videos", "sample.mp4")
    page.locator("[data-player]").wait_for()
    page.get_by_text("Choices, program, models").click()
    page.fill("#choices", "because of a strike\nbecause of snow\n\n")
    page.select_option("#program", "hear_speech")
    turn = ask(page, WHY)
    assert turn.locator(".choices .chosen").inner_text().startswith("because of snow")
    assert "hear_speech (1 round" in turn.inner_text()


def test_wrong_files_are_said_to_be_wrong(visit, address, tmp_path):
    page = visit(address).page
    for name, content, says in (
        ("notes.mp4", b"not a video", "Notes.mp4 is a text file, not a video"),
        ("large.mp4", bytes(5_100_000), "up to 5 MB are taken"),
    ):
        (tmp_path / name).write_bytes(content)
        page.set_input_files("#file", tmp_path / name)
        page.get_by_text(says).wait_for()
        assert page.is_disabled("#go")


def test_two_people_have_a_conversation_each(visit, address):
    one, other = visit(address).page, visit(address).page
    for page in (one, other):
        page.select_option("#videos", "sample.mp4")
        page.locator("[data-player]").wait_for()
    one.fill("#question", WHY)
    other.fill("#question", "Which animal is shown?")
    one.click("#go")
    other.click("#go")
    for page in (one, other):
        page.locator(".turn .vp-answer").wait_for(timeout=90_000)
    assert one.locator(".turn h2").all_inner_texts() == [WHY]
    assert other.locator(".turn h2").all_inner_texts() == ["Which animal is shown?"]
    assert "Understood as" not in ask(other, "What does the notice say?", 2).inner_text()


def test_the_sample_clip_is_one_click_away(visit, address):
    page = visit(address).page
    page.get_by_role("button", name="Try the sample clip").click()
    page.locator("[data-player]").wait_for(timeout=90_000)
    assert "sample.mp4" in page.inner_text("#video-state") and page.is_enabled("#go")


@pytest.mark.parametrize(("width", "scheme"), FACES)
def test_it_fits_and_has_no_barriers(visit, address, barriers, width, scheme):
    page = visit(address, width=width, scheme=scheme).page
    assert barriers(page) == []
    page.select_option("#videos", "sample.mp4")
    page.locator("[data-player]").wait_for()
    ask(page, WHY)
    for fold in page.locator("summary").all():
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []
