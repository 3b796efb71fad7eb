"""Make the screenshots of the report and the page: real answers about the sample clip, as Chromium shows them.

Usage:
    pip install "vidprog[dev]" && apt-get install chromium && python docs/make_screenshots.py
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

QUESTION = "Why is the train to Pine Valley late?"
CHOICES = ("because of a strike", "because of snow", "because of a fallen tree")
FOLLOW_UP = "And what is served in the cafe after that?"
FACES = {"light": (1280, 900), "dark": (1280, 900), "phone": (400, 860)}
"""Name of a picture -> width and height of the window in pixels."""
COLOURS = 256
"""Of a picture: as a palette it takes a third, and hardly a difference is seen."""


def main(folder: Path) -> None:
    """Ask, look, write.

    Args:
        folder: Where the pictures go.
    """
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        os.environ["VIDPROG_STORE"] = str(Path(scratch) / "store")
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        clip = _clip(Path(scratch))
        for name, page in _pages(chromium, _report(clip)):
            page.locator("video").evaluate("video => video.currentTime")
            page.wait_for_timeout(800)
            _save(page, folder / f"report_{name}.png")
        with _web(clip.parent) as address:
            for name, page in _pages(chromium, address):
                _ask(page)
                _save(page, folder / f"web_{name}.png")
        chromium.close()


def _clip(scratch: Path) -> Path:
    from vidprog.apps.sample import write_sample

    (scratch / "videos").mkdir()
    return write_sample(scratch / "videos" / "sample.mp4")


def _report(clip: Path) -> str:
    import vidprog
    from vidprog.apps.report import write_report

    with vidprog.open(clip) as session:
        session.index()
        result = session.ask(QUESTION, CHOICES)
    return write_report(result, clip.with_name("answer.html")).as_uri()


def _pages(chromium: Browser, address: str) -> Iterator[tuple[str, Page]]:
    """The address in each face."""
    for name, (width, height) in FACES.items():
        scheme = "dark" if name == "dark" else "light"
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        yield name, page
        context.close()


@contextmanager
def _web(folder: Path) -> Iterator[str]:
    """The page's server with the embedded models."""
    import threading

    import uvicorn
    from vidprog.apps.servers.library import Library
    from vidprog.apps.servers.limits import Limits
    from vidprog.apps.servers.sources import Sources
    from vidprog.apps.servers.uploads import Uploads
    from vidprog.apps.web.app import web_app
    from vidprog.apps.web.desks import Desks
    from vidprog.models import open_models

    limits, library = Limits(), Library.of([folder])
    desks = Desks(("embedded", "api"), open_models("embedded", None), library, limits)
    config = uvicorn.Config(web_app(desks, Sources(library, Uploads(limits), limits), None), port=0, log_level="error")
    opened = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{opened.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def _ask(page: Page) -> None:
    page.select_option("#videos", "sample.mp4")
    page.locator("[data-player]").wait_for()
    for number, question in enumerate((QUESTION, FOLLOW_UP), 1):
        page.fill("#question", question)
        page.click("#go")
        page.locator(".turn .vp-answer").nth(number - 1).wait_for(timeout=120_000)
    page.wait_for_timeout(1000)


def _save(page: Page, path: Path) -> None:
    """What is in the window, or on a phone the first three windows of the page."""
    phone = page.viewport_size is not None and page.viewport_size["width"] < 800
    page.evaluate("document.activeElement.blur(); window.scrollTo({top: 0, behavior: 'instant'})")
    if phone:
        page.set_viewport_size({"width": 400, "height": 1800})
        page.wait_for_timeout(300)
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path, f"{path.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main(Path(__file__).parent)
