"""Help, version and listings; how a terminal looks; and how long a start may take."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from importlib.metadata import version

import pytest

COMMANDS = ("ask", "index", "search", "timeline", "programs", "tools", "examples", "models", "doctor", "sample")
HEAVY = ("numpy", "av", "cv2", "ctranslate2", "langgraph", "pydantic_monty", "rich.console", "onnxruntime", "openai")
ASK_OPTIONS = (
    "--choice", "-c", "--program", "--profile", "--max-rounds", "--threshold", "--json", "--tools", "--set", "--store",
    "--quiet", "-q", "--verbose", "-v", "--max-seconds", "--max-frames", "--max-llm-calls", "--no-learn",
)  # fmt: skip


def test_help_names_every_command(cli):
    ran = cli("--help")
    assert ran.code == 0 and ran.err == ""
    assert all(f"\n  {command} " in ran.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cli, command):
    ran = cli(command, "--help")
    assert ran.code == 0 and f"Usage: vidprog {command}" in ran.out and "..." not in ran.out.split("Options")[1][:40]


def test_ask_has_the_options_of_the_contract(cli):
    text = cli("ask", "--help").out
    assert all(option in text for option in ASK_OPTIONS)


def test_defaults_in_the_help_are_those_of_the_loop(cli):
    from vidprog.agents import Settings

    text = " ".join(cli("ask", "--help").out.split())
    assert f"({Settings().rules.max_rounds})" in text and f"({Settings().rules.threshold})" in text


def test_alone_it_shows_its_help_as_a_usage_error(cli):
    for arguments in ([], ["programs"], ["tools"], ["examples"], ["models"]):
        ran = cli(*arguments)
        assert ran.code == 2 and ran.out == "" and ran.err.startswith("Usage: vidprog")


def test_version(cli):
    assert cli("--version").out == f"vidprog {version('vidprog')}\n"


@pytest.mark.parametrize("group", ["programs", "tools", "models"])
def test_lists_as_text_and_as_json(cli, group):
    text, document = cli(group, "list"), cli(group, "list", "--json").document
    entries = document["roles" if group == "models" else group]
    names = [entry["role" if group == "models" else "name"] for entry in entries]
    assert text.code == 0 and document["schema"] == f"vidprog.{group}/1"
    assert names and all(any(line.startswith(name) for line in text.out.splitlines()) for name in names)


def test_models_list_says_licence_size_and_state(cli, models):
    models.llm  # noqa: B018 - fetched and converted, if it was not
    roles = {role["role"]: role for role in cli("models", "list", "--json").document["roles"]}
    llm = roles["llm"]
    assert llm["licence"] == "Apache-2.0" and llm["bytes"] > 1e7 and llm["ready"] is True
    assert "ready" in cli("models", "list").out


def test_models_pull_loads_what_is_named(cli):
    ran = cli("models", "pull", "embedder", "ocr")
    assert ran.code == 0 and ran.out.splitlines() == ["ready  minilm-l6", "ready  rapidocr:ppocr"]


def test_models_where(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("VIDPROG_WEIGHTS", str(tmp_path))
    document = cli("models", "where", "--json").document
    assert document["weights"] == str(tmp_path) and document["store"] == os.environ["VIDPROG_STORE"]
    assert str(tmp_path) in cli("models", "where").out


def test_programs_show_is_the_source(cli):
    ran = cli("programs", "show", "read_screen")
    assert ran.code == 0 and "def read_screen(video: Clip" in ran.out
    compile(ran.out, "read_screen", "exec")


def test_all_programs_and_tools_pass_their_checks(cli):
    for group in ("programs", "tools"):
        ran = cli(group, "check", "--json")
        checked = ran.document[group]
        assert ran.code == 0 and len(checked) >= 10
        assert not [entry for entry in checked if entry["problems"]]


def test_programs_check_lists_all_problems_of_a_file(cli, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("import os\nlines = raed_text(video)\nanswer(question, lines, choices)\n")
    ran = cli("programs", "check", path)
    assert ran.code == 1
    assert "line 1" in ran.out and "line 2" in ran.out and "read_text" in ran.out


@pytest.mark.parametrize(("text", "line"), [("answer(question,\n", 1), ("x = 1\n\ndef find(video): pass\n", 3)])
def test_programs_check_of_what_is_no_program(cli, tmp_path, text, line):
    path = tmp_path / "mine.py"
    path.write_text(text)
    problems = cli("programs", "check", path, "--json").document["programs"][0]["problems"]
    assert [problem["line"] for problem in problems] == [line]
    assert str(path) not in problems[0]["message"]


GOOD_TOOL = '''from vidprog import tool


@tool
def brightness(level: float = 0.5) -> float:
    """Say how bright it is.

    Args:
        level: What counts as bright.
    """
    return level
'''


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (GOOD_TOOL, 0, "ok       brightness"),
        (GOOD_TOOL.replace("brightness", "shineBrightly"), 1, "snake_case"),
        (GOOD_TOOL.replace("@tool", '@tool(needs="nose")'), 1, "none of the roles"),
    ],
)
def test_tools_check_of_a_file(cli, tmp_path, source, code, words):
    (tmp_path / "mine.py").write_text(source)
    ran = cli("tools", "check", tmp_path / "mine.py")
    assert ran.code == code and words in ran.out and "read_text" not in ran.out


def test_tools_stubs_are_python_and_hold_ones_own(cli, tmp_path):
    (tmp_path / "mine.py").write_text(GOOD_TOOL)
    ran = cli("tools", "stubs", "--tools", tmp_path / "mine.py")
    compile(ran.out, "stubs.pyi", "exec")
    assert "def brightness(level: float = 0.5) -> float:" in ran.out and "def read_text(" in ran.out


def test_doctor_finds_nothing_broken(cli, models, tmp_path):
    for role in models.roles:
        models.get(role)
    ran = cli("doctor", "--json", "--store", tmp_path)
    assert ran.code == 0 and ran.document["ok"] is True
    names = {check["name"]: check["status"] for check in ran.document["checks"]}
    assert names["python"] == names["packages"] == names["store"] == names["sandbox"] == "ok"


def test_deep_doctor_finds_a_changed_file(cli, tmp_path, monkeypatch):
    from vidprog.models.weights import manifest

    monkeypatch.setenv("VIDPROG_WEIGHTS", str(tmp_path))
    weights = manifest()["ssd-mobilenet-v2"]
    weights.directory.mkdir(parents=True)
    for file in weights.files:
        with (weights.directory / file.name).open("wb") as stream:
            stream.truncate(file.size)
    profile = [part for role in ("llm", "asr", "ocr", "embedder") for part in ("--set", f"{role}=")]
    assert cli("doctor", *profile).code == 0
    ran = cli("doctor", *profile, "--deep")
    assert ran.code == 1 and "other content than pinned" in ran.out


def test_doctor_of_a_store_that_cannot_be_written(cli, tmp_path):
    (tmp_path / "file").touch()
    ran = cli("doctor", "--json", "--store", tmp_path / "file" / "store")
    assert ran.code == 1
    assert [check["name"] for check in ran.document["checks"] if check["status"] == "broken"] == ["store"]


def test_a_start_loads_nothing_heavy():
    code = (
        "import sys; from vidprog.apps.cli import main; main(['--help']);"
        f"print('loaded', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_a_warm_index_loads_no_model_and_no_graph(sample, sample_store):
    names = ("ctranslate2", "onnxruntime", "rapidocr", "faster_whisper", "langgraph", "pydantic_monty", "openai")
    arguments = ["index", str(sample), "--store", str(sample_store)]
    code = (
        f"import sys; from vidprog.apps.cli import main; main({arguments});"
        f"print('loaded', [name for name in {names} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded []"


def cpu_seconds(*arguments: object) -> float:
    """Least processor time of three runs: what a busy machine does not change."""
    spent = []
    for _ in range(3):
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "vidprog.apps.cli", *map(str, arguments)], capture_output=True, check=True
        )
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(spent)


def test_starts_are_quick(sample, sample_store):
    assert cpu_seconds("--help") < 0.3
    assert cpu_seconds("--version") < 0.3
    assert cpu_seconds("index", sample, "--store", sample_store) < 0.9
    assert cpu_seconds("search", "snow", sample, "--store", sample_store) < 1.2


@pytest.mark.skipif(importlib.util.find_spec("pty") is None, reason="needs a pseudo terminal")
def test_a_terminal_gets_colours_and_no_leftovers(sample, sample_store):
    import pty

    leader, follower = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "vidprog.apps.cli", "search", "snow", str(sample), "--store", str(sample_store)],
        stdout=follower, stderr=follower, env={**environment, "TERM": "xterm-256color", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(follower)
    text = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        text += part
    os.close(leader)
    assert process.wait(10) == 0
    shown = text.decode()
    assert "\x1b[" in shown and "snow" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h")  # the cursor is there again


def test_forced_colours_and_none(sample, sample_store):
    command = [sys.executable, "-m", "vidprog.apps.cli", "search", "snow", str(sample), "--store", str(sample_store)]
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    coloured = subprocess.run(command, capture_output=True, text=True, env={**plain, "FORCE_COLOR": "1"}, check=True)
    piped = subprocess.run(command, capture_output=True, text=True, env=plain, check=True)
    assert "\x1b[" in coloured.stdout and "\x1b[" not in piped.stdout


def test_json_is_the_same_on_every_screen(sample, sample_store):
    command = [
        sys.executable,
        "-m",
        "vidprog.apps.cli",
        "search",
        "snow",
        str(sample),
        "--store",
        str(sample_store),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "FORCE_COLOR": "1"}, check=True)
    assert json.loads(done.stdout)["schema"] == "vidprog.search/1"


def test_a_tool_shows_what_it_was_measured_to_cost(cli):
    ran = cli("tools", "show", "shots")
    assert ran.code == 0 and "measured" in ran.out and "benchmarks/tool_costs.py" in ran.out
    assert cli("tools", "show", "shots", "--json").document["measured"]["unit"] == "a minute of video"
    assert "measured" not in cli("tools", "show", "trim", "--json").document
