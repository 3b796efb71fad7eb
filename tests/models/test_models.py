"""Backends by role: loaded at the first use, once, and known by an identity before that."""

import subprocess
import sys

import pytest
from scripted import ScriptedLanguageModel
from vidprog.models import Models, load_profile, profile_names
from vidprog.models.errors import MissingRoleError
from vidprog.models.models import BACKENDS
from vidprog.video.errors import UsageError


def test_a_role_is_loaded_once(models):
    assert models.ocr is models.get("ocr")


@pytest.mark.parametrize("role", ["llm", "asr", "ocr", "detector", "embedder"])
def test_the_identity_before_loading_is_that_of_the_backend(models, role):
    assert Models(load_profile("embedded")).identity(role) == models.get(role).identity


def test_labels_before_loading_are_those_of_the_backend(models):
    assert Models(load_profile("embedded")).labels == models.detector.labels


@pytest.mark.parametrize("profile", profile_names())
def test_identities_and_labels_load_nothing(profile):
    code = (
        "import sys\n"
        "from vidprog.models import Models, load_profile\n"
        f"models = Models(load_profile({profile!r}))\n"
        "[models.identity(role) for role in models.roles], models.labels, models.open_vocabulary\n"
        "models.can_write, models.lazy_embedder\n"
        "heavy = ['ctranslate2', 'faster_whisper', 'onnxruntime', 'cv2', 'openai', 'torch', 'numpy']\n"
        "print(*(name for name in heavy if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_a_role_that_nobody_plays(models):
    assert not models.has("vlm")
    for use in (lambda: models.vlm, lambda: models.identity("vlm")):
        with pytest.raises(MissingRoleError) as caught:
            use()
        assert (caught.value.code, caught.value.role) == ("model.no_role", "vlm")
        assert "--set vlm=" in caught.value.hint


def test_backends_that_are_given_are_used():
    mine = ScriptedLanguageModel("yes")
    models = Models(load_profile("embedded"), loaded={"llm": mine})
    assert models.llm is mine
    assert models.identity("llm") == mine.identity
    assert models.can_write


def test_the_embedded_text_model_is_not_trusted_to_write(models):
    assert not models.can_write
    assert Models(load_profile("api")).can_write


@pytest.mark.parametrize(
    ("assignment", "hint"),
    [("llm=openia:x", "openai"), ("ocr=rapidocrs:ppocr", "rapidocr"), ("vlm=gpt:4o", "Known: openai")],
)
def test_a_kind_without_a_backend(assignment, hint):
    role = assignment.partition("=")[0]
    with pytest.raises(UsageError) as caught:
        Models(load_profile("embedded", [assignment])).get(role)
    assert caught.value.code == "model.kind"
    assert hint in caught.value.hint


def test_a_role_without_any_backend(monkeypatch):
    monkeypatch.setattr("vidprog.models.models.BACKENDS", {})
    with pytest.raises(UsageError) as caught:
        Models(load_profile("embedded")).get("llm")
    assert "No backend for llm" in caught.value.hint


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_can_be_played(name):
    profile = load_profile(name)
    assert all((role, spec.kind) in BACKENDS for role, spec in profile.roles.items())
    models = Models(profile)
    assert all(models.identity(role) for role in profile.roles)
    assert isinstance(models.can_write, bool)


@pytest.mark.parametrize("spec", ["transformers:/no/such/model", "transformers:./no_model?merge=0.5"])
def test_a_path_that_does_not_exist_is_said_before_anything_is_loaded(spec):
    with pytest.raises(UsageError) as caught:
        Models(load_profile("embedded", [f"vlm={spec}"])).identity("vlm")
    assert caught.value.code == "model.missing" and caught.value.hint


def test_what_looks_like_a_path_may_be_the_name_of_a_model_on_a_server():
    spec = "openai:/served/here@http://127.0.0.1:9/v1"
    assert "/served/here" in Models(load_profile("embedded", [f"vlm={spec}"])).identity("vlm")
