"""The page's server: that of programs (`servers.http_app`) with a page in front, players, and answers as markup.

It keeps nothing about who asks: the conversation is in the browser, which sends earlier questions along. What it keeps
for everybody is the videos that were sent, and what was found in them.
"""

import tempfile
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp

from ...agents import Settings
from ...agents.events import Event, Progress
from ...agents.known import known_timeline
from ...memory import default_directory
from ...programs import Catalog
from ...video import open_video
from ...video.errors import UsageError, VidprogError
from ..sample import write_sample
from ..servers.guard import Guard
from ..servers.http_app import FORM, open_app
from ..servers.relay import Relay
from ..servers.sources import Sources
from ..servers.streams import Emit, EventStream, event_text
from .desks import Desks
from .door import Door
from .live import line
from .page import HEADERS, page, runnable, scripts, styles
from .pieces import Chosen, answer_pieces, video_pieces


class Asked(BaseModel):
    """A question from the page."""

    model_config = ConfigDict(extra="forbid")
    video: str = Field(min_length=1, max_length=4096)
    question: str = Field(min_length=1, max_length=20_000)
    choices: list[str] | None = None
    program: str | None = None
    profile: str | None = None
    rounds: int | None = Field(None, ge=1, le=20)
    earlier: list[str] = Field([], max_length=50)


def web_app(desks: Desks, sources: Sources, token: str | None) -> ASGIApp:
    """The page as an application.

    Args:
        desks: Who answers.
        sources: Where videos come from.
        token: What browsers must have come with; None where only this machine may ask.
    """
    app, limits = open_app(desks.get(), sources), desks.limits
    _add_routes(app, Page(desks, sources))
    guarded = Guard(app, token, lambda path: limits.upload + FORM if path == "/v1/files" else limits.body)
    return guarded if token is None else Door(guarded, token)


ROUTES = (
    ("/", "GET", "front"), ("/web.css", "GET", "style"), ("/web.js", "GET", "script"), ("/media", "GET", "media"),
    ("/web/video", "GET", "video"), ("/web/sample", "POST", "sample"), ("/web/ask", "POST", "ask"),
)  # fmt: skip
"""Path, method, what answers."""


def _add_routes(app: FastAPI, shown: "Page") -> None:
    for path, method, name in ROUTES:
        answer = getattr(shown, name)
        app.add_api_route(path, answer, methods=[method], include_in_schema=False, response_model=None)


class Page:
    """What the paths of the page give."""

    def __init__(self, desks: Desks, sources: Sources) -> None:
        self._desks = desks
        self._sources = sources
        self._store = desks.store or default_directory()

    async def front(self) -> Response:
        """The page itself."""
        desks = self._desks
        return HTMLResponse(page(runnable(desks.models.roles), desks.profiles, desks.limits.upload), headers=HEADERS)

    async def style(self) -> Response:
        """Its look."""
        return PlainTextResponse(styles(), media_type="text/css", headers=HEADERS)

    async def script(self) -> Response:
        """What it does."""
        return PlainTextResponse(scripts(), media_type="text/javascript", headers=HEADERS)

    async def media(self, video: str) -> Response:
        """A video, in the pieces that a player asks for."""
        chosen = await self._chosen(video)
        return FileResponse(chosen.path, filename=chosen.name, content_disposition_type="inline", headers=HEADERS)

    async def video(self, video: str) -> Response:
        """A video's player and what is known about it; an error says why the file cannot be used."""
        chosen = await self._chosen(video)
        return JSONResponse(await anyio.to_thread.run_sync(self._look, chosen))

    def _look(self, chosen: Chosen) -> dict[str, Any]:
        try:
            video = open_video(chosen.path)
        except VidprogError as error:
            error.message = error.message.replace(chosen.path.name, chosen.name)
            raise
        profile = self._desks.models.profile.to_json()
        return video_pieces(chosen, video, known_timeline(video.fingerprint, self._store, profile))

    async def sample(self) -> Response:
        """The demo clip, for those who have no video at hand."""
        kept = await anyio.to_thread.run_sync(self._sample)
        return JSONResponse({"id": kept})

    def _sample(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            clip = write_sample(Path(folder) / "sample.mp4")
            return self._sources.uploads.add([clip.read_bytes()], clip.name).id

    async def _chosen(self, name: str) -> Chosen:
        """The video of a name.

        Raises:
            UsageError: An address of another machine.
            VidprogError: It is refused or missing.
        """
        if name.startswith(("data:", "http:", "https:")):
            raise UsageError("addresses are not taken here", code="server.url", hint="Choose a file.")
        path = await anyio.to_thread.run_sync(self._sources.find, name)
        uploads = self._sources.uploads
        if path.parent == uploads.directory:
            return Chosen(name, uploads.get(name).filename or name, path, kept=False)
        return Chosen(name, Path(name).name, path, kept=True)

    async def ask(self, asked: Asked) -> Response:
        """Answer a question as a stream: one event for each step, the last is ``answer`` or ``error``."""
        from ...agents.ask import check_question

        check_question(asked.question, asked.choices)
        chosen, settings = await self._chosen(asked.video), self._settings(asked)
        return EventStream(lambda emit: self._streamed(chosen, asked, settings, emit))

    def _settings(self, asked: Asked) -> Settings:
        profiles = self._desks.profiles
        if asked.profile is not None and asked.profile not in profiles:
            hint = f"There are {', '.join(profiles)}."
            raise UsageError(f"there is no profile {asked.profile[:80]!a}", code="model.profile", hint=hint)
        if asked.program is not None and asked.program not in Catalog.builtin():
            raise UsageError(f"there is no program {asked.program[:80]!a}", code="program.unknown", hint="Choose one.")
        return Settings(max_rounds=asked.rounds, program=asked.program, learn=False)

    async def _streamed(self, chosen: Chosen, asked: Asked, settings: Settings, emit: Emit) -> None:
        async def send(event: Event) -> None:
            if isinstance(event, Progress):
                await emit(event_text({"message": event.message, "share": event.share}, "progress"))
            elif html := line(event):
                await emit(event_text({"html": html}, "line"))

        async with Relay.to(send) as relay:
            try:
                desk = await anyio.to_thread.run_sync(self._desks.get, asked.profile)
                result = await desk.ask(
                    [chosen.path], asked.question, asked.choices, settings, relay.tell, earlier=asked.earlier
                )
                last = ("answer", await anyio.to_thread.run_sync(answer_pieces, chosen, result))
            except VidprogError as error:
                last = ("error", self._sources.shown(error.to_json()))
        await emit(event_text(last[1], last[0]))
