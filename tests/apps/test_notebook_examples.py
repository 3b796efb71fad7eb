"""The notebooks that people start from: those that need no GPU and no key are run, cell by cell."""

import ast
import shutil
from pathlib import Path

import pytest
from servers import serving, with_logprobs

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

FOLDER = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NOT_RUN = {"gpu_vision_model": "needs a GPU and the model hub", "use_an_api": "needs a server: has a test of its own"}
SECONDS = 300
"""For one cell, on a busy machine."""


@pytest.fixture
def run(tmp_path, sample_store, monkeypatch):
    """Execute a notebook in a directory of its own, on a store that knows the sample clip; gives all its outputs."""
    shutil.copytree(sample_store, tmp_path / "store")
    monkeypatch.setenv("VIDPROG_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")

    def execute(path):
        book = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(tmp_path)}}
        nbclient.NotebookClient(book, timeout=SECONDS, kernel_name="python3", resources=resources).execute()
        return book

    return execute


def shown(book):
    """Everything that a notebook shows, as one text."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    pages = [str(output.get("text", "")) + "".join(map(str, output.get("data", {}).values())) for output in outputs]
    return "\n".join(pages)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stripped_and_can_be_read_by_python(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert book.cells[0].cell_type == "markdown"
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            ast.parse(cell.source)


SAID = {
    "add_a_tool": ["[]", "dark"],
    "compare_programs": ["read_screen", "because of snow"],
    "first_question": ["09:15", "because of snow", "vp-lanes", "image/jpeg", "Lost property"],
    "long_video": ["clips/sample-01.mp4", "eleven o&#x27;clock", "00:00:"],
    "write_a_program": ["Room 12", "read_txt", "what_happens_before_after"],
}
"""Notebook -> what must be among its outputs."""


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem not in NOT_RUN], ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_says(path, run):
    text = shown(run(path))
    for part in SAID[path.stem]:
        assert part in text or part.replace("&#x27;", "'") in text


def test_the_notebook_of_an_api_runs_against_a_server(run, monkeypatch):
    with serving((200, with_logprobs())) as (address, requests):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        text = shown(run(FOLDER / "use_an_api.ipynb"))
    assert "a cat" in text
    assert any("image_url" in str(request["body"]) for request in requests)
    assert "secret" not in text
