"""Learning from examples without training: questions about other videos that are shown with their right answers.

VideoICL (arXiv 2412.02186): the examples most like the question are put before it, two at a time, and new ones are
tried as long as the model is not sure. How like they are is for the store of examples to say.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..memory import Example, ExampleStore, Timeline, VideoVector, timeline_vector
from ..models import Completion, Content, VisionLanguageModel
from ..prompts import prompt
from ..video import DecodeStats, Frame, Frames, MediaError, open_video, sample_uniform
from ..video.errors import VidprogError
from .confidence import not_shown
from .contents import looked_at, shown
from .context import Context
from .crop import scaled
from .letters import MOST_LETTERS, listed, read_options
from .tool import tool
from .values import Answer, Demonstration, Grid
from .vectors import picture_vectors

MOST_FRAMES, SIDE = 32, 384
EXAMPLE_FRAMES, EXAMPLE_SIDE = 16, 224
"""Frames and pixels of the longest side, of the question's video and of each example's: VideoICL's values."""
VECTOR_FRAMES = 8
MOST_LOOKED = 32
"""Videos of examples that one call looks at."""
FRAMES = "frames:"
"""Begins the identity of vectors that are means over frames."""
ANSWER_TOKENS = 60
UNKNOWN = 0.5
"""Confidence of an answer without token probabilities: neither accepted nor refused."""


@tool(kind="remember", cost="free")
def examples_like(question: str, skip: int = 0, count: int = 2, *, context: Context) -> list[Demonstration]:
    """Find questions with known answers about other videos that are most like this question and this video.

    Args:
        question: What is asked.
        skip: So many of the most similar are left out: 2 * i for round i of two examples each.
        count: How many at most.

    Returns:
        The most similar first; nothing where no example has a right answer and a video that is still there.
    """
    store = ExampleStore.there(context.memory.path.parent)
    if store is None:
        context.notes.add(why="there are no examples yet; `vidprog examples add` makes one")
        return []

    def wanted(example: Example) -> bool:
        # The question itself, with its answer, would be an answer and no example.
        same = example.fingerprint == context.video.fingerprint and example.question.strip() == question.strip()
        known = example.outcome == "right" and bool(example.answer and example.video)
        return known and not same and Path(example.video).is_file()

    with store:
        video = video_vector(context)
        if video is not None and video.identity.startswith(FRAMES):
            _look_at_examples(store.without_video(video.identity, wanted), store, video.identity, context)
        found = store.like(question, context.models.lazy_embedder, video, skip=skip, count=count, wanted=wanted)
    if not found:
        context.notes.add(why="no more examples with a right answer and a video that is still there")
    return [_demonstration(item.example) for item in found]


def _demonstration(example: Example) -> Demonstration:
    return Demonstration(example.question, example.answer, example.video, example.fingerprint, example.choices)


def video_vector(context: Context) -> VideoVector | None:
    """What the video is about: the mean of frames where a model compares pictures, else of what is on the timeline."""
    if context.models.has("image_embedder") and context.video.has_video:
        step = context.video.duration / VECTOR_FRAMES
        frames = context.frames([(place + 0.5) * step for place in range(VECTOR_FRAMES)])
        vectors = picture_vectors([frame.image for frame in frames], context)
        return _mean(vectors, FRAMES + context.models.identity("image_embedder"))
    embedder = context.models.lazy_embedder
    return timeline_vector(context.memory, embedder) if embedder is not None else None


def _mean(vectors: np.ndarray, identity: str) -> VideoVector:
    mean = np.asarray(vectors, np.float32).mean(axis=0)
    return VideoVector(identity, mean / max(float(np.linalg.norm(mean)), 1e-12))


def _look_at_examples(examples: Sequence[Example], store: ExampleStore, identity: str, context: Context) -> None:
    """Look at the videos of examples that came without it; what is left over is looked at with the next question."""
    for example in examples[:MOST_LOOKED]:
        frames = _frames_of(_demonstration(example), VECTOR_FRAMES, context)
        if frames:
            context.meter.spend(frames_seen=len(frames))
            vectors = context.models.image_embedder.embed_images([frame.image for frame in frames])
            store.keep_video(example.id, _mean(vectors, identity))


@tool(kind="ask", needs="vlm", cost="one call of the VLM with up to 16 frames for each example and 32 of the video")
def ask_with_examples(
    pictures: Frames | Grid,
    question: str,
    choices: list[str] | None,
    demonstrations: list[Demonstration],
    *,
    context: Context,
) -> Answer:
    """Answer from pictures after examples: frames of other videos, each with its question and its right answer.

    Args:
        pictures: What is asked about, best one frame a second; of more than 32 frames 32 are shown.
        question: What is asked.
        choices: The options; leave out for an open question.
        demonstrations: What `examples_like` found; those whose video cannot be read are left out.

    Returns:
        The answer; its confidence is the least probability of a token that was written.
    """
    if not pictures:
        return not_shown(Timeline((), "there are no frames to look at"))
    vlm = context.vlm
    asked, each = _shares(vlm.images_per_call, pictures, len(demonstrations), context)
    examples = [(item, frames) for item in demonstrations[:asked] if (frames := _frames_of(item, each, context))]
    content = _content(_small(pictures, vlm.images_per_call - each * len(examples)), question, choices, examples, vlm)
    (reply,) = vlm.complete([content], max_tokens=ANSWER_TOKENS)
    return _answered(reply, choices, pictures, f"vlm:{vlm.identity}")


def _shares(room: int, pictures: Frames | Grid, count: int, context: Context) -> tuple[int, int]:
    """How many examples can be shown, and with how many frames each; the question's video keeps half of the room."""
    own = 1 if isinstance(pictures, Grid) else min(len(pictures), MOST_FRAMES)
    left = room - min(own, max(1, room // 2))
    shown_examples = min(count, left)
    if shown_examples < count:
        context.notes.add(why=f"the model takes {room} pictures: {count - shown_examples} examples are left out")
    return shown_examples, min(EXAMPLE_FRAMES, left // shown_examples) if shown_examples else 0


def _frames_of(demonstration: Demonstration, count: int, context: Context) -> Frames:
    """Frames of an example's video; none, with the reason in the notes, when it is not what it was."""
    stats = DecodeStats()
    try:
        video = open_video(demonstration.video)
        if demonstration.fingerprint not in ("", video.fingerprint):
            raise MediaError(f"{video.path} is another video now", code="media.changed")
        return sample_uniform(video.clip(), count, max_side=EXAMPLE_SIDE, stats=stats)
    except VidprogError as error:
        context.notes.add(why=f"an example is left out: {error.message}")
        return ()
    finally:
        context.meter.count(frames_decoded=stats.frames_decoded)


def _small(pictures: Frames | Grid, room: int) -> Frames | Grid:
    """Frames as small and as few as VideoICL shows them, first and last among them."""
    if isinstance(pictures, Grid):
        return pictures
    most = max(1, min(MOST_FRAMES, room, len(pictures)))
    last = len(pictures) - 1
    kept = [pictures[round(place * last / max(1, most - 1))] for place in range(most)]
    return tuple(
        Frame(frame.time, scaled(frame.image, SIDE)) if max(frame.image.shape[:2]) > SIDE else frame for frame in kept
    )


def _content(
    pictures: Frames | Grid,
    question: str,
    choices: Sequence[str] | None,
    examples: Sequence[tuple[Demonstration, Frames]],
    vlm: VisionLanguageModel,
) -> Content:
    """Each example with its question and answer, then what is asked about; the most similar example comes first."""
    told = [
        (frames, prompt("demonstration", question=item.question, options=_options(item.choices), answer=_right(item)))
        for item, frames in examples
    ]
    asked = prompt("demonstrated", question=question, options=_options(choices or ()))
    if vlm.interleaved:
        parts = [part for frames, text in told for part in shown(frames, text)]
        return [*parts, *shown(pictures, asked)]
    images: list[Frame] = []
    texts = []
    for frames, text in told:
        texts.append(
            prompt("pictures_of", first=str(len(images) + 1), last=str(len(images) + len(frames)), question=text)
        )
        images += frames
    *own, last = shown(pictures, asked, interleaved=False)
    return [*images, *own, "\n\n".join([*texts, str(last)])]


def _options(choices: Sequence[str]) -> str:
    if not choices:
        return "Answer in a few words."
    label = "letter" if len(choices) <= MOST_LETTERS else "number"
    return f"{listed(choices, range(len(choices)))}\nAnswer with the {label} of the right option."


def _right(demonstration: Demonstration) -> str:
    """The right answer as the model is to write it: the label of an option, or the text."""
    if demonstration.answer not in demonstration.choices:
        return demonstration.answer
    place = demonstration.choices.index(demonstration.answer)
    return listed(demonstration.choices, range(len(demonstration.choices))).splitlines()[place].split(". ")[0]


def _answered(reply: Completion, choices: Sequence[str] | None, pictures: Frames | Grid, source: str) -> Answer:
    text = reply.text.strip()
    confidence, basis = _least_probability(reply)
    scores = read_options(reply, choices) if choices and text else None
    if not text or (choices and scores is None):
        warning = f"the reply names none of the options: {text[:80]!r}" if text else "the model wrote nothing"
        return not_shown(looked_at(pictures, 0.0, source), basis=basis, warnings=[warning])
    choice = int(np.argmax(scores)) if scores is not None else None
    return Answer(
        text=text if choice is None or not choices else choices[choice],
        choice=choice,
        confidence=confidence,
        basis=basis,
        evidence=looked_at(pictures, confidence, source),
    )


def _least_probability(reply: Completion) -> tuple[float, str]:
    if not reply.log_probabilities:
        return UNKNOWN, "examples, unknown: the model gives no token probabilities"
    return math.exp(min(0.0, *reply.log_probabilities)), "examples, token probability: minimum"
