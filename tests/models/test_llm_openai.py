"""OpenAI-compatible servers: a real one (llama.cpp with the embedded weights) and ones that misbehave."""

import json
import math
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from vidprog.models import Models, load_profile
from vidprog.models.errors import ModelError
from vidprog.models.llm_openai import OpenAILanguageModel
from vidprog.models.weights import ensure_weights

GOOD = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": " B "}}],
    "usage": {"prompt_tokens": 30, "completion_tokens": 2, "total_tokens": 32},
}  # fmt: skip
LOGPROBS = {
    "content": [
        {"token": "B", "logprob": -0.1, "bytes": None, "top_logprobs": [
            {"token": "B", "logprob": -0.1, "bytes": None}, {"token": "A", "logprob": -2.5, "bytes": None}]},
        {"token": ".", "logprob": -0.2, "bytes": None, "top_logprobs": []},
    ]
}  # fmt: skip
AT_ONCE = {"retry-after-ms": "1"}


def with_logprobs():
    return {**GOOD, "choices": [{**GOOD["choices"][0], "logprobs": LOGPROBS}]}


def failure(message):
    return {"error": {"message": message, "type": "error", "code": None}}


@contextmanager
def serving(*replies, wait=0.0):
    """A server that gives replies (status, body[, headers]) in order, the last one again and again; yields its address
    and the requests that came."""
    queue, requests = list(replies), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            requests.append({"path": self.path, "key": self.headers["Authorization"], "body": body})
            time.sleep(wait)
            status, content, *more = queue.pop(0) if len(queue) > 1 else queue[0]
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            headers = {
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
                **(more[0] if more else {}),
            }
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
            except BrokenPipeError:
                pass  # the client gave up waiting

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_is_asked_and_what_is_read():
    with serving((200, with_logprobs())) as (url, requests):
        reply = OpenAILanguageModel("m", url).complete("Which?", system="Be short.", max_tokens=8, stop=["\n"])
    assert reply.text == "B"
    assert reply.log_probabilities == (-0.1, -0.2)
    assert reply.alternatives == {"B": -0.1, "A": -2.5}
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (30, 2)
    (request,) = requests
    assert request["path"] == "/v1/chat/completions"
    assert request["body"]["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Which?"},
    ]
    wanted = {"model": "m", "temperature": 0, "max_tokens": 8, "stop": ["\n"], "logprobs": True, "top_logprobs": 20}
    assert {name: request["body"].get(name) for name in wanted} == wanted


def test_address_and_key_come_from_the_environment_or_the_spec(monkeypatch):
    with serving((200, GOOD)) as (url, requests):
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        Models(load_profile("embedded", ["llm=openai:m"])).llm.complete("Hello")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        Models(load_profile("embedded", [f"llm=openai:m@{url}"])).llm.complete("Hello")
    assert [request["key"] for request in requests] == ["Bearer secret", "Bearer secret"]


def test_a_local_server_needs_no_key():
    with serving((200, GOOD)) as (url, _):
        assert OpenAILanguageModel("m", url).complete("Hello").text == "B"


def test_without_key_and_address_nothing_is_asked():
    with pytest.raises(ModelError) as caught:
        OpenAILanguageModel("m")
    assert caught.value.code == "model.key"
    assert "@http" in caught.value.hint


def test_identity_names_model_and_server_and_never_the_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    models = Models(load_profile("embedded", ["llm=openai:m@http://host/v1"]))
    assert models.identity("llm") == models.llm.identity == "openai:m@http://host/v1"


def test_a_busy_server_is_asked_again():
    with serving((429, failure("slow down"), AT_ONCE), (200, GOOD)) as (url, requests):
        assert OpenAILanguageModel("m", url).complete("Hello").text == "B"
    assert len(requests) == 2


@pytest.mark.parametrize("status", [500, 429])
def test_a_server_that_never_recovers_is_given_up(status):
    with serving((status, failure("on fire"), AT_ONCE)) as (url, requests), pytest.raises(ModelError) as caught:
        OpenAILanguageModel("m", url).complete("Hello")
    assert len(requests) == 3
    assert caught.value.code == "model.server"
    assert "on fire" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(("status", "hint"), [(401, "OPENAI_API_KEY"), (404, "/v1"), (400, "")])
def test_what_cannot_get_better_is_asked_once(status, hint):
    with serving((status, failure("no"))) as (url, requests), pytest.raises(ModelError) as caught:
        OpenAILanguageModel("m", url).complete("Hello")
    assert len(requests) == 1
    assert hint in caught.value.hint


def test_a_slow_server():
    with serving((200, GOOD), wait=1.0) as (url, _):
        started = time.monotonic()
        with pytest.raises(ModelError) as caught:
            OpenAILanguageModel("m", url, timeout=0.1, retries=0).complete("Hello")
    assert time.monotonic() - started < 5
    assert caught.value.code == "model.server"
    assert "slow" in caught.value.hint


def test_no_server():
    with pytest.raises(ModelError) as caught:
        OpenAILanguageModel("m", "http://127.0.0.1:9/v1", retries=0).complete("Hello")
    assert caught.value.code == "model.server"
    assert "OPENAI_BASE_URL" in caught.value.hint


def test_a_server_without_logprobs_is_asked_without_them_from_then_on():
    with serving((400, failure("logprobs are not supported")), (200, GOOD)) as (url, requests):
        llm = OpenAILanguageModel("m", url)
        first, second = llm.complete("Hello"), llm.complete("Hello")
    assert ["logprobs" in request["body"] for request in requests] == [True, False, False]
    assert (first.text, first.log_probabilities, first.alternatives) == ("B", (), None)
    assert second.text == "B"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<html>Bad gateway</html>", {"Content-Type": "text/html"}),
        (b"{ this is no JSON", {}),
        ({"hello": "world"}, {}),
        ({**GOOD, "choices": []}, {}),
        ({**GOOD, "choices": None}, {}),
        ({**GOOD, "choices": [{"index": 0}]}, {}),
        ({**GOOD, "choices": "none"}, {}),
        ([], {}),
        (b"", {}),
    ],
)
def test_a_body_that_is_no_completion(body, headers):
    with serving((200, body, headers)) as (url, _), pytest.raises(ModelError) as caught:
        OpenAILanguageModel("m", url, retries=0).complete("Hello")
    assert caught.value.code in ("model.empty", "model.server")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "choice",
    [
        {"message": {"role": "assistant", "content": None}},
        {"message": {"role": "assistant", "content": ""}, "logprobs": None},
        {"message": {"role": "assistant", "content": ""}, "logprobs": {"content": []}},
    ],
)
def test_an_empty_reply_is_an_empty_text(choice):
    body = {**GOOD, "usage": None, "choices": [{"index": 0, "finish_reason": "stop", **choice}]}
    with serving((200, body)) as (url, _):
        reply = OpenAILanguageModel("m", url).complete("Hello")
    assert (reply.text, reply.log_probabilities, reply.usage.prompt_tokens) == ("", (), 0)


def test_given_texts_cannot_be_scored():
    llm = OpenAILanguageModel("m", "http://127.0.0.1:9/v1")
    assert not llm.can_score
    with pytest.raises(ModelError) as caught:
        llm.score([("prompt", "text")])
    assert caught.value.code == "model.no_scores"


@pytest.fixture(scope="module")
def llama_url():
    """llama.cpp's own server with the embedded weights."""
    server_package = pytest.importorskip("xllamacpp")
    parameters = server_package.CommonParams()
    parameters.model.path = str(ensure_weights("smollm2-135m") / "SmolLM2-135M-Instruct.Q4_1.gguf")
    parameters.n_ctx = 1024
    parameters.cpuparams.n_threads = 2
    parameters.warmup = False
    parameters.port = 0
    parameters.verbosity = -1
    server = server_package.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


def test_a_real_server_answers_with_probabilities(llama_url):
    reply = OpenAILanguageModel("smollm2", llama_url).complete("Name the capital of France.", max_tokens=12)
    assert "Paris" in reply.text
    assert len(reply.log_probabilities) == reply.usage.completion_tokens or reply.log_probabilities
    assert all(value <= 0 for value in reply.log_probabilities)
    assert len(reply.alternatives) == 20
    assert sum(math.exp(value) for value in reply.alternatives.values()) <= 1 + 1e-3
    assert reply.alternatives[max(reply.alternatives, key=reply.alternatives.get)] == pytest.approx(
        reply.log_probabilities[0], abs=1e-3
    )
    assert reply.usage.prompt_tokens > 5


def test_the_conversion_agrees_with_llama_cpp_on_the_same_weights(llama_url, models):
    """Other kernels, other rounding, same weights: the likeliest continuation has about the same probability."""
    prompt = "Repeat exactly: the train to Pine Valley is late because of snow."
    theirs = OpenAILanguageModel("smollm2", llama_url).complete(prompt, max_tokens=12)
    ours = models.llm.score([(prompt, theirs.text)])[0]
    mean = sum(theirs.log_probabilities) / len(theirs.log_probabilities)
    assert ours.per_token == pytest.approx(mean, abs=0.5)
