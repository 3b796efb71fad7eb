"""Everything that can be wrong with a request: one line, one hint, the right exit code, never a traceback."""

import json

import pytest
from media import cut_file, make_audio, make_picture, make_video

QUESTION = "What does the sign say?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One file for each kind of trouble."""
    place = tmp_path_factory.mktemp("bad")
    good = make_video(place / "good.mp4", frames=20, fps=10, audio="tone")
    make_picture(place / "still.png")
    cut_file(good, place / "cut.mp4")
    (place / "notes.txt").write_text("Bring milk.\n")
    (place / "renamed.mp4").write_text("Bring milk.\n" * 50)
    (place / "empty.mp4").write_bytes(b"")
    (place / "noise.mp4").write_bytes(bytes(range(256)) * 200)
    (place / "directory").mkdir()
    (place / "no_tools.py").write_text("value = 1\n")
    (place / "broken_tools.py").write_text("1 / 0\n")
    (place / "form.py").write_text("def find(video):\n    pass\n")
    (place / "syntax.py").write_text("answer(question,\n")
    (place / "refused.py").write_text("answer(question, raed_text(video), choices)\n")
    return place


FILES = [
    ("missing.mp4", "media.missing", "does not exist"),
    ("directory", "media.directory", "is a directory"),
    ("notes.txt", "media.not_video", "is a text file"),
    ("renamed.mp4", "media.not_video", "is a text file"),
    ("empty.mp4", "media.empty", "is empty"),
    ("noise.mp4", "", ""),
    ("cut.mp4", "media.corrupt", "is cut off"),
    ("still.png", "media.still_image", "is a still picture"),
    ("https://host.example/clip.mp4", "media.url", "is an address"),
]
COMMANDS = [("ask", "{}", QUESTION), ("index", "{}"), ("search", "sign", "{}"), ("timeline", "{}")]


def assert_one_line_and_a_hint(ran, code):
    lines = ran.err.splitlines()
    assert ran.code == code
    assert ran.out == "" and "Traceback" not in ran.err
    assert [line.split(":")[0] for line in lines if line.split(":")[0] in ("error", "hint")] == ["error", "hint"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(("name", "code", "words"), FILES, ids=lambda value: str(value)[:20])
def test_files_that_cannot_be_used(cli, folder, command, name, code, words):
    path = name if "://" in name else str(folder / name)
    arguments = [part.format(path) for part in command]
    ran = cli(*arguments)
    assert_one_line_and_a_hint(ran, 1)
    assert len(ran.err.splitlines()) == 2 and words in ran.err
    document = cli(*arguments, "--json")
    assert document.code == 1 and document.err == ""
    assert document.document["error"]["code"].startswith(code or "media.")


REQUESTS = [
    (["ask"], "the video and the question are missing"),
    (["ask", "{good}"], "the question is missing"),
    (["ask", "missing.mp4"], "the question is missing"),
    (["ask", QUESTION], "the video is missing"),
    (["ask", QUESTION, "{good}"], "the question is missing"),
    (["ask", "{good}", " "], "the question is empty"),
    (["ask", "{good}", QUESTION, "-c", "one"], "one choice is no choice"),
    (["ask", "{good}", QUESTION, "-c", "one", "-c", "one"], "choices must differ"),
    (["ask", "{good}", QUESTION, "--program", "read_scren"], "no program of that name"),
    (["ask", "{good}", QUESTION, "--tools", "{folder}/no_tools.py"], "declares no tool"),
    (["ask", "{good}", QUESTION, "--tools", "{folder}/broken_tools.py"], "cannot be imported"),
    (["ask", "{good}", QUESTION, "--tools", "{folder}/nowhere.py"], "is not a Python file"),
    (["ask", "{good}", QUESTION, "--profile", "embeded"], "there is no profile"),
    (["ask", "{good}", QUESTION, "--set", "llm"], "has no '='"),
    (["ask", "{good}", QUESTION, "--set", "ears=a:b"], "there is no role"),
    (["ask", "{good}", QUESTION, "--set", "llm=gpt"], "is not a model spec"),
    (["ask", "{good}", QUESTION, "--set", "llm=abacus:one"], "no backend 'abacus'"),
    (["ask", "{good}", QUESTION, "--set", "llm=ctranslate2:none"], "no weights of that name"),
    (["ask", "{good}", QUESTION, "--threshold", "2"], "a threshold of 2"),
    (["ask", "{good}", QUESTION, "--threshold", "high"], "--threshold"),
    (["ask", "{good}", QUESTION, "--max-rounds", "0"], "0 rounds"),
    (["ask", "{good}", QUESTION, "--max-seconds", "-1"], "budget"),
    (["search", "sign", "{good}", "--kind", "smell"], "kind of observation 'smell'"),
    (["search", "sign", "{good}", "--limit", "0"], "--limit"),
    (["search", "sign"], "VIDEO"),
    (["index"], "VIDEO"),
    (["index", "{good}", "--frobnicate"], "--frobnicate"),
    (["timeline", "{good}", "--format", "xml"], "there is no format 'xml'"),
    (["programs", "show", "read_scren"], "no program of that name"),
    (["tools", "show", "raed_text"], "there is no tool"),
    (["tools", "check", "{folder}/no_tools.py"], "declares no tool"),
    (["models", "pull", "everything"], "there are no weights"),
    (["models", "list", "--profile", "none"], "there is no profile"),
    (["sample", "{folder}/demo.avi"], "mp4"),
    (["sample", "{folder}/nowhere/demo.mp4"], "no folder"),
    (["asj"], "No such command"),
]


@pytest.mark.parametrize(("arguments", "words"), REQUESTS, ids=lambda value: " ".join(value)[-40:])
def test_requests_that_make_no_sense(cli, folder, arguments, words):
    ran = cli(*(part.format(folder=folder, good=folder / "good.mp4") for part in arguments))
    assert_one_line_and_a_hint(ran, 2)
    assert words in ran.err


@pytest.mark.parametrize(("file", "words"), [("form", "plain function"), ("refused", "raed_text")])
def test_a_program_of_ones_own_that_cannot_run(cli, folder, file, words):
    ran = cli("ask", folder / "good.mp4", QUESTION, "--program", folder / f"{file}.py")
    assert_one_line_and_a_hint(ran, 1)
    assert words in ran.err


def test_nearest_names_are_offered(cli, folder):
    good = folder / "good.mp4"
    assert "read_screen" in cli("ask", good, QUESTION, "--program", "read_scren").err
    assert "embedded" in cli("ask", good, QUESTION, "--profile", "embeded").err
    assert "read_text" in cli("tools", "show", "raed_text").err
    assert "'ask'" in cli("asj").err


@pytest.mark.parametrize(
    "arguments", [["search", "x", "--json"], ["frobnicate", "--json"], ["timeline", "--format", "json"]]
)
def test_usage_errors_are_json_too(cli, validate, arguments):
    ran = cli(*arguments)
    validate(ran.document, "error")
    assert ran.code == 2 and ran.document["error"]["code"] == "usage" and ran.err == ""


def test_errors_keep_to_their_schema(cli, folder, validate):
    validate(cli("index", folder / "missing.mp4", "--json").document, "error")


def test_verbose_shows_where_an_error_comes_from(cli, folder):
    ran = cli("index", folder / "missing.mp4", "-v")
    assert ran.code == 1
    assert "Traceback" in ran.err and ran.err.splitlines()[-2].startswith("error: ")


def test_a_name_cannot_command_the_terminal(cli, tmp_path):
    ran = cli("index", tmp_path / "\x1b[2Jclip\nerror: all is lost.mp4")
    assert_one_line_and_a_hint(ran, 1)
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_store_that_cannot_be_written(cli, folder, command):
    arguments = [part.format(folder / "good.mp4") for part in command]
    ran = cli(*arguments, "--store", folder / "notes.txt" / "store")
    assert_one_line_and_a_hint(ran, 1)
    assert "--store" in ran.err


@pytest.fixture
def without_weights(monkeypatch, tmp_path):
    """No weights and no way to an index."""
    monkeypatch.setenv("VIDPROG_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return tmp_path


def test_weights_that_cannot_be_fetched(cli, folder, without_weights):
    ran = cli("ask", folder / "good.mp4", QUESTION, "--store", without_weights / "store")
    assert_one_line_and_a_hint(ran, 1)
    assert "cannot be downloaded" in ran.err and "pip" in ran.err


def test_weights_that_cannot_be_stored(cli, folder, without_weights, monkeypatch):
    monkeypatch.setenv("VIDPROG_WEIGHTS", str(folder / "notes.txt" / "weights"))
    ran = cli("models", "pull", "llm")
    assert_one_line_and_a_hint(ran, 1)
    assert "VIDPROG_WEIGHTS" in ran.err


def test_what_needs_no_weights_works_without(cli, folder, mute, without_weights):
    """A look that fails is reported; what others found before is not lost with it."""
    ran = cli("search", "sign", mute, "--kind", "speech", "--json", "--set", "embedder=", "--store", folder / "store")
    assert ran.code == 0 and ran.document["results"] == []


def test_doctor_names_what_is_broken_and_the_command(cli, without_weights):
    ran = cli("doctor", "--json")
    assert ran.code == 1 and ran.document["ok"] is False
    broken = {check["name"]: check["mend"] for check in ran.document["checks"] if check["status"] == "broken"}
    assert "vidprog models pull llm" in broken["model llm"]
    shown = cli("doctor")
    assert shown.code == 1 and "vidprog models pull llm" in shown.out


@pytest.mark.parametrize("name", ["song.mp3", "good.mp4"])
def test_odd_files_that_can_be_used(cli, folder, name, validate):
    if name == "song.mp3":
        make_audio(folder / name)
    ran = cli("index", folder / name, "--json", "--store", folder / "store")
    validate(json.loads(ran.out), "index")
    assert ran.code == 0
