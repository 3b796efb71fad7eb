"""A video that is open for questions: its models, its memory, the tools and the programs."""

from pathlib import Path

from ..memory import Hit, Timeline, VideoMemory, default_directory
from ..models import Models
from ..models.weights import Report, ignore_progress
from ..programs import Catalog
from ..tools import Budget, Meter, Registry
from ..tools.context import Context
from ..tools.sampling import Sampling
from ..tools.search import best_hits, perceive
from ..video import Clip, Video, open_video


class Session:
    """One open video.

    Args:
        path: The video file.
        models: Backends by role; the default profile's when left out.
        store: Directory of the memory files; the user's cache when left out.
        registry: The tools that programs may call.
        catalog: The programs known by name.
        report: Told about long work.

    Example:
        >>> with Session("clip.mp4") as session:  # doctest: +SKIP
        ...     session.search("a train")
    """

    def __init__(
        self,
        path: str | Path,
        *,
        models: Models | None = None,
        store: Path | None = None,
        registry: Registry | None = None,
        catalog: Catalog | None = None,
        report: Report = ignore_progress,
    ) -> None:
        self.video: Video = open_video(path)
        self.models = models or Models()
        self.store = store or default_directory()
        self.memory = VideoMemory.open(self.video.fingerprint, self.store)
        self._registry = registry
        self._catalog = catalog
        self._report = report
        self.models.report = report

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the memory file."""
        self.memory.close()

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

    def context(self, budget: Budget | None = None, report: Report | None = None) -> Context:
        """The host's side for tool calls."""
        return Context(self.video, self.models, self.memory, Meter(budget), report=report or self._report)

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
        """What is known about the video, in a line for the planner."""
        video = self.video
        known = ", ".join(sorted({artefact.tool for artefact in self.memory.artefacts()})) or "nothing yet"
        return "; ".join(
            (
                f"duration {video.duration:.1f} s",
                f"{video.size[0]}x{video.size[1]} pixels" if video.has_video else "no pictures",
                "audio" if video.has_audio else "no audio",
                "subtitles" if video.subtitles else "no subtitles",
                f"on the timeline: {known}",
                f"roles: {', '.join(sorted(self.models.roles))}",
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
