"""The vision-language backend for servers against a real one: ``transformers serve``, with a model that really sees.

The server has no log probabilities and ignores fields that it does not know: what is asked of it must still be read.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("torchvision", reason='the local VLM needs the extra: pip install "vidprog[gpu]"')
pytest.importorskip("fastapi", reason='the server needs the extra: pip install "vidprog[serve]"')
pytest.importorskip("uvicorn", reason='the server needs the extra: pip install "vidprog[serve]"')

import numpy as np
import seeing
from seeing.scenes import Scene
from vidprog.models import Models, load_profile
from vidprog.prompts import prompt
from vidprog.tools.contents import shown
from vidprog.video import Frame

pytestmark = pytest.mark.vision
PATIENCE = 180.0


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the server answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    program = Path(sys.executable).parent / "transformers"
    with log.open("w") as output:
        server = subprocess.Popen(
            [program, "serve", seeing.WEIGHTS, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            stdout=output, stderr=output, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"},
        )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address, server, log):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError:
            return None  # it answers
        except OSError:
            assert server.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.5)


@pytest.fixture(scope="module")
def vlm(address):
    return Models(load_profile("embedded", [f"vlm=openai:{seeing.WEIGHTS}@{address}"])).vlm


def frame(color, figure="square", place="on the left", time=1.0):
    return Frame(time, Scene(color, figure, place, 60).draw(np.random.default_rng(7), (320, 180)))


def test_pictures_arrive_and_replies_come_in_the_order_of_the_questions(vlm):
    colors = ["red", "blue", "green", "yellow"]
    asked = prompt("answer_frames_open", question="What colour is it?")
    replies = vlm.complete([shown((frame(color),), asked) for color in colors], max_tokens=5)
    assert [reply.text for reply in replies] == colors
    assert all(reply.usage.prompt_tokens > 0 and not reply.log_probabilities for reply in replies)


def test_the_same_model_says_the_same_there_and_here(vlm):
    here = Models(load_profile("embedded", [f"vlm=transformers:{seeing.WEIGHTS}"])).vlm
    scenes = [("red", "circle", "at the top"), ("white", "square", "on the right"), ("blue", "triangle", "on the left")]
    contents = [shown((frame(*scene),), prompt("caption")) for scene in scenes]
    there = vlm.complete(contents, max_tokens=20)
    assert [reply.text for reply in there] == [reply.text for reply in here.complete(contents, max_tokens=20)]
