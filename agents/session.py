"""A video that is open for questions: its models, its memory, the tools and the programs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..memory import Hit, Timeline, VideoMemory, default_directory
from ..models import Models
from ..models.weights import Report, ignore_progress
from ..programs import Catalog
from ..programs.program import Takes
from ..tools import Budget, Meter, Registry
from ..tools.calls import CALL
from ..tools.context import Context
from ..tools.sampling import Sampling
from ..tools.search import best_hits, perceive
from ..video import Clip, Video, open_video
from ..video.errors import VidprogError
from .events import Event, Understood, ignore
from .result import Result, video_names

if TYPE_CHECKING:
    from .follow_up import Turn
    from .settings import Settings


class Session:
    """An open video, or several, and what was asked about them.

    Args:
        path: The video file.
        *more: Further videos that questions are about, too.
        models: Backends by role; the default profile's when left out.
        store: Directory of the memory files; the user's cache when left out.
        registry: The tools that programs may call.
        catalog: The programs known by name.
        report: Told about long work.

    Example:
        >>> with Session("clip.mp4") as session:  # doctest: +SKIP
        ...     session.ask("What does the sign say?").text
        ...     session.ask("And what comes after that?").text
    """

    def __init__(
        self,
        path: str | Path,
        *more: str | Path,
        models: Models | None = None,
        store: Path | None = None,
        registry: Registry | None = None,
        catalog: Catalog | None = None,
        report: Report = ignore_progress,
    ) -> None:
        self.video: Video = open_video(path)
        self._others: tuple[Session, ...] = ()
        self.history: list[Turn] = []  # what was asked, in order
        self.models = models or Models()
        self.store = store or default_directory()
        self.memory = VideoMemory.open(self.video.fingerprint, self.store)
        self._registry = registry
        self._catalog = catalog
        self._report = report
        self.models.report = report
        self.companions: tuple[Session, ...] = ()
        try:
            for another in more:
                same = Session(another, models=self.models, store=self.store, registry=registry, report=report)
                self.companions = (*self.companions, same)
        except VidprogError:
            self.close()
            raise

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the memory files."""
        for companion in self.companions:
            companion.close()
        self.memory.close()

    def ask(
        self,
        question: str,
        choices: Sequence[str] | None = None,
        settings: "Settings | None" = None,
        on_event: Callable[[Event], None] = ignore,
    ) -> Result:
        """Ask a question, which may refer to those before it: "and after that?", "who said it?".

        Args:
            question: The question.
            choices: At least two options for a multiple-choice question.
            settings: Stop rules, budget, or a program to run.
            on_event: Told every event as it happens.

        Returns:
            The answer; its ``resolved`` says how a question that refers to another was understood.

        Raises:
            UsageError: A question without words, one choice only, unknown program.
            VidprogError: When no round could answer.
        """
        from .ask import check_question
        from .follow_up import Turn, resolve
        from .settings import Settings
        from .several import ask_open

        options, settings = check_question(question, choices), settings or Settings()
        context = self.context(settings.budget)
        meant = resolve(question, self.history, context)
        spent = context.meter.usage.to_json()
        if meant.text != question:
            on_event(Understood(question, meant.text))
        sessions = [one for one in (self, *self.companions) if meant.path in ("", str(one.video.path))]
        result = ask_open(sessions or [self], meant.text, options, settings, on_event)
        usage = {name: value + spent[name] for name, value in result.usage.items()}
        resolved = meant.text if meant.text != question else ""
        result = replace(result, question=question, resolved=resolved, usage=usage)
        self.history.append(Turn(question, meant.text, result))
        return result

    @property
    def registry(self) -> Registry:
        """The tools; the built-in ones are loaded at the first use."""
        if self._registry is None:
            self._registry = Registry.builtin()
        return self._registry

    @property
    def catalog(self) -> Catalog:
        """The programs known by name."""
        if self._catalog is None:
            self._catalog = Catalog.builtin()
        return self._catalog

    @contextmanager
    def beside(self, others: "Sequence[Session]") -> Iterator[None]:
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
        told, meter = report or self._report, Meter(budget)
        alone = Context(self.video, self.models, self.memory, meter, report=told)
        if self._others:
            alone.name, *names = video_names(video.path for video in self.videos)
            alone.others = [
                Context(other.video, self.models, other.memory, meter, alone.notes, told, name=name)
                for other, name in zip(self._others, names, strict=True)
            ]
        return alone

    def index(self, report: Report | None = None) -> dict[str, Timeline]:
        """Look, read and listen once; what is done already is not done again.

        Reading and detecting go over the video together, so that every frame is decoded once.

        Returns:
            What there is of each kind: ``speech``, ``text``, ``object``; an empty one says why.
        """
        show = report or self._report
        context = self.context(report=ignore_progress)
        pieces = first_look_pieces(context.whole) if self.video.has_video else ()
        for number, piece in enumerate(pieces):
            show("looking and reading", number / len(pieces))
            perceive(context, piece, ("text", "object"))
        context.report = show
        found = perceive(context, context.whole)
        embedder = self.models.lazy_embedder
        if embedder is not None:
            self.memory.embed_missing(embedder, lambda now, total: show("embedding", now / total))
        show("done", 1.0)
        return found

    def search(self, query: str, kinds: list[str] | None = None, limit: int = 10) -> Timeline:
        """The moments that fit a query best, in the order of time; looks at the video first if nobody has yet."""
        hits, why = self.hits(query, kinds, limit)
        return Timeline([hit.observation for hit in hits], why)

    def hits(self, query: str, kinds: list[str] | None = None, limit: int = 10) -> tuple[tuple[Hit, ...], str]:
        """Like :meth:`search`, best first, with the reason when there is nothing."""
        return best_hits(self.context(), query, kinds, limit)

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


def first_look_pieces(clip: Clip) -> tuple[Clip, ...]:
    """A clip in the pieces in which the first look commits; a short rest goes to the last piece."""
    sampling = Sampling.for_clip(clip)
    starts = [block.start for block in sampling.blocks(clip)]
    if len(starts) > 1 and clip.end - starts[-1] < 2 * sampling.interval:
        starts.pop()
    ends = [*starts[1:], clip.end]
    return tuple(Clip(clip.video, start, end) for start, end in zip(starts, ends, strict=True))
