"""Any OpenAI-compatible server as a language model: OpenAI, vLLM, SGLang, llama.cpp, Ollama.

The address is ``@URL`` in the spec or ``OPENAI_BASE_URL``; the key is ``OPENAI_API_KEY`` (local servers need none).
Chat servers do not tell how likely a given text is, so ``can_score`` is False; the likeliest first tokens are asked
for and used where the server gives them. Most servers can be held to a JSON schema, none of them to a grammar in a way
that all share.
"""

import json
from collections.abc import Sequence
from typing import Any

from .errors import ModelError
from .openai_client import RETRIES, TIMEOUT_SECONDS, ChatClient, base_url
from .openai_client import identity as server_identity
from .profiles import Spec
from .roles import Completion, Constraint, ConstraintKind, OptionScore
from .weights import Report

CAN_WRITE = True
CONTEXT_TOKENS = 8192


def identity(spec: Spec) -> str:
    """Model and server."""
    return server_identity(spec.name, spec.url)


def can_write(spec: Spec) -> bool:
    """Whether free text of the model can be relied on."""
    return CAN_WRITE


def load(spec: Spec, report: Report) -> "OpenAILanguageModel":
    """Load ``openai:MODEL[@URL]``; makes no request yet."""
    return OpenAILanguageModel(spec.name, base_url(spec.url))


class OpenAILanguageModel:
    """A model behind ``/chat/completions``."""

    can_score = False
    can_write = CAN_WRITE
    context_tokens = CONTEXT_TOKENS

    def __init__(
        self, model: str, base_url: str = "", timeout: float = TIMEOUT_SECONDS, retries: int = RETRIES
    ) -> None:
        self._client = ChatClient(model, base_url, timeout, retries)
        self.identity = self._client.identity

    @property
    def constraints(self) -> frozenset[ConstraintKind]:
        """A JSON schema, until the server has refused one."""
        return frozenset() if "json_schema" in self._client.refused else frozenset(("json_schema",))

    def count_tokens(self, text: str) -> int:
        """An upper estimate: four bytes of English make a token, three are assumed."""
        return len(text.encode()) // 3 + 1

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[OptionScore, ...]:
        """Not possible over chat.

        Raises:
            ModelError: Always; ask ``can_score`` first.
        """
        raise ModelError(f"{self.identity} cannot score a given text", code="model.no_scores")

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
        """Answer a prompt; a server that knows no JSON schema answers freely.

        Raises:
            ModelError: The server cannot be reached, refuses, or answers nothing; or the constraint is a grammar.
        """
        options: dict[str, Any] = {"temperature": temperature}
        if temperature > 0:
            options["seed"] = seed
        if stop:
            options["stop"] = list(stop)
        if constraint:
            options["response_format"] = self._response_format(constraint)
        messages = [{"role": "system", "content": system}] if system else []
        return self._client.complete([*messages, {"role": "user", "content": prompt}], max_tokens, **options)

    def _response_format(self, constraint: Constraint) -> dict[str, Any]:
        if constraint.kind != "json_schema":
            raise ModelError(f"{self.identity} cannot keep to a grammar", code="model.constraint")
        try:
            schema = json.loads(constraint.text)
        except ValueError as error:
            raise ModelError(f"the JSON schema cannot be read: {error}", code="model.constraint") from error
        return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": schema}}
