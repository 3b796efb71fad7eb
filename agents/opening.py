"""Opens videos with what a caller names: a profile, changes of roles, tools of one's own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..models import Models, Profile, open_models
from ..models.weights import Report
from ..programs import Catalog
from ..tools import open_registry
from ..tools.opening import Given
from .session import Session


def open(
    video: str | Path,
    *more: str | Path,
    profile: str | Profile | Models | None = None,
    roles: Mapping[str, str] | Sequence[str] | None = None,
    tools: Given = None,
    catalog: Catalog | None = None,
    store: str | Path | None = None,
    report: Report | None = None,
) -> Session:
    """Open a video, or several, for many questions.

    Args:
        video: The file.
        *more: Further videos that questions are about, too.
        profile: Name of the model profile, a profile, or loaded models (share them between sessions); ``embedded``
            unless the environment says otherwise.
        roles: Another model for a role, e.g. ``{"llm": "openai:my-model@http://localhost:8000/v1"}``.
        tools: Tools of one's own, a file with some, or a registry; installed ones are there anyway.
        catalog: The programs known by name; the library when left out.
        store: Directory of the memory files; the user's cache when left out.
        report: Told about long work: what is done, and which share of it (0 to 1, or None).

    Returns:
        The session; close it, or use it with ``with``.

    Raises:
        UsageError: Unknown profile, role, model or tools.
        MediaError: A file that cannot be used.

    Example:
        >>> with vidprog.open("sample.mp4") as session:
        ...     first = session.ask("Which animal is shown?", ["a dog", "a cat", "a horse"])
        ...     again = session.ask("Which room is named after that?", ["Room 3", "Room 12"])
        >>> first.text, again.text, again.resolved != ""
        ('a cat', 'Room 12', True)
    """
    return Session(
        video, *more, models=open_models(profile, roles), store=None if store is None else Path(store),
        registry=open_registry(tools), catalog=catalog, report=report,
    )  # fmt: skip
