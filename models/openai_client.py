"""One request to an OpenAI-compatible server, and what to make of its answer or its refusal.

Servers of this protocol differ in what they know: probabilities, a JSON schema, a seed. What one does not know is left
out from then on, for as long as the process lives; the rest of the request is made without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ModelError
from .roles import Completion, Usage

TIMEOUT_SECONDS = 300.0
"""Until a server has answered: llama.cpp on two busy cores takes minutes for a prompt of 3,000 tokens."""
CONNECT_SECONDS = 10.0
"""Until it has taken the call at all."""
RETRIES = 2
"""The openai client repeats only connection errors, 408, 409, 429 and 5xx, with a growing pause."""
TOP_TOKENS = 20
PUBLIC_HOST = "api.openai.com"


def base_url(url: str) -> str:
    """The address of the server: that of the spec, or ``OPENAI_BASE_URL``; empty for OpenAI's own."""
    return url or os.environ.get("OPENAI_BASE_URL", "")


def identity(model: str, url: str) -> str:
    """Model and server, never the key."""
    return f"openai:{model}@{base_url(url) or PUBLIC_HOST}"


Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of a request that not every server knows.

    Attributes:
        argument: The argument that it is sent with.
        named: Whether a refusal is about it.
        without: The arguments without it.
    """

    argument: str
    named: Callable[[str], bool]
    without: Callable[[Arguments], Arguments]


def _leave_out(*names: str) -> Callable[[Arguments], Arguments]:
    return lambda arguments: {name: value for name, value in arguments.items() if name not in names}


def _rename_length(arguments: Arguments) -> Arguments:
    return {"max_completion_tokens" if name == "max_tokens" else name: value for name, value in arguments.items()}


FEATURES: Mapping[str, Feature] = {
    "logprobs": Feature("logprobs", lambda text: "logprob" in text, _leave_out("logprobs", "top_logprobs")),
    # Newer models of OpenAI know only the other name, and no temperature but 1.
    "max_tokens": Feature("max_tokens", lambda text: "max_completion_tokens" in text, _rename_length),
    "seed": Feature("seed", lambda text: "seed" in text, _leave_out("seed")),
    "temperature": Feature("temperature", lambda text: "temperature" in text, _leave_out("temperature")),
    # A refused schema is said in many words, or in none: this is what is left.
    "json_schema": Feature("response_format", lambda text: True, _leave_out("response_format")),
}
"""In the order in which they are given up."""


class ChatClient:
    """A model behind ``/chat/completions``; may be used by several threads.

    Args:
        model: The server's name for it.
        url: Address of the server, ending in ``/v1``; empty for OpenAI's own.
        timeout: Seconds to wait for an answer.
        retries: How often a request is repeated that may work later.

    Raises:
        ModelError: ``model.key`` when neither an address nor a key is set.
    """

    def __init__(self, model: str, url: str = "", timeout: float = TIMEOUT_SECONDS, retries: int = RETRIES) -> None:
        import openai

        key = os.environ.get("OPENAI_API_KEY", "")
        if not key and not url:
            raise ModelError(
                "no OPENAI_API_KEY is set",
                code="model.key",
                hint="Set it, or name your own server in the spec: openai:MODEL@http://host:port/v1",
            )
        self.identity = identity(model, url)
        self.refused: frozenset[str] = frozenset()
        """The features that the server was found not to know."""
        self._model = model
        patience = openai.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS))
        self._client = openai.OpenAI(api_key=key or "none", base_url=url or None, timeout=patience, max_retries=retries)

    def complete(self, messages: Sequence[Mapping[str, Any]], max_tokens: int, **options: Any) -> Completion:
        """Answer messages.

        Args:
            messages: Role and content of each, as the protocol has them.
            max_tokens: Tokens of the answer at most.
            **options: Further arguments of the protocol.

        Raises:
            ModelError: The server cannot be reached, refuses, or answers nothing.
        """
        arguments = {
            "model": self._model, "messages": list(messages), "max_tokens": max_tokens, "logprobs": True,
            "top_logprobs": TOP_TOKENS, **options,
        }  # fmt: skip
        for name in self.refused:
            if FEATURES[name].argument in arguments:
                arguments = FEATURES[name].without(arguments)
        reply = self._request(arguments)
        try:
            if reply.choices:
                return _completion(reply)
        except (AttributeError, IndexError, TypeError) as error:  # the client hands on whatever JSON it was sent
            raise self._malformed() from error
        raise ModelError(f"{self.identity} answered nothing", code="model.empty")

    def _request(self, arguments: Arguments) -> Any:
        """The server's reply; what it refuses is left out, and known as refused once it worked without."""
        import openai

        given_up: set[str] = set()
        while True:
            try:
                reply = self._client.chat.completions.create(**arguments)
                self.refused |= given_up
                return reply
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                name = _refused(str(error).lower(), arguments)
                if name is None:
                    raise self._failure(error) from error
                given_up.add(name)
                arguments = FEATURES[name].without(arguments)
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


def _refused(message: str, arguments: Arguments) -> str | None:
    """The feature of a request that a refusal is about."""
    sent = {name: feature for name, feature in FEATURES.items() if feature.argument in arguments}
    return next((name for name, feature in sent.items() if feature.named(message)), None)


def _completion(reply: Any) -> Completion:
    choice = reply.choices[0]
    tokens = (choice.logprobs.content if choice.logprobs else None) or []
    alternatives = {item.token: item.logprob for item in tokens[0].top_logprobs or ()} if tokens else None
    usage = Usage(reply.usage.prompt_tokens, reply.usage.completion_tokens) if reply.usage else Usage()
    text = (choice.message.content or "").strip()
    return Completion(text, tuple(token.logprob for token in tokens), alternatives, usage)
