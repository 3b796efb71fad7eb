"""Values that show themselves in a notebook, and work that shows how far it is."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from vidprog.agents import Session, cell, events
from vidprog.memory import Observation, Timeline
from vidprog.programs import Catalog, Step
from vidprog.video import VidprogError, frames_at, open_video

pytest.importorskip("IPython")


@pytest.fixture
def shown():
    """What a notebook shows of a value: MIME type -> data."""
    from IPython.core.formatters import DisplayFormatter
    from vidprog.apps.notebook import register

    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    assert register(shell)
    return lambda value: shell.display_formatter.format(value)[0]


def test_an_answer_shows_its_frames_its_lanes_and_its_rounds(sample_session, shown):
    result = sample_session.ask("Which animal is shown?", ["a dog", "a cat", "a horse"])
    page = shown(result)["text/html"]
    for part in ("a cat", "data:image/jpeg;base64", "vp-lane vp-object", "vp-evidence", "vp-steps", "Round 1", "0.9"):
        assert part in page
    assert len(page) < 200_000
    assert shown(result.answer)["text/html"].count("<tr>") == 1 + len(result.answer.evidence)
    assert shown(result)["text/plain"], "where HTML cannot be shown, text is"


def test_an_answer_from_several_videos_has_lanes_for_each(models, signs, more_signs, signs_memory, shown):
    with Session(signs, more_signs, models=models, store=signs_memory) as session:
        page = shown(session.ask("Which of the videos shows a library?"))["text/html"]
    assert "Timeline of signs.mp4" in page
    assert "Timeline of more_signs.mp4" in page


def test_a_timeline_shows_lanes_or_why_it_is_empty(sample_session, shown):
    page = shown(sample_session.timeline())["text/html"]
    assert "vp-lane vp-speech" in page
    assert "Harbour Town" in page
    assert "no audio &amp; no text" in shown(Timeline((), "no audio & no text"))["text/html"]


def test_other_values_show_themselves(sample, sample_session, shown):
    (frame,) = frames_at(open_video(sample), [16.5])
    assert "data:image/jpeg" in shown(frame)["text/html"]
    assert "how many" in shown(Catalog.builtin().get("how_many"))["text/html"]
    assert "Chapters" in shown(sample_session.describe(chapters=2))["text/html"]


def test_what_is_not_ours_is_left_alone(shown):
    assert "text/html" not in shown("<b>a text</b>")


def test_a_first_import_in_a_notebook_is_enough():
    program = (
        "from IPython.core.interactiveshell import InteractiveShell as Shell; shell = Shell.instance();"
        "import sys, vidprog; assert 'numpy' not in sys.modules;"
        "from vidprog.memory import Timeline;"
        "print(shell.display_formatter.format(Timeline())[0]['text/html'][:8])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "<section"


def test_an_error_is_two_lines():
    program = (
        "from IPython.core.interactiveshell import InteractiveShell as Shell; shell = Shell.instance();"
        "shell.run_cell('import vidprog; vidprog.open_video(\"missing.mp4\")')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0].startswith("MediaError: ")
    assert done.stdout.splitlines()[1] == "hint: check the spelling"
    assert "Traceback" not in done.stdout


class Handle:
    """Stands for a place in a cell's output."""

    def __init__(self, view):
        self.views = [repr(view)]

    def update(self, view):
        self.views.append(repr(view))


@pytest.fixture
def output(monkeypatch):
    """A notebook whose outputs are kept; work is shown at once."""
    import IPython.display

    handles = []

    def display(view, display_id):
        handles.append(Handle(view))
        return handles[-1]

    monkeypatch.setattr(IPython.display, "display", display)
    monkeypatch.setattr(cell, "shell", lambda: SimpleNamespace(kernel=True))
    monkeypatch.setattr(cell, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(cell, "SECONDS_BETWEEN", 0.0)
    return handles


def test_a_question_shows_its_steps_in_one_place_of_the_cell(sample_session, output):
    sample_session.ask("Which animal is shown?", ["a dog", "a cat"])
    (handle,) = output
    assert any("1 steps" in view for view in handle.views)
    assert handle.views[-1].startswith("done")


def test_long_work_shows_how_far_it_is(sample, sample_store, models, output):
    import vidprog

    with vidprog.open(sample, profile=models, store=sample_store) as session:
        session.index()
        session.when("the cat appears")
    assert len(output) == 2, "one place for each piece of work"
    assert all(handle.views[-1].startswith("done") for handle in output)


def test_short_work_shows_nothing(sample_session, output, monkeypatch):
    monkeypatch.setattr(cell, "FIRST_SECONDS", 60.0)
    sample_session.ask("Which animal is shown?", ["a dog", "a cat"])
    assert output == []


def test_who_listens_gets_the_events_instead(sample_session, output):
    told = []
    sample_session.ask("Which animal is shown?", ["a dog", "a cat"], on_event=told.append)
    assert told and output == []


def test_outside_a_notebook_nothing_is_shown():
    with cell.listener(None) as told:
        assert told is events.ignore


def test_progress_is_drawn(shown):
    view = cell.CellProgress()
    view.take(events.Planned(1, "read_screen", "given", "given", "..."))
    view.take(events.StepDone(1, Step("read_text", {}, "3 observations", 1.5)))
    view.take(events.Progress("<reading>", 0.25))
    page = shown(view)["text/html"]
    for part in ("read_screen", "3 observations", "&lt;reading&gt;", "25%"):
        assert part in page
    view.doing = ""
    assert "1 step (read_text)" in shown(view)["text/html"]


LINES = Timeline(
    [Observation(i * 2.0, i * 2.0 + 1, "object", f"thing {i % 9}", 0.9, "detector:x") for i in range(30)]
    + [Observation(1.0, 1.0, "text", "EXIT", 0.9, "ocr:x"), Observation(3.0, 9.0, "speech", "hello", 1.0, "asr:x")]
)


def test_a_timeline_plots_lanes():
    pytest.importorskip("matplotlib").use("Agg")
    axes = LINES.plot()
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[:2] == ["speech", "text"]
    assert names[-1] == "other objects"
    assert len(names) == 9
    assert axes.get_xlim() == (0, 59)
    assert LINES.of_kind("speech").plot(axes) is axes
    Timeline().plot()


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(VidprogError) as caught:
        LINES.plot()
    assert caught.value.hint == "pip install matplotlib"
