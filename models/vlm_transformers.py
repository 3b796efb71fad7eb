"""Vision-language models that run here, through ``transformers``: a local directory or an id of the model hub.

Whatever loads as ``AutoModelForImageTextToText`` with an ``AutoProcessor`` and a chat template works: Qwen2.5-VL,
Qwen3-VL, SmolVLM2, LLaVA-OneVision, InternVL (the ``-hf`` conversions). Frames go in as images, each where it stands
among the texts, so the times that tools write before them are read in place.

What is expensive is computing the frames. They are computed once and shared: by the options that are scored, by the
orders of the options, by further questions about the same frames (:mod:`.prefix`).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..video import Frame
from .errors import ModelError
from .prefix import Prefix, PrefixCache, common_length
from .profiles import Spec
from .roles import Completion, Content, OptionScore, Usage
from .weights import Report

if TYPE_CHECKING:
    import torch

IMAGES_PER_CALL = 512
"""More frames than any of these models was made for; what really limits is memory, see ``REDUCTIONS``."""
IMAGE_TOKEN_NAMES = ("image_token_id", "image_token_index")
"""What configurations call the id of the token that stands for a piece of an image."""
CONTROL_MARK = re.compile(r"<(?=\||/?[A-Za-z_-]+>)")
"""The beginning of a control token in a given text: ``<|im_end|>``, ``<image>``; a text is never one."""
ALTERNATIVES = 20
"""Likeliest first tokens that are told, as chat servers do."""
ROWS = 16
"""Rows generated or scored at once."""

Result = TypeVar("Result")


def identity(spec: Spec) -> str:
    """Backend, weights and revision; a directory is named by its place and when its weights were written."""
    if not Path(spec.name).is_dir():
        return f"transformers:{spec.name}" + (f"@{spec.url}" if spec.url else "")
    directory = Path(spec.name).resolve()
    written = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(directory.iterdir())]
    return f"transformers:{directory.name}:{hashlib.sha256(repr(written).encode()).hexdigest()[:12]}"


def load(spec: Spec, report: Report) -> TransformersVision:
    """Load ``transformers:DIRECTORY`` or ``transformers:ID[@REVISION]``.

    Raises:
        ModelError: It is no model of this kind, cannot be found, or a library is missing.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # with another busy process decoding is 4-20 times slower
    report(f"loading {spec.name}", None)
    try:
        import torch
        from transformers import AutoModelForImageTextToText, AutoProcessor
    except ImportError as error:
        raise ModelError(
            f"{spec} needs a library that is missing: {error.name}", code="model.library",
            hint='pip install "vidprog[gpu]"',
        ) from error  # fmt: skip
    options: dict[str, Any] = {"revision": spec.url} if spec.url else {}
    cuda = torch.cuda.is_available()
    try:
        processor = AutoProcessor.from_pretrained(spec.name, **options)
        model = AutoModelForImageTextToText.from_pretrained(
            spec.name, dtype=torch.bfloat16 if cuda else torch.float32, device_map="auto" if cuda else None, **options
        )
    except (OSError, ValueError, ImportError, KeyError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"{spec} cannot be loaded: {first}", code="model.unreadable",
            hint="Name a directory with a vision-language model and its processor, or an id of the model hub.",
        ) from error  # fmt: skip
    return TransformersVision(model.eval(), processor, identity(spec))


class TransformersVision:
    """A vision-language model of ``transformers``.

    Args:
        model: Loaded with ``AutoModelForImageTextToText``.
        processor: Its ``AutoProcessor``.
        identity: Names both in cache keys.
    """

    images_per_call = IMAGES_PER_CALL
    can_score = True
    interleaved = True

    def __init__(self, model: Any, processor: Any, identity: str) -> None:
        self.identity = identity
        self.reduced = ""
        """What the last call had to leave out because memory ran out; empty when nothing."""
        self._model = model
        self._processor = processor
        self._tokenizer = processor.tokenizer
        self._image_token: int = next(
            getattr(model.config, name) for name in IMAGE_TOKEN_NAMES if hasattr(model.config, name)
        )
        self._prefixes = PrefixCache(model, self._image_token)

    def complete(self, contents: Sequence[Content], *, max_tokens: int = 256) -> tuple[Completion, ...]:
        """Answer each content, greedily; neighbours that show the same frames share their computation.

        Raises:
            ModelError: There is not enough memory, however small the frames.
        """
        replies: list[Completion] = []
        for _, group in groupby(contents, key=_digests):
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
        tokens = [self._tokenizer(text, add_special_tokens=False).input_ids for text in continuations]
        totals = self._fitting([content], lambda contents: self._score(contents[0], tokens))
        return tuple(OptionScore(total, len(row)) for total, row in zip(totals, tokens, strict=True))

    def _fitting(self, contents: Sequence[Content], attempt: Callable[[Sequence[Content]], Result]) -> Result:
        """The attempt's result with frames as large and as many as memory allows."""
        import torch

        for self.reduced, reduce in REDUCTIONS:
            try:
                return attempt([reduce(content) for content in contents])
            except torch.OutOfMemoryError:
                self._prefixes.clear()
                torch.cuda.empty_cache()
        raise ModelError(
            f"{self.identity} has not enough memory for {sum(map(len, map(_digests, contents)))} frames",
            code="model.memory", hint="Use fewer frames, a smaller model, or a server: --set vlm=openai:MODEL@URL",
        )  # fmt: skip

    def _complete(self, contents: Sequence[Content], max_tokens: int) -> list[Completion]:
        """Greedy answers to contents that show the same frames, on one computation of them."""
        import torch

        prompts = [self._inputs(content) for content in contents]
        rows = [tuple(prompt["input_ids"][0].tolist()) for prompt in prompts]
        prefix = self._prefixes.compute(prompts[0], _digests(contents[0]))
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

    def _score(self, content: Content, continuations: Sequence[Sequence[int]]) -> list[float]:
        """``log p`` of rows of tokens after a content; the first token of each costs nothing more."""
        prefix = self._prefixes.compute(self._inputs(content), _digests(content))
        start = prefix.logits.log_softmax(-1)
        totals = [float(start[row[0]]) if row else 0.0 for row in continuations]
        longer = [place for place, row in enumerate(continuations) if len(row) > 1]
        for first in range(0, len(longer), ROWS):
            places = longer[first : first + ROWS]
            for place, rest in zip(places, self._rest(prefix, [continuations[at] for at in places]), strict=True):
                totals[place] += rest
        return totals

    def _rest(self, prefix: Prefix, rows: Sequence[Sequence[int]]) -> list[float]:
        """``log p`` of everything but the first token of each row, as one batch."""
        import torch

        width = max(map(len, rows)) - 1
        ids = torch.full((len(rows), width), self._tokenizer.pad_token_id)  # what is behind a row changes nothing in it
        for place, row in enumerate(rows):
            ids[place, : len(row) - 1] = torch.tensor(row[:-1])
        self._prefixes.restore(prefix)
        with torch.inference_mode():
            cache = prefix.copy_cache(len(prefix.tokens), len(rows))
            logits = self._model(input_ids=ids.to(self._model.device), past_key_values=cache, use_cache=True).logits
        steps = logits.float().log_softmax(-1)
        return [
            float(sum(step[token] for step, token in zip(rest, row[1:], strict=False)))
            for rest, row in zip(steps, rows, strict=True)
        ]

    def _inputs(self, content: Content) -> Any:
        """A content as the processor's output for one row."""
        from PIL import Image

        parts = [
            {"type": "text", "text": CONTROL_MARK.sub("< ", part)}
            if isinstance(part, str)
            else {"type": "image", "image": Image.fromarray(part.image)}
            for part in content
        ]
        found = self._processor.apply_chat_template(
            [[{"role": "user", "content": parts}]], add_generation_prompt=True, tokenize=True, return_dict=True,
            return_tensors="pt",
        )  # fmt: skip
        return found.to(self._model.device, self._model.dtype)


def _digests(content: Content) -> tuple[str, ...]:
    """Names the frames of a content by their pixels."""
    return tuple(
        hashlib.sha256(part.image.tobytes()).hexdigest() + str(part.image.shape)
        for part in content
        if isinstance(part, Frame)
    )


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
