"""Any OpenAI-compatible server as a language model: OpenAI, vLLM, SGLang, llama.cpp, Ollama.

The address is ``@URL`` in the spec or ``OPENAI_BASE_URL``; the key is ``OPENAI_API_KEY`` (local servers need none).
Chat servers do not tell how likely a given text is, so ``can_score`` is False; the likeliest first tokens are asked
for and used where the server gives them.
"""

import os
from collections.abc import Sequence
from typing import Any

from .errors import ModelError
from .profiles import Spec
from .roles import Completion, OptionScore, Usage
from .weights import Report

TIMEOUT_SECONDS = 60.0
RETRIES = 2
"""The openai client repeats only connection errors, 408, 409, 429 and 5xx, with a growing pause."""
CAN_WRITE = True
CONTEXT_TOKENS = 8192
TOP_TOKENS = 20


def identity(spec: Spec) -> str:
    """Model and server."""
    return f"openai:{spec.name}@{spec.url or os.environ.get('OPENAI_BASE_URL') or 'api.openai.com'}"


def load(spec: Spec, report: Report) -> "OpenAILanguageModel":
    """Load ``openai:MODEL[@URL]``; makes no request yet."""
    return OpenAILanguageModel(spec.name, spec.url or os.environ.get("OPENAI_BASE_URL", ""))


class OpenAILanguageModel:
    """A model behind ``/chat/completions``."""

    can_score = False
    can_write = CAN_WRITE
    context_tokens = CONTEXT_TOKENS

    def __init__(
        self, model: str, base_url: str = "", timeout: float = TIMEOUT_SECONDS, retries: int = RETRIES
    ) -> None:
        import openai

        key = os.environ.get("OPENAI_API_KEY", "")
        if not key and not base_url:
            raise ModelError(
                "no OPENAI_API_KEY is set",
                code="model.key",
                hint="Set it, or name your own server: --set llm=openai:MODEL@http://host:port/v1",
            )
        self.identity = f"openai:{model}@{base_url or 'api.openai.com'}"
        self._model = model
        self._with_logprobs = True
        self._length_name = "max_tokens"
        self._client = openai.OpenAI(
            api_key=key or "none", base_url=base_url or None, timeout=timeout, max_retries=retries
        )

    def count_tokens(self, text: str) -> int:
        """An upper estimate: four bytes of English make a token, three are assumed."""
        return len(text.encode()) // 3 + 1

    def score(self, pairs: Sequence[tuple[str, str]]) -> tuple[OptionScore, ...]:
        """Not possible over chat.

        Raises:
            ModelError: Always; ask ``can_score`` first.
        """
        raise ModelError(f"{self.identity} cannot score a given text", code="model.no_scores")

    def complete(self, prompt: str, *, system: str = "", max_tokens: int = 256, stop: Sequence[str] = ()) -> Completion:
        """Answer a prompt at temperature 0.

        Raises:
            ModelError: When the server cannot be reached, refuses, or answers nothing.
        """
        messages = [{"role": "system", "content": system}] if system else []
        reply = self._request([*messages, {"role": "user", "content": prompt}], max_tokens, list(stop))
        try:
            if reply.choices:
                return _completion(reply)
        except (AttributeError, IndexError, TypeError) as error:  # the client hands on whatever JSON it was sent
            raise self._malformed() from error
        raise ModelError(f"{self.identity} answered nothing", code="model.empty")

    def _request(self, messages: list[dict[str, str]], max_tokens: int, stop: list[str]) -> Any:
        import openai

        arguments: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            self._length_name: max_tokens,
            "temperature": 0,
        }
        if stop:
            arguments["stop"] = stop
        if self._with_logprobs:
            arguments |= {"logprobs": True, "top_logprobs": TOP_TOKENS}
        try:
            return self._client.chat.completions.create(**arguments)
        except openai.BadRequestError as error:
            if self._with_logprobs and "logprob" in str(error).lower():
                self._with_logprobs = False  # this server has none: remember it for the session
                return self._request(messages, max_tokens, stop)
            if self._length_name == "max_tokens" and "max_completion_tokens" in str(error):
                self._length_name = "max_completion_tokens"  # newer models of OpenAI know only this name
                return self._request(messages, max_tokens, stop)
            raise self._failure(error) from error
        except openai.OpenAIError as error:
            raise self._failure(error) from error
        except ValueError as error:  # a body that says it is JSON and is not
            raise self._malformed() from error

    def _malformed(self) -> ModelError:
        return ModelError(
            f"{self.identity} answered something that is no chat completion",
            code="model.server",
            hint="Check that the URL is that of an OpenAI-compatible server and ends in /v1.",
        )

    def _failure(self, error: Exception) -> ModelError:
        import openai

        hints = {
            openai.AuthenticationError: "Check OPENAI_API_KEY.",
            openai.NotFoundError: "Check the model's name and that the URL ends in /v1.",
            openai.APITimeoutError: "The server is up but slow; try a smaller model.",
            openai.APIConnectionError: "Check OPENAI_BASE_URL and that the server runs.",
            openai.RateLimitError: "The server asks to slow down; try again later.",
        }
        hint = next((text for kind, text in hints.items() if isinstance(error, kind)), "")
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        return ModelError(f"{self.identity}: {first_line}", code="model.server", hint=hint)


def _completion(reply: Any) -> Completion:
    choice = reply.choices[0]
    tokens = (choice.logprobs.content if choice.logprobs else None) or []
    alternatives = {item.token: item.logprob for item in tokens[0].top_logprobs or ()} if tokens else None
    usage = Usage(reply.usage.prompt_tokens, reply.usage.completion_tokens) if reply.usage else Usage()
    text = (choice.message.content or "").strip()
    return Completion(text, tuple(token.logprob for token in tokens), alternatives, usage)
