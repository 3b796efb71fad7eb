"""A diarizer and a tagger of another package play their roles like any backend."""

import sys
from importlib.metadata import EntryPoint

import pytest
from vidprog.models import Models, load_profile, models
from vidprog.models.conformance import check
from vidprog.models.roles import SpeakerTurn
from vidprog.video.errors import UsageError

MODULE = """
class ScriptedHook:
    def __init__(self, spec):
        self.identity = str(spec)

    def turns(self, samples):
        return ()

    def tag(self, samples):
        return ()


def load(spec, report):
    return ScriptedHook(spec)


def identity(spec):
    return str(spec)
"""


@pytest.mark.parametrize("role", ["diarizer", "tagger"])
def test_an_installed_package_plays_the_role(role, tmp_path, monkeypatch):
    (tmp_path / f"scripted_{role}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint(f"{role}.own", f"scripted_{role}", "vidprog.models")
    monkeypatch.setattr(models, "installed_backends", lambda: {(role, "own"): entry})
    played = Models(load_profile("embedded", [f"{role}=own:small"]))
    assert played.has(role) and played.identity(role) == "own:small"
    assert played.get(role).identity == "own:small"
    sys.modules.pop(f"scripted_{role}", None)


@pytest.mark.parametrize("role", ["diarizer", "tagger"])
def test_without_a_package_the_role_is_empty_and_a_wish_for_it_refused(role):
    assert not Models(load_profile("embedded")).has(role)
    with pytest.raises(UsageError) as caught:
        Models(load_profile("embedded", [f"{role}=own:small"])).get(role)
    assert caught.value.code == "model.kind"


@pytest.mark.parametrize(
    ("role", "method", "given", "complaint"),
    [
        ("diarizer", "turns", (SpeakerTurn(0.0, 1.5, "A"),), ""),
        ("diarizer", "turns", [SpeakerTurn(0.0, 1.5, "A")], "not a tuple"),
        ("diarizer", "turns", (SpeakerTurn(0.5, 900.0, "A"),), "outside"),
        ("tagger", "tag", (("a flute", 0.8),), ""),
        ("tagger", "tag", (("a flute", 80),), "between 0 and 1"),
        ("tagger", "tag", ("a flute",), "not of tuple"),
    ],
)
def test_what_they_give_is_looked_at(role, method, given, complaint):
    class ScriptedHook:
        identity = "own"

    setattr(ScriptedHook, method, lambda self, samples: given)
    problems = "; ".join(check(role, ScriptedHook()))
    assert complaint in problems if complaint else not problems
