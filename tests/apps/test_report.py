"""The report as a file: what it holds, what it escapes, where it looks for the video."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.agents import Session
from vidprog.apps.report import file as report_file
from vidprog.apps.report import report_html, shown_videos, write_report
from vidprog.memory import Observation, Timeline
from vidprog.video.errors import UsageError

WHY = "Why is the train to Pine Valley late?"
REASONS = ("because of snow", "because of a strike", "because of a fallen tree")
HOSTILE = "</script><img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>' onclick='hacked=1"


@pytest.fixture(scope="module")
def result(sample, sample_store, models):
    with Session(sample, models=models) as session:
        return session.ask(WHY, REASONS)


@pytest.fixture(scope="module")
def html(result, tmp_path_factory) -> str:
    page = tmp_path_factory.mktemp("report") / "answer.html"
    return write_report(result, page).read_text(encoding="utf-8")


def hostile(result, text: str):
    """The same answer to another question, with other words wherever a video or a model has its say."""
    moment = Observation(4.0, 6.0, "text", text, 0.9, "ocr:test", (0.1, 0.1, 0.5, 0.5))
    answer = replace(result.answer, text=text, evidence=Timeline([moment]), warnings=(text,))
    step = {"tool": text, "arguments": {"query": text}, "result": text, "seconds": 0.1, "cost": {}, "cached": False,
            "why": text, "failed": True}  # fmt: skip
    rounds = tuple(
        {**round_, "answer": text, "reason": text, "source": text, "steps": [step]} for round_ in result.rounds
    )
    program = {"name": text, "source": text, "planner": text}
    changes = {"question": text, "choices": (text, "no"), "rounds": rounds, "program": program, "warnings": (text,)}
    return replace(result, answer=replace(answer, choice=0, probabilities=(0.9, 0.1)), **changes)


def test_it_holds_the_answer_and_everything_that_explains_it(html, result):
    assert "because of snow" in html and WHY in html
    assert "is late today, because of snow" in html  # what was said
    assert "transcribe" in html and "def why(" in html  # steps and program
    assert "it fits the question (nearest-example)" in html  # why this program
    assert "ctranslate2:smollm2-135m" in html and result.videos[0]["fingerprint"] in html
    assert html.count("data:image/jpeg;base64,") >= 9  # a strip of eight, and the evidence


def test_nothing_in_it_comes_from_elsewhere(html):
    assert re.findall(r'(?:src|href)="(?!data:|#|file:)([^"]+)"', html) == ["../clips0/sample.mp4"]
    assert "http:" not in html.replace("http-equiv", "") and "https:" not in html and "@import" not in html


def test_its_policy_lets_only_its_own_script_run(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert "default-src &#x27;none&#x27;" in policy and "unsafe-eval" not in policy
    assert "script-src &#x27;sha256-" in policy and html.count("<script>") == 1


def test_lanes_show_what_is_known_and_what_is_evidence(html):
    for kind in ("speech", "text", "object"):
        assert f'class="vp-lane vp-{kind}"' in html
    assert html.count("vp-bar vp-evidence") >= 1 and "Lost property" in html


@pytest.mark.parametrize("place", ["clip.mp4", "deep/er/clip #1.mp4"])
def test_the_video_is_found_from_where_the_page_lies(place, tmp_path):
    relative, absolute = report_file.beside(tmp_path / place, tmp_path / "reports" / "answer.html")
    assert relative == "../" + place.replace(" #", "%20%23")
    assert absolute.startswith("file:///") and " " not in absolute


def test_a_small_video_may_be_put_into_the_page(result, tmp_path, monkeypatch):
    html = write_report(result, tmp_path / "all.html", embed=True).read_text()
    assert 'src="data:video/mp4;base64,' in html and "file:///" not in html
    monkeypatch.setattr(report_file, "LARGEST_EMBEDDED", 1000)
    with pytest.raises(UsageError, match="up to 0 MB go into a page"):
        write_report(result, tmp_path / "large.html", embed=True)


def test_a_video_that_is_gone_leaves_the_rest(result, tmp_path):
    moved = elsewhere(result, tmp_path / "gone.mp4")
    html = write_report(moved, tmp_path / "answer.html").read_text()
    assert "data:image" not in html and "because of snow" in html and "gone.mp4" in html


def test_without_a_memory_the_evidence_is_shown(result, tmp_path):
    html = write_report(replace(result, store=str(tmp_path / "nothing")), tmp_path / "answer.html").read_text()
    assert "because of snow" in html and "Lost property" not in html
    assert not (tmp_path / "nothing").exists()


def test_an_answer_without_evidence_says_why(result):
    bare = replace(result, answer=replace(result.answer, evidence=Timeline(why="nobody spoke")))
    assert "No moment of the video supports this answer: nobody spoke." in page_of(bare)


def elsewhere(result, path):
    return replace(result, videos=({**result.videos[0], "path": str(path)},), path=str(path))


def page_of(result) -> str:
    return report_html(result, shown_videos(elsewhere(result, "away.mp4"), {}, {}))


class Tags(HTMLParser):
    """The tags of a page with the names of their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, tuple(name for name, _ in attributes)))

    def handle_data(self, data):
        self.words.append(data)


def test_hostile_words_stay_words(result):
    told = Tags(page_of(hostile(result, HOSTILE)))
    assert told.found == Tags(page_of(hostile(result, "a sign"))).found
    assert any(HOSTILE in words for words in told.words)


@settings(max_examples=25)
@given(words=st.text(min_size=1, max_size=60).filter(str.strip))
def test_no_words_of_a_video_become_markup(result, words):
    assert Tags(page_of(hostile(result, words))).found == Tags(page_of(hostile(result, "a sign"))).found


def test_several_videos_have_a_player_each(models, signs, more_signs, signs_memory, tmp_path):
    with Session(signs, more_signs, models=models, store=signs_memory) as session:
        result = session.ask("Which of the videos shows the words LIBRARY OPEN?")
    html = write_report(result, tmp_path / "answer.html").read_text()
    assert html.count("<video ") == 2
    assert 'data-player="1"' in html and "LIBRARY OPEN" in html and "HARBOUR CLOSED" in html


def test_ask_writes_a_report(cli, sample, sample_store, tmp_path):
    page = tmp_path / "answer.html"
    ran = cli("ask", sample, WHY, "-c", REASONS[0], "-c", REASONS[1], "--report", page, "--store", sample_store)
    assert ran.code == 0 and ran.out.startswith("because of snow") and f"report: {page}" in ran.err
    assert "Lost property" in page.read_text()  # of the store that was given


@pytest.mark.parametrize(
    ("name", "says"), [("answer.mp4", "is no name for a page"), ("nowhere/answer.html", "is not a directory")]
)
def test_a_report_that_cannot_be_written_is_refused_before_any_work(cli, sample, tmp_path, name, says):
    ran = cli("ask", sample, WHY, "--report", tmp_path / name, "--store", tmp_path / "store")
    assert ran.code == 2 and says in ran.err
    assert not (tmp_path / "store").exists() and not Path(tmp_path / name).exists()
