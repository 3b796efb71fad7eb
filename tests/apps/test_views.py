"""Pieces of pages: what a video says stays text, drawings fit, pages stay small."""

import html
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vidprog.apps import views
from vidprog.apps.views.lanes import MOST_BARS
from vidprog.memory import KINDS, Observation, Timeline

ATTACKS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></svg><b>", "<!--", "&lt;b&gt;", "']]>",
    "</style><script>", "javascript:alert(1)", "\x00\x1b[31m", "${7*7}{{7*7}}",
)  # fmt: skip
TAGS = {
    "section", "style", "p", "dl", "dt", "dd", "div", "span", "figure", "img", "figcaption", "svg", "g", "title",
    "text", "line", "h3", "h4", "details", "summary", "b", "ol", "li", "pre", "code", "table", "thead", "tbody", "tr",
    "th", "td", "rect",
}  # fmt: skip


class Page(HTMLParser):
    """The tags, the attributes and the text of a page."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes += attributes

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def page_of(document, pictures=()):
    moments = document["evidence"]
    return views.framed(
        views.headline(document), views.film_strip(pictures), views.lanes(moments, 30.0, moments[:1]),
        views.moments(document), views.rounds(document),
    )  # fmt: skip


@pytest.fixture(scope="module")
def result(sample, sample_store, models):
    from vidprog.agents.ask import ask

    return ask(sample, "Which animal is shown?", ["a dog", "a cat", "a horse"], models=models, store=sample_store)


@pytest.fixture(scope="module")
def document(result):
    return result.to_json()


def said(document, words):
    """The document of a video, a question and a program that say these words wherever they can."""
    moment = {"video": words, "start": 1.0, "end": 9.0, "kind": "text", "content": words, "score": 0.9, "source": words}
    step = {
        "tool": words, "arguments": {words: [words]}, "result": words, "seconds": 1.0, "cost": {words: 1},
        "cached": True, "why": words, "failed": False,
    }  # fmt: skip
    changed = {
        "answer": words,
        "source": f'"""{words}"""\n{words}',
        "reason": words,
        "stopped": words,
        "program": words,
    }
    round_ = {
        **document["rounds"][0],
        **changed,
        "steps": [step, {**step, "failed": True}, {**step, "result": "nothing"}],
    }
    return {
        **document, "question": words, "resolved": words, "answer": words, "choices": [words, "b", "c"], "basis": words,
        "evidence": [moment], "warnings": [words], "rounds": [round_],
        "program": {**document["program"], "name": words},
    }  # fmt: skip


@settings(max_examples=60)
@given(words=st.one_of(st.sampled_from(ATTACKS), st.text(max_size=60)))
def test_whatever_a_video_says_stays_text(document, words):
    picture = views.Picture(1.0, "data:image/jpeg;base64,AA==", (words,), words)
    page = Page(page_of(said(document, words), [picture]))
    assert set(page.tags) <= TAGS
    assert page.open == []
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("href", "srcdoc", "action")]
    assert {value for name, value in page.attributes if name == "src"} == {picture.uri}


def test_texts_are_shown_as_they_are(document):
    page = Page(page_of(said(document, ATTACKS[0])))
    assert ATTACKS[0] in page.texts
    assert html.escape(ATTACKS[0]) in views.headline(said(document, ATTACKS[0]))


def test_an_answer_shows_why(document):
    page = page_of(document, views.pictures_of(document))
    for part in (
        "a cat",
        "very sure",
        "data:image/jpeg",
        "0:16.0-0:21.0",
        document["program"]["name"],
        document["question"],
    ):
        assert part in page
    assert len(page) < 150_000


def test_an_answer_that_is_none_says_so(document):
    page = views.headline({**document, "abstained": True})
    assert "vp-abstained" in page


def test_frames_are_those_of_the_evidence_and_few(document):
    many = [
        {**document["evidence"][0], "start": float(second), "end": second + 0.5, "score": 0.5 + second / 100}
        for second in range(30)
    ]
    pictures = views.pictures_of({**document, "evidence": many}, most=4)
    assert [picture.time for picture in pictures] == [26.25, 27.25, 28.25, 29.25]
    assert sum(len(picture.uri) for picture in pictures) < 300_000


def test_moments_that_hold_one_another_share_a_frame(document):
    moment = document["evidence"][0]
    inner = {**moment, "start": 17.0, "end": 18.0, "content": "a nose", "score": 1.0}
    (picture,) = views.pictures_of({**document, "evidence": [moment, inner]})
    assert picture.captions == ("a nose", "cat")


@pytest.mark.parametrize("instead", ["nothing", "another", "damaged", "sound"])
def test_a_video_that_is_away_shows_no_frames(document, tmp_path, sample, mute, silence, instead):
    path = tmp_path / "clip.mp4"
    if instead == "another":
        shutil.copy(mute, path)
    elif instead == "damaged":
        path.write_bytes(sample.read_bytes()[:2000])
    elif instead == "sound":
        shutil.copy(silence, path)
    moved = {**document, "videos": [{**document["videos"][0], "path": str(path)}]}
    moved["evidence"] = [{**moment, "video": str(path)} for moment in document["evidence"]]
    assert views.pictures_of(moved) == ()


observations = st.builds(
    lambda start, length, kind, content, score: Observation(start, start + length, kind, content, score, "a:b"),
    st.floats(0, 5000), st.floats(0, 600), st.sampled_from(KINDS), st.text(max_size=20), st.floats(0, 1),
)  # fmt: skip


@settings(max_examples=60)
@given(moments=st.lists(observations, max_size=30), duration=st.floats(0.1, 5000))
def test_every_bar_lies_on_the_axis(moments, duration):
    page = Page(views.lanes(Timeline(moments).to_json(), duration))
    places = [dict(zip(("x", "width"), pair, strict=True)) for pair in _pairs(page.attributes)]
    for place in places:
        assert 0 <= place["x"] <= 100
        assert place["x"] + place["width"] <= 100.2
    drawn = sum(tag == "g" for tag in page.tags)
    assert drawn == len({(m.kind, m.content, m.source, round(m.start, 2), m.start, m.end) for m in moments})


def _pairs(attributes):
    values = [float(value[:-1]) for name, value in attributes if name in ("x", "width") and value.endswith("%")]
    texts = [name for name, value in attributes if name in ("x", "width") and value.endswith("%")]
    found = []
    for place, name in enumerate(texts[:-1]):
        if name == "x" and texts[place + 1] == "width":
            found.append((values[place], values[place + 1]))
    return found


def test_a_film_has_no_more_bars_than_a_screen_can_show():
    words = [Observation(i * 2.0, i * 2 + 1.5, "speech", f"word {i}", 0.9, "asr:x") for i in range(5000)]
    page = views.lanes(Timeline(words).to_json(), 10_000.0)
    assert page.count("<rect") == MOST_BARS
    assert "5000 moments" in page
    assert len(page) < 120_000


@pytest.mark.parametrize(("length", "marks"), [(3, 7), (30, 7), (95, 4), (3600, 7), (50_000, 4)])
def test_the_axis_has_a_handful_of_marks(length, marks):
    page = views.lanes([], length)
    assert page.count("<line") == marks


def test_rules_touch_nothing_else_on_a_page():
    import re

    text = re.sub(r"/\*.*?\*/", "", views.stylesheet(), flags=re.DOTALL)
    text = re.sub(r"@media[^{]*\{", "", text)
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", text) for part in _split(rule)]
    assert selectors
    assert all(".vidprog" in selector for selector in selectors)
    assert "http" not in text and "@import" not in text


def _split(rule):
    """At commas that are not within brackets."""
    depth, parts = 0, [""]
    for letter in rule:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def test_a_result_knows_the_timeline_of_its_video(result, tmp_path):
    known = result.timeline()
    assert {"speech", "text", "object"} <= {moment.kind for moment in known}
    assert "cat" in {moment.content for moment in known.of_kind("object")}
    assert "nothing is kept" in replace(result, store=str(tmp_path)).timeline().why
    assert not result.timeline("elsewhere.mp4")
