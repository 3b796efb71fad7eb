"""What clients send to the HTTP server, as types: checked before anything is done, and shown in its OpenAPI schema."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[
    str,
    Field(
        min_length=1,
        description="A path in a served directory, file://, the id of an upload, data:...;base64, or an http address "
        "where the server allows them.",
    ),
]
Query = Annotated[str, Field(min_length=1, max_length=1000)]
Limit = Annotated[int, Field(ge=1, le=100)]
Kind = Literal["speech", "text", "object", "caption", "action", "shot", "note"]
Format = Literal["json", "srt", "vtt", "csv", "md"]
MODEL = "vidprog"
"""The only model there is to OpenAI's clients."""


class _Strict(BaseModel):
    """A field that is not known is an error: it may be a typing mistake."""

    model_config = ConfigDict(extra="forbid")


class Question(_Strict):
    """A question about one video, or about several."""

    video: Name | None = Field(None, description="The video.")
    videos: list[Name] = Field([], description="Or several.")
    question: str = Field(min_length=1, max_length=20_000)
    choices: list[str] | None = Field(None, description="At least two options for a multiple-choice question.")
    program: str | None = Field(None, description="Name of a program of the library to run instead of planning.")
    max_rounds: int | None = Field(None, ge=1, le=20)
    threshold: float | None = Field(None, ge=0, le=1, description="Confidence that is enough.")
    max_seconds: float | None = Field(None, gt=0)
    max_frames: int | None = Field(None, ge=1)
    max_llm_calls: int | None = Field(None, ge=1)
    stream: bool = Field(False, description="Send the events of the work as they happen, the answer last.")

    @property
    def names(self) -> list[str]:
        """All videos."""
        return [*([self.video] if self.video else []), *self.videos]


class Search(_Strict):
    """Words to look for."""

    query: Query
    videos: list[Name] = Field(min_length=1)
    kinds: list[Kind] = Field([])
    limit: Limit = 10


class When(_Strict):
    """Something that happens."""

    query: Query
    video: Name
    limit: Limit = 10


class Message(BaseModel):
    """One message of a conversation; parts that are not known are refused where they are read."""

    role: str
    content: str | list[dict[str, Any]] | None = None


class Completion(BaseModel):
    """A request of OpenAI's chat completions; what steers a language model (temperature, tools) has no effect."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=1000)
    stream: bool | None = False
    stream_options: dict[str, Any] | None = None
