"""``vidprog needles``: videos made to order, with questions and their exact truth."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...video.errors import UsageError
from . import options, words
from .screen import Column, Table
from .terminal import Terminal, print_document

if TYPE_CHECKING:
    from ...evaluation.needles import Made, NeedleSettings, Plan

Out = Annotated[
    Path | None,
    typer.Argument(metavar="OUT", help="The folder for the videos and items.jsonl.", show_default=False),
]
Lengths = Annotated[str, typer.Option("--lengths", metavar="MINUTES,...", help="How long the videos are.")]
Depths = Annotated[str, typer.Option("--depths", metavar="SHARES,...", help="Where needles are, 0 to 1.")]
KindNames = Annotated[str, typer.Option("--kinds", metavar="KINDS", help="Of text,picture,spoken,object.")]
TaskNames = Annotated[
    str,
    typer.Option(
        "--tasks",
        metavar="TASKS",
        help="Of retrieval,ordering,counting,direction,speed,reversal,conflict,static; or all.",
    ),
]
FormNames = Annotated[
    str,
    typer.Option("--forms", metavar="FORMS", help="Of choice,circular (every rotation of the options),open,when."),
]
Behind = Annotated[
    Path | None,
    typer.Option("--background", metavar="FILE", help="A video behind the needles; generated pictures without."),
]
Size = Annotated[str, typer.Option("--size", metavar="WxH", help="Pixels of a frame.")]
Fps = Annotated[str, typer.Option("--fps", metavar="RATE", help="Frames a second: 12.5, 30000/1001.")]
Seed = Annotated[int, typer.Option("--seed", help="Decides everything that is random.")]
Count = Annotated[int, typer.Option("--count", help="Videos (or pairs) of each length, kind and task.")]
Seconds = Annotated[float, typer.Option("--needle-seconds", help="How long a needle is shown.")]
Distractors = Annotated[int, typer.Option("--distractors", help="Needles a video that nothing is asked about.")]
Voice = Annotated[str, typer.Option("--voice", metavar="NAME", help="Who says spoken needles; see --list.")]
Pictures = Annotated[
    list[Path] | None, typer.Option("--picture", metavar="FILE", help="An image instead of shapes. Can be repeated.")
]
Objects = Annotated[
    list[Path] | None,
    typer.Option("--object", metavar="FILE", help="A photograph, named after what it shows. Can be repeated."),
]
Spoken = Annotated[
    list[Path] | None,
    typer.Option("--spoken", metavar="FILE", help="A sound, named after what is said. Can be repeated."),
]
MOST_NAMED = 16
Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would be made, and make nothing.", show_default=False)]
Listing = Annotated[bool, typer.Option("--list", help="What is at hand for each kind.", show_default=False)]


def needles(
    out: Out = None, lengths: Lengths = "1,10", depths: Depths = "0.1,0.5,0.9",
    kinds: KindNames = "text,picture,spoken,object", tasks: TaskNames = "retrieval,ordering,counting",
    forms: FormNames = "choice", background: Behind = None, size: Size = "640x360", fps: Fps = "12.5", seed: Seed = 0,
    count: Count = 1, needle_seconds: Seconds = 4.0, distractors: Distractors = 3, voice: Voice = "shipped",
    picture: Pictures = None, object_: Objects = None, spoken: Spoken = None, dry_run: Dry = False,
    listing: Listing = False, json: options.Json = False, quiet: options.Quiet = False,
) -> int:  # fmt: skip
    """Make videos with needles at known moments, and questions about them.

    Text, pictures, spoken words and things are put into generated pictures or into a video of yours, at any length;
    items.jsonl holds the questions and the truth, exact to the frame. The same seed gives the same set; a call that
    was interrupted goes on where it stopped.
    """
    from ...evaluation.needles import Materials, NeedleSettings
    from ...evaluation.needles.tasks import TASKS

    terminal = Terminal(quiet)
    materials = Materials(tuple(picture or ()), tuple(object_ or ()), tuple(spoken or ()))
    if listing:
        return _list(materials, terminal, json)
    if out is None:
        raise UsageError("no folder is named", code="needles.out", hint="vidprog needles FOLDER")
    settings = NeedleSettings(
        lengths=_numbers("--lengths", lengths), depths=_numbers("--depths", depths), kinds=_names(kinds),
        tasks=tuple(TASKS) if tasks == "all" else _names(tasks), forms=_names(forms), background=background,
        size=_size(size), fps=_rate(fps), seed=seed, count=count, needle_seconds=needle_seconds,
        distractors=distractors, voice=voice, materials=materials,
    )  # fmt: skip
    return _make(settings, out, dry_run, terminal, json)


def _make(settings: "NeedleSettings", out: Path, dry_run: bool, terminal: Terminal, json: bool) -> int:
    from ...evaluation.needles import make_needles, plan_needles

    plan = plan_needles(settings)
    _announce(plan, terminal)
    if dry_run:
        if json:
            print_document(_planned_document(plan))
        return 0
    with terminal.progress() as progress:
        made = make_needles(settings, out, progress.report)
    if json:
        print_document(_document(made))
    else:
        _show(made, terminal)
    return 0


def _announce(plan: "Plan", terminal: Terminal) -> None:
    from ...evaluation.needles.maker import bytes_of

    most = sum(bytes_of(video.script) for video in plan.videos)
    items = words.count(sum(len(video.items) for video in plan.videos), "item")
    videos = words.count(len(plan.videos), "video")
    terminal.say(f"{videos}, {plan.seconds / 60:,.4g} min, {items}, at most {most / 1e6:,.1f} MB")
    terminal.warn(plan.left_out)


def _show(made: "Made", terminal: Terminal) -> None:
    terminal.result.line(str(made.items_file))
    written, items = words.count(len(made.written), "video"), words.count(len(made.items), "item")
    terminal.say(f"{written} written, {len(made.kept)} were there; {items}")


def _list(materials: Any, terminal: Terminal, json: bool) -> int:
    from ...evaluation.needles import voices_at_hand
    from ...evaluation.needles.needle import KINDS
    from ...evaluation.needles.subjects import manner_of

    names = {kind: [subject.name for subject in manner_of(kind, materials).subjects()] for kind in KINDS}
    if json:
        from ..documents import listing

        print_document(listing("needles.list", kinds=names, voices=list(voices_at_hand())))
        return 0
    rows: list[tuple[str, str, str]] = [(kind, str(len(each)), _some(each)) for kind, each in names.items()]
    rows.append(("voices", str(len(voices_at_hand())), ", ".join(voices_at_hand())))
    terminal.result.table(
        Table((Column("kind", "cyan"), Column("number", right=True), Column("what", wraps=True)), rows)
    )
    return 0


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _document(made: "Made") -> dict[str, Any]:
    from ..documents import listing

    return listing(
        "needles", items=str(made.items_file), count=len(made.items), written=list(made.written), kept=list(made.kept),
        left_out=list(made.left_out),
    )  # fmt: skip


def _planned_document(plan: "Plan") -> dict[str, Any]:
    from ...evaluation.needles.maker import bytes_of
    from ..documents import listing

    videos = [
        {
            "video": video.script.file, "seconds": video.script.seconds, "bytes": bytes_of(video.script),
            "items": len(video.items),
        }
        for video in plan.videos
    ]  # fmt: skip
    return listing("needles.plan", videos=videos, left_out=list(plan.left_out))


def _names(text: str) -> tuple[Any, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _numbers(option: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        message = f"{option} takes numbers with commas between them, not {text!r}"
        raise UsageError(message, code="needles.setting", hint=f"Write {option} 0.5,1,10.") from None


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise UsageError(f"{text!r} is no size", code="needles.setting", hint="Write --size 640x360.")
    return int(width), int(height)


def _rate(text: str) -> Fraction:
    try:
        float(rate := Fraction(text))  # 1e400 is a fraction and no float
        return rate
    except (ValueError, ZeroDivisionError, OverflowError):
        message = f"{text!r} is no number of frames a second"
        raise UsageError(message, code="needles.setting", hint="Write --fps 12.5 or --fps 30000/1001.") from None
