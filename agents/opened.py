"""A video that is open: its models, its memory, the tools and the programs, and the switch that stops its work."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..memory import VideoMemory, default_directory
from ..models import Models
from ..models.weights import Report
from ..programs import Catalog
from ..programs.program import Takes
from ..tools import Budget, Cancellation, Meter, Registry, open_registry
from ..tools.calls import CALL
from ..tools.context import Context
from ..video import Video, open_video
from ..video.errors import VidprogError
from .cell import CellReport, reporter
from .result import video_names
from .running import cancelled_in_words

if TYPE_CHECKING:
    from .follow_up import Turn
    from .session import Session


class Opened:
    """What `Session` works with; its arguments are those of `Session`."""

    def __init__(
        self,
        path: str | Path,
        *more: str | Path,
        models: Models | None = None,
        store: str | Path | None = None,
        registry: Registry | None = None,
        catalog: Catalog | None = None,
        report: Report | None = None,
    ) -> None:
        self.video: Video = open_video(path)
        self.history: list[Turn] = []
        self.models = models or Models()
        self.store = Path(store) if store else default_directory()
        self.memory = VideoMemory.open(self.video.fingerprint, self.store)
        self.companions: tuple[Session, ...] = ()
        self._others: tuple[Opened, ...] = ()
        self._registry = registry
        self._catalog = catalog
        self._report = report or reporter()
        self._lock = threading.RLock()
        self._cancellation: Cancellation | None = None
        self.models.report = self._report
        try:
            shared: dict[str, Any] = {"models": self.models, "store": self.store, "registry": registry}
            for another in more:
                same: Any = type(self)(another, report=self._report, **shared)
                self.companions = (*self.companions, same)
        except VidprogError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the memory files."""
        for companion in self.companions:
            companion.close()
        self.memory.close()

    @property
    def all(self) -> "tuple[Opened, ...]":
        """This one and its companions."""
        return (self, *self.companions)

    def cancel(self) -> None:
        """Stop what is running, from another thread, at its next tool or model call; nothing that was found is lost.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     threading.Timer(600, session.cancel).cancel()  # after ten minutes it would have been enough
            ...     session.cancel()  # does nothing where nothing runs
        """
        for session in self.all:
            if (running := session._cancellation) is not None:
                running.cancel()

    @contextmanager
    def running(self, cancellation: Cancellation) -> Iterator[None]:
        """For as long as this lasts, the work of this session looks at the switch; others wait for it to end."""
        with self._lock:
            outer, self._cancellation = self._cancellation, cancellation
            try:
                cancellation.check()
                yield
            finally:
                self._cancellation = outer

    @contextmanager
    def working(self, cancellation: Cancellation | None = None) -> Iterator[None]:
        """`running` for this session and its companions; work within work shares its switch.

        Raises:
            Cancelled: It was stopped.
        """
        with cancelled_in_words(), ExitStack() as stack:
            stack.enter_context(self._lock)
            if self._cancellation is None and isinstance(self._report, CellReport):
                stack.callback(self._report.end)
            switch = cancellation or self._cancellation or Cancellation()
            for session in self.all:
                stack.enter_context(session.running(switch))
            yield

    @property
    def registry(self) -> Registry:
        """The tools; the built-in ones are loaded at the first use."""
        if self._registry is None:
            self._registry = open_registry()
        return self._registry

    @property
    def catalog(self) -> Catalog:
        """The programs known by name, one for each tool that was added among them."""
        if self._catalog is None:
            self._catalog = Catalog.builtin().with_tools(self.registry.added)
        return self._catalog

    @contextmanager
    def beside(self, others: "Sequence[Opened]") -> Iterator[None]:
        """For as long as this lasts, questions are about these videos, too; this one is the first."""
        before, self._others = self._others, tuple(others)
        try:
            yield
        finally:
            self._others = before

    @property
    def videos(self) -> tuple[Video, ...]:
        """All videos that questions are about."""
        return (self.video, *(other.video for other in self._others))

    @property
    def takes(self) -> Takes:
        """Which programs suit: those about one video, or those about several."""
        return "several" if self._others else "one"

    @property
    def fingerprint(self) -> str:
        """Of the video; of several, of all with their names, by which their evidence goes."""
        if not self._others:
            return self.video.fingerprint
        named = zip(self.videos, video_names(video.path for video in self.videos), strict=True)
        return ",".join(f"{video.fingerprint}:{name}" for video, name in named)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about the videos and their memory files."""
        sessions = (self, *self._others)
        return tuple(text for each in sessions for text in (*each.video.warnings, *each.memory.warnings))

    def context(self, budget: Budget | None = None, report: Report | None = None) -> Context:
        """The host's side for tool calls."""
        switch = self._cancellation or Cancellation()
        meter, show = Meter(budget, cancellation=switch), report or self._report

        def told(message: str, share: float | None) -> None:
            switch.check()  # long work reports after each block that it has stored
            show(message, share)

        alone = Context(self.video, self.models, self.memory, meter, report=told)
        if self._others:
            alone.name, *names = video_names(video.path for video in self.videos)
            alone.others = [
                Context(other.video, self.models, other.memory, meter, alone.notes, told, name=name)
                for other, name in zip(self._others, names, strict=True)
            ]
        return alone

    def facts(self) -> str:
        """What is known about the video, or about each of several, in a line for the planner."""
        if self._others:
            names = video_names(video.path for video in self.videos)
            each = zip(names, (self, *self._others), strict=True)
            about = [f"videos[{place}] is {name}: {one._facts()}" for place, (name, one) in enumerate(each)]
            return "; ".join((*about, f"roles: {', '.join(sorted(self.models.roles))}"))
        return f"{self._facts()}; roles: {', '.join(sorted(self.models.roles))}"

    def _facts(self) -> str:
        video = self.video
        tools = sorted({artefact.tool for artefact in self.memory.artefacts() if not artefact.tool.startswith(CALL)})
        return "; ".join(
            (
                f"duration {video.duration:.1f} s",
                f"{video.size[0]}x{video.size[1]} pixels" if video.has_video else "no pictures",
                "audio" if video.has_audio else "no audio",
                "subtitles" if video.subtitles else "no subtitles",
                f"on the timeline: {', '.join(tools) or 'nothing yet'}",
            )
        )
