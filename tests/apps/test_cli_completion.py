"""What TAB offers: commands, and the values of options, without loading what is slow."""

import os
import subprocess
import sys

import pytest
from vidprog.apps.cli import completion
from vidprog.programs import Catalog
from vidprog.tools import Registry

ASK = "vidprog ask clip.mp4 question"
CASES = (
    ("vidprog se", {"search", "serve"}),
    (f"{ASK} --program sev", {"sevila"}),
    (f"{ASK} --profile ", {"embedded", "api", "cpu", "gpu"}),
    (f"{ASK} --set im", {"image_embedder="}),
    ("vidprog tools show read_t", {"read_text"}),
    ("vidprog programs show how_o", {"how_often"}),
)


@pytest.mark.parametrize(("typed", "offered"), CASES)
def test_what_a_shell_offers(typed, offered):
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" ")), "_VIDPROG_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "vidprog.apps.cli"],
        env={**os.environ, **words},
        capture_output=True,
        text=True,
        check=True,
    )
    assert offered <= set(done.stdout.split()) and len(done.stdout.split()) <= len(offered) + 1


def test_the_script_for_a_shell_is_shown():
    command = [sys.executable, "-m", "vidprog.apps.cli", "--show-completion", "bash"]
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "_VIDPROG_COMPLETE=complete_bash" in done.stdout and "complete -o" in done.stdout


def test_names_are_those_that_there_are():
    assert completion.programs("") == list(Catalog.builtin().names)
    assert set(completion.tools("")) >= set(Registry.builtin().names)
    assert {"ocr=easyocr:", "ocr=rapidocr:", "ocr=rapidocr:ppocr"} <= set(completion.assignments("ocr="))
    assert "llm=ctranslate2:smollm2-135m" in completion.assignments("llm=ct")
    assert completion.kinds("sp") == ["speech"]
