"""The example tools, as somebody who copies one would use it: checked, found by its docstring, used in an answer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from media import make_video
from pictures import photograph
from vidprog.agents import ask
from vidprog.agents.planner import NearestExamplePlanner
from vidprog.programs import Catalog
from vidprog.tools import Registry
from vidprog.tools.conformance import check

TOOLS = Path(__file__).parents[2] / "examples" / "tools"
FILES = {
    "sharpness": TOOLS / "sharpness" / "sharpness.py",
    "speech_percent": TOOLS / "speech_percent" / "speech_percent.py",
    "read_qr_codes": TOOLS / "qr_codes" / "src" / "vidprog_qr_codes" / "read_qr_codes.py",
}
PACKAGE = TOOLS / "qr_codes"
ADDRESS = "https://example.org/menu"
QUESTIONS = (
    ("Are the images crisp or blurry?", "sharpness"),
    ("Is the recording in focus at the start?", "sharpness"),
    ("For what percentage of the video does a person talk?", "speech_percent"),
    ("How much of it is talking?", "speech_percent"),
    ("What is encoded in the QR code?", "read_qr_codes"),
    ("Where does the QR code on the poster lead to?", "read_qr_codes"),
)
"""None of them stands in a docstring."""


@pytest.fixture(scope="module")
def registry():
    registry = Registry.builtin()
    for path in FILES.values():
        registry = registry.with_file(path)
    return registry


@pytest.fixture(scope="module")
def blurring(clips):
    """Four seconds of a photograph, then four of the same out of focus."""
    sharp = photograph("coffee")
    blurred = cv2.GaussianBlur(sharp, (0, 0), 8)
    size = (sharp.shape[1], sharp.shape[0])
    return make_video(
        clips / "blurring.mp4", frames=80, fps=10, size=size, number=False,
        picture=lambda index, time: sharp if time < 4 else blurred,
    )  # fmt: skip


@pytest.fixture(scope="module")
def menu(clips):
    """Six seconds in which a QR code is shown from the second to the fifth."""
    code = cv2.QRCodeEncoder.create().encode(ADDRESS)
    empty = np.full((540, 960, 3), 200, np.uint8)
    shown = empty.copy()
    shown[120:420, 330:630] = cv2.resize(code, (300, 300), interpolation=cv2.INTER_NEAREST)[..., None]
    return make_video(
        clips / "menu.mp4", frames=60, fps=10, size=(960, 540), number=False,
        picture=lambda index, time: shown if 1 <= time < 5 else empty,
    )  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_an_example_conforms(name, registry):
    assert check(registry.get(name)) == ()


@pytest.mark.parametrize(("question", "name"), QUESTIONS)
def test_the_planner_finds_a_tool_by_its_docstring_alone(question, name, registry, models, tmp_path):
    catalog = Catalog.builtin().with_tools(registry.added)
    assert question not in catalog.get(name).examples
    assert NearestExamplePlanner(catalog, models, tmp_path).plan(question, (), "", ()).program.name == name


def used(result, name):
    """The steps of the answer's round in which a tool was called."""
    assert result.program["name"] == name and result.program["planner"] == "nearest-example"
    steps = [step for round_ in result.rounds for step in round_["steps"] if step["tool"] == name]
    assert steps and not any(step["failed"] for step in steps)
    return steps


@pytest.mark.parametrize(
    ("question", "choice"),
    [("Is the picture sharp or blurry at the start?", 0), ("Is the picture sharp or blurry at the end?", 1)],
)
def test_sharpness_in_an_answer(question, choice, blurring, registry, models, tmp_path):
    result = ask(blurring, question, ["sharp", "blurred"], models=models, store=tmp_path, registry=registry)
    used(result, "sharpness")
    assert result.choice == choice and not result.answer.abstained
    assert {moment.source for moment in result.answer.evidence} == {"sharpness"}


def test_the_share_of_speech_in_an_answer_is_measured_once(sample, registry, models, tmp_path):
    question = "How much of the time is a voice speaking?"
    first, second = (ask(sample, question, models=models, store=tmp_path, registry=registry) for _ in range(2))
    assert not used(first, "speech_percent")[0]["cached"] and used(second, "speech_percent")[0]["cached"]
    assert 30 <= float(first.text) <= 60  # the narration takes 13 of 30 seconds
    assert first.text == second.text


def test_a_silent_video_has_no_speech_and_says_why(mute, registry, open_context):
    context = open_context(mute)
    assert registry.get("speech_percent")(context.whole, context=context) == 0.0
    assert context.notes.why == "no audio stream"


def test_a_qr_code_in_an_answer(menu, registry, models, tmp_path):
    result = ask(menu, "What does the QR code link to?", models=models, store=tmp_path, registry=registry)
    used(result, "read_qr_codes")
    (moment,) = [moment for moment in result.answer.evidence if moment.source == "qr_codes"]
    assert ADDRESS in result.text and moment.content == ADDRESS
    assert abs(moment.start - 1) < 0.5 and abs(moment.end - 5) < 0.5
    assert np.allclose(moment.box, (330 / 960, 120 / 540, 630 / 960, 420 / 540), atol=0.06)


def test_a_video_without_a_code_says_so(mute, registry, open_context):
    context = open_context(mute)
    assert registry.get("read_qr_codes")(context.whole, context=context).why == "no QR code in 16 frames"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment in which the package is installed, as pip does it."""
    folder = tmp_path_factory.mktemp("package")
    source = shutil.copytree(PACKAGE, folder / "source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder / "site", source]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return {**os.environ, "PYTHONPATH": str(folder / "site")}


def vidprog(environment, *arguments):
    command = [sys.executable, "-m", "vidprog.apps.cli", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_package_is_found_by_its_entry_point(installed):
    shown = vidprog(installed, "tools", "show", "read_qr_codes")
    assert shown.returncode == 0 and "def read_qr_codes(clip: Clip)" in shown.stdout and shown.stderr == ""
    assert vidprog(dict(os.environ), "tools", "show", "read_qr_codes").returncode == 2


def test_a_tool_of_a_package_is_used_in_an_answer(installed, menu, tmp_path):
    done = vidprog(installed, "ask", menu, "What does the QR code say?", "--store", tmp_path)
    assert done.returncode == 0 and done.stdout.startswith(ADDRESS)
    assert "program    read_qr_codes" in done.stdout
