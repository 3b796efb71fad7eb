"""The embedded text model: SmolLM2 on CTranslate2, with token log-likelihoods."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .ctranslate2_convert import convert_llama_gguf
from .errors import ModelError
from .profiles import Spec
from .roles import Completion, Constraint, ConstraintKind, OptionScore, Usage
from .threads import cpu_threads
from .weights import Report, derived_directory, ensure_weights, find_weights, weights_directory

CHAT = "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
"""ChatML, the template in the model's own GGUF metadata."""
CONTROL_MARK = re.compile(r"<(?=\||[a-z_]+>)")
"""The beginning of a control token: ``<|im_end|>``, but also ``<filename>`` and the like."""
DEFAULT_SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
CAN_WRITE = False
CONTEXT_TOKENS = 8192
MAX_PROMPT, MAX_OPTION = 2000, 500
"""Tokens that are scored at most; the time grows with the square, and the logits take 200 KB each."""
BATCH_TOKENS = 4096
"""Tokens scored at once: logits take 200 KB each, so 4,096 tokens stay under 0.8 GB."""


def identity(spec: Spec) -> str:
    """Backend, weights and precision."""
    return f"ctranslate2:{Path(spec.name).name}:int8"


def can_write(spec: Spec) -> bool:
    """Whether free text of the model can be relied on."""
    return CAN_WRITE


def load(spec: Spec, report: Report) -> "CTranslate2LanguageModel":
    """Load ``ctranslate2:NAME`` from the weights manifest, or ``ctranslate2:DIRECTORY``."""
    if Path(spec.name).is_dir():
        return CTranslate2LanguageModel(Path(spec.name), identity(spec))
    source = ensure_weights(spec.name, report)
    weights = find_weights(spec.name)
    directory = derived_directory(
        weights, "ct2-int8-1", lambda target: convert_llama_gguf(source / weights.files[0].name, target), report
    )
    return CTranslate2LanguageModel(directory, identity(spec))


class CTranslate2LanguageModel:
    """A decoder in a CTranslate2 directory with a ``tokenizer.json`` and the ChatML template."""

    can_score = True
    can_write = CAN_WRITE
    constraints: frozenset[ConstraintKind] = frozenset()
    context_tokens = CONTEXT_TOKENS

    def __init__(self, directory: Path, identity: str) -> None:
        import ctranslate2

        self.identity = identity
        try:
            self._generator: Any = ctranslate2.Generator(
                str(directory), device="cpu", compute_type="int8", intra_threads=cpu_threads()
            )
        except (RuntimeError, OSError, ValueError) as error:
            raise unreadable(directory, error) from error
        self._tokenizer: Any = read_tokenizer(directory)

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        return len(self._tokenizer.encode(text).ids)

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
        """Answer a prompt; ``stop`` texts end the answer and are not part of it."""
        import ctranslate2

        tokens = self._tokenizer.encode(_chat(prompt, system)).tokens
        drawn = {"sampling_topk": 0, "sampling_temperature": temperature}
        sampling = drawn if temperature > 0 else {"sampling_topk": 1}
        ctranslate2.set_random_seed(seed)
        result = self._generator.generate_batch(
            [tokens], max_length=max_tokens, include_prompt_in_result=False, **sampling
        )[0]
        written = result.sequences[0]
        text = self._tokenizer.decode(result.sequences_ids[0]).strip()
        for mark in stop:
            text = text.split(mark, 1)[0]
        usage = Usage(len(tokens), len(written))
        return Completion(text, self._log_probabilities(tokens, written), None, usage)

    def _log_probabilities(self, prompt: list[str], written: list[str]) -> tuple[float, ...]:
        """CTranslate2 gives no per-token values while it generates: one more pass over what was written does."""
        if not written:
            return ()
        result = self._generator.score_batch([prompt + written], max_input_length=0)[0]
        return tuple(result.log_probs[-len(written) :])

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[OptionScore, ...]:
        """``log p(continuation | prompt)`` in the chat template, batched.

        CTranslate2 cannot share a computed prefix between rows. Measured for four options: 0.47 s with 150-token
        prompts, 0.81 s with 300; importing a library that can share it takes 4.5 s.
        """
        prompts = [_shortened(self._tokenizer.encode(_chat(prompt)).tokens, MAX_PROMPT) for prompt, _ in pairs]
        options = [_shortened(self._tokenizer.encode(_plain(option)).tokens, MAX_OPTION) for _, option in pairs]
        rows = [prompt + option for prompt, option in zip(prompts, options, strict=True)]
        results = self._generator.score_batch(
            rows, max_batch_size=BATCH_TOKENS, batch_type="tokens", max_input_length=0
        )
        return tuple(
            OptionScore(float(sum(result.log_probs[len(result.log_probs) - len(option) :])), len(option))
            for result, option in zip(results, options, strict=True)
        )


def _shortened(tokens: list[str], limit: int) -> list[str]:
    """Tokens without their middle where there are too many; the marks of the chat stand at both ends."""
    return tokens if len(tokens) <= limit else tokens[: limit // 2] + tokens[-(limit - limit // 2) :]


def _chat(prompt: str, system: str = "") -> str:
    """The chat template around texts."""
    return CHAT.format(system=_plain(system or DEFAULT_SYSTEM), prompt=_plain(prompt))


def _plain(text: str) -> str:
    """Text from a video, a question or an option could hold control tokens: they are broken up."""
    return CONTROL_MARK.sub("< ", text)


def read_tokenizer(directory: Path) -> Any:
    """The tokenizer of a directory of weights.

    Raises:
        ModelError: ``model.unreadable``.
    """
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(directory / "tokenizer.json"))
    except Exception as error:  # tokenizers raises nothing more special
        raise unreadable(directory, error) from error


def unreadable(path: Path, error: Exception) -> ModelError:
    """The error for weights that are there but cannot be read; only what was downloaded should be deleted."""
    ours = path.is_relative_to(weights_directory())
    mend = f"Delete {path}; it is made again at the next use (vidprog models pull)."
    return ModelError(
        f"the weights in {path} cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}",
        code="model.unreadable",
        hint=mend if ours else f"Check the files in {path}.",
    )
