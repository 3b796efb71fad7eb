"""A handful of tools that need no models, a clip that needs no file, and what the runner needs of a context.

For the library: how a program of it is run on a real video, and what its run left behind.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pytest
from vidprog.memory import Observation, Timeline
from vidprog.tools import Answer, Meter, Notes, Registry, Sandbox, tool
from vidprog.video import Clip, Frame, Frames, MediaError


class Context:
    def __init__(self):
        self.meter = Meter()
        self.notes = Notes()


def line(start, content, score=0.9):
    return Observation(start, start + 1.0, "text", content, score, "ocr:test", box=(0.1, 0.2, 0.3, 0.4))


@tool(kind="time")
def trim(clip: Clip, start: float, end: float) -> Clip:
    """Cut a clip.

    Args:
        clip: What to cut.
        start: Seconds.
        end: Seconds.
    """
    return clip.trim(start, end)


@tool(kind="look", needs="ocr", cost="frames")
def read_text(clip: Clip | Frames, min_score: float = 0.5, *, context: Context) -> Timeline:
    """Read the text shown on screen.

    Args:
        clip: Where to look.
        min_score: Lines below this score are dropped, 0 to 1.
    """
    context.meter.count(frames_decoded=4, frames_seen=4)
    if min_score > 0.95:
        context.notes.add(cached=True, why=f"nothing above score {min_score} in 4 frames")
        return Timeline((), "never shown")
    return Timeline([line(2.0, "EXIT 42"), line(13.5, "MAIN STREET")])


@tool(kind="frames")
def select_frames(clip: Clip, count: int = 8, method: Literal["uniform", "shots"] = "uniform") -> Frames:
    """Pick frames.

    Args:
        clip: Where from.
        count: How many.
        method: How.
    """
    step = clip.duration / count
    return tuple(Frame(clip.start + step * i, np.zeros((4, 4, 3), np.uint8)) for i in range(count))


@tool(kind="look", needs="vlm", cost="one vlm call")
def caption(frames: Frames, *, context: Context) -> str:
    """Say what is shown.

    Args:
        frames: The pictures.
    """
    context.meter.spend(vlm_calls=1)
    return f"{len(frames)} frames of grey"


@tool(kind="look")
def broken(clip: Clip) -> Timeline:
    """Break.

    Args:
        clip: Any.
    """
    raise ZeroDivisionError("one over\nzero")


@tool(kind="look")
def unreadable(clip: Clip) -> Timeline:
    """Fail on purpose.

    Args:
        clip: Any.
    """
    raise MediaError("the file ends early", code="media.truncated")


@tool(kind="look")
def count_people(clip: Clip) -> int:
    """Fail with a result that cannot be empty.

    Args:
        clip: Any.
    """
    raise MediaError("no picture", code="media.no_picture")


@tool(kind="look")
def interrupted(clip: Clip) -> Timeline:
    """Be interrupted.

    Args:
        clip: Any.
    """
    raise KeyboardInterrupt


@tool(kind="ask", needs="llm")
def answer(question: str, evidence: Timeline, choices: list[str] | None = None) -> Answer:
    """Answer from the evidence.

    Args:
        question: The question.
        evidence: What was found.
        choices: The options, if there are any.
    """
    return Answer(evidence[0].content if evidence else "unknown", choice=0 if choices else None, confidence=0.5)


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def registry():
    return Registry([trim, read_text, select_frames, caption, broken, unreadable, count_people, interrupted, answer])


@pytest.fixture
def context():
    return Context()


@pytest.fixture
def clip():
    return Clip(SimpleNamespace(duration=60.0), 0.0, 60.0)


@dataclass(frozen=True)
class LibraryRun:
    """A finished run of a library program, with the context that its tools had."""

    result: object
    context: object

    @property
    def answer(self):
        return self.result.answer

    @property
    def printed(self):
        return self.result.printed

    @property
    def tools(self):
        """The tools in the order in which they were called."""
        return [step.tool for step in self.result.steps]

    def arguments(self, tool):
        """The arguments of each call of a tool, by name."""
        return [step.arguments for step in self.result.steps if step.tool == tool]


@pytest.fixture(scope="session")
def library_store(tmp_path_factory):
    """Where videos of the library's tests are remembered, so that each is looked at once."""
    return tmp_path_factory.mktemp("library-store")


@pytest.fixture(scope="session")
def library():
    from vidprog.programs import Catalog

    return Catalog.builtin()


@pytest.fixture(scope="session")
def builtin_tools():
    return Registry.builtin()


@pytest.fixture
def run_program(request, open_session, models, library, builtin_tools, library_store):
    """Run a program of the library with the embedded models, some roles of which may be played by others."""
    from scripted import with_role
    from vidprog.programs import run

    def go(name, path, question, choices=(), **roles):
        known = request.getfixturevalue("sample_store") if path.name == "sample.mp4" else library_store
        session = open_session(path, models=with_role(models, **roles) if roles else models, store=known)
        context = session.context()
        result = run(
            library.get(name), builtin_tools, context, video=context.whole, question=question, choices=list(choices)
        )
        assert result.error is None, result.error
        return LibraryRun(result, context)

    return go


@pytest.fixture(scope="session")
def flash(clips):
    """Sixteen seconds of plain colours, see ``colour_runs.py``."""
    from colour_runs import write_flash

    return write_flash(clips / "flash.mp4")


@pytest.fixture
def look(open_session, models, library, builtin_tools, flash):
    """Run a program with a model that sees colours, and the embedded ones beside it, on an empty store."""
    from colour_runs import CHOICES, QUESTION, Ran
    from colour_vision import colour_vision
    from scripted import with_role
    from vidprog.programs import run

    def run_one(name, vlm=None, path=flash, question=QUESTION, choices=CHOICES, *, store=None, registry=None, **roles):
        vlm = vlm or colour_vision("blue")
        session = open_session(path, models=with_role(models, vlm=vlm, **roles), **({"store": store} if store else {}))
        context = session.context()
        result = run(
            library.get(name), registry or builtin_tools, context, video=context.whole, question=question,
            choices=list(choices),
        )  # fmt: skip
        assert result.error is None, result.error
        return Ran(result, vlm, context)

    return run_one
