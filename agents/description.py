"""What a video shows, in one line, in chapters, and window by window."""

from dataclasses import dataclass

from ..memory import Timeline
from ..tools.context import Context


@dataclass(frozen=True, slots=True)
class Description:
    """What is said about a video.

    Attributes:
        summary: One line; empty where nothing was seen, read or heard.
        chapters: With their titles, as captions.
        captions: One for each window; an empty timeline says why.

    Example:
        >>> with vidprog.open("sample.mp4") as session:
        ...     description = session.describe(chapters=3)
        >>> len(description.chapters) <= 3
        True
    """

    summary: str
    chapters: Timeline
    captions: Timeline

    def __str__(self) -> str:
        return self.summary

    def to_markdown(self) -> str:
        """The summary, and the chapters and captions as tables."""
        chapters, captions = self.chapters.to_markdown(), self.captions.to_markdown()
        return "\n".join([self.summary, "", "## Chapters", "", chapters, "## Captions", "", captions])


def describe(context: Context, seconds: float = 10.0, chapters: int = 8, audible: bool = False) -> Description:
    """Describe a video by the models that see and write where there are some, else from what was found.

    Args:
        context: Of the video, which was looked at.
        seconds: About how long a caption is.
        chapters: How many at most.
        audible: Whether the captions are to fit into the pauses between what is said, to be spoken there.
    """
    from ..tools.audible import audible_description
    from ..tools.caption import caption
    from ..tools.chapters import chapters as into_chapters
    from ..tools.chapters import one_line
    from ..tools.split import split_clip

    whole = context.whole
    if audible:
        captions = audible_description.run((whole,), {}, context)
    elif context.models.has("vlm"):
        captions = caption.run((whole, seconds), {}, context)
    else:
        parts = split_clip.run((whole, seconds, "sentences"), {}, context)
        found = [caption.run((part, part.duration), {}, context) for part in parts]
        captions = Timeline([one for timeline in found for one in timeline], found[0].why)
    summary = one_line.run((whole,), {}, context)
    return Description(summary, into_chapters.run((whole, chapters), {}, context), captions)
