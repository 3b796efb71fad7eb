"""What is said: subtitles where the file has them, speech recognition where not."""

from collections.abc import Sequence

from ..memory import ArtefactKey, Block, BlockResult, Observation, Timeline
from ..video import Clip, Cue, iter_audio, read_audio, read_subtitles
from .context import Context
from .spoken_words import keep_words
from .tool import tool
from .word_times import held_to_sound

SPARSE = 0.05
"""Subtitles that cover less of the video than this are only for a few foreign sentences: the rest is listened to."""
LISTENED_SECONDS = 600.0
"""Sound listened to at once: 38 MB."""


@tool(kind="hear", needs="asr", cost="0.05 CPU-seconds a second of speech, once for each video", version="2")
def transcribe(clip: Clip, *, context: Context) -> Timeline:
    """Hear what is said; subtitles are taken as the truth unless there are only a few of them.

    Args:
        clip: Where to listen.

    Returns:
        One observation of kind `speech` for each sentence.
    """
    cues = read_subtitles(context.video)
    written = _remembered(cues, context) if cues else Timeline((), "no subtitles")
    if cues and (_covered(cues) >= SPARSE * context.video.duration or not context.video.has_audio):
        return _inside(written, clip, "no subtitles in this part")
    heard = _recognized(clip, context)
    return written.between(clip.start, clip.end) + heard if cues else heard


def _covered(cues: Sequence[Cue]) -> float:
    return sum(cue.end - cue.start for cue in cues)


def _recognized(clip: Clip, context: Context) -> Timeline:
    """What speech recognition hears in the regions that touch a clip."""
    if not context.video.has_audio:
        return Timeline((), "no audio stream")
    identity = context.models.identity("asr")
    wanted = heard_regions(clip, context)
    if not wanted:
        anywhere = heard_regions(context.whole, context)
        return Timeline((), "nobody speaks in this part" if anywhere else "nobody speaks: no voice in the audio")
    key = ArtefactKey(transcribe.name, transcribe.version, identity, {})

    def observe(block: Block) -> BlockResult:
        track = read_audio(Clip(context.video, block.start, block.end))
        parts = held_to_sound(context.models.asr.transcribe(track.samples), track.samples)
        keep_words(block, parts, identity, context)
        found = tuple(
            Observation(
                block.start + part.start, min(block.start + part.end, block.end), "speech", part.text, part.score,
                f"asr:{identity}",
            )
            for part in parts
            if block.start + part.start < block.end
        )  # fmt: skip
        return BlockResult(found, "" if found else "a voice, but no words")

    done = context.memory.compute(key, wanted, observe, lambda now, total: context.report("transcribe", now / total))
    context.notes.add(cached=done.cached)
    if done.failed:
        context.notes.add(why="; ".join(done.failed))
    return _inside(done.timeline, clip, done.why or "nobody speaks in this part")


def _inside(spoken: Timeline, clip: Clip, why: str) -> Timeline:
    inside = spoken.between(clip.start, clip.end)
    return inside if inside else Timeline((), why)


def _remembered(cues: Sequence[Cue], context: Context) -> Timeline:
    """Subtitles as observations; they are put into the memory as well, where a search finds them."""
    spoken = tuple(Observation(cue.start, cue.end, "speech", cue.text, 1.0, cue.source) for cue in cues)
    key = ArtefactKey("subtitles", "1", "", {"cues": [[cue.start, cue.end, cue.text, cue.source] for cue in cues]})
    whole = Block(0.0, context.video.duration)
    return context.memory.compute(key, (whole,), lambda block: BlockResult(spoken)).timeline


def heard_regions(clip: Clip, context: Context) -> tuple[Block, ...]:
    """The regions with a voice that touch a clip; found once for the whole video."""
    regions = _speech_regions(context, context.models.identity("asr"))
    return tuple(region for region in regions if region.end > clip.start and region.start < clip.end)


def _speech_regions(context: Context, identity: str) -> tuple[Block, ...]:
    key = ArtefactKey("speech_regions", "1", identity, {})
    known = context.memory.value(key)
    if known is None:
        context.report("listening for speech", None)
        known = [
            [round(track.start + start, 3), round(track.start + end, 3)]
            for track in iter_audio(context.whole, LISTENED_SECONDS)
            for start, end in context.models.asr.speech_regions(track.samples)
        ]
        context.memory.save_value(key, known)
    return tuple(Block(start, end) for start, end in known)
