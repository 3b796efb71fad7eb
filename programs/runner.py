"""Runs a program in the sandbox: Monty pauses at every tool call, the tool runs here, Monty goes on.

What a program can do to this process is call the tools of the registry with arguments that are checked. Everything else
it asks for (files, environment, other names) is refused by not being answered. A limit that is reached ends the run
from outside, so no `except:` in the program can hold it up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import pydantic_monty

from ..tools.guard import run_guarded, what_broke
from ..tools.meter import Budget, BudgetExceeded, Meter, Usage
from ..tools.notes import Notes
from ..tools.registry import Registry, is_builtin
from ..tools.sandbox import Limits, Sandbox, shared_sandbox
from ..tools.tool import Tool, ToolError
from ..tools.types import GIVEN
from ..tools.values import Answer
from ..video import Clip
from ..video.errors import VidprogError
from .crossing import storable, to_sandbox
from .program import Program, ProgramError
from .trace import Step, describe, describe_arguments

MAX_PRINTED = 10_000
"""Characters of a program's own output that are kept."""

MAX_TEXT = 50_000
"""Characters in one argument of a tool: what tools compute on the host is not under the sandbox's limits."""
MAX_TEXTS = 200
"""Texts in one list, such as options."""

_PLAIN_PROGRAM = "Write a plainer program: let tools do the work."


class RunContext(Protocol):
    """What the runner needs of the context that it passes on to tools."""

    @property
    def meter(self) -> Meter:
        """Counts what tools and models use."""

    @property
    def notes(self) -> Notes:
        """What the tool says about the call that is going on."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended. There may be an answer even where it ended with an error or at the budget."""

    answer: Answer | None
    steps: tuple[Step, ...]
    error: VidprogError | None = None
    stopped: str = ""
    """`budget: ...` when the budget ended it; empty otherwise."""
    printed: str = ""
    """What the program printed."""
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The run as plain data."""
        return {
            "answer": self.answer.to_json() if self.answer else None,
            "steps": [step.to_json() for step in self.steps],
            "error": self.error.to_json()["error"] if self.error else None,
            "stopped": self.stopped,
            "printed": self.printed,
            "seconds": round(self.seconds, 3),
        }


def run(
    program: Program,
    registry: Registry,
    context: RunContext,
    *,
    video: Clip,
    question: str,
    choices: Sequence[str] = (),
    videos: Sequence[Clip] = (),
    budget: Budget | None = None,
    limits: Limits | None = None,
    on_step: Callable[[Step], None] | None = None,
    sandbox: Sandbox | None = None,
) -> RunResult:
    """Run a program. It should have passed the checker; one that has not fails later, and just as harmlessly.

    A tool that fails does not end the run where its result may be empty: the step says why, and the program goes on. An
    argument of the wrong type, and the failure of a tool whose result cannot be empty, are raised in the program.

    Args:
        program: Of either form.
        registry: The tools it may call.
        context: Given to every tool that takes one.
        video: The clip that the program knows as `video`.
        question: The text that it knows as `question`.
        choices: What it knows as `choices`; empty for an open question.
        videos: What it knows as `videos`, `video` first; that alone when left out.
        budget: Replaces the limits of `context.meter`, which goes on counting.
        limits: Of the sandbox.
        on_step: Called after each tool call.
        sandbox: Where it runs; the shared one when left out.

    Raises:
        KeyboardInterrupt: Passed through. Every other end of a run is in the result.
    """
    if budget is not None:
        context.meter.budget = budget
    going = _Run(program, registry, context, limits or Limits(), on_step)
    values = {"video": video, "videos": videos or (video,), "question": question, "choices": choices}
    given = {name: to_sandbox(values[name]) for name in GIVEN}
    started = time.monotonic()
    error, stopped = None, ""
    try:
        with (sandbox or shared_sandbox()).session(going.limits) as session:
            going.drive(session, given)
        going.require_answer()
    except BudgetExceeded as reached:
        stopped = f"budget: {reached.message}"
    except VidprogError as failure:
        error = failure
    except pydantic_monty.MontyError as failure:
        error = going.explain(failure)
    return RunResult(going.answer, tuple(going.steps), error, stopped, going.printed.text, time.monotonic() - started)


class _Run:
    """The state of one run."""

    def __init__(
        self,
        program: Program,
        registry: Registry,
        context: RunContext,
        limits: Limits,
        on_step: Callable[[Step], None] | None,
    ) -> None:
        self.program = program
        self.registry = registry
        self.context = context
        self.limits = limits
        self.on_step = on_step
        self.steps: list[Step] = []
        self.answer: Answer | None = None
        self.printed = _Printed()
        self._raised: VidprogError | None = None

    def drive(self, session: pydantic_monty.MontySession, given: dict[str, object]) -> None:
        """Start the program and answer it until it ends."""
        snapshot = session.feed_start(storable(self.program.code), inputs=given, print_callback=self.printed)
        while not isinstance(snapshot, pydantic_monty.MontyComplete):
            snapshot = self._reply(snapshot)
        if isinstance(snapshot.output, Answer):  # a program may choose between several answers
            self.answer = snapshot.output

    def require_answer(self) -> None:
        """Complain about a program that ended without one."""
        if self.answer is None:
            raise ProgramError(
                "the program ended without an answer", code="program.no_answer", hint="End it with answer(...)."
            )

    def _reply(self, snapshot: pydantic_monty.SyncSnapshot) -> pydantic_monty.SyncSnapshot:
        if isinstance(snapshot, pydantic_monty.NameLookupSnapshot):
            if snapshot.object_id is None and snapshot.variable_name in self.registry:
                return snapshot.resume(value=_reference(snapshot.variable_name))
            return snapshot.resume()
        if not isinstance(snapshot, pydantic_monty.FunctionSnapshot):
            raise ProgramError("programs cannot wait for several things at once", code="program.error")
        if snapshot.is_os_function:
            return snapshot.resume_not_handled()
        if snapshot.object_id is not None or snapshot.function_name not in self.registry:
            message = f"name '{snapshot.function_name}' is not defined"
            return snapshot.resume({"exc_type": "NameError", "message": message})
        return snapshot.resume(self._call(self.registry.get(snapshot.function_name), snapshot.args, snapshot.kwargs))

    def _call(self, tool: Tool, args: tuple[object, ...], kwargs: dict[str, object]) -> pydantic_monty.ExternalResult:
        self._admit()
        self.context.notes.clear()
        before = self.context.meter.usage
        result, failure = self._attempt(tool, args, kwargs)
        self._record(tool, describe_arguments(tool, args, kwargs), result, failure, self.context.meter.usage - before)
        if isinstance(failure, BudgetExceeded):
            raise failure
        if failure is not None and not _may_be_empty(tool, failure):
            self._raised = failure
            return {"exc_type": "RuntimeError", "message": storable(failure.message)}
        if isinstance(result, Answer):
            self.answer = result
        return {"return_value": to_sandbox(result)}

    def _admit(self) -> None:
        if len(self.steps) >= self.limits.calls:
            raise ProgramError(
                f"the program called tools more than {self.limits.calls} times",
                code="program.calls",
                hint=_PLAIN_PROGRAM,
            )
        self.context.meter.check()

    def _attempt(
        self, tool: Tool, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> tuple[object, VidprogError | None]:
        """The tool's result and None, or an empty result and what went wrong."""
        try:
            _require_small(tool, (*args, *kwargs.values()))
            call = tool.run if is_builtin(tool) else partial(run_guarded, tool)
            return call(args, kwargs, self.context), None
        except VidprogError as error:
            failure = error
        except Exception as error:  # a tool is anybody's code: its bug must not take the run down, and has to be named
            failure = ToolError(what_broke(tool, error), code="tool.failed")
            failure.__cause__ = error
        return tool.returns.empty(failure.message), failure

    def _record(
        self, tool: Tool, arguments: Mapping[str, Any], result: object, failure: VidprogError | None, used: Usage
    ) -> None:
        cost = {name: value for name, value in used.to_json().items() if value and name != "seconds"}
        notes = self.context.notes
        why = failure.message if failure else notes.why or str(getattr(result, "why", ""))
        summary = "failed" if failure else describe(result)
        step = Step(tool.name, arguments, summary, round(used.seconds, 3), cost, notes.cached, why, failure is not None)
        self.steps.append(step)
        if self.on_step is not None:
            self.on_step(step)

    def explain(self, failure: pydantic_monty.MontyError) -> VidprogError:
        """The error of the sandbox as one of ours."""
        if isinstance(failure, pydantic_monty.MontyCrashedError):
            code = "program.time" if failure.timed_out else "program.error"
            return ProgramError("the sandbox had to be ended", code=code, hint=_PLAIN_PROGRAM)
        if not isinstance(failure, (pydantic_monty.MontyRuntimeError, pydantic_monty.MontySyntaxError)):
            return ProgramError(str(failure), code="program.error")
        text = failure.display("type-msg")
        if self._raised is not None and storable(self._raised.message) in text:
            return self._raised
        frames = failure.traceback()
        line = frames[-1].line if frames else 0
        if isinstance(failure, pydantic_monty.MontySyntaxError):
            return ProgramError(failure.display("msg"), code="program.syntax", line=line)
        for sign, code, message in _LIMIT_SIGNS:
            if sign in text:
                return ProgramError(message.format(limits=self.limits), code=code, hint=_PLAIN_PROGRAM, line=line)
        return ProgramError(" ".join(text.split())[:500], code="program.error", line=line)


_LIMIT_SIGNS = (
    ("TimeoutError: feed time limit", "program.time", "the program computed for more than {limits.seconds:g} s"),
    ("MemoryError: ", "program.memory", "the program needed more than {limits.memory} bytes"),
    ("RecursionError: ", "program.recursion", "functions called one another more than {limits.recursion} deep"),
    ("suspension limit", "program.calls", "the program asked for things outside it too often"),
)
"""What the sandbox says when a limit is reached -> code, message."""


def _may_be_empty(tool: Tool, failure: VidprogError) -> bool:
    """Whether the program goes on with an empty result; a wrong argument is the program's own mistake."""
    return tool.returns.has_empty and failure.code != "tool.argument"


def _require_small(tool: Tool, values: Sequence[object]) -> None:
    for value in values:
        texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
        if len(texts) > MAX_TEXTS or sum(map(len, texts)) > MAX_TEXT:
            raise ToolError(
                f"{tool.name}: an argument has more than {MAX_TEXTS} texts or {MAX_TEXT} characters",
                code="tool.argument",
                hint=_PLAIN_PROGRAM,
            )


def _reference(name: str) -> Callable[[], None]:
    """A function that only has the name: a program may hold a tool in a variable; a call of it still arrives here."""

    def stand_in() -> None:
        raise AssertionError("tools are run by the runner")

    stand_in.__name__ = name
    return stand_in


class _Printed:
    """Keeps the beginning of what a program prints."""

    def __init__(self) -> None:
        self.text = ""
        self._full = False

    def __call__(self, stream: str, text: str) -> None:
        if self._full:
            return
        self.text += text
        if len(self.text) > MAX_PRINTED:
            self.text = self.text[:MAX_PRINTED] + "\n[cut here]"
            self._full = True
