"""Vision-language models that run here, through ``transformers``: a local directory or an id of the model hub.

Whatever loads as ``AutoModelForImageTextToText`` with an ``AutoProcessor`` and a chat template works: Qwen2.5-VL,
Qwen3-VL, SmolVLM2, LLaVA-OneVision, InternVL (the ``-hf`` conversions). How frames go in, and what can be done about
their number of tokens, is told by the architecture (:mod:`.vision_capabilities`) and the options of the spec
(:mod:`.vision_options`).

What is expensive is computing the frames. They are computed once and shared: by the options that are scored, by the
orders of the options, by further questions about the same frames (:mod:`.prefix`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from ..video import Frame
from .errors import ModelError
from .likelihood import log_likelihoods
from .prefix import Prefix, PrefixCache, common_length
from .profiles import Spec
from .roles import Completion, Content, OptionScore, Usage
from .torch_setup import weights_identity
from .vision_capabilities import CAPABILITIES, Capability, capability
from .vision_loading import Weights, shared_weights
from .vision_options import OPTIONS, VisionOptions, read_options, written
from .vision_positions import number_behind, positions_of, with_positions
from .vision_prompts import as_video, bounded, frames_of, model_inputs, on_device, question_of, seen_as
from .vision_reduction import VisualReducer
from .weights import Report

if TYPE_CHECKING:
    import torch

__all__ = ["OPTIONS", "TransformersVision", "identity", "load"]

IMAGES_PER_CALL = 512
"""More frames than any of these models was made for; what really limits is memory, see ``REDUCTIONS``."""
ALTERNATIVES = 20
"""Likeliest first tokens that are told, as chat servers do."""
LETTERS_FROM = 1e9
"""Parameters: asked for a letter, text models of 0.1 and 0.5 billion were right by chance (5 and 14 of 36)."""
ROWS = 16
"""Rows generated at once."""

Result = TypeVar("Result")


def identity(spec: Spec) -> str:
    """Backend, weights, revision and options; a directory is named by its place and when its weights were written.

    Raises:
        UsageError: An option that there is not, or a value that it does not take.
    """
    return weights_identity(spec) + written(read_options(spec))


def load(spec: Spec, report: Report) -> TransformersVision:
    """Load ``transformers:DIRECTORY[?OPTIONS]`` or ``transformers:ID[@REVISION][?OPTIONS]``.

    Raises:
        ModelError: It is no model of this kind, cannot be found, cannot do what an option wants, or a library is
            missing.
        UsageError: An option that there is not, or a value that it does not take.
    """
    options = read_options(spec)
    return TransformersVision(shared_weights(spec, options, report), identity(spec), options)


class TransformersVision:
    """A vision-language model of ``transformers``.

    Args:
        weights: The model and its processor.
        identity: Names both, and the options, in cache keys.
        options: What was asked for.

    Raises:
        ModelError: The architecture cannot do what an option wants.
    """

    images_per_call = IMAGES_PER_CALL
    can_score = True
    interleaved = True

    def __init__(self, weights: Weights, identity: str, options: VisionOptions | None = None) -> None:
        self.identity = identity
        self.reduced = ""
        """What the last call left out: because memory ran out, or because an option says so; empty when nothing."""
        self._options = options or VisionOptions()
        self._weights = weights
        self._model = weights.model
        self._processor = weights.processor
        self._tokenizer = weights.processor.tokenizer
        self._capability = _capability(self._model, self._processor, self._options)
        large = self._model.num_parameters() >= LETTERS_FROM
        self.names_letters = {"letters": True, "texts": False}.get(self._options.choices, large)
        self._prefixes = PrefixCache(self._model, weights.visual_tokens)
        self._reducer = VisualReducer(self._model, self._options) if self._options.shrinks else None
        if self._options.positions != 1:
            number_behind(self._model)

    def complete(self, contents: Sequence[Content], *, max_tokens: int = 256) -> tuple[Completion, ...]:
        """Answer each content, greedily; neighbours that are alike up to their last frame share their computation.

        Raises:
            ModelError: There is not enough memory, however small the frames.
        """
        replies: list[Completion] = []
        for _, group in groupby(contents, key=self._beginning):
            same = list(group)
            for first in range(0, len(same), ROWS):
                replies += self._fitting(
                    same[first : first + ROWS], lambda contents: self._complete(contents, max_tokens)
                )
        return tuple(replies)

    def score(self, content: Content, continuations: Sequence[str]) -> tuple[OptionScore, ...]:
        """``log p(continuation | content)`` of each; the content is computed once.

        Raises:
            ModelError: There is not enough memory, however small the frames.
        """
        rows = [self._tokenizer(text, add_special_tokens=False).input_ids for text in continuations]
        totals = self._fitting([content], lambda contents: self._score(contents[0], rows))
        return tuple(OptionScore(total, len(row)) for total, row in zip(totals, rows, strict=True))

    def _fitting(self, contents: Sequence[Content], attempt: Callable[[Sequence[Content]], Result]) -> Result:
        """The attempt's result with frames as large and as many as memory allows."""
        import torch

        with self._weights.lock:
            for left_out, smaller in REDUCTIONS:
                try:
                    result = attempt([smaller(content) for content in contents])
                except torch.OutOfMemoryError:
                    self._forget()
                    torch.cuda.empty_cache()
                    continue
                self.reduced = "; ".join(
                    [*([f"memory ran out: {left_out}"] if left_out else []), *self._shrunk(contents)]
                )
                return result
        raise ModelError(
            f"{self.identity} has not enough memory for {sum(len(frames_of(content)) for content in contents)} frames",
            code="model.memory", hint="Use fewer frames, a smaller model, or a server: --set vlm=openai:MODEL@URL",
        )  # fmt: skip

    def _shrunk(self, contents: Sequence[Content]) -> list[str]:
        """What the options left of the last prompt's frames."""
        if not any(map(frames_of, contents)):
            return []
        said = [self._reducer.said] if self._reducer else []
        if self._options.prune:
            said.append("visual tokens dropped from layer {} to {}".format(*self._options.prune))
        return said

    def _forget(self) -> None:
        self._prefixes.clear()
        if self._reducer:
            self._reducer.clear()

    def _seen(self, content: Content) -> tuple[str, ...]:
        """Names what is seen, and how."""
        return seen_as(content, as_video(content, self._capability, self._options))

    def _chosen_by(self, content: Content) -> tuple[str, ...]:
        """The question that visual tokens are chosen by: what is computed of the frames depends on it, too."""
        return (question_of(content),) if self._options.select != 1 and frames_of(content) else ()

    def _beginning(self, content: Content) -> tuple[str, ...]:
        """Names what is seen and the texts among it."""
        last = max((place for place, part in enumerate(content) if isinstance(part, Frame)), default=0)
        texts = (part for part in content[:last] if isinstance(part, str))
        return (*self._seen(content), *self._chosen_by(content), *texts)

    def _computed(self, content: Content) -> Prefix:
        return self._prefixes.compute(self._inputs(content), (*self._seen(content), *self._chosen_by(content)))

    def _complete(self, contents: Sequence[Content], max_tokens: int) -> list[Completion]:
        """Greedy answers to contents that are alike up to their last frame, on one computation of it."""
        import torch

        prefix = self._computed(contents[0])
        others = [self._inputs(content, pixels=False) for content in contents[1:]]
        rows = [prefix.tokens, *(tuple(other["input_ids"][0].tolist()) for other in others)]
        shared = min(len(rows[0]) - 1, *(min(common_length(rows[0], row), len(row) - 1) for row in rows))
        ids, mask = _left_padded(rows, shared, self._tokenizer.pad_token_id)
        self._prefixes.restore(prefix)
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=ids.to(self._model.device), attention_mask=mask.to(self._model.device),
                past_key_values=prefix.copy_cache(shared, len(rows)), max_new_tokens=max_tokens, do_sample=False,
                return_dict_in_generate=True, output_scores=True,
            )  # fmt: skip
        return [self._read(output, place, ids.shape[1], len(row)) for place, row in enumerate(rows)]

    def _read(self, output: Any, row: int, width: int, prompt_tokens: int) -> Completion:
        """One row of what was generated."""
        ids = output.sequences[row, width:].tolist()
        ends = self._model.generation_config.eos_token_id
        ends = set(ends if isinstance(ends, list) else [ends])
        length = next((place for place, token in enumerate(ids) if token in ends), len(ids))
        scored = [step[row].float().log_softmax(-1) for step in output.scores]
        best = scored[0].topk(min(ALTERNATIVES, scored[0].shape[-1]))
        alternatives: dict[str, float] = {}
        for value, token in zip(*best, strict=True):
            alternatives.setdefault(self._tokenizer.decode([int(token)]), float(value))
        return Completion(
            self._tokenizer.decode(ids[:length], skip_special_tokens=True).strip(),
            tuple(float(step[token]) for step, token in zip(scored[:length], ids[:length], strict=True)),
            alternatives,
            Usage(prompt_tokens, length),
        )

    def _score(self, content: Content, rows: Sequence[Sequence[int]]) -> list[float]:
        """``log p`` of rows of tokens after a content."""
        prefix = self._computed(content)
        self._prefixes.restore(prefix)
        return log_likelihoods(self._model, prefix, rows)

    def _inputs(self, content: Content, pixels: bool = True) -> dict[str, Any]:
        """A content as the model's inputs for one row; without pixels where its frames are computed already."""
        content = bounded(content, self._options.max_pixels)
        with self._weights.preparation.of(self._seen(content)):
            made = model_inputs(self._processor, content, self._capability, self._options)
        wanted = {name: value for name, value in made.items() if pixels or not name.startswith("pixel_values")}
        inputs = on_device(wanted, self._model.device, self._model.dtype)
        if not frames_of(content):
            return inputs
        visual = self._weights.is_visual(inputs["input_ids"][0])
        if self._capability.placed:
            inputs |= with_positions(positions_of(self._model, inputs, visual))
        if self._reducer:
            question = self._tokenizer("".join(self._chosen_by(content)), add_special_tokens=False).input_ids
            return self._reducer.reduce(inputs, visual, self._seen(content), len(frames_of(content)), question)
        return inputs


def _capability(model: Any, processor: Any, options: VisionOptions) -> Capability:
    """Of a model's architecture.

    Raises:
        ModelError: It cannot do what an option wants.
    """
    kind = model.config.model_type
    able = capability(kind)
    if "video" not in str(processor.chat_template):  # it would drop the frames
        able = replace(able, video=False, default="image")
    takes = inspect.signature(model.forward).parameters
    # Qwen3-VL adds features to the states of all visual tokens behind its first layers.
    deep = len(getattr(model.config.vision_config, "deepstack_visual_indexes", ())) - 1
    wants = {
        "input=video": options.input == "video" and not able.video,
        "merge, pool, budget, select or positions": options.shrinks
        and not (able.reducible and "mm_encoder_outputs" in takes),
        "prune": options.prune is not None and not able.reducible,
        f"prune before layer {deep}": options.prune is not None and options.prune[0] < deep,
    }
    for option, lacks in wants.items():
        if lacks:
            hint = (
                f"Leave it out; made for it: {', '.join(name for name, row in CAPABILITIES.items() if row.reducible)}"
            )
            raise ModelError(f"a model of the type {kind} cannot do {option}", code="model.capability", hint=hint)
    return able


def _left_padded(rows: Sequence[Sequence[int]], shared: int, pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask of rows that begin with the same tokens; shorter ones are filled up behind these."""
    import torch

    width = max(map(len, rows))
    fills = [width - len(row) for row in rows]
    ids = [[*row[:shared], *([pad] * fill), *row[shared:]] for row, fill in zip(rows, fills, strict=True)]
    mask = [[1] * shared + [0] * fill + [1] * (width - shared - fill) for fill in fills]
    return torch.tensor(ids), torch.tensor(mask)


def _smaller(share: float) -> Callable[[Content], Content]:
    """Frames with sides of this share."""

    def reduce(content: Content) -> Content:
        import cv2

        if share == 1:
            return content
        return [
            part if isinstance(part, str)
            else Frame(part.time, cv2.resize(part.image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
            for part in content
        ]  # fmt: skip

    return reduce


def _fewer(step: int) -> Callable[[Content], Content]:
    """Every ``step``-th frame, at a quarter of the sides; texts stay."""

    def reduce(content: Content) -> Content:
        numbers = iter(range(len(content)))
        kept = [part for part in content if isinstance(part, str) or next(numbers) % step == 0]
        return _smaller(0.25)(kept)

    return reduce


REDUCTIONS: tuple[tuple[str, Callable[[Content], Content]], ...] = (
    ("", _smaller(1)),
    ("frames of half the side", _smaller(0.5)),
    ("frames of a quarter of the side", _smaller(0.25)),
    ("every second frame, of a quarter of the side", _fewer(2)),
    ("every fourth frame, of a quarter of the side", _fewer(4)),
)
"""What is tried when memory runs out: fewer pixels, then fewer frames."""
