"""Reading a data set: which format its file has, and its items."""

from pathlib import Path

from ...video.errors import UsageError
from ..items import DataSet, Problem
from .activitynet_qa import ACTIVITYNET_QA
from .agqa import AGQA
from .candidates import CANDIDATES
from .charades_sta import CHARADES_STA
from .clevrer import CLEVRER
from .companions import companion
from .egoschema import EGOSCHEMA
from .etbench import ETBENCH
from .format import Format
from .igvlm import IGVLM
from .intentqa import INTENTQA
from .longvideobench import LONGVIDEOBENCH
from .manifest import MANIFEST
from .msrvtt_qa import MSRVTT_QA, MSVD_QA
from .nextqa import NEXTGQA, NEXTQA
from .plain import PLAIN
from .qvhighlights import QVHIGHLIGHTS
from .rules import AUTOEVAL_VIDEO
from .source import Source, load
from .star import STAR
from .tarsier import DREAM_1K, TVBENCH
from .tempcompass import TEMPCOMPASS
from .videomme import VIDEOMME
from .videos import find_videos
from .vnbench import VNBENCH

FORMATS: tuple[Format, ...] = (
    NEXTGQA, NEXTQA, INTENTQA, STAR, EGOSCHEMA, IGVLM, ACTIVITYNET_QA, MSRVTT_QA, MSVD_QA, QVHIGHLIGHTS, TVBENCH,
    DREAM_1K, VIDEOMME, LONGVIDEOBENCH, VNBENCH, ETBENCH, TEMPCOMPASS, CLEVRER, CHARADES_STA, AGQA, AUTOEVAL_VIDEO,
    MANIFEST, CANDIDATES, PLAIN,
)  # fmt: skip
"""Every format; the first one that recognises a file reads it, so the ones that ask for more come first."""


SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".txt")
"""Files of a folder that may hold questions."""


def formats() -> tuple[Format, ...]:
    """Every format that can be read, in the order in which they are tried."""
    return FORMATS


def read(path: Path, format: str | None = None, videos: Path | None = None) -> DataSet:
    """The items of a file of annotations, and of the files that belong to it and lie beside it.

    Args:
        path: CSV, JSON, JSON lines or text; or a folder with one such file.
        format: Name of the format; None to recognise it from what the file holds.
        videos: Where the videos are; what is not found there stands in ``problems`` as well, under row 0.

    Raises:
        UsageError: ``eval.format`` when no format, or not the one that is named, fits the file; ``eval.file`` when it
            cannot be opened; ``eval.rows`` when every row is bad; ``eval.companion`` when it only belongs to one, or
            one that belongs to it is missing; ``eval.folder`` when a folder has none or several.
    """
    source = _source_in(path) if path.is_dir() else load(path)
    chosen = _named(format, source) if format else _recognised(source)
    reading = chosen.read(source)
    if reading.problems and not reading.items:
        first = reading.problems[0]
        hint = f"The format {chosen.name} reads {chosen.reads}."
        message = f"none of {len(reading.problems)} rows could be read; the first: {first}"
        raise UsageError(message, code="eval.rows", hint=hint)
    if not reading.items:
        raise UsageError(
            f"{source.path} holds no questions",
            code="eval.file",
            hint=f"The format {chosen.name} reads {chosen.reads}.",
        )
    missing = find_videos(reading.items, videos).problems if videos else ()
    problems: tuple[Problem, ...] = (*reading.problems, *missing)
    name = path.resolve().name if path.is_dir() else path.stem
    return DataSet(name, chosen.name, reading.items, problems, reading.files)


def _source_in(folder: Path) -> Source:
    """The one data set of a folder."""
    files = (path for path in sorted(folder.iterdir()) if path.suffix.casefold() in SUFFIXES and path.is_file())
    found = [source for path in files if (source := _questions(path))]
    if len(found) == 1:
        return found[0]
    names = ", ".join(source.path.name for source in found)
    message = f"{folder} holds {len(found)} data sets" + (f": {names}" if names else "")
    raise UsageError(message, code="eval.folder", hint="Name the file of the questions.")


def _questions(path: Path) -> Source | None:
    """A file if a format recognises it."""
    try:
        source = load(path)
    except UsageError:
        return None
    return source if any(known.recognises(source) for known in FORMATS) else None


def _recognised(source: Source) -> Format:
    found = next((candidate for candidate in FORMATS if candidate.recognises(source)), None)
    if found is None and source.problems and not source.rows:
        raise UsageError(str(source.problems[0]), code="eval.format", hint=f"Known formats: {_names()}.")
    if found is None:
        if part := companion(source):
            raise UsageError(f"{source.path} holds {part.holds}", code="eval.companion", hint=part.give)
        hint = f"Known formats: {_names()}. For questions of your own: columns video and question."
        raise UsageError(f"{source.path}: no known format; it is {source.seen}", code="eval.format", hint=hint)
    return found


def _named(name: str, source: Source) -> Format:
    found = next((candidate for candidate in FORMATS if candidate.name == name), None)
    if found is None:
        raise UsageError(f"no format is called {name!r}", code="eval.format", hint=f"Known formats: {_names()}.")
    if not found.recognises(source):
        message = f"{source.path} is not in the format {name}; it is {source.seen}"
        raise UsageError(message, code="eval.format", hint=f"{name} reads {found.reads}.")
    return found


def _names() -> str:
    return ", ".join(candidate.name for candidate in FORMATS)
