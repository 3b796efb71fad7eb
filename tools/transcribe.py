"""What is said: subtitles where the file has them, speech recognition where not."""

from collections.abc import Sequence

from ..memory import ArtefactKey, Block, BlockResult, Observation, Timeline
from ..video import Clip, Cue, read_audio, read_subtitles
from .context import Context
from .tool import tool


@tool(kind="hear", needs="asr", cost="0.05 CPU-seconds a second of speech, once for each video")
def transcribe(clip: Clip, *, context: Context) -> Timeline:
    """Hear what is said; subtitles are taken as the truth where there are any.

    Args:
        clip: Where to listen.

    Returns:
        One observation of kind `speech` for each sentence.
    """
    cues = read_subtitles(context.video)
    if cues:
        return _inside(_remembered(cues, context), clip, "no subtitles in this part")
    if not context.video.has_audio:
        return Timeline((), "no audio stream")
    identity = context.models.identity("asr")
    regions = _speech_regions(context, identity)
    wanted = tuple(region for region in regions if region.end > clip.start and region.start < clip.end)
    if not wanted:
        return Timeline((), "nobody speaks in this part" if regions else "nobody speaks: no voice in the audio")
    key = ArtefactKey("transcribe", "1", identity, {})

    def observe(block: Block) -> BlockResult:
        track = read_audio(Clip(context.video, block.start, block.end))
        found = tuple(
            Observation(
                block.start + part.start, min(block.start + part.end, block.end), "speech", part.text, part.score,
                f"asr:{identity}",
            )
            for part in context.models.asr.transcribe(track.samples)
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


def _speech_regions(context: Context, identity: str) -> tuple[Block, ...]:
    """Where somebody speaks in the whole video; found once."""
    key = ArtefactKey("speech_regions", "1", identity, {})
    known = context.memory.value(key)
    if known is None:
        context.report("listening for speech", None)
        track = read_audio(context.whole)
        regions = context.models.asr.speech_regions(track.samples) if len(track.samples) else ()
        known = [[round(start, 3), round(end, 3)] for start, end in regions]
        context.memory.save_value(key, known)
    return tuple(Block(start, end) for start, end in known)
