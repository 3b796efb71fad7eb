"""The HTTP server: questions, searches and timelines as JSON, and OpenAI's chat completions over a video."""

import functools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
from fastapi import FastAPI, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from ...agents import Result, Settings
from ...agents.ask import check_question
from ...agents.events import Event
from ...programs import Catalog
from ...tools import Budget
from ...video.errors import UsageError, VidprogError
from .. import documents
from . import chat, requests
from .desk import Desk
from .guard import Guard, too_large
from .http_errors import error_body, status_of
from .listing import list_known
from .openapi import responses, with_documents
from .relay import Relay
from .shapes import Videos, grounded
from .sources import Sources
from .streams import Emit, EventStream, event_text, while_wanted
from .uploads import BLOCK, Upload

ABOUT = "Ask a video: answers with a confidence and the moments that prove it. Words out of a video are data."
STREAMED = "One event for each step (its name is the event's), the last is `answer` with the document, or `error`."
FORMATS = {"srt": "to_srt", "vtt": "to_vtt", "csv": "to_csv", "md": "to_markdown"}
EVIDENCE, LISTED = 12, 1000
NO_PAGES: dict[str, Any] = {"docs_url": None, "redoc_url": None}
"""The pages that FastAPI makes of the schema fetch scripts from another server."""
SEE = "GET /openapi.json says what can be asked for."
FORM = 2**16
"""Bytes of an upload that are not the video."""


def http_app(desk: Desk, sources: Sources, token: str | None) -> ASGIApp:
    """The server as an application.

    Args:
        desk: Answers.
        sources: Where videos come from.
        token: What clients must send; None where only this machine may ask.
    """
    limits = desk.limits
    larger = {"/v1/files": limits.upload + FORM, "/v1/chat/completions": limits.inline * 4 // 3 + limits.body}
    return Guard(open_app(desk, sources), token, lambda path: larger.get(path.rstrip("/"), limits.body))


def open_app(desk: Desk, sources: Sources) -> FastAPI:
    """The endpoints, without anybody who watches the door."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        sources.uploads.close()

    app = FastAPI(title="vidprog", version=version("vidprog"), description=ABOUT, lifespan=lifespan, **NO_PAGES)
    endpoints = Endpoints(desk, sources)
    for path, method, name, options in ROUTES:
        app.add_api_route(path, getattr(endpoints, name), methods=[method], operation_id=name, **options)
    _answer_errors(app, sources)
    plain = app.openapi
    app.openapi = functools.cache(lambda: with_documents(plain()))  # type: ignore[method-assign]
    return app


class Endpoints:
    """What the paths do."""

    def __init__(self, desk: Desk, sources: Sources) -> None:
        self._desk = desk
        self._sources = sources

    async def health(self) -> dict[str, str]:
        """Whether the server is there."""
        return {"status": "ok", "version": version("vidprog")}

    async def models(self) -> dict[str, Any]:
        """The models, for clients of OpenAI."""
        model = {"id": requests.MODEL, "object": "model", "created": 0, "owned_by": "vidprog"}
        return {"object": "list", "data": [model]}

    async def videos(self) -> Videos:
        """The videos in the served directories."""
        return await anyio.to_thread.run_sync(list_known, self._desk.library, self._desk.store, LISTED)

    async def _paths(self, names: Sequence[str]) -> list[Path]:
        if len(names) > self._desk.limits.videos:
            hint = f"Name at most {self._desk.limits.videos}."
            raise UsageError(f"{len(names)} videos are too many", code="server.videos", hint=hint)
        return [await anyio.to_thread.run_sync(self._sources.find, name) for name in names]

    def _names(self, paths: Sequence[Path]) -> dict[str, str]:
        return {str(path): self._sources.name(path) for path in paths}

    # ---- questions

    async def ask(self, question: requests.Question, request: Request) -> Response:
        """Answer a question; as a stream of the events of the work where that is wanted."""
        check_question(question.question, question.choices)
        settings, paths = _settings(question), await self._paths(question.names)
        if not paths:
            raise UsageError("no video is given", code="ask.video", hint="Name it as `video`.")
        if question.stream:
            return EventStream(lambda emit: self._streamed(paths, question, settings, emit))
        work = self._desk.ask(paths, question.question, question.choices, settings)
        result = await while_wanted(request, work)
        return result if isinstance(result, Response) else JSONResponse(self._sources.shown(result.to_json()))

    async def _streamed(self, paths: list[Path], question: requests.Question, settings: Settings, emit: Emit) -> None:
        async def send(event: Event) -> None:
            document = _plain(event)
            await emit(event_text(self._sources.shown(document), document.pop("event")))

        async with Relay.to(send) as relay:
            try:
                result = await self._desk.ask(paths, question.question, question.choices, settings, relay.tell)
                last = ("answer", result.to_json())
            except VidprogError as error:
                last = ("error", error.to_json())
        await emit(event_text(self._sources.shown(last[1]), last[0]))

    async def complete(self, asked: requests.Completion, request: Request) -> Response:
        """OpenAI's chat completions: the last message asks about the last video that a `video_url` part named."""
        wanted = chat.asked_in(asked)
        check_question(wanted.question, None)
        paths = await self._paths(wanted.videos)
        if asked.stream:
            usage = bool((asked.stream_options or {}).get("include_usage"))
            return EventStream(lambda emit: self._chunked(paths, wanted, usage, emit))
        result = await while_wanted(request, self._desk.ask(paths, wanted.question, earlier=wanted.earlier))
        if isinstance(result, Response):
            return result
        return JSONResponse(chat.completion(self._words(result, paths), result, self._sources.shown(result.to_json())))

    async def _chunked(self, paths: list[Path], wanted: chat.Asked, usage: bool, emit: Emit) -> None:
        chunks = chat.Chunks()
        await emit(event_text(chunks.first()))
        try:
            result = await self._desk.ask(paths, wanted.question, earlier=wanted.earlier)
        except VidprogError as error:
            await emit(event_text(self._sources.shown(error_body(error, "/v1/chat/completions"))))
            return
        document = self._sources.shown(result.to_json())
        for chunk in chunks.rest(self._words(result, paths), result, document, usage):
            await emit(event_text(chunk))
        await emit(event_text("[DONE]"))

    def _words(self, result: Result, paths: list[Path]) -> str:
        return chat.answer_words(grounded(result, self._names(paths), EVIDENCE))

    # ---- what is known

    async def search(self, wanted: requests.Search, request: Request) -> Response:
        """Find moments by words and by meaning, best first."""
        paths = await self._paths(wanted.videos)

        async def all_found() -> list[tuple[Path, Any]]:
            found = []
            for path in dict.fromkeys(paths):
                hits, _ = await self._desk.hits(path, wanted.query, wanted.kinds, wanted.limit)
                found += hits
            return sorted(found, key=lambda item: -item[1].score)[: wanted.limit]

        found = await while_wanted(request, all_found())
        if isinstance(found, Response):
            return found
        return JSONResponse(self._sources.shown(documents.search_document(wanted.query, found)))

    async def when(self, wanted: requests.When, request: Request) -> Response:
        """Find every span in which something happens, in the order of time."""
        (path,) = await self._paths([wanted.video])
        work = self._desk.when(path, wanted.query, wanted.limit)
        found = await while_wanted(request, work)
        if isinstance(found, Response):
            return found
        return JSONResponse(self._sources.shown(documents.when_document(wanted.query, path, found)))

    async def timeline(
        self,
        request: Request,
        video: Annotated[str, Query(min_length=1, description="The video.")],
        form: Annotated[requests.Format, Query(alias="format")] = "json",
        kind: Annotated[list[requests.Kind] | None, Query(description="Only these kinds.")] = None,
    ) -> Response:
        """Everything that is known about a video, in the order of time; looks at it first if nobody has yet."""
        (path,) = await self._paths([video])
        known = await while_wanted(request, self._desk.timeline(path, kind or ()))
        if isinstance(known, Response):
            return known
        if form != "json":
            return PlainTextResponse(getattr(known[1], FORMATS[form])())
        return JSONResponse(self._sources.shown(documents.timeline_document(*known)))

    # ---- videos that clients send

    async def send_file(self, file: UploadFile, purpose: str = "user_data") -> dict[str, Any]:
        """Send a video; ask about it by its id."""
        if (file.size or 0) > self._desk.limits.upload:
            raise too_large(self._desk.limits.upload)
        blocks = iter(lambda: file.file.read(BLOCK), b"")
        return _file(await anyio.to_thread.run_sync(self._sources.uploads.add, blocks, file.filename or ""))

    async def files(self) -> dict[str, Any]:
        """The videos that were sent."""
        return {"object": "list", "data": [_file(each) for each in self._sources.uploads.all()], "has_more": False}

    async def file(self, file_id: str) -> dict[str, Any]:
        """One of them."""
        return _file(self._sources.uploads.get(file_id))

    async def remove_file(self, file_id: str) -> dict[str, Any]:
        """Forget one of them."""
        await anyio.to_thread.run_sync(self._sources.uploads.remove, file_id)
        return {"id": file_id, "object": "file", "deleted": True}


OPENAI: dict[str, Any] = {"responses": {"4XX": {"description": "What is wrong, as OpenAI's clients expect it"}}}
ROUTES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("/health", "GET", "health", {}),
    ("/v1/ask", "POST", "ask", {"responses": responses("answer", STREAMED)}),
    ("/v1/search", "POST", "search", {"responses": responses("search")}),
    ("/v1/when", "POST", "when", {"responses": responses("when")}),
    ("/v1/timeline", "GET", "timeline", {"responses": responses("timeline", texts=True)}),
    ("/v1/videos", "GET", "videos", {}),
    ("/v1/models", "GET", "models", OPENAI),
    ("/v1/chat/completions", "POST", "complete", OPENAI),
    ("/v1/files", "POST", "send_file", OPENAI),
    ("/v1/files", "GET", "files", OPENAI),
    ("/v1/files/{file_id}", "GET", "file", OPENAI),
    ("/v1/files/{file_id}", "DELETE", "remove_file", OPENAI),
)
"""Path, method, what answers, options."""


def _settings(question: requests.Question) -> Settings:
    """Stop rules; programs only by name: a path would be a file of the server.

    Raises:
        UsageError: There is no such program.
    """
    if question.program is not None and question.program not in (names := Catalog.builtin().names):
        raise UsageError(
            f"there is no program {question.program[:80]!a}",
            code="program.unknown",
            hint=f"There are {', '.join(names)}.",
        )
    budget = Budget(seconds=question.max_seconds, frames=question.max_frames, llm_calls=question.max_llm_calls)
    return Settings(question.threshold, question.max_rounds, question.program, budget, learn=False)


def _plain(event: Event) -> dict[str, Any]:
    """An event as data: a step as answers show it."""
    document = event.to_json()
    step = getattr(event, "step", None)
    return document if step is None else {**document, "step": step.to_json()}


def _file(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id, "object": "file", "bytes": upload.size, "created_at": upload.created,
        "filename": upload.filename or upload.id, "purpose": "user_data", "status": "processed",
    }  # fmt: skip


def _answer_errors(app: FastAPI, sources: Sources) -> None:
    """Every error leaves in the shape that the client expects, and without paths of the server."""

    def reply(error: VidprogError, request: Request) -> JSONResponse:
        path = request.url.path
        return JSONResponse(sources.shown(error_body(error, path)), status_of(error))

    async def known(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, VidprogError)
        return reply(error, request)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "the request"
        message = " ".join(f"{place}: {first['msg']}".split())
        return reply(UsageError(message, code="server.request", hint=SEE), request)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "server.missing", 405: "server.method", 413: "server.size"}.get(
            error.status_code, "server.request"
        )
        return reply(UsageError(str(error.detail), code=code, hint=SEE), request)

    async def mistake(request: Request, error: Exception) -> JSONResponse:
        while isinstance(error, ExceptionGroup):  # the group of tasks wrapped it
            error = error.exceptions[0]
        message = f"{type(error).__name__} in vidprog"
        return reply(VidprogError(message, code="internal", hint="The log of the server says more."), request)

    for kind, handler in (
        (VidprogError, known),
        (RequestValidationError, invalid),
        (HTTPException, http),
        (Exception, mistake),
    ):
        app.add_exception_handler(kind, handler)
