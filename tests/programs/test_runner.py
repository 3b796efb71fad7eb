"""Programs run in the sandbox; whatever they try, the run ends within its limits and says why."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from vidprog.memory import Observation
from vidprog.programs import Program, run
from vidprog.programs.crossing import to_sandbox
from vidprog.programs.trace import describe
from vidprog.tools import Answer, Budget, Limits, Registry, tool
from vidprog.video import Clip

END = "\nanswer(question, read_text(video), choices)\n"
SMALL = Limits(seconds=1.0, memory=64 * 2**20, recursion=100, calls=20)


@pytest.fixture
def go(registry, context, clip, sandbox):
    def start(source, **options):
        options = {"question": "What does the sign say?", "choices": [], "limits": SMALL, **options}
        return run(
            Program.draft(source), options.pop("registry", registry), context, video=clip, sandbox=sandbox, **options
        )

    return start


def test_a_run_leaves_an_answer_and_its_steps(go):
    seen = []
    result = go(
        "lines = read_text(trim(video, 1, 20))\nanswer(question, lines, choices)",
        choices=["a", "b"],
        on_step=seen.append,
    )
    assert (result.answer.text, result.answer.choice, result.error, result.stopped) == ("EXIT 42", 0, None, "")
    assert tuple(seen) == result.steps
    trim, read, answer = result.steps
    assert (trim.tool, trim.arguments, trim.result) == (
        "trim",
        {"clip": "0.0-60.0 s", "start": 1, "end": 20},
        "1.0-20.0 s",
    )
    assert (read.result, read.cost) == ("2 observations, 2.0-14.5 s", {"frames_decoded": 4, "frames_seen": 4})
    assert answer.arguments == {
        "question": "What does the sign say?",
        "evidence": "2 observations, 2.0-14.5 s",
        "choices": ["a", "b"],
    }
    assert answer.result == "EXIT 42 (0.50)"
    assert json.loads(json.dumps(result.to_json()))["steps"][1]["result"] == read.result


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("if choices:\n    x = 1\nelse:\n    answer(question, [])", "unknown"),
        ("a = answer(question, read_text(video))\nb = answer(question, [])\na", "EXIT 42"),
        ("ask = answer\nask(question, read_text(video))", "EXIT 42"),
        ("found = read_text(video)[1:]\nanswer(question, found)", "MAIN STREET"),
        (
            "found = [o for o in read_text(video) if o.start > 10 and o.box[0] < 0.5]\nanswer(question, found)",
            "MAIN STREET",
        ),
        ("answer(question, read_text(select_frames(video, 3)))", "EXIT 42"),
        ("try:\n    count_people(video)\nexcept Exception:\n    pass\nanswer(question, [])", "unknown"),
        (
            "def go(video: Clip, question: str, choices: list[str]) -> Answer:\n    return answer(question, [])",
            "unknown",
        ),
        ("video.start = 30\nanswer(question, read_text(video))", "EXIT 42"),
    ],
)
def test_how_the_answer_is_found(go, source, text):
    result = go(source)
    assert result.error is None
    assert result.answer.text == text


def test_host_objects_come_back_as_the_originals(go, registry):
    seen = []

    @tool
    def keep(found: list[float] | Observation) -> str:
        """Keep it.

        Args:
            found: What.
        """
        seen.append(found)
        return ""

    go("for o in read_text(video):\n    keep(o)" + END, registry=registry.with_tools([keep]))
    assert [type(item) for item in seen] == [Observation, Observation]
    assert seen[0].box == (0.1, 0.2, 0.3, 0.4)


def test_a_tool_says_that_it_was_cached_and_why_there_is_nothing(go):
    read, last = go("answer(question, read_text(video, 0.99))").steps
    assert (read.cached, read.why, read.failed, read.result) == (
        True,
        "nothing above score 0.99 in 4 frames",
        False,
        "nothing",
    )
    assert (last.cached, last.why) == (False, "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("broken", "the tool 'broken' broke with ZeroDivisionError: one over zero"),
        ("unreadable", "the file ends early"),
    ],
)
def test_a_failed_tool_says_why_and_the_program_goes_on(go, name, why):
    result = go(f"lines = {name}(video)\nif not lines:\n    lines = read_text(video)\nanswer(question, lines)")
    assert result.answer.text == "EXIT 42" and result.error is None
    step = result.steps[0]
    assert (step.failed, step.why.partition(" in line ")[0], step.result) == (True, why, "failed")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("count_people(video)", "media.no_picture"),
        ("trim(video, 70, 80)", "clip.empty"),
        ("trim(video, 'a', 80)", "tool.argument"),
        ("read_text(3)", "tool.argument"),
        ("read_text(video, context=3)", "tool.argument"),
    ],
)
def test_what_has_no_empty_result_and_wrong_arguments_end_the_run(go, source, code):
    result = go(source + END)
    assert (result.answer, result.error.code) == (None, code)
    assert result.steps[-1].failed and result.steps[-1].why == result.error.message


def test_an_interruption_passes(go):
    with pytest.raises(KeyboardInterrupt):
        go("interrupted(video)" + END)
    assert go(END).answer.text == "EXIT 42"


def test_an_answer_given_before_an_error_is_kept(go):
    result = go("answer(question, [])\n1 / 0")
    assert result.answer.text == "unknown"
    assert (result.error.code, result.error.message) == ("program.error", "line 2: ZeroDivisionError: division by zero")


@pytest.mark.parametrize(
    ("budget", "source", "stopped", "steps"),
    [
        (Budget(vlm_calls=1), "f = select_frames(video)\nanswer(caption(f), [])\ncaption(f)" + END, "vlm calls", 4),
        (
            Budget(frames=4),
            "read_text(video)\nanswer(question, [])\nread_text(video)\ntrim(video, 1, 2)" + END,
            "frames",
            3,
        ),
        (Budget(seconds=0), "answer(question, [])", "seconds", 0),
    ],
)
def test_over_the_budget_the_run_stops_with_what_it_has(go, budget, source, stopped, steps):
    result = go(source, budget=budget)
    assert result.stopped.startswith(f"budget: {stopped} limited to ")
    assert result.error is None and len(result.steps) == steps
    assert (result.answer is not None) == (steps > 0)


def test_the_meter_goes_on_counting_over_rounds(go, context):
    go(END)
    go(END, budget=Budget(frames=100))
    assert context.meter.usage.frames_seen == 8


ATTACKS = [
    ("an endless loop", "while True: pass", "program.time"),
    (
        "an endless loop that catches all",
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        "program.time",
    ),
    ("a 10 GB text", "x = 'a' * 10**10", "program.memory"),
    ("a 10 GB text, caught", "try:\n    x = 'a' * 10**10\nexcept BaseException:\n    pass", "program.memory"),
    ("a huge list", "x = []\nwhile True: x.append('abc' * 1000)", "program.memory"),
    ("a huge argument", "read_text([0] * 10**8)", "program.memory"),
    ("a huge number", "x = 10 ** 10 ** 8", "program.memory"),
    ("deep recursion", "def f(n): return f(n + 1)\nf(0)", "program.recursion"),
    ("a million tool calls", "for i in range(10**6): read_text(video)", "program.calls"),
    (
        "a million tool calls, caught",
        "for i in range(10**6):\n  try: read_text(3)\n  except BaseException: pass",
        "program.calls",
    ),
    (
        "a million other calls",
        "for i in range(10**6):\n  try: nothing()\n  except BaseException: pass",
        "program.calls",
    ),
    ("no answer", "read_text(video)", "program.no_answer"),
    ("nothing at all", "", "program.no_answer"),
    ("an answer of its own making", "class Answer:\n    text = 'mine'\nAnswer()", "program.no_answer"),
    ("a deep list", "x = []\nfor i in range(10**5): x = [x]\nread_text(x)", "tool.argument"),
    ("a list that multiplies", "x = [0] * 10\nfor i in range(30): x = [x] * 10\nread_text(x)", "tool.argument"),
    ("a list that holds itself", "x = []\nx.append(x)\nread_text(x)", "tool.argument"),
    ("a thing of its own class", "class Clip:\n    start = 0.0\nread_text(Clip())", "tool.argument"),
    ("importing a module", "import subprocess", "program.error"),
    ("running a command", "import os\nos.system('touch {path}')", "program.error"),
    ("reading the environment", "import os\nprint(os.environ['HOME'])", "program.error"),
    ("writing a file", "open('{path}', 'w').write('x')", "program.error"),
    ("writing a path", "import pathlib\npathlib.Path('{path}').write_text('x')", "program.error"),
    ("walking up classes", "().__class__.__base__.__subclasses__()", "program.error"),
    ("methods of host objects", "video.trim(1, 2)", "program.error"),
    ("attributes of host objects", "video.video", "program.error"),
    ("the time of day", "import time\ntime.sleep(100)", "program.error"),
    ("waiting for others", "import asyncio\nasyncio.run(read_text(video))", "program.error"),
    ("ending the process", "raise SystemExit", "program.error"),
    ("faking an interruption", "raise KeyboardInterrupt", "program.error"),
    ("no Python", "x = (", "program.syntax"),
    ("nesting", "-" * 15_000 + "1", "program.syntax"),
    ("no text", "x = '\ud800'", "program.no_answer"),
]


@pytest.mark.parametrize(("source", "code"), [attack[1:] for attack in ATTACKS], ids=[attack[0] for attack in ATTACKS])
def test_attacks_end_within_limits_and_change_nothing(go, tmp_path, capfd, source, code):
    path = tmp_path / "touched"
    started = time.monotonic()
    result = go(source.replace("{path}", str(path)))
    assert (result.answer, result.error.code) == (None, code)
    assert time.monotonic() - started < 4
    assert not path.exists()
    assert "\n" not in result.error.message and "/work" not in result.error.message and len(result.error.message) < 700
    assert capfd.readouterr().out == ""
    assert go(END).answer.text == "EXIT 42"


def test_what_is_printed_goes_into_the_result_and_is_cut(go, capfd):
    assert go("print('hello', 3)" + END).printed == "hello 3\n"
    flood = go("for i in range(20000):\n    print('x' * 1000)" + END, limits=Limits(seconds=5))
    assert 10_000 <= len(flood.printed) < 10_100
    assert flood.answer.text == "EXIT 42"
    endless = go("while True:\n    print('x' * 1000)")
    assert endless.error.code == "program.time" and len(endless.printed) < 10_100
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "é" * 10_000, ""])
def test_any_question_gets_into_the_sandbox(go, text):
    assert go("answer(question, [])", question=text, choices=[text]).error is None


def test_a_tool_may_return_any_text(go, registry):
    @tool
    def odd() -> str:
        """Say something odd."""
        return "\udcff\0"

    result = go("print(odd())\nanswer(odd(), [])", registry=registry.with_tools([odd]))
    assert result.error is None


def test_two_hundred_lines(go):
    lines = [f"clip_{i} = trim(video, {i}, {i + 1})" for i in range(15)]
    lines += [f"label_{i} = f'{{clip_{i % 15}.start:.1f}} to {{clip_{i % 15}.end:.1f}}'" for i in range(170)]
    lines += ["parts = [label_0, label_1]", "for part in parts:", "    if part:", "        print(part)"]
    lines += ["answer(' '.join(parts), read_text(clip_3), choices)"]
    result = go("\n".join(lines))
    assert result.error is None and len(result.steps) == 17
    assert result.printed == "0.0 to 1.0\n1.0 to 2.0\n"
    assert result.steps[-1].arguments["question"] == "0.0 to 1.0 1.0 to 2.0"


def test_unknown_host_objects_do_not_cross():
    class Secret:
        key = "x"

    value = Secret()
    assert to_sandbox(value) is value  # and is refused by the sandbox, which knows no such type


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ("x" * 500, "x" * 197 + "..."),
        (3.5, "3.5"),
        (10**400, "a huge number"),
        ([], "nothing"),
        (["a", "b"], "a, b"),
        ([1, 2, 3], "3 items of int"),
        ([Observation(1, 2, "note", "x", 1, "t")], "1 observation, 1.0-2.0 s"),
        (Answer("", abstained=True), "no text (0.00), abstained"),
        (object(), "a object"),
    ],
)
def test_values_in_words(value, words):
    assert describe(value) == words


def test_several_runs_at_once(go):
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda number: go(f"print({number})" + END, limits=Limits()), range(12)))
    assert [result.printed for result in results] == [f"{number}\n" for number in range(12)]
    assert not any(result.error for result in results)


def test_an_empty_registry_can_do_nothing(go):
    result = go(END, registry=Registry())
    assert result.error.message == "line 2: NameError: name 'read_text' is not defined"


@pytest.mark.parametrize("argument", ['"x" * 100_000', '["x" + str(i) for i in range(1000)]'])
def test_what_tools_get_is_limited(go, argument):
    """Tools compute on the host, where no limit of the sandbox holds."""
    call = f"answer({argument}, [])" if argument[0] == '"' else f"answer(question, [], {argument})"
    result = go(call)
    assert result.answer is None
    assert result.error.code == "tool.argument"


def test_a_program_gets_all_videos_of_the_question(go, clip):
    other = Clip(SimpleNamespace(duration=30.0), 0.0, 30.0)
    source = "print(len(videos), videos[0].duration, videos[1].duration)\nanswer(question, read_text(videos[1]))"
    result = go(source, videos=[clip, other])
    assert result.printed == "2 60.0 30.0\n" and result.error is None
    assert result.steps[0].arguments["clip"] == "0.0-30.0 s"


def test_the_only_video_is_the_first_of_one(go):
    result = go("print(len(videos), videos[0].duration)\nanswer(question, [])")
    assert result.printed == "1 60.0\n"
