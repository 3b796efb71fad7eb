"""Questions from clients, answered one after the other by models that are loaded once.

Work runs in threads, one question of a video at a time. Every event of the work goes to whoever asked; it is also where
work looks whether somebody still waits, so a client that goes away, or a limit of time, ends it at the next event.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread

from ...agents.events import Event, Listener, Progress, ignore
from ...agents.session import Session
from ...agents.settings import Settings
from ...tools import Cancellation
from ...tools.cancellation import Cancelled
from ...video.errors import MediaError, UsageError, VidprogError
from .library import Library
from .limits import GRACE, Limits

if TYPE_CHECKING:
    from ...agents import Description, Result
    from ...agents.follow_up import Turn
    from ...memory import Hit, Timeline
    from ...models import Models
    from ...tools import Registry
    from ...video import Video

T = TypeVar("T")
Job = Callable[[Session, Listener], T]
"""Work on open videos, in a thread of its own."""
TURNS = 256
"""Answered questions that a later one may refer to."""


class Desk:
    """Answers questions about the videos of a library.

    Args:
        library: The videos.
        models: Backends, shared by all questions.
        limits: What clients may use.
        store: Directory of the memory files.
        registry: The tools that programs may call.

    Attributes:
        busy: Questions that wait or are worked on.
    """

    def __init__(
        self,
        library: Library,
        models: "Models",
        limits: Limits | None = None,
        store: Path | None = None,
        registry: "Registry | None" = None,
    ) -> None:
        self.library = library
        self.limits = limits or Limits()
        self.store = store
        self._opening: dict[str, Any] = {"models": models, "store": store, "registry": registry}
        self._locks: WeakValueDictionary[Path, anyio.Lock] = WeakValueDictionary()
        self._slots: anyio.CapacityLimiter | None = None
        self.busy = 0
        self._turns = _Turns()

    async def work(self, paths: Sequence[Path], job: Job[T], listen: Listener = ignore) -> T:
        """Do something with open videos when it is their turn.

        Args:
            paths: Real paths; the first is the main video.
            job: What to do.
            listen: Told what happens, in the thread of the event loop; must not wait.

        Raises:
            VidprogError: ``server.videos``, ``server.busy``, ``server.time``, or the job's own.
        """
        if not 0 < len(paths) <= self.limits.videos:
            hint = f"Ask about 1 to {self.limits.videos}."
            raise UsageError(f"{len(paths)} videos cannot be asked about at once", code="server.videos", hint=hint)
        if self.busy >= self.limits.waiting:
            raise VidprogError("too many questions are waiting", code="server.busy", hint="Ask again a little later.")
        self.busy += 1
        try:
            with anyio.move_on_after(self.limits.seconds + GRACE):
                return await self._in_turn(tuple(dict.fromkeys(paths)), job, listen)
        finally:
            self.busy -= 1
        message = f"it took longer than {self.limits.seconds:g} s and was stopped"
        raise VidprogError(message, code="server.time", hint="Ask again: what was found up to now is kept.")

    async def _in_turn(self, paths: Sequence[Path], job: Job[T], listen: Listener) -> T:
        if self._slots is None:
            self._slots = anyio.CapacityLimiter(self.limits.parallel)
        async with AsyncExitStack() as stack:
            for path in sorted(paths):  # always in the same order: no two wait for one another
                await stack.enter_async_context(self._locks.setdefault(path, anyio.Lock()))
            tell = _teller(listen, asyncio.get_running_loop())
            try:
                return await anyio.to_thread.run_sync(self._run, paths, job, tell, limiter=self._slots)
            except Cancelled:
                await anyio.lowlevel.checkpoint()  # raises what stopped it
                raise

    def _run(self, paths: Sequence[Path], job: Job[T], tell: Listener) -> T:
        def report(message: str, share: float | None) -> None:
            tell(Progress(message, share))

        with Session(*paths, **self._opening, report=report) as session, session.working(_Waiting()):
            for each in (session, *session.companions):
                self._check_subtitles(each.video)
            return job(session, tell)

    def _check_subtitles(self, video: "Video") -> None:
        """Subtitles beside a video may be a link that leads out of the library.

        Raises:
            MediaError: They are.
        """
        for track in video.subtitles:
            if track.path is not None and not self.library.holds(track.path.resolve()):
                message = f"the subtitles {track.path.name} are not in a directory that is served"
                raise MediaError(message, code="server.outside", hint="Copy them beside the video.")

    async def ask(
        self,
        paths: Sequence[Path],
        question: str,
        choices: Sequence[str] | None = None,
        settings: Settings | None = None,
        listen: Listener = ignore,
        earlier: Sequence[str] = (),
    ) -> "Result":
        """Answer a question.

        Args:
            paths: Real paths of the videos.
            question: The question.
            choices: The options of a multiple-choice question.
            settings: Stop rules; their seconds are at most the server's.
            listen: Told every event.
            earlier: Questions of the same conversation, which this one may refer to.

        Raises:
            VidprogError: As ``Session.ask`` and ``work``.
        """
        wanted = settings or Settings(learn=False)
        seconds = min(wanted.budget.seconds or self.limits.seconds, self.limits.seconds)
        limited = replace(wanted, budget=replace(wanted.budget, seconds=seconds))

        def job(session: Session, tell: Listener) -> "Result":
            videos = ",".join(each.video.fingerprint for each in (session, *session.companions))
            session.history = self._turns.of(videos, earlier)
            result = session.ask(question, choices, limited, tell)
            self._turns.keep(videos, session.history[-1])
            return result

        return await self.work(paths, job, listen)

    async def hits(
        self, path: Path, query: str, kinds: Sequence[str] | None = None, limit: int = 10, listen: Listener = ignore
    ) -> "tuple[list[tuple[Path, Hit]], str]":
        """Moments by words and by meaning, best first, and why there are none; see ``Session.hits``."""

        def job(session: Session, tell: Listener) -> "tuple[list[tuple[Path, Hit]], str]":
            hits, why = session.hits(query, list(kinds or ()) or None, limit)
            return [(path, hit) for hit in hits], why

        return await self.work([path], job, listen)

    async def when(self, path: Path, query: str, limit: int = 10, listen: Listener = ignore) -> "Timeline":
        """Spans in which something happens; see ``Session.when``."""
        return await self.work([path], lambda session, tell: session.when(query, limit), listen)

    async def timeline(
        self, path: Path, kinds: Sequence[str] = (), listen: Listener = ignore
    ) -> "tuple[Video, Timeline]":
        """The video, and everything that is known about it; see ``Session.timeline``."""
        return await self.work([path], lambda session, tell: (session.video, session.timeline(*kinds)), listen)

    async def describe(self, path: Path, chapters: int = 8, listen: Listener = ignore) -> "tuple[Video, Description]":
        """The video, and what it shows; see ``Session.describe``."""
        return await self.work(
            [path], lambda session, tell: (session.video, session.describe(chapters=chapters)), listen
        )


class _Turns:
    """Answers of the last questions, by video: clients send earlier questions again, not what was found for them."""

    def __init__(self) -> None:
        self._turns: OrderedDict[tuple[str, str], Turn] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, videos: str, questions: Sequence[str]) -> "list[Turn]":
        """The turns of a conversation, as far as they are known."""
        with self._lock:
            found = [self._turns.get((videos, question)) for question in questions]
        return [turn for turn in found if turn is not None]

    def keep(self, videos: str, turn: "Turn") -> None:
        """Remember a turn instead of the oldest one."""
        with self._lock:
            self._turns[videos, turn.question] = turn
            while len(self._turns) > TURNS:
                self._turns.popitem(last=False)


class _Waiting(Cancellation):
    """Looked at by the work: whether the client still waits for it."""

    def check(self) -> None:
        """End the work of this thread if the task that waits for it was cancelled."""
        with suppress(RuntimeError):  # a helper thread of the work: the work itself looks, too
            try:
                anyio.from_thread.check_cancelled()
            except asyncio.CancelledError:
                self.cancel()
        super().check()


def _teller(listen: Listener, loop: asyncio.AbstractEventLoop) -> Listener:
    """What work calls with an event, from any thread."""

    def tell(event: Event) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(listen, event)

    return tell
