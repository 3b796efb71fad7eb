"""Models from what a caller names."""

import pytest
from vidprog.models import Models, load_profile, open_models
from vidprog.video import UsageError

SPEC = "openai:my-model@http://localhost:8000/v1"


@pytest.mark.parametrize("roles", [{"llm": SPEC}, [f"llm={SPEC}"]])
@pytest.mark.parametrize(
    "profile", [None, "embedded", load_profile("embedded"), Models(load_profile("embedded"))], ids=type
)
def test_roles_are_changed_whatever_the_profile_is_given_as(profile, roles):
    models = open_models(profile, roles)
    assert models.profile.to_json()["llm"] == SPEC
    assert models.profile.to_json()["ocr"] == "rapidocr:ppocr"


def test_open_models_are_shared(models):
    assert open_models(models) is models
    assert open_models(models, {"vlm": SPEC}).has("vlm")
    assert not models.has("vlm")


def test_a_profile_is_taken_as_it_is(monkeypatch):
    profile = load_profile("embedded")
    monkeypatch.setenv("VIDPROG_LLM", SPEC)
    assert open_models(profile).profile == profile
    assert open_models("embedded").profile.to_json()["llm"] == SPEC


def test_an_empty_spec_takes_a_role_away():
    assert not open_models("embedded", {"detector": ""}).has("detector")


@pytest.mark.parametrize(
    ("profile", "roles", "code"),
    [
        ("embeded", None, "model.profile"),
        (None, {"lllm": SPEC}, "model.role"),
        (None, {"llm": "nothing"}, "model.spec"),
        (None, {"llm": "magic:wand"}, "model.kind"),
        (None, {"llm": "ctranslate2:unheard-of"}, "model.weights"),
        (None, ["llm"], "model.set"),
    ],
)
def test_a_mistake_is_said_before_any_work(profile, roles, code):
    with pytest.raises(UsageError) as caught:
        open_models(profile, roles)
    assert caught.value.code == code
