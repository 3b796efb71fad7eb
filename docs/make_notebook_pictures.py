"""Make the pictures of docs/notebooks.md: a notebook is run on the sample clip and drawn by Chromium, light and dark.

Usage:
    pip install "vidprog[dev]" nbconvert && apt-get install chromium && python docs/make_notebook_pictures.py
"""

import os
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

CELLS = (
    "import vidprog\n\n"
    'session = vidprog.open("sample.mp4")\n'
    'session.ask("Why is the train to Pine Valley late?", ["a strike", "snow", "a fallen tree"])',
    "session.timeline().plot();",
)
WIDTHS = {"light": 1280, "dark": 1280, "phone": 400}
"""Name of a picture -> width of the window in pixels."""
COLOURS = 256
"""Of a picture: as a palette it takes a third, and hardly a difference is seen."""


def main(folder: Path) -> None:
    """Run, draw, write.

    Args:
        folder: Where the pictures go.
    """
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        os.environ.setdefault("VIDPROG_STORE", str(Path(scratch) / "store"))
        book = _run(Path(scratch))
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, width in WIDTHS.items():
            theme = "dark" if name == "dark" else "light"
            page = Path(scratch) / f"{name}.html"
            page.write_text(_as_page(book, theme), encoding="utf-8")
            _draw(chromium, page, folder / f"notebook_{name}.png", width, theme)
        chromium.close()


def _run(scratch: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs; the clip was looked at before, so no progress is among them."""
    import vidprog

    with vidprog.open(vidprog.write_sample(scratch / "sample.mp4")) as session:
        session.index()
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(scratch)}}).execute()
    return book


def _as_page(book: nbformat.NotebookNode, theme: str) -> str:
    exporter = HTMLExporter(template_name="lab", theme=theme)
    return str(exporter.from_notebook_node(book)[0])


def _draw(chromium: Browser, page: Path, picture: Path, width: int, theme: str) -> None:
    opened = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    opened.route("http*://**", lambda route: route.abort())  # scripts for formulas, which there are none of
    opened.goto(page.as_uri())
    opened.wait_for_timeout(500)
    opened.screenshot(path=picture, full_page=True)
    opened.close()
    Image.open(picture).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    main(Path(__file__).parent)
