"""Which backend plays which role: table, then environment, then ``--set``."""

import pytest
from vidprog.models import ROLES, load_profile, profile_names
from vidprog.models.profiles import Spec
from vidprog.video.errors import UsageError


def test_the_default_is_the_embedded_profile_without_a_vlm():
    profile = load_profile()
    assert profile.name == "embedded"
    assert set(profile.to_json()) == set(ROLES)
    assert profile.to_json()["vlm"] == ""
    assert all(profile.to_json()[role] for role in ("llm", "asr", "ocr", "detector", "embedder"))


@pytest.mark.parametrize(
    ("environment", "assignments", "llm"),
    [
        ({}, [], "ctranslate2:smollm2-135m"),
        ({"VIDPROG_LLM": "openai:one"}, [], "openai:one"),
        ({"VIDPROG_LLM": "openai:one"}, ["llm=openai:two@http://host/v1"], "openai:two@http://host/v1"),
        ({}, ["llm=openai:two", "llm=openai:three"], "openai:three"),
        ({"VIDPROG_LLM": ""}, [], ""),
        ({"VIDPROG_LLM": "openai:one"}, ["llm="], ""),
        ({"VIDPROG_PROFILE": "api"}, [], "openai:gpt-4o-mini"),
        ({"VIDPROG_PROFILE": "api", "VIDPROG_LLM": "openai:one"}, [], "openai:one"),
    ],
)
def test_later_settings_win(monkeypatch, environment, assignments, llm):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_profile(None, assignments).to_json()["llm"] == llm


def test_a_named_profile_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("VIDPROG_PROFILE", "api")
    assert load_profile("embedded").name == "embedded"


@pytest.mark.parametrize(
    ("name", "assignments", "code", "hint"),
    [
        ("embeded", [], "model.profile", "embedded"),
        (None, ["llm"], "model.set", "--set"),
        (None, ["embeder=openai:x"], "model.role", "embedder"),
        (None, ["llm=openai"], "model.spec", "kind:name"),
        (None, ["llm=:name"], "model.spec", "kind:name"),
        (None, ["llm=openai:"], "model.spec", "kind:name"),
        (None, ["llm=openai:@http://host"], "model.spec", "kind:name"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(name, assignments, code, hint):
    with pytest.raises(UsageError) as caught:
        load_profile(name, assignments)
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("openai:gpt-4o", ("openai", "gpt-4o", "")),
        ("openai:gpt-4o@https://host:8000/v1", ("openai", "gpt-4o", "https://host:8000/v1")),
        ("transformers:Qwen/Qwen2.5-VL-7B-Instruct", ("transformers", "Qwen/Qwen2.5-VL-7B-Instruct", "")),
        ("ctranslate2:/opt/models/mine", ("ctranslate2", "/opt/models/mine", "")),
        ("openai:llama3:8b@http://localhost/v1", ("openai", "llama3:8b", "http://localhost/v1")),
    ],
)
def test_a_spec_is_read_and_written_back(text, parts):
    spec = Spec.parse(text)
    assert (spec.kind, spec.name, spec.url) == parts
    assert str(spec) == text


def test_every_profile_names_known_roles_only():
    for name in profile_names():
        assert set(load_profile(name).roles) <= set(ROLES)
        assert load_profile(name).about
