"""An open video, or several, for questions, searches and whatever else is done with one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..memory import Hit, Observation, Timeline, check_kinds
from ..models.weights import Report, ignore_progress
from ..tools import Cancellation
from ..tools.sampling import Sampling
from ..tools.search import best_hits, perceive
from ..video import Clip, Cut, cut_clip, cut_spans
from .cell import listener
from .events import Listener, Understood
from .opened import Opened
from .result import Result
from .running import in_thread

if TYPE_CHECKING:
    from .description import Description
    from .settings import Settings
    from .streaming import Stream


class Session(Opened):
    """An open video, or several, and what was asked about them; `vidprog.open` opens one.

    It does one thing at a time: threads that share a session wait for one another, sessions do not. Whatever it does
    can be cancelled, and goes on when it is asked for again.

    Args:
        path: The video file.
        *more: Further videos that questions are about, too.
        models: Backends by role; the default profile's when left out.
        store: Directory of the memory files; the user's cache when left out.
        registry: The tools that programs may call.
        catalog: The programs known by name.
        report: Told about long work; in a notebook, its cell shows it when this is left out.

    Attributes:
        video: The open file.
        history: What was asked, in order.
        memory: What is known about the video.

    Example:
        >>> with vidprog.Session("sample.mp4") as session:
        ...     session.video.duration, session.search("harbour")[0].kind
        (30.0, 'text')
    """

    def ask(
        self,
        question: str,
        choices: Sequence[str] | None = None,
        settings: "Settings | None" = None,
        on_event: Listener | None = None,
        cancellation: Cancellation | None = None,
    ) -> Result:
        """Ask a question, which may refer to those before it: "and after that?", "who said it?".

        Args:
            question: The question.
            choices: At least two options for a multiple-choice question.
            settings: Stop rules, budget, or a program to run.
            on_event: Told every event as it happens; in a notebook, its cell shows them when this is left out.
            cancellation: Stops it from another thread; `cancel` does, too.

        Returns:
            The answer; its ``resolved`` says how a question that refers to another was understood.

        Raises:
            UsageError: A question without words, one choice only, unknown program.
            Cancelled: It was stopped; asked again, it goes on where it was.
            VidprogError: When no round could answer.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     session.ask("Until when is breakfast served?", ["ten o'clock", "eleven o'clock"]).text
            "eleven o'clock"
        """
        from .ask import check_question
        from .settings import Settings

        options, settings = check_question(question, choices), settings or Settings()
        with listener(on_event) as told, self.working(cancellation):
            return self._ask(question, options, settings, told)

    def _ask(self, question: str, options: tuple[str, ...], settings: "Settings", on_event: Listener) -> Result:
        from .follow_up import Turn, resolve
        from .several import ask_open

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

    async def ask_async(
        self,
        question: str,
        choices: Sequence[str] | None = None,
        settings: "Settings | None" = None,
        on_event: Listener | None = None,
    ) -> Result:
        """`ask` without holding up the event loop; cancelling the task stops the question.

        Args:
            question: The question.
            choices: At least two options for a multiple-choice question.
            settings: Stop rules, budget, or a program to run.
            on_event: Told every event as it happens, in the thread that answers.

        Raises:
            asyncio.CancelledError: The task was cancelled; nothing runs on then.
            VidprogError: As `ask` does.

        Example:
            >>> async def main():
            ...     with vidprog.open("sample.mp4") as session:
            ...         return await session.ask_async("Which animal is shown?", ["a dog", "a cat"])
            >>> asyncio.run(main()).text
            'a cat'
        """
        return await in_thread(lambda stop: self.ask(question, choices, settings, on_event, stop))

    def stream(
        self, question: str, choices: Sequence[str] | None = None, settings: "Settings | None" = None
    ) -> "Stream":
        """A question as a stream of events, for ``for`` and ``async for``; the answer is in its ``result``.

        Args:
            question: The question.
            choices: At least two options for a multiple-choice question.
            settings: Stop rules, budget, or a program to run.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     stream = session.stream("Which animal is shown?", ["a dog", "a cat"])
            ...     names = {type(event).__name__ for event in stream}
            >>> stream.result.text, "StepDone" in names
            ('a cat', True)
        """
        from .streaming import Stream

        return Stream(lambda tell, stop: self.ask(question, choices, settings, tell, stop))

    def index(self, report: Report | None = None) -> dict[str, Timeline]:
        """Look, read and listen once; what is done already is not done again.

        Reading and detecting go over the video together, so that every frame is decoded once.

        Args:
            report: Told what is going on, instead of whom the session tells.

        Returns:
            What there is of each kind: ``speech``, ``text``, ``object``; an empty one says why.

        Raises:
            Cancelled: It was stopped; done again, it goes on where it was.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     found = session.index()
            >>> sorted(found), "Oliver" in found["speech"].search("oliver")[0].content
            (['object', 'speech', 'text'], True)
        """
        with self.working():
            aside, context = self.context(report=ignore_progress), self.context(report=report)
            pieces = first_look_pieces(context.whole) if self.video.has_video else ()
            for number, piece in enumerate(pieces):
                context.report("looking and reading", number / len(pieces))
                perceive(aside, piece, ("text", "object"))
            found = perceive(context, context.whole)
            embedder = self.models.lazy_embedder
            if embedder is not None:
                self.memory.embed_missing(embedder, lambda now, total: context.report("embedding", now / total))
            context.report("done", 1.0)
            return found

    def search(self, query: str, kinds: list[str] | None = None, limit: int = 10) -> Timeline:
        """The moments that fit a query best, in the order of time; looks at the video first if nobody has yet.

        Args:
            query: What to look for, in words.
            kinds: Only these, e.g. ``["speech"]``.
            limit: How many at most.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     session.search("harbour town", limit=1)[0].content
            '09:15 | Harbour Town...'
        """
        hits, why = self.hits(query, kinds, limit)
        return Timeline([hit.observation for hit in hits], why)

    def hits(self, query: str, kinds: list[str] | None = None, limit: int = 10) -> tuple[tuple[Hit, ...], str]:
        """Like :meth:`search`, best first, with the reason when there is nothing."""
        with self.working():
            return best_hits(self.context(), query, kinds, limit)

    def when(self, query: str, limit: int = 10) -> Timeline:
        """The spans in which something happens, to the frame; an empty timeline says why.

        Args:
            query: Understands "first / second / last time", "before / after / between / while", "appears",
                "disappears", quoted words, silence, music, cuts.
            limit: How many at most.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     found = session.when("the cat appears")
            >>> [round(span.start) for span in found]
            [16]
        """
        from ..tools.moments import find_moments

        with self.working():
            self.index()
            context = self.context()
            found = find_moments.run((query,), {"limit": limit}, context)
        reasons = "; ".join(dict.fromkeys(filter(None, (found.why, context.notes.why))))
        return found if found else Timeline((), reasons)

    def timeline(self, *kinds: str) -> Timeline:
        """Everything that is known, in the order of time; looks at the video first if nobody has yet.

        Args:
            *kinds: Only these, e.g. ``"speech"``, ``"text"``; all when left out.

        Returns:
            What the command ``vidprog timeline`` prints: its ``to_srt``, ``to_vtt``, ``to_csv``, ``to_markdown``,
            ``to_json`` and ``to_dataframe`` are the formats.

        Raises:
            UsageError: `kind.unknown`.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     print(session.timeline("text").to_csv().splitlines()[0])
            start,end,kind,content,score,source,x0,y0,x1,y1,track,video
        """
        from .known import whole_timeline

        wanted = check_kinds(kinds)
        with self.working():
            known = whole_timeline(self, self.index())
        return known.of_kind(*wanted) if wanted else known

    def describe(self, seconds: float = 10.0, chapters: int = 8, audible: bool = False) -> "Description":
        """What the video shows: one line, chapters, captions with their times.

        Args:
            seconds: About how long a caption is.
            chapters: How many at most.
            audible: Whether the captions are to fit into the pauses between what is said, to be spoken there.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     description = session.describe(chapters=3)
            >>> description.to_markdown().splitlines()[2]
            '## Chapters'
        """
        from .description import describe

        with self.working():
            self.index()
            return describe(self.context(), seconds, chapters, audible)

    def cut(self, start: float, end: float, path: str | Path, copy: bool | None = None) -> Cut:
        """Write a part of the video as a file.

        Args:
            start: Seconds.
            end: Seconds.
            path: The file: .mp4, .mkv, .mov, .webm.
            copy: True copies from the key frame before the start, False encodes anew; copies where that is exact when
                left out.

        Returns:
            What was written, and whether it was copied.

        Raises:
            UsageError: A path that cannot be written.
            MediaError: Nothing lies between the two.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     done = session.cut(16, 18, "cat.mp4")
            >>> round(done.start), done.path.name
            (16, 'cat.mp4')
        """
        return cut_clip(self.video.clip().trim(start, end), Path(path), copy)

    def cut_moments(self, moments: Iterable[Observation], folder: str | Path) -> tuple[Cut, ...]:
        """Write each moment as a clip, short ones with some of the video around them.

        Args:
            moments: A timeline, e.g. what `when` found.
            folder: Where the clips go; made when it is not there.

        Example:
            >>> with vidprog.open("sample.mp4") as session:
            ...     clips = session.cut_moments(session.when("the cat appears"), "cats")
            >>> [clip.path.name for clip in clips]
            ['sample-01.mp4']
        """
        return tuple(cut_spans(self.video, ((moment.start, moment.end) for moment in moments), Path(folder)))


def first_look_pieces(clip: Clip) -> tuple[Clip, ...]:
    """A clip in the pieces in which the first look commits; a short rest goes to the last piece."""
    sampling = Sampling.for_clip(clip)
    starts = [block.start for block in sampling.blocks(clip)]
    if len(starts) > 1 and clip.end - starts[-1] < 2 * sampling.interval:
        starts.pop()
    ends = [*starts[1:], clip.end]
    return tuple(Clip(clip.video, start, end) for start, end in zip(starts, ends, strict=True))
