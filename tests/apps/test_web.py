"""The page's server without a browser: what it gives, what it refuses, and what it says about wrong files."""

import json
import re

import pytest
from serving import put, running
from web_server import page_app

pytest.importorskip("fastapi", reason="the extra web is not installed")
import httpx

WHY = "Why is the train to Pine Valley late?"
OTHERS = re.compile(r"(?:https?:)?//[a-z]")


@pytest.fixture(scope="module")
def folder(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos")
    put(folder, sample)
    (folder / "notes.txt").write_text("no video")
    (folder / "link.mp4").symlink_to(sample)
    return folder


@pytest.fixture(scope="module")
def client(folder, models, sample_store):
    """Talks to a page that this machine alone may open."""
    with (
        running(page_app(models, sample_store, [folder], upload=4_000_000)) as address,
        httpx.Client(base_url=address, timeout=120) as opened,
    ):
        yield opened


def asked(client, **wanted) -> list[tuple[str, dict]]:
    """The events of a question."""
    reply = client.post("/web/ask", json={"video": "sample.mp4", "question": WHY, **wanted})
    assert reply.status_code == 200, reply.text
    blocks = [block.split("\n") for block in reply.text.strip().split("\n\n") if block.startswith("event: ")]
    return [(head.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for head, data in blocks]


def error(reply) -> tuple[int, str]:
    found = reply.json()["error"]
    return reply.status_code, f"{found['message']}; {found['hint']}"


def test_the_page_asks_nobody_but_its_server(client):
    for path in ("/", "/web.css", "/web.js"):
        reply = client.get(path)
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert not OTHERS.search(re.sub(r"^\s*//.*$|/\*.*?\*/", "", reply.text, flags=re.M | re.S))
    assert "'unsafe-inline'" not in re.search(r"script-src [^;]*", policy)[0]
    assert "<script>" not in client.get("/").text


def test_a_question_streams_its_steps_and_ends_with_the_answer(client):
    events = asked(client, choices=["because of a strike", "because of snow"])
    names = [name for name, _ in events]
    assert names[-1] == "answer" and names.count("line") >= 3
    lines = "".join(data["html"] for name, data in events if name == "line")
    assert "Round 1" in lines and "transcribe" in lines and "good enough" in lines
    answer = events[-1][1]
    assert "because of snow" in answer["answer"] and "data:image/jpeg" in answer["evidence"]
    assert "vp-evidence" in answer["player"] and "Lost property" in answer["moments"]
    assert answer["document"]["choice"] == 1 and answer["document"]["videos"][0]["path"] == "sample.mp4"
    assert answer["report"].startswith("<!doctype html>") and 'src="sample.mp4"' in answer["report"]


def test_earlier_questions_are_those_that_the_browser_sends(client):
    (_, first) = asked(client)[-1]
    assert "resolved" not in first["document"]
    (_, second) = asked(client, question="And what happens after that?", earlier=[WHY])[-1]
    assert re.search(r"after 9\.\d seconds", second["document"]["resolved"])
    (_, alone) = asked(client, question="What happens at 12 seconds?")[-1]
    assert "resolved" not in alone["document"]


def test_a_program_may_be_chosen(client):
    (_, answer) = asked(client, program="hear_speech", rounds=1)[-1]
    assert answer["document"]["program"]["name"] == "hear_speech" and len(answer["document"]["rounds"]) == 1


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"choices": ["one"]}, "one choice is no choice"),
        ({"program": "../../etc/passwd"}, "there is no program"),
        ({"profile": "nothing"}, "there is no profile 'nothing'"),
        ({"video": "gone.mp4"}, "does not exist"),
        ({"video": "http://127.0.0.1/a.mp4"}, "addresses are not taken here"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_wrong_questions_are_refused_before_any_work(client, wanted, says):
    status, message = error(client.post("/web/ask", json={"video": "sample.mp4", "question": WHY, **wanted}))
    assert 400 <= status < 500 and says in message


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.mp4", b"not a video at all", "notes.mp4 is a text file, not a video"),
        ("nothing.mp4", b"", "nothing.mp4"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "picture.png"),
    ],
)
def test_files_that_cannot_be_used_are_named_with_the_reason(client, name, content, says):
    sent = client.post("/v1/files", files={"file": (name, content)}).json()["id"]
    status, message = error(client.get("/web/video", params={"video": sent}))
    assert status == 422 and says in message and sent not in message


def test_larger_files_than_allowed_are_refused(client):
    status, message = error(client.post("/v1/files", files={"file": ("large.mp4", bytes(4_100_000))}))
    assert status == 413 and "bytes are not taken" in message


def test_names_of_files_are_words_and_no_markup(client, sample):
    name = '"><img src=x onerror=alert(1)>.mp4'
    sent = client.post("/v1/files", files={"file": (name, sample.read_bytes())}).json()["id"]
    video = client.get("/web/video", params={"video": sent}).json()
    assert "<img src=x" not in video["player"] and "&lt;img src=x" in video["player"]
    media = client.get("/media", params={"video": sent}, headers={"Range": "bytes=0-9"})
    assert media.status_code == 206 and "\n" not in media.headers["content-disposition"]


def test_players_get_pieces_and_only_of_videos_in_the_roots(client, sample):
    piece = client.get("/media", params={"video": "sample.mp4"}, headers={"Range": "bytes=10-19"})
    assert piece.status_code == 206 and piece.content == sample.read_bytes()[10:20]
    for name in ("../sample.mp4", "/etc/hostname", "link.mp4", str(sample), "file:///etc/hostname"):
        assert client.get("/media", params={"video": name}).status_code == 403, name


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_pages_of_others_are_refused(client, headers):
    status, message = error(client.post("/web/ask", json={"video": "sample.mp4", "question": WHY}, headers=headers))
    assert status == 403 and "only programs of this machine" in message


def test_with_a_token_the_address_lets_a_browser_in(models, sample_store, folder):
    with (
        running(page_app(models, sample_store, [folder], token="secret")) as address,
        httpx.Client(base_url=address) as stranger,
        httpx.Client(base_url=address, follow_redirects=True) as guest,
    ):
        for path in ("/", "/web.js", "/v1/videos", "/media?video=sample.mp4", "/?token=wrong"):
            assert stranger.get(path).status_code == 401, path
        arrived = guest.get("/?token=secret")
        assert arrived.status_code == 200 and "token" not in str(arrived.url)
        cookie = arrived.history[0].headers["set-cookie"]
        assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
        assert guest.get("/v1/videos").json()["videos"][0]["video"] == "sample.mp4"


def test_other_interfaces_need_a_token(cli, tmp_path):
    ran = cli("web", "--host", "0.0.0.0", "--store", tmp_path)
    assert ran.code == 2 and "a token is needed" in ran.err
