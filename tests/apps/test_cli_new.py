"""What `new` writes runs and passes its check as it is; names that cannot be are refused, nothing is overwritten."""

import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest
from vidprog.models import ROLES, Models, installed, load_profile
from vidprog.models.conformance import check

RUFF = (sys.executable, "-m", "ruff")


def well_formed(*files):
    """Whether the linter, with the rules of this project but those about docstrings, finds nothing to say."""
    selected = ("check", "--isolated", "--line-length", "120", "--select", "B,E,F,I,UP,W,SIM")
    for arguments in (selected, ("format", "--check", "--isolated", "--line-length", "120")):
        done = subprocess.run([*RUFF, *arguments, *map(str, files)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("options", [[], ["--stateful"]])
def test_a_new_tool_passes_its_check_and_answers(cli, tmp_path, sample, sample_store, options):
    ran = cli("tools", "new", "lightness", *options, "--into", tmp_path)
    file = tmp_path / "lightness.py"
    assert ran.code == 0 and ran.out == f"{file}\n" and f"vidprog tools check {file}" in ran.err
    well_formed(file)
    checked = cli("tools", "check", file)
    assert checked.code == 0 and "the planner takes it for questions like: How light is the picture?" in checked.out
    asked = cli("ask", sample, "How light is the picture?", "--tools", file, "--store", sample_store, "--json")
    assert asked.document["program"]["name"] == "lightness"
    assert any(moment["content"].startswith("light 0.") for moment in asked.document["evidence"])


@pytest.mark.parametrize("options", [[], ["--stateful"]])
def test_a_new_package_is_found_by_its_entry_point(cli, tmp_path, options):
    ran = cli("tools", "new", "light_level", *options, "--package", "--into", tmp_path)
    files = [Path(name) for name in ran.out.splitlines()]
    assert ran.code == 0 and [file.name for file in files] == ["pyproject.toml", "light_level.py", "__init__.py"]
    well_formed(*files[1:])
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, files[0].parent]
    subprocess.run(command, check=True, capture_output=True)
    shown = subprocess.run(
        [sys.executable, "-m", "vidprog.apps.cli", "tools", "list"],
        env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "light_level" in shown.stdout and shown.stderr == ""


def test_a_new_program_passes_its_check_and_answers(cli, tmp_path, sample, sample_store):
    ran = cli("programs", "new", "station_name", "--into", tmp_path)
    file = tmp_path / "station_name.py"
    assert ran.code == 0 and ran.out == f"{file}\n"
    assert cli("programs", "check", file).code == 0
    question = ["What is the name of the station?", "-c", "Willow Bridge Station", "-c", "Oak Hill Station"]
    asked = cli("ask", sample, *question, "--program", file, "--store", sample_store, "--json")
    assert asked.code == 0 and asked.document["choice"] == 0 and asked.document["program"]["name"] == "station_name"


@pytest.fixture
def backend(cli, tmp_path, monkeypatch):
    """A new backend as if its package were installed."""

    def make(role, name="my_model"):
        ran = cli("models", "new", role, name, "--into", tmp_path)
        assert ran.code == 0, ran.err
        source = tmp_path / "vidprog-my-model" / "src"
        project = (source.parent / "pyproject.toml").read_text()
        assert f'[project.entry-points."vidprog.models"]\n"{role}.my-model" = "vidprog_my_model"' in project
        well_formed(source / "vidprog_my_model" / "__init__.py")
        monkeypatch.syspath_prepend(str(source))
        sys.modules.pop("vidprog_my_model", None)
        entry = EntryPoint(f"{role}.my-model", "vidprog_my_model", installed.ENTRY_POINTS)
        monkeypatch.setattr("vidprog.models.models.installed_backends", lambda: {(role, "my-model"): entry})
        monkeypatch.setattr("vidprog.models.requirements.installed_backends", lambda: {(role, "my-model"): entry})

    return make


@pytest.mark.parametrize("role", ROLES)
def test_a_new_backend_passes_its_check(cli, backend, role):
    backend(role)
    ran = cli("models", "check", f"{role}=my-model:default")
    assert ran.code == 0 and ran.out == f"ok       {role}=my-model:default\n"
    rows = cli("models", "list", "--json", "--set", f"{role}=my-model:default").document["roles"]
    assert next(row for row in rows if row["role"] == role)["ready"] is True


def test_a_new_backend_is_used(backend, sample, tmp_path):
    from vidprog.agents import Session

    backend("ocr")
    models = Models(load_profile("embedded", ["ocr=my-model:small"]))
    assert models.identity("ocr") == "my-model:small"
    with Session(sample, models=models, store=tmp_path) as session:
        context = session.context()
        found = session.registry.get("read_text")(context.whole.trim(0, 2), context=context)
    assert not found and found.why


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("nowhere_at_all", "cannot be imported: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("json", "has no identity"),
    ],
)
def test_a_broken_backend_is_named(cli, monkeypatch, entry, message):
    found = {("ocr", "mine"): EntryPoint("ocr.mine", entry, installed.ENTRY_POINTS)}
    monkeypatch.setattr("vidprog.models.models.installed_backends", lambda: found)
    ran = cli("models", "list", "--set", "ocr=mine:x")
    assert ran.code == 1 and message in ran.err and "hint: " in ran.err


WRONG = (
    ("ocr", {"identity": "x"}, "it has no read: see TextReader"),
    ("embedder", {"identity": "x", "embed": lambda texts: [[1.0]]}, "embed() did not return a float32 array"),
    (
        "ocr",
        {"identity": "x", "read": lambda image: ["EXIT"], "read_all": lambda images: ((), ())},
        "read() returned a list, not a tuple of TextLine",
    ),
    ("detector", {"identity": "x", "labels": (), "detect": lambda images: ()}, "one entry for each of 2 pictures"),
)


@pytest.mark.parametrize(("role", "parts", "message"), WRONG)
def test_what_is_wrong_with_a_backend_is_said(role, parts, message):
    assert any(message in problem for problem in check(role, SimpleNamespace(**parts)))


@pytest.mark.parametrize("role", ["llm", "ocr", "detector", "embedder", "asr"])
def test_the_embedded_models_conform(models, role):
    assert check(role, models.get(role)) == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tools", "new", "CountBirds"], "'CountBirds' is not a name for a tool"),
        (["tools", "new", "class"], "'class' is not a name for a tool"),
        (["tools", "new", "read_text"], "there is a tool named 'read_text' already"),
        (["programs", "new", "sevila"], "there is a program named 'sevila' already"),
        (["models", "new", "nose", "mine"], "there is no role 'nose'"),
        (["models", "new", "ocr", "rapidocr"], "there is a backend named 'rapidocr' already"),
    ],
)
def test_names_that_cannot_be(cli, tmp_path, arguments, message):
    ran = cli(*arguments, "--into", tmp_path)
    assert ran.code == 2 and message in ran.err and not list(tmp_path.iterdir())


def test_nothing_is_overwritten(cli, tmp_path):
    (tmp_path / "mine.py").write_text("precious")
    ran = cli("tools", "new", "mine", "--into", tmp_path)
    assert ran.code == 2 and "is there already" in ran.err
    assert (tmp_path / "mine.py").read_text() == "precious"


TRIED = (
    ("return 'light'", 0, ""),
    ("raise ValueError('no such word')", 1, "broke with ValueError: no such word in line 14"),
    ("return 3", 1, "promises str and returned int: return the promised type"),
    ("sys.stdout.flush() or print('x', flush=True, file=None)\n    return ''", 1, "it printed, which went to stderr"),
)


@pytest.mark.parametrize(("body", "code", "message"), TRIED)
def test_a_tool_tried_on_a_video(cli, tmp_path, mute, body, code, message):
    path = tmp_path / "mine.py"
    path.write_text(
        'import sys\n\nfrom vidprog import Clip, tool\n\n\n@tool\ndef mine(clip: Clip) -> str:\n    """Say it.\n\n'
        f'    Args:\n        clip: Where to look.\n    """\n\n    {body}\n'
    )
    ran = cli("tools", "check", path, "--on", mute)
    assert ran.code == code and message in ran.out
    assert cli("tools", "check", path).code == 0
