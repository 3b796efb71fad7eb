"""The profiles beside the embedded one: what they lack here is said, with the command that brings it."""

import importlib.util

import pytest
from vidprog.models import ROLES, load_profile, requirements


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine with what vidprog needs and nothing more; the model hub's cache is empty."""
    extra = {name for names in requirements.LIBRARIES.values() for name in names} | {"torchvision"}
    monkeypatch.setattr(
        requirements, "find_spec", lambda name: None if name in extra else importlib.util.find_spec(name)
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def equipped(bare, monkeypatch):
    """The same machine with all libraries, but no weights of outside."""
    monkeypatch.setattr(requirements, "find_spec", lambda name: name)


@pytest.mark.parametrize(
    ("profile", "lacking"),
    [("cpu", {"vlm"}), ("gpu", {"asr", "detector", "image_embedder", "llm", "ocr", "vlm"})],
)
def test_what_is_not_installed_is_named_with_the_pip_command(cli, models, bare, tmp_path, profile, lacking):
    ran = cli("models", "list", "--profile", profile, "--json")
    roles = {role["role"]: role for role in ran.document["roles"]}
    assert set(roles) == set(load_profile(profile).roles) <= set(ROLES)
    assert {name for name, role in roles.items() if role["libraries"]} == lacking
    for name in lacking:
        assert (roles[name]["state"], roles[name]["ready"]) == ("not installed", False)
        assert "pip install" in roles[name]["mend"]
    shown = cli("models", "list", "--profile", profile)
    assert shown.code == 0 and f'{", ".join(sorted(lacking))}: pip install "vidprog[gpu]"' in shown.out
    checks = {check["name"]: check for check in cli("doctor", "--profile", profile, "--json").document["checks"]}
    for name in lacking:
        assert checks[f"model {name}"]["status"] == "broken"
        assert "pip install" in checks[f"model {name}"]["mend"]


def test_what_is_not_downloaded_is_named_with_the_command(cli, models, equipped):
    roles = {role["role"]: role for role in cli("models", "list", "--profile", "gpu", "--json").document["roles"]}
    for name in ("vlm", "llm", "asr", "detector", "image_embedder"):
        assert (roles[name]["state"], roles[name]["mend"]) == (
            "not downloaded",
            f"vidprog models pull {name} --profile gpu",
        )
    checks = {check["name"]: check for check in cli("doctor", "--profile", "gpu", "--json").document["checks"]}
    assert checks["model vlm"]["status"] == "warning"
    assert "model hub" in checks["model vlm"]["found"]
    assert checks["model asr"]["mend"] == "vidprog models pull asr --profile gpu"


@pytest.mark.parametrize(
    ("spec", "mend"),
    [
        ("vlm=transformers:some/model", "vidprog models pull vlm --set vlm=transformers:some/model"),
        ("asr=whisper:tiny.en", "vidprog models pull asr --set asr=whisper:tiny.en"),
        ("detector=ultralytics:mine.pt", "github.com/ultralytics"),
    ],
)
def test_a_model_that_is_named_alone(cli, models, equipped, spec, mend):
    role = spec.partition("=")[0]
    roles = {row["role"]: row for row in cli("models", "list", "--set", spec, "--json").document["roles"]}
    assert mend in roles[role]["mend"]


def test_loading_what_is_not_installed_is_one_line_and_a_hint(cli, bare, monkeypatch):
    """Whether the library is there or not: its import is made to fail."""
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    ran = cli("models", "pull", "image_embedder", "--set", "image_embedder=transformers:some/model")
    assert ran.code == 1
    assert "needs the library torch" in ran.err and 'pip install "vidprog[gpu]"' in ran.err
    assert "Traceback" not in ran.err
