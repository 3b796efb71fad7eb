"""OpenAI-compatible servers: a real one (llama.cpp with the embedded weights) and ones that misbehave."""

import json
import math
import time

import jsonschema
import pytest
from servers import AT_ONCE, GOOD, failure, serving, with_logprobs
from vidprog.models import Constraint, Models, load_profile
from vidprog.models.errors import ModelError
from vidprog.models.llm_openai import OpenAILanguageModel
from vidprog.programs import Program, check, program_from_steps, steps_schema
from vidprog.tools import Registry


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


SCHEMA = Constraint("json_schema", '{"type": "object"}')


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {"temperature": 0, "seed": None, "response_format": None}),
        ({"seed": 7}, {"temperature": 0, "seed": None}),  # nothing is drawn
        ({"temperature": 0.7, "seed": 7}, {"temperature": 0.7, "seed": 7}),
        (
            {"constraint": SCHEMA},
            {"response_format": {
                "type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": {"type": "object"}}}},
        ),
    ],
)  # fmt: skip
def test_options_that_are_sent(options, sent):
    with serving((200, GOOD)) as (url, requests):
        OpenAILanguageModel("m", url).complete("Hello", **options)
    assert {name: requests[0]["body"].get(name) for name in sent} == sent


@pytest.mark.parametrize(
    ("status", "message", "options", "argument"),
    [
        (400, "logprobs are not supported", {}, "logprobs"),
        (400, "Unsupported parameter: 'seed'", {"temperature": 1.0}, "seed"),
        (422, "extra fields not permitted: seed", {"temperature": 1.0}, "seed"),
        (400, "Unsupported value: 'temperature' does not support 0", {}, "temperature"),
        (400, "response_format: json_schema is not available", {"constraint": SCHEMA}, "response_format"),
        (400, "Bad Request", {"constraint": SCHEMA}, "response_format"),
    ],
)
def test_what_a_server_does_not_know_is_left_out_from_then_on(status, message, options, argument):
    with serving((status, failure(message)), (200, GOOD)) as (url, requests):
        llm = OpenAILanguageModel("m", url)
        assert [llm.complete("Hello", **options).text for _ in range(2)] == ["B", "B"]
    assert [argument in request["body"] for request in requests] == [True, False, False]
    others = ["model" in request["body"] and "messages" in request["body"] for request in requests]
    assert all(others)


def test_the_other_name_of_the_length():
    refusal = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    with serving((400, failure(refusal)), (200, GOOD)) as (url, requests):
        llm = OpenAILanguageModel("m", url)
        llm.complete("Hello", max_tokens=9), llm.complete("Hello", max_tokens=9)
    assert [request["body"].get("max_completion_tokens") for request in requests] == [None, 9, 9]
    assert ["max_tokens" in request["body"] for request in requests] == [True, False, False]


def test_a_server_that_knows_little_is_asked_plainly():
    """It refuses one thing after the other, as servers do."""
    refusals = ["logprobs?", "max_completion_tokens, please", "no seed", "temperature must be 1", "what is a schema"]
    with serving(*((400, failure(text)) for text in refusals), (200, GOOD)) as (url, requests):
        llm = OpenAILanguageModel("m", url)
        llm.complete("Hello", temperature=0.5, constraint=SCHEMA)
        llm.complete("Hello", temperature=0.5, constraint=SCHEMA)
    assert len(requests) == len(refusals) + 2
    assert set(requests[-1]["body"]) == {"model", "messages", "max_completion_tokens"}


def test_constraints_are_those_that_were_not_refused():
    with serving((400, failure("no json_schema here")), (200, GOOD)) as (url, _):
        llm = OpenAILanguageModel("m", url)
        assert llm.constraints == {"json_schema"}
        llm.complete("Hello", constraint=SCHEMA)
        assert llm.constraints == frozenset()


def test_a_refusal_for_another_reason_is_not_remembered():
    with serving((400, failure("the prompt is too long"))) as (url, _):
        llm = OpenAILanguageModel("m", url)
        with pytest.raises(ModelError, match="too long"):
            llm.complete("Hello", constraint=SCHEMA)
        assert llm.constraints == {"json_schema"}


@pytest.mark.parametrize("constraint", [Constraint("lark", 'start: "a"'), Constraint("json_schema", "{")])
def test_constraints_that_cannot_be_sent(constraint):
    with pytest.raises(ModelError) as caught:
        OpenAILanguageModel("m", "http://127.0.0.1:9/v1").complete("Hello", constraint=constraint)
    assert caught.value.code == "model.constraint"


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


def test_a_real_server_answers_with_probabilities(llm_server):
    reply = OpenAILanguageModel("smollm2", llm_server).complete("Name the capital of France.", max_tokens=12)
    assert "Paris" in reply.text
    assert len(reply.log_probabilities) == reply.usage.completion_tokens or reply.log_probabilities
    assert all(value <= 0 for value in reply.log_probabilities)
    assert len(reply.alternatives) == 20
    assert sum(math.exp(value) for value in reply.alternatives.values()) <= 1 + 1e-3
    assert reply.alternatives[max(reply.alternatives, key=reply.alternatives.get)] == pytest.approx(
        reply.log_probabilities[0], abs=1e-3
    )
    assert reply.usage.prompt_tokens > 5


def test_the_conversion_agrees_with_llama_cpp_on_the_same_weights(llm_server, models):
    """Other kernels, other rounding, same weights: the likeliest continuation has about the same probability."""
    prompt = "Repeat exactly: the train to Pine Valley is late because of snow."
    theirs = OpenAILanguageModel("smollm2", llm_server).complete(prompt, max_tokens=12)
    ours = models.llm.score([(prompt, theirs.text)])[0]
    mean = sum(theirs.log_probabilities) / len(theirs.log_probabilities)
    assert ours.per_token == pytest.approx(mean, abs=0.5)


def test_a_real_server_draws_with_the_seed(llm_server):
    llm = OpenAILanguageModel("smollm2", llm_server)

    def sampled(seed):
        return llm.complete("Tell me a story.", max_tokens=10, temperature=1.5, seed=seed).text

    assert sampled(1) == sampled(1)
    assert len({sampled(seed) for seed in range(4)}) > 1
    assert "seed" not in llm._client.refused


def test_a_real_server_keeps_to_the_schema_of_programs(llm_server):
    registry = Registry.builtin()
    schema = steps_schema(registry)
    llm = OpenAILanguageModel("smollm2", llm_server)
    assert "json_schema" in llm.constraints
    reply = llm.complete("Write a program.", max_tokens=900, constraint=Constraint("json_schema", schema))
    assert "json_schema" in llm.constraints  # it was not refused
    jsonschema.validate(json.loads(reply.text), json.loads(schema))
    problems = check(Program.draft(program_from_steps(reply.text, registry)), registry)
    assert {problem.code for problem in problems} <= {"program.name"}


def test_a_real_server_refuses_what_is_too_long(llm_server):
    with pytest.raises(ModelError) as caught:
        OpenAILanguageModel("smollm2", llm_server).complete("word " * 6000, max_tokens=4)
    assert caught.value.code == "model.server"
    assert "\n" not in caught.value.message


def test_a_real_server_that_is_asked_at_a_wrong_address(llm_server):
    with pytest.raises(ModelError) as caught:
        OpenAILanguageModel("smollm2", llm_server.replace("/v1", "/v2")).complete("Hello", max_tokens=4)
    assert caught.value.code == "model.server"
    assert "/v1" in caught.value.hint
