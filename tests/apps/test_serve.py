"""Questions over HTTP: the ``openai`` package's own client and plain requests, about the demo clip."""

import base64
import json
import subprocess
import sys

import httpx
import pytest
from pictures import Sign, write_signs
from serving import many_signs, put, running, slow_to_read, wait_for

pytest.importorskip("fastapi", reason="the extra serve is not installed")
import openai

TOKEN = "a-token"
LATE = "Why is the train to Pine Valley late?"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def folder(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    put(folder, sample)
    write_signs(folder / "short.mp4", [Sign(0.0, 2.0, "EXIT 42")], 2.0)
    return folder


@pytest.fixture(scope="module")
def address(folder, models, sample_store):
    """A server with a token, for all tests."""
    app, _ = open_app(folder, models, sample_store, TOKEN)
    with running(app) as address:
        yield address


def open_app(folder, models, store, token=None, **limits):
    from vidprog.apps.servers.desk import Desk
    from vidprog.apps.servers.http_app import http_app
    from vidprog.apps.servers.library import Library
    from vidprog.apps.servers.limits import Limits
    from vidprog.apps.servers.sources import Sources
    from vidprog.apps.servers.uploads import Uploads

    allowed = Limits(**limits)
    desk = Desk(Library.of([folder]), models, allowed, store)
    return http_app(desk, Sources(desk.library, Uploads(allowed), allowed), token), desk


@pytest.fixture
def ask(address):
    """Send a request; gives the reply."""
    with httpx.Client(base_url=address, headers=HEADERS, timeout=120) as client:
        yield client


@pytest.fixture
def chat(address):
    with openai.OpenAI(base_url=f"{address}/v1", api_key=TOKEN, max_retries=0, timeout=120) as client:
        yield client


def about(url, question=LATE):
    return {
        "role": "user",
        "content": [{"type": "video_url", "video_url": {"url": url}}, {"type": "text", "text": question}],
    }


def events_of(text):
    """Name and data of each event of a stream."""
    events = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        events.append((fields["event"], json.loads(fields["data"])))
    return events


# ---- OpenAI's client


@pytest.mark.parametrize("url", ["sample.mp4", "{folder}/sample.mp4", "file://{folder}/sample.mp4"])
def test_openais_client_gets_a_grounded_answer(chat, folder, url):
    reply = chat.chat.completions.create(model="vidprog", messages=[about(url.format(folder=folder))])
    text = reply.choices[0].message.content
    assert "snow" in text.splitlines()[0] and "Evidence (confidence 0." in text
    assert reply.choices[0].finish_reason == "stop" and reply.usage.total_tokens >= 0
    document = reply.model_extra["vidprog"]
    assert document["evidence"][0]["kind"] == "speech" and document["videos"][0]["path"] == "sample.mp4"


def test_openais_client_streams(chat):
    stream = chat.chat.completions.create(
        model="vidprog", messages=[about("sample.mp4")], stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert len({chunk.id for chunk in chunks}) == 1
    assert "snow" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert chunks[-2].choices[0].finish_reason == "stop" and chunks[-1].usage.total_tokens >= 0


def test_a_later_question_refers_to_an_earlier_one(chat):
    first = about("sample.mp4", "What does the speaker say about the train to Pine Valley?")
    messages = [
        first,
        {"role": "assistant", "content": "It is late."},
        {"role": "user", "content": "And what comes after that?"},
    ]
    chat.chat.completions.create(model="vidprog", messages=[first])
    document = chat.chat.completions.create(model="vidprog", messages=messages).model_extra["vidprog"]
    assert document["resolved"] and document["question"] == "And what comes after that?"
    alone = chat.chat.completions.create(model="vidprog", messages=[about("sample.mp4", "And what comes after that?")])
    assert "resolved" not in alone.model_extra["vidprog"]


def test_openais_client_sends_a_video(chat, folder):
    sent = chat.files.create(file=(folder / "short.mp4").open("rb"), purpose="user_data")
    assert [each.id for each in chat.files.list()] == [sent.id]
    part = {"type": "file", "file": {"file_id": sent.id}}
    question = {"role": "user", "content": [part, {"type": "text", "text": "What number is on the exit sign?"}]}
    reply = chat.chat.completions.create(model="vidprog", messages=[question])
    assert "42" in reply.choices[0].message.content
    assert reply.model_extra["vidprog"]["videos"][0]["path"] == sent.id
    assert chat.files.delete(sent.id).deleted
    with pytest.raises(openai.NotFoundError):
        chat.files.retrieve(sent.id)


def test_a_video_comes_inside_the_message(chat, folder):
    data = base64.b64encode((folder / "short.mp4").read_bytes()).decode()
    message = about(f"data:video/mp4;base64,{data}", "What number is on the exit sign?")
    assert "42" in chat.chat.completions.create(model="vidprog", messages=[message]).choices[0].message.content


TEXT = {"role": "user", "content": "What is shown?"}
MISTAKES = {
    "another model": ({"model": "gpt-x", "messages": [about("sample.mp4")]}, openai.NotFoundError, "server.model"),
    "no video": ({"model": "vidprog", "messages": [TEXT]}, openai.BadRequestError, "ask.video"),
    "no question": (
        {"model": "vidprog", "messages": [about("sample.mp4", " ")]}, openai.BadRequestError, "ask.question",
    ),
    "outside": (
        {"model": "vidprog", "messages": [about("/etc/passwd")]}, openai.PermissionDeniedError, "server.outside",
    ),
    "an address": (
        {"model": "vidprog", "messages": [about("http://127.0.0.1/a.mp4")]}, openai.PermissionDeniedError, "server.url",
    ),
    "no such part": (
        {"model": "vidprog", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        openai.BadRequestError, "ask.part",
    ),
    "the assistant is last": (
        {"model": "vidprog", "messages": [about("sample.mp4"), {"role": "assistant", "content": "A"}]},
        openai.BadRequestError, "ask.question",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_openais_client_understands_errors(chat, mistake):
    request, kind, code = MISTAKES[mistake]
    with pytest.raises(kind) as caught:
        chat.chat.completions.create(**request)
    assert caught.value.code == code and caught.value.body["message"]


def test_a_video_that_cannot_be_used_is_an_error_in_both_manners(chat, folder):
    (folder / "notes.mp4").write_text("no video")
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        chat.chat.completions.create(model="vidprog", messages=[about("notes.mp4")])
    assert caught.value.code == "media.not_video" and str(folder) not in str(caught.value)
    with pytest.raises(openai.APIError, match="text file"):
        list(chat.chat.completions.create(model="vidprog", messages=[about("notes.mp4")], stream=True))


def test_models_are_listed(chat):
    assert [model.id for model in chat.models.list()] == ["vidprog"]


# ---- its own endpoints


def test_a_question_gets_the_document_of_the_command_line(ask, validate, folder):
    asked = {"video": "sample.mp4", "question": "Which animal is shown?", "choices": ["a dog", "a cat"]}
    reply = ask.post("/v1/ask", json=asked)
    validate(reply.json(), "answer")
    assert reply.json()["choice"] == 1 and str(folder) not in reply.text


def test_the_events_of_a_question_are_streamed(ask, validate):
    asked = {"video": "sample.mp4", "question": LATE, "stream": True}
    with ask.stream("POST", "/v1/ask", json=asked) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        events = events_of(reply.read().decode())
    names = [name for name, _ in events]
    assert names[0] == "recalled" and {"planned", "stepdone", "judged"} < set(names) and names[-1] == "answer"
    validate(events[-1][1], "answer")


def test_an_error_ends_a_stream(ask, folder):
    (folder / "empty.mp4").write_bytes(b"")
    reply = ask.post("/v1/ask", json={"video": "empty.mp4", "question": "?", "stream": True})
    assert [(name, data["error"]["code"]) for name, data in events_of(reply.text)] == [("error", "media.empty")]


ENDPOINTS = [
    ("POST", "/v1/search", {"videos": ["sample.mp4"], "query": "breakfast", "limit": 3}, "search"),
    ("POST", "/v1/when", {"video": "sample.mp4", "query": "the cat appears"}, "when"),
    ("GET", "/v1/timeline?video=sample.mp4&kind=speech", None, "timeline"),
]


@pytest.mark.parametrize(("method", "path", "body", "document"), ENDPOINTS, ids=[each[3] for each in ENDPOINTS])
def test_what_is_known_comes_as_documents(ask, validate, folder, method, path, body, document):
    reply = ask.request(method, path, json=body)
    validate(reply.json(), document)
    assert str(folder) not in reply.text
    assert reply.json().get("results", reply.json().get("observations"))


@pytest.mark.parametrize(("form", "sign"), [("srt", "-->"), ("vtt", "WEBVTT"), ("csv", "start"), ("md", "|")])
def test_the_timeline_comes_in_other_formats(ask, form, sign):
    reply = ask.get("/v1/timeline", params={"video": "sample.mp4", "kind": "speech", "format": form})
    assert sign in reply.text and "Oliver" in reply.text and reply.headers["content-type"].startswith("text/plain")


def test_videos_are_listed_by_the_names_that_are_asked_about(ask):
    listed = {video["video"]: video["known"] for video in ask.get("/v1/videos").json()["videos"]}
    assert listed["sample.mp4"] is True


def test_the_schema_describes_what_is_sent(ask, validate):
    import jsonschema

    described = ask.get("/openapi.json").json()
    shared = described["components"]["schemas"]

    def references(value):
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    assert all(reference.removeprefix("#/components/schemas/") in shared for reference in references(described))
    found = ask.post("/v1/when", json={"video": "sample.mp4", "query": "the cat appears"}).json()
    whole = {
        "components": described["components"],
        **described["paths"]["/v1/when"]["post"]["responses"]["200"]["content"]["application/json"]["schema"],
    }
    jsonschema.Draft202012Validator(whole).validate(found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(whole).validate({**found, "results": [{"start": "late"}]})


# ---- going away


def test_a_client_that_goes_away_ends_the_work(models, tmp_path):
    slow, reader = slow_to_read(models)
    many_signs(tmp_path / "signs.mp4")
    app, desk = open_app(tmp_path, slow, tmp_path / "store")
    question = {"video": "signs.mp4", "question": "What number is on the exit sign?"}
    with running(app) as address:
        with httpx.stream("POST", f"{address}/v1/ask", json={**question, "stream": True}, timeout=300) as reply:
            next(line for line in reply.iter_lines() if reader.calls and "read_text" in line)
        wait_for(lambda: not desk.busy)
        stopped = reader.calls
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}/v1/ask", json=question, timeout=httpx.Timeout(300, read=0.3))
        wait_for(lambda: not desk.busy)
        again, reader.pause = reader.calls, 0
        answered = httpx.post(f"{address}/v1/ask", json=question, timeout=300).json()
    assert 0 < stopped <= again < reader.calls
    assert "42" in answered["answer"]


def test_the_command_listens_and_says_where(folder, sample_store):
    arguments = ["serve", "--root", str(folder), "--store", str(sample_store), "--port", "0", "--token", TOKEN]
    process = subprocess.Popen(
        [sys.executable, "-m", "vidprog.apps.cli", *arguments], stderr=subprocess.PIPE, text=True
    )
    try:
        address = process.stderr.readline().split()[-1]
        assert httpx.get(f"{address}/v1/models", headers=HEADERS, timeout=60).json()["data"][0]["id"] == "vidprog"
        assert httpx.get(f"{address}/v1/models", timeout=60).status_code == 401
    finally:
        process.terminate()
        process.communicate(timeout=30)


USAGE = [
    (("--host", "0.0.0.0"), "server.token"),
    (("--root", "/nowhere/at/all"), "server.root"),
    (("--max-seconds", "0"), "server.limit"),
    (("--profile", "none"), "profile"),
]


@pytest.mark.parametrize("command", ["serve", "mcp"])
@pytest.mark.parametrize(("arguments", "code"), USAGE, ids=[code for _, code in USAGE])
def test_a_wrong_option_is_said_before_it_listens(cli, monkeypatch, command, arguments, code):
    monkeypatch.delenv("VIDPROG_TOKEN", raising=False)
    http = ("--http",) if command == "mcp" else ()
    ran = cli(command, *http, *arguments)
    assert ran.code == 2 and ran.err.startswith("error: ") and "hint: " in ran.err and not ran.out


@pytest.mark.parametrize(("command", "package"), [("serve", "fastapi"), ("mcp", "mcp")])
def test_a_missing_extra_is_named(cli, monkeypatch, command, package):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == package else real(name, *more))
    ran = cli(command)
    assert ran.code == 2 and 'pip install "vidprog[serve]"' in ran.err
