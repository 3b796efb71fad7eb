"""A question whose every node calls models that cost money, and a process that is killed in one of them.

As a program (``python paid.py CLIP STORE LOG [NODE VISIT]``) it asks the question and prints the result as JSON; given
a node, it kills itself with SIGKILL when the work of that node is done and not yet written down.
"""

import json
import os
import signal
import sys
from dataclasses import replace
from functools import wraps
from pathlib import Path

from scripted import DOUBTING, ScriptedVision, ScriptedWriter

QUESTION = "Compare the handwriting of both notices with one another."
CHOICES = ("17", "42", "8", "63")
REFUSED = "lines = frobnicate(video)\nanswer(question, lines, choices)"
MENDED = "seen = ask(select_frames(video, 2), question)\nanswer(question, read_text(video), choices)"


def reply(prompt):
    """Plans a program that is refused, mends it when asked, and doubts every answer."""
    if DOUBTING in prompt:
        return "no"
    if "frobnicate" in prompt:
        return MENDED
    return REFUSED if "Tools:" in prompt else "A"


class PaidWriter(ScriptedWriter):
    """Each of its calls is a line in a log, so that they are counted over several processes."""

    def __init__(self, scorer, log):
        super().__init__(scorer, reply, identity="scripted:paid-llm")
        self._log = log

    def complete(self, prompt, **options):
        note(self._log, "complete", prompt)
        return super().complete(prompt, **options)

    def score(self, pairs):
        note(self._log, "score", *map(str, pairs))
        return super().score(pairs)


class PaidVision(ScriptedVision):
    """The same for the model that sees."""

    def __init__(self, log):
        super().__init__("two notices", identity="scripted:paid-vlm")
        self._log = log

    def complete(self, contents, *, max_tokens=256):
        note(self._log, "look", *("".join(part for part in content if isinstance(part, str)) for content in contents))
        return super().complete(contents, max_tokens=max_tokens)


def note(log, *words):
    with Path(log).open("a") as file:
        file.write(json.dumps(words) + "\n")
        file.flush()
        os.fsync(file.fileno())


def paid_calls(log):
    """The calls of a log, in any order."""
    path = Path(log)
    return sorted(path.read_text().splitlines()) if path.is_file() else []


def ask_paid(clip, store, log, models):
    """The question, asked of models whose calls are logged; two rounds, with a critic."""
    from scripted import with_role
    from vidprog.agents import Session, Settings
    from vidprog.agents.ask import ask_session
    from vidprog.agents.policy import default_policy

    policy = replace(default_policy(), threshold=0.0, max_rounds=2, critic=True, moves={"critic": ("other_tool",)})
    playing = with_role(models, llm=PaidWriter(models.llm, log), vlm=PaidVision(log))
    with Session(clip, models=playing, store=Path(store)) as session:
        return ask_session(session, QUESTION, CHOICES, Settings(policy=policy))


def ending_in(node, visit, end):
    """A method of the loop that calls ``end`` when its work is done for the n-th time and nobody knows it yet."""
    from vidprog.agents.graph import Loop

    method, visits = getattr(Loop, node), []

    @wraps(method)
    def ended(self, state):
        result = method(self, state)
        visits.append(node)
        if len(visits) == visit:
            end()
        return result

    return ended


def main():
    from vidprog.agents.graph import Loop
    from vidprog.models import Models, load_profile

    clip, store, log, *killed = sys.argv[1:]
    if killed:
        node, visit = killed
        setattr(Loop, node, ending_in(node, int(visit), lambda: os.kill(os.getpid(), signal.SIGKILL)))
    print(json.dumps(ask_paid(clip, store, log, Models(load_profile("embedded"))).to_json()))


if __name__ == "__main__":
    main()
