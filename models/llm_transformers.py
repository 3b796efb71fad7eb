"""Text models that run here, through ``transformers``: a directory, an id of the model hub, or a name of the manifest.

They can do everything the role knows: write freely, sample, keep to a grammar or a JSON schema, and tell how likely a
given text is. A prompt is computed once and shared by everything that is scored after it (:mod:`.prefix`).
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import contextmanager, redirect_stderr
from functools import cached_property
from importlib.util import find_spec
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ModelError
from .profiles import Spec
from .requirements import loading_message
from .roles import Completion, Constraint, ConstraintKind, OptionScore, Usage
from .torch_setup import libraries, precision, weights_identity
from .weights import Report, derived_directory, find_weights, manifest, verified_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

WRITERS = 1e9
"""Free text of a model with fewer parameters cannot be relied on."""
SIZE_IN_NAME = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)([mb])(?![a-z])", re.IGNORECASE)
"""How models of the hub say how large they are: ``Qwen3-4B``, ``SmolLM2-135M``."""
CONTROL_MARK = re.compile(r"<(?=\||/?[A-Za-z_]+>)")
"""The beginning of a control token, known to this tokenizer or not."""
ALTERNATIVES = 20
MAX_OPTION = 500
"""Tokens of a text that is scored, at most."""
CONTEXT_TOKENS = 8192
"""Where the configuration does not tell; also the most that is used of longer ones, whose memory grows with it."""


def identity(spec: Spec) -> str:
    """Backend, weights and precision."""
    return f"{weights_identity(spec)}:{precision()}"


def can_write(spec: Spec) -> bool:
    """Whether the model is large enough, as far as its files or its name tell; a name without a size is trusted."""
    size = _stored_parameters(Path(spec.name)) or _named_parameters(spec.name)
    return not size or size >= WRITERS


def _named_parameters(name: str) -> float:
    found = SIZE_IN_NAME.search(Path(name).name)
    return float(found[1]) * {"m": 1e6, "b": 1e9}[found[2].lower()] if found else 0.0


def _stored_parameters(directory: Path) -> float:
    """Counted in the headers of the safetensors files; 0 where there are none."""
    total = 0
    for path in directory.glob("*.safetensors") if directory.is_dir() else ():
        with path.open("rb") as stream:
            header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
        total += sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    return total


def load(spec: Spec, report: Report) -> TransformersLanguageModel:
    """Load ``transformers:DIRECTORY``, ``transformers:ID[@REVISION]`` or ``transformers:NAME`` of the weights manifest.

    Raises:
        ModelError: It cannot be found or read, or a library is missing.
    """
    options: dict[str, Any] = {"revision": spec.url} if spec.url else {}
    with libraries(spec) as torch:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        place = _converted(spec.name, report) if spec.name in manifest() else spec.name
        report(f"loading {spec.name}" if spec.name in manifest() else loading_message(spec), None)
        kind = torch.bfloat16 if precision() == "bf16" else torch.float32
        device = "auto" if torch.cuda.is_available() else None
        tokenizer = AutoTokenizer.from_pretrained(place, **options)
        model = AutoModelForCausalLM.from_pretrained(place, dtype=kind, device_map=device, **options)
    return TransformersLanguageModel(model.eval(), tokenizer, identity(spec))


def _converted(name: str, report: Report) -> Path:
    """Weights of the manifest as safetensors: reading GGUF takes 20 s each time, reading these 0.5 s."""
    weights = find_weights(name)
    source = verified_weights(name, report)
    options: dict[str, Any] = {"gguf_file": weights.files[0].name}

    def convert(target: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        with redirect_stderr(StringIO()):  # it shows a progress bar whatever it is told
            AutoTokenizer.from_pretrained(source, **options).save_pretrained(target)
            # Without dequantising, the weights cannot be saved. bfloat16 costs up to 0.2 % of a weight.
            dense = GgufConfig(dequantize=True)
            model = AutoModelForCausalLM.from_pretrained(
                source, dtype=torch.bfloat16, quantization_config=dense, **options
            )
            model.save_pretrained(target)

    return derived_directory(weights, "hf-bf16-1", convert, report)


class TransformersLanguageModel:
    """A causal language model of ``transformers``.

    Args:
        model: Loaded with ``AutoModelForCausalLM``.
        tokenizer: Its tokenizer, with a chat template where it has one.
        identity: Names both in cache keys.
    """

    can_score = True

    def __init__(self, model: Any, tokenizer: Any, identity: str) -> None:
        from .prefix import PrefixCache

        self.identity = identity
        self.can_write = model.num_parameters() >= WRITERS
        self.constraints: frozenset[ConstraintKind] = (
            frozenset(("lark", "json_schema")) if find_spec("llguidance") else frozenset()
        )
        limit = getattr(model.config, "max_position_embeddings", None) or CONTEXT_TOKENS
        self.context_tokens: int = min(limit, CONTEXT_TOKENS)
        self._model = model
        self._tokenizer = tokenizer
        self._marks = _control_tokens(tokenizer)
        self._ends = _end_tokens(model, tokenizer)
        self._prefixes = PrefixCache(model)
        self._lock = threading.Lock()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        return len(self._tokens(text))

    def complete(
        self,
        prompt: str,
        *,
        system: str = "",
        max_tokens: int = 256,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        seed: int = 0,
        constraint: Constraint | None = None,
    ) -> Completion:
        """Answer a prompt; ``stop`` texts end the answer and are not part of it.

        Raises:
            ModelError: The constraint cannot be read or kept to, or memory runs out.
        """
        from .writing import Writer

        guide = self._guide(constraint) if constraint else None
        with self._working():
            tokens = self._chat(prompt, system, self._room(max_tokens))
            prefix = self._prefix(tokens)
            writer = Writer(self._model, self._ends, guide, temperature, seed)
            ids, values = writer.write(prefix, max_tokens, lambda ids: _has(stop, self._text(ids)))
        return Completion(
            _until(stop, self._text(ids)).strip(),
            values,
            self._alternatives(prefix.logits),
            Usage(len(tokens), len(ids)),
        )

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[OptionScore, ...]:
        """``log p(continuation | prompt)`` in the chat template; equal prompts are computed once.

        Raises:
            ModelError: Memory runs out.
        """
        from .likelihood import log_likelihoods

        longest = min(MAX_OPTION, self.context_tokens // 4)
        rows = [self._tokens(text)[:longest] for _, text in pairs]
        totals = [0.0] * len(rows)
        with self._working():
            by_prompt = sorted(range(len(pairs)), key=lambda place: pairs[place][0])
            for prompt, group in groupby(by_prompt, key=lambda place: pairs[place][0]):
                places = list(group)
                prefix = self._prefix(self._chat(prompt, "", self._room(longest)))
                found = log_likelihoods(self._model, prefix, [rows[place] for place in places])
                for place, total in zip(places, found, strict=True):
                    totals[place] = total
        return tuple(OptionScore(total, len(row)) for total, row in zip(totals, rows, strict=True))

    def _room(self, reply: int) -> int:
        """Tokens of a prompt that leave room for the reply, at least half of the context."""
        return max(self.context_tokens - reply, self.context_tokens // 2)

    def _prefix(self, tokens: list[int]) -> Any:
        import torch

        return self._prefixes.compute({"input_ids": torch.tensor([tokens], device=self._model.device)}, ())

    def _guide(self, constraint: Constraint) -> Any:
        from .guide import Guide

        if constraint.kind not in self.constraints:
            raise ModelError(
                f"{self.identity} cannot keep to a constraint without llguidance",
                code="model.library",
                hint="pip install llguidance",
            )
        return Guide(self._guided, constraint)

    @cached_property
    def _guided(self) -> Any:
        from .guide import guide_tokenizer

        return guide_tokenizer(self._tokenizer, self._model.config.get_text_config().vocab_size, sorted(self._ends))

    @contextmanager
    def _working(self) -> Iterator[None]:
        """One call at a time: they share the computed prompts."""
        import torch

        try:
            with self._lock:
                yield
        except torch.OutOfMemoryError as error:
            self._prefixes.clear()
            torch.cuda.empty_cache()
            hint = "Use a smaller model, or a server: --set llm=openai:MODEL@URL"
            raise ModelError(f"{self.identity} has not enough memory", code="model.memory", hint=hint) from error

    def _alternatives(self, logits: torch.Tensor) -> dict[str, float]:
        best = logits.log_softmax(-1).topk(min(ALTERNATIVES, logits.shape[-1]))
        found: dict[str, float] = {}
        for value, token in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            found.setdefault(self._tokenizer.decode([token]), value)
        return found

    def _chat(self, prompt: str, system: str, limit: int) -> list[int]:
        """The prompt in the chat template; the middle is left out of one that is too long."""
        texts = [("system", system)] * bool(system) + [("user", prompt)]
        messages = [{"role": role, "content": self._plain(text)} for role, text in texts]
        if self._tokenizer.chat_template is None:  # a base model: it goes on from the text
            text = "\n\n".join(message["content"] for message in messages) + "\n"
        else:
            text = self._templated(messages)
        tokens = self._tokenizer(text, add_special_tokens=self._tokenizer.chat_template is None).input_ids
        return tokens if len(tokens) <= limit else tokens[: limit // 2] + tokens[-(limit - limit // 2) :]

    def _templated(self, messages: list[dict[str, str]]) -> str:
        from jinja2 import TemplateError

        # Models that can be told not to think aloud are: a constraint leaves no room for it.
        options = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
        try:
            return str(self._tokenizer.apply_chat_template(messages, **options))
        except TemplateError:  # some templates know no system role
            joined = "\n\n".join(message["content"] for message in messages)
            return str(self._tokenizer.apply_chat_template([{"role": "user", "content": joined}], **options))

    def _plain(self, text: str) -> str:
        """Text from a video, a question or an option could hold control tokens: they are broken up."""
        broken = self._marks.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text) if self._marks.pattern else text
        return CONTROL_MARK.sub("< ", broken)

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer(self._plain(text), add_special_tokens=False).input_ids)

    def _text(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))


def _control_tokens(tokenizer: Any) -> re.Pattern[str]:
    """Finds this tokenizer's own control tokens in a text, the longest first."""
    names = [str(token) for token in tokenizer.added_tokens_decoder.values() if not str(token).isspace()]
    marks = [name for name in names if len(name) > 1 and not name.isalnum()]
    return re.compile("|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)))


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Everything that ends an answer: what the model was made with, and what its chat template ends a turn with."""
    configured = model.generation_config.eos_token_id
    known = configured if isinstance(configured, list) else [configured]
    return frozenset(token for token in [*known, tokenizer.eos_token_id] if token is not None)


def _has(stop: Iterable[str], text: str) -> bool:
    return any(mark in text for mark in stop)


def _until(stop: Iterable[str], text: str) -> str:
    return min((text.split(mark, 1)[0] for mark in stop), key=len, default=text)
