"""Tools that are wrong: each gets a message that says what to change, and none of them breaks the loop."""

import sys
import threading
import time
from types import SimpleNamespace

import pytest
from vidprog.agents import Settings, ask
from vidprog.tools import Budget, Meter, Notes, Registry, ToolDefinitionError, ToolError
from vidprog.tools.cancellation import Stopped
from vidprog.tools.conformance import check
from vidprog.tools.guard import PRINTED, _Prints, run_guarded

HEAD = """import sys
import time

from vidprog import Clip, Timeline, tool


@tool{options}
def mine({parameters}){returns}:
    {docstring}
    {body}
"""
GOOD = {
    "options": "",
    "parameters": "clip: Clip",
    "returns": " -> str",
    "docstring": '"""Say it.\n\n    Args:\n        clip: Where to look.\n    """',
    "body": 'return "EXIT 42"',
}


@pytest.fixture
def write(tmp_path):
    """A file with one tool that is good but for the changes."""

    def make(**changes):
        path = tmp_path / "mine.py"
        path.write_text(HEAD.format(**{**GOOD, **changes}))
        return path

    return make


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": "clip"}, "argument 'clip' has no type"),
        ({"returns": ""}, "the result has no type"),
        ({"parameters": "clip: dict"}, "argument 'clip' has the type dict, which programs do not know"),
        ({"returns": " -> set[int]"}, "the result has the type set[int], which programs do not know"),
        ({"docstring": '"""Say it."""'}, "argument 'clip' is not described under Args:"),
        ({"docstring": "pass"}, "it has no docstring"),
        ({"parameters": "*clips: Clip"}, "must be a plain named argument (no *args, **kwargs or /)"),
        ({"body": "return ("}, "mine.py:14 cannot be imported: SyntaxError"),
    ],
)
def test_what_is_wrong_with_a_tool_is_said_when_it_is_registered(write, changes, message):
    with pytest.raises(ToolDefinitionError) as caught:
        Registry().with_file(write(**changes))
    assert message in caught.value.message and caught.value.hint and caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('print("hello")\n    return ""', "line 14 calls print(): results are on stdout"),
        ('sys.stdout.write("hello")\n    return ""', "line 14 calls sys.stdout.write()"),
        ('return input("which? ")', "line 14 calls input(): nobody may be there to answer"),
        ("sys.exit(1)", "line 14 calls sys.exit(): it would end the question"),
        ('print("hello", file=sys.stderr)\n    return ""', None),
        ('return ""', None),
    ],
)
def test_bad_manners_are_found_by_the_check(write, body, message):
    problems = check(Registry().with_file(write(body=body)).get("mine"))
    assert [problem.startswith(message or "") for problem in problems] == [True] * (message is not None)


@pytest.fixture
def context():
    return SimpleNamespace(meter=Meter(), notes=Notes())


def guarded(path, context, *args):
    return run_guarded(Registry().with_file(path).get("mine"), args, {}, context)


def test_a_good_tool_runs_as_ever(write, context):
    assert guarded(write(parameters="", docstring='"""Say it."""'), context) == "EXIT 42"
    with pytest.raises(ToolError, match="argument 'clip' expects Clip"):
        guarded(write(), context, 3)


QUIET = {"parameters": "", "docstring": '"""Say it."""'}


def test_a_tool_that_hangs_is_left_behind(write, context):
    started = time.monotonic()
    with pytest.raises(ToolError, match=r"did not return within 0.2 s: .*@tool\(seconds=") as caught:
        guarded(write(**QUIET, options="(seconds=0.2)", body="time.sleep(5)"), context)
    assert caught.value.code == "tool.time" and time.monotonic() - started < 2


def test_what_a_tool_prints_goes_to_stderr_and_is_told(write, context, capsys):
    assert guarded(write(**QUIET, body='print("hello")\n    return ""'), context) == ""
    print("result")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "hello\n")
    assert context.notes.why == PRINTED


def test_stdout_is_given_back_when_the_last_tool_has_ended(monkeypatch):
    prints, before, hanging = _Prints(), sys.stdout, threading.Event()
    thread = threading.Thread(target=hanging.wait)
    thread.start()
    with prints.away(thread):
        assert sys.stdout is prints
    assert sys.stdout is prints  # it may print yet
    hanging.set()
    thread.join()
    with prints.away(threading.Thread()):
        pass
    assert sys.stdout is before


def test_others_may_print_while_a_tool_prints(write, context, capsys):
    path = write(**QUIET, body='print("one")\n    time.sleep(0.3)\n    print("two")\n    return ""')
    thread = threading.Thread(target=guarded, args=(path, context))
    thread.start()
    while "one" not in capsys.readouterr().err:
        time.sleep(0.01)
    print("result")
    thread.join()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "two\n")


def test_a_tool_cannot_end_the_process(write, context):
    with pytest.raises(ToolError, match="wanted to end the process: let it return, or raise an error"):
        guarded(write(**QUIET, body="sys.exit(3)"), context)


def test_a_cancelled_question_waits_for_no_tool(write, context):
    threading.Timer(0.3, context.meter.cancellation.cancel).start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        guarded(write(**QUIET, body="time.sleep(5)"), context)
    assert time.monotonic() - started < 2


LOOP = (
    ({"body": "raise ValueError('no such word')"}, "broke with ValueError: no such word in line 17 of"),
    ({"body": "return 42"}, "promises str and returned int: return the promised type, or write another one behind ->"),
    ({"body": "return None"}, "promises str and returned None: return the promised type"),
    ({"body": "time.sleep(60)", "options": "(seconds=0.2)"}, "did not return within 0.2 s"),
    ({"body": "sys.exit(1)"}, "wanted to end the process"),
    ({"body": "return mine(clip)"}, "broke with RecursionError"),
    ({"returns": " -> float", "body": "return float('nan')"}, "promises float and returned nan, which is no number"),
    ({"returns": " -> float", "body": "raise OSError('gone')"}, "broke with OSError: gone"),
)
EXAMPLE = GOOD["docstring"].replace("look.", "look.\n\n    Examples:\n        - What does the zebra whisper?")


@pytest.mark.parametrize(("changes", "message"), LOOP, ids=[message[:30] for _, message in LOOP])
def test_a_wrong_tool_does_not_break_the_loop(write, changes, message, signs, signs_memory, models, tmp_path):
    registry = Registry.builtin().with_file(write(docstring=EXAMPLE, **changes))
    result = ask(
        signs, "What does the zebra whisper?", ["EXIT 42", "LIBRARY"], models=models, store=signs_memory,
        registry=registry, settings=Settings(max_rounds=2, learn=False),
    )  # fmt: skip
    first = result.rounds[0]
    assert first["program"] == "mine"
    assert any(message in step["why"] and step["failed"] for step in first["steps"])
    assert any(message in warning for warning in result.warnings)
    assert len(result.rounds) == 2 and result.answer.text


def test_the_time_of_the_question_ends_a_tool_that_hangs(write, signs, signs_memory, models):
    registry = Registry.builtin().with_file(write(docstring=EXAMPLE, body="time.sleep(60)"))
    started = time.monotonic()
    result = ask(
        signs, "What does the zebra whisper?", ["EXIT 42", "LIBRARY"], models=models, store=signs_memory,
        registry=registry, settings=Settings(budget=Budget(seconds=2.0), learn=False),
    )  # fmt: skip
    assert time.monotonic() - started < 30
    assert any("seconds limited to 2" in warning for warning in result.warnings)
