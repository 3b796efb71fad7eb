"""When each word is said."""

from ..memory import ArtefactKey, Block, Observation, Timeline
from ..models import SpeechSegment
from ..video import Clip
from .context import Context
from .tool import tool

_KEY = "spoken_words"


def keep_words(block: Block, segments: list[SpeechSegment], identity: str, context: Context) -> None:
    """Keep the words of a region that was listened to.

    Args:
        block: The region.
        segments: Its sentences, times in seconds from the start of the region.
        identity: Of the recogniser.
        context: The host's side.
    """
    rows = [
        [round(block.start + word.start, 3), round(min(block.start + word.end, block.end), 3), word.text, word.score]
        for segment in segments
        for word in segment.words
    ]
    context.memory.save_value(_key(block, identity), rows)


def words_of_region(block: Block, context: Context) -> list[Observation]:
    """The words that were kept of a region; none when the recogniser gives no times of words."""
    identity = context.models.identity("asr")
    rows = context.memory.value(_key(block, identity)) or []
    source = f"asr:{identity}"
    return [Observation(start, max(start, end), "speech", text, score, source) for start, end, text, score in rows]


def _key(block: Block, identity: str) -> ArtefactKey:
    return ArtefactKey(_KEY, "1", identity, {"start": block.start, "end": block.end})


@tool(kind="hear", needs="asr", cost="that of transcribe; then free")
def spoken_words(clip: Clip, *, context: Context) -> Timeline:
    """Hear when each single word is said; its edges are those of the sound.

    Subtitles have no times of words: the lines of `transcribe` stand for them.

    Args:
        clip: Where to listen.

    Returns:
        One observation of kind `speech` for each word.

    Source: Word times by cross-attention and dynamic time warping (Whisper, arXiv 2212.04356), moved to the sound.
    """
    from .transcribe import heard_regions, transcribe

    lines = transcribe.run((clip,), {}, context)
    if not lines or any(not line.source.startswith("asr:") for line in lines):
        return lines
    words = [word for region in heard_regions(clip, context) for word in words_of_region(region, context)]
    inside = [word for word in words if word.end > clip.start and word.start < clip.end]
    if not inside:
        context.notes.add(why="the recogniser gives no times of words: whole lines instead")
    return Timeline(inside) if inside else lines
