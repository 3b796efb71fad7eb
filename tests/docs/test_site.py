"""The site builds without a warning, has every page, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from vidprog.programs import Catalog
from vidprog.tools import Registry

pytest.importorskip("material", reason="the documentation is built with mkdocs-material (the extra docs)")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target


class References(HTMLParser):
    """What a page loads by itself."""

    LOADS = (("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"))

    def __init__(self):
        super().__init__()
        self.loaded = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "link" and "stylesheet" in (values.get("rel") or "") + (
            "stylesheet" if values.get("rel") == "preload" else ""
        ):
            self.loaded.append(values.get("href"))
        self.loaded += [values[name] for kind, name in self.LOADS if kind == tag and values.get(name)]


def test_every_page_is_built_and_in_the_navigation(site):
    index = (site / "index.html").read_text()
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} | {"tools", "programs"}
    for name in pages - {"index"}:
        assert (site / name / "index.html").is_file(), name
        assert f'href="{name}/"' in index, f"{name} is not in the navigation"


def test_nothing_is_loaded_from_elsewhere(site):
    foreign = {}
    for page in site.rglob("*.html"):
        parser = References()
        parser.feed(page.read_text())
        found = [url for url in parser.loaded if re.match(r"(https?:)?//", url)]
        if found:
            foreign[page.name] = found
    assert foreign == {}
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert not re.search(r"url\(\s*['\"]?(https?:)?//", styles) and "fonts.googleapis" not in styles


def test_the_references_are_those_of_the_code(site):
    tools, programs = ((site / name / "index.html").read_text() for name in ("tools", "programs"))
    assert [tool.name for tool in Registry.builtin() if f'id="{tool.name}"' not in tools] == []
    assert [program.name for program in Catalog.builtin() if f'id="{program.name}"' not in programs] == []
    options = (site / "configuration" / "index.html").read_text()
    assert "<code>max-rounds</code>" in options and "VIDPROG_PROFILE" in options and "&lt;!-- options" not in options
