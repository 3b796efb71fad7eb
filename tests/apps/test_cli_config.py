"""The user's own defaults: defaults < file < environment < options; what is wrong in a file is said."""

import os
import subprocess
import sys
import tomllib

import pytest
from vidprog.apps.cli.configuration import _flat

SEVILA = 'profile = "api"\n\n[ask]\nmax-rounds = 5\nprogram = "hear_speech"\n'


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Write the user's file."""
    path = tmp_path / "config" / "vidprog" / "config.toml"
    path.parent.mkdir(parents=True)
    monkeypatch.delenv("VIDPROG_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def write(text):
        path.write_text(text)
        return path

    return write


def entries(cli, *arguments):
    return {entry["option"]: entry for entry in cli(*arguments, "config", "show", "--json").document["options"]}


def test_every_option_is_shown_with_its_source(cli, config, monkeypatch):
    config(SEVILA)
    monkeypatch.setenv("VIDPROG_LLM", "openai:some@http://localhost:1/v1")
    found = entries(cli)
    assert (found["profile"]["value"], found["profile"]["source"]) == ("api", "file")
    assert (found["ask.max-rounds"]["value"], found["ask.max-rounds"]["source"]) == (5, "file")
    assert (found["models.llm"]["source"], found["models.llm"]["variable"]) == ("environment", "VIDPROG_LLM")
    assert found["ask.threshold"]["source"] == "default" and found["search.limit"]["value"] == 10
    assert {"cache.list.json", "ask.choice", "ask.profile"}.isdisjoint(found)
    shown = cli("config", "show").out
    assert set_in(shown) == {
        "profile": "api", "store": os.environ["VIDPROG_STORE"], "models.llm": os.environ["VIDPROG_LLM"],
        "ask.max-rounds": 5, "ask.program": "hear_speech",
    }  # fmt: skip


def set_in(text):
    """What a file sets, by the names of the options."""
    return dict(_flat(tomllib.loads(text), ""))


def test_a_file_to_begin_with_sets_nothing(cli, config, tmp_path):
    path = tmp_path / "config" / "vidprog" / "config.toml"
    assert cli("config", "path").out == f"{path}\n"
    assert cli("config", "init").out == f"{path}\n"
    assert set_in(path.read_text()) == {}
    assert "# max-rounds = " in path.read_text() and "# Programs to try at most (3)." in path.read_text()
    assert {entry["source"] for entry in entries(cli).values()} <= {"default", "environment"}
    refused = cli("config", "init")
    assert refused.code == 2 and "is there already" in refused.err
    assert cli("config", "init", "--force").code == 0


def profile_of(cli, *arguments):
    return cli("models", "list", "--json", *arguments).document["profile"]


def test_the_order_of_precedence(cli, config, monkeypatch):
    assert profile_of(cli) == "embedded"
    config('profile = "api"\n')
    assert profile_of(cli) == "api"
    monkeypatch.setenv("VIDPROG_PROFILE", "cpu")
    assert profile_of(cli) == "cpu"
    assert profile_of(cli, "--profile", "gpu") == "gpu"
    monkeypatch.delenv("VIDPROG_PROFILE")
    assert profile_of(cli) == "api" and "VIDPROG_PROFILE" not in os.environ


def test_models_of_the_file_and_of_the_command_line_go_together(cli, config):
    config('[models]\nvlm = "openai:seer@http://localhost:1/v1"\nimage_embedder = "transformers:somewhere/else"\n')
    roles = cli("models", "list", "--json", "--set", "llm=openai:talker@http://localhost:1/v1").document["roles"]
    specs = {role["role"]: role["spec"] for role in roles}
    assert specs["vlm"] == "openai:seer@http://localhost:1/v1" and specs["llm"].startswith("openai:talker")
    assert specs["image_embedder"] == "transformers:somewhere/else"


def test_defaults_of_a_command(cli, config, sample, sample_store, monkeypatch):
    monkeypatch.delenv("VIDPROG_STORE")
    config(f'store = "{sample_store}"\n\n[ask]\nprogram = "hear_speech"\nno_learn = true\n')
    question = ("ask", sample, "What does the narrator say about breakfast?", "--json")
    program = cli(*question).document["program"]
    assert (program["name"], program["planner"]) == ("hear_speech", "given")
    assert cli(*question, "--program", "read_screen").document["program"]["name"] == "read_screen"


def test_another_file(cli, config, tmp_path):
    config('profile = "api"\n')
    other = tmp_path / "other.toml"
    other.write_text('profile = "cpu"\n')
    assert cli("--config", other, "models", "list", "--json").document["profile"] == "cpu"
    assert entries(cli, "--config", other)["profile"]["value"] == "cpu"
    missing = cli("--config", tmp_path / "none.toml", "models", "list")
    assert missing.code == 2 and "none.toml is not there" in missing.err


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('profil = "gpu"', "there is no option profil", "Did you mean profile?"),
        ("[ask]\nmax-round = 3", "there is no option ask.max-round", "Did you mean ask.max-rounds?"),
        ("max-rounds = 3", "there is no option max-rounds", "max-rounds?"),
        ('[models]\nears = "x:y"', "there is no option models.ears", "Did you mean models.asr?"),
        ("[aks]\nthreshold = 0.5", "there is no option aks.threshold", "Did you mean ask.threshold?"),
        ('[ask]\nmax-rounds = "many"', "ask.max-rounds: ", "Programs to try"),
        ("[ask]\nmax-rounds = [1, 2]", "ask.max-rounds takes one value", "Programs to try"),
        ("profile = true", "profile is no text", 'Write profile = "..."'),
        ("profile = gpu", "is not TOML", "quotes"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(cli, config, text, message, hint):
    path = config(text)
    ran = cli("models", "list")
    assert ran.code == 2 and f"{path}" in ran.err and message in ran.err and hint in ran.err
    assert cli("config", "path").code == 0


def test_help_needs_no_file_that_is_right(config):
    config("nonsense")
    command = [sys.executable, "-m", "vidprog.apps.cli", "ask", "--help"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
