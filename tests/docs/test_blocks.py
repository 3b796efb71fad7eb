"""Every code block of the README and the documentation runs on the sample clip, with the embedded profile."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import blocks
import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CLIPS = ("sample.mp4", "clip.mp4", "holiday.mp4", "talk.mkv", "monday.mp4", "friday.mp4")
"""Names that pages use; all of them are the sample clip."""
VIDPROG = """#!/bin/sh
"{python}" -m vidprog.apps.cli "$@"
code=$?
test $code = 3 || exit $code
"""
"""An answer that abstains is one: the sample clip does not show what a page asks of a reader's own video."""
PIP = "#!/bin/sh\nexit 0\n"
"""Installing would change the environment of the tests; what is installed is looked at by a test of its own."""
SECONDS = 900


MIXED = """Text.

    vidprog doctor

    just indented

```python
x = 1
```

<!-- not run: needs a GPU -->

    vidprog ask a.mp4

<!-- not run: another -->

Text between.

```console
$ pip install .
```

```toml
a = 1
```
"""


@pytest.fixture
def desk(tmp_path, sample, sample_store):
    """A directory with the clips and the examples, a store that knows the clip, and an environment to run in."""
    for name in CLIPS:
        os.link(sample, tmp_path / name)
    for name in ("examples", "benchmarks", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    store = shutil.copytree(sample_store, tmp_path / ".store")
    commands = tmp_path / ".bin"
    commands.mkdir()
    for name, text in (("vidprog", VIDPROG.format(python=sys.executable)), ("pip", PIP)):
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    (commands / "python").symlink_to(sys.executable)
    own = {"PATH": f"{commands}:{os.environ['PATH']}", "VIDPROG_STORE": str(store), "HF_HUB_OFFLINE": "1"}
    own |= {"PYTHONPATH": str(Path(blocks.__file__).parent), "MPLBACKEND": "agg", "HOME": str(tmp_path / ".home")}
    weights = os.environ.get("VIDPROG_WEIGHTS") or _weights()
    return tmp_path, {**os.environ, **own, "VIDPROG_WEIGHTS": weights}


def _weights():
    from vidprog.models.weights import weights_directory

    return str(weights_directory())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_one_after_the_other(page, desk, models):
    folder, environment = desk
    for role in models.roles:
        models.get(role)  # fetched before the page, which would say so in its output
    found = [block for block in blocks.blocks_of(page) if not block.reason]
    if any("vidprog sample sample.mp4" in block.text for block in found):
        (folder / "sample.mp4").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "blocks"], input=json.dumps([asdict(block) for block in found]), cwd=folder,
        env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{page.name}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


def test_what_is_not_run_says_why(record_property):
    left = {
        f"{page.name}:{block.line}": block.reason for page in PAGES for block in blocks.blocks_of(page) if block.reason
    }
    record_property("not_run", left)
    print("\n".join(f"{place}  {reason}" for place, reason in left.items()))
    assert all(len(reason) >= len("needs a GPU") for reason in left.values())


def test_extras_that_pages_install_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {
        extra.strip()
        for page in PAGES
        for extras in re.findall(r"pip install [^\n]*?(?:vidprog|\.)\[([\w, ]+)\]", page.read_text())
        for extra in extras.split(",")
    }
    assert named and named <= set(project["optional-dependencies"])


def test_comments_and_kinds_of_blocks_are_told_apart(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(MIXED)
    found = [(block.language, block.text.split("\n")[0], block.reason) for block in blocks.blocks_of(page)]
    assert found == [
        ("shell", "vidprog doctor", ""), ("python", "x = 1", ""), ("shell", "vidprog ask a.mp4", "needs a GPU"),
        ("shell", "pip install .", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "block", [{"language": "shell", "text": "false\ntrue"}, {"language": "python", "text": "1 / 0\n"}]
)
def test_a_block_that_fails_is_noticed(block):
    reader = blocks.Reader()
    assert not reader.run({**block, "line": "1"})
    assert blocks.Reader().run(
        {"language": "python", "text": "def f():\n    return 1\n\nassert f() == 1\n", "line": "1"}
    )
