"""The tools that agents call: each says when to use it, checks names, and gives typed content and text.

The docstrings are what an agent reads to choose a tool; arguments are explained at their types.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import anyio.to_thread
from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ContentBlock, TextContent
from pydantic import BaseModel, Field

from ...agents import Result, Settings
from ...tools import Budget
from ...video.errors import UsageError, VidprogError
from . import words
from .desk import Desk
from .listing import list_known
from .pictures import MAX_FRAMES, MAX_SIDE, as_images, look
from .progress import Notifier
from .relay import Relay
from .shapes import (
    Described,
    Grounded,
    Hits,
    Pictures,
    Seen,
    Videos,
    grounded,
    moment,
    moments,
)

T = TypeVar("T")
PAGE = 200
"""Observations in one reply."""
EVIDENCE = 12
"""Moments in one answer."""
LISTED = 100
"""Videos in one list."""

Kind = Literal["speech", "text", "object", "caption", "action", "shot", "note"]
Video = Annotated[str, Field(description="The video: a name from list_videos, or a path in a served directory.")]
Start = Annotated[float, Field(ge=0, description="From this second.")]
End = Annotated[float | None, Field(gt=0, description="To this second; the end when left out.")]
Kinds = Annotated[
    list[Kind] | None, Field(description="Only these kinds, e.g. text (words on screen) or object; all when left out.")
]
Limit = Annotated[int, Field(ge=1, le=50, description="Moments at most.")]


class VideoTools:
    """The tools, bound to the desk that does the work.

    Args:
        desk: Answers.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._library = desk.library

    async def ask_video(
        self,
        videos: Annotated[list[str], Field(min_length=1, description="One video, or several that are compared.")],
        question: Annotated[str, Field(min_length=1, max_length=4000, description="One question in plain words.")],
        choices: Annotated[
            list[str] | None, Field(description="At least two options for a multiple-choice question.")
        ] = None,
        max_seconds: Annotated[
            float | None, Field(gt=0, description="Stop after so many seconds with what there is then.")
        ] = None,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Grounded]:
        """Answer a question about a video, with a confidence and the moments that prove it.

        Use it for anything that must be worked out from what is seen, heard or read: what, who, how many, why, in
        which order, and to compare several videos. When abstained is true the video does not show it: say so, do not
        guess. For a plain word search use search_videos, for times only use find_moments. The first question about a
        video takes about as long as a tenth of the video or more; later ones are quick.
        """

        async def ask(relay: Relay) -> tuple[BaseModel, str]:
            paths = [self._library.find(name) for name in videos]
            settings = Settings(budget=Budget(seconds=max_seconds), learn=False)
            result: Result = await self._desk.ask(paths, question, choices, settings, relay.tell)
            answer = grounded(result, {str(path): self._library.name(path) for path in paths}, EVIDENCE)
            return answer, words.answer_text(answer)

        return await self._replied(ask, context)

    async def search_videos(
        self,
        query: Annotated[str, Field(min_length=1, max_length=1000, description="Words, a name, or what it is about.")],
        videos: Annotated[
            list[str] | None,
            Field(max_length=LISTED, description="Where to search; every video that is known when left out."),
        ] = None,
        kinds: Kinds = None,
        limit: Limit = 10,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Hits]:
        """Find moments by words and by meaning in what was said, shown as text or seen; best first.

        Use it to find which video mentions something, or where a word, name or thing comes up. It does not reason: for
        a question use ask_video, for exact beginnings and ends of an event use find_moments.
        """

        async def search(relay: Relay) -> tuple[BaseModel, str]:
            chosen, left = await self._chosen(videos)
            found: list[tuple[Path, Any]] = []
            reasons: list[str] = []
            for path in chosen:
                best, why = await self._desk.hits(path, query, kinds, limit, relay.tell)
                found += best
                reasons += [why] if why else []
            results = [
                moment(self._library.name(path), hit.observation).model_copy(update={"score": round(hit.score, 3)})
                for path, hit in sorted(found, key=lambda item: -item[1].score)[:limit]
            ]
            why = "" if results else "; ".join(dict.fromkeys(reasons)) or "no video was searched"
            hits = Hits(query=query, results=results, why=why, not_searched=left)
            return hits, words.hits_text(hits)

        return await self._replied(search, context)

    async def _chosen(self, names: list[str] | None) -> tuple[list[Path], list[str]]:
        """The videos to search, and those that are left out because nobody has looked at them yet."""
        if names is not None:
            return [self._library.find(name) for name in names], []
        listed = await anyio.to_thread.run_sync(list_known, self._library, self._desk.store, LISTED)
        known = [self._library.find(video.video) for video in listed.videos if video.known]
        unknown = [
            f"{video.video} (not looked at yet: name it to have it searched)"
            for video in listed.videos
            if not video.known
        ]
        return known, unknown

    async def find_moments(
        self,
        video: Video,
        query: Annotated[
            str, Field(min_length=1, max_length=1000, description="An event, e.g. 'the second time the cat appears'.")
        ],
        limit: Limit = 10,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Hits]:
        """Find every span in which something happens, with its start and end.

        Use it for "when": understands the first / second / last time, before, after, between, while, appears,
        disappears, quoted words, silence and cuts. Use search_videos to find a topic in many videos.
        """

        async def find(relay: Relay) -> tuple[BaseModel, str]:
            path = self._library.find(video)
            found = await self._desk.when(path, query, limit, relay.tell)
            hits = Hits(query=query, results=moments(self._library.name(path), found), why=found.why)
            return hits, words.hits_text(hits)

        return await self._replied(find, context)

    async def get_timeline(
        self, video: Video, kinds: Kinds = None, start: Start = 0.0, end: End = None, *, context: Context
    ) -> Annotated[CallToolResult, Seen]:
        """Everything that is known about a stretch of a video: speech, words on screen, things, captions.

        Use it to read what happens around a moment, or to build your own notes. For speech alone use get_transcript,
        for a short account of the whole video use describe_video.
        """
        return await self._part(video, list(kinds or ()), start, end, context)

    async def get_transcript(
        self, video: Video, start: Start = 0.0, end: End = None, *, context: Context
    ) -> Annotated[CallToolResult, Seen]:
        """What is said in a video (or stands in its subtitles), sentence by sentence with times.

        Use it to quote or to summarise speech. For what can be seen or read use get_timeline.
        """
        return await self._part(video, ["speech"], start, end, context)

    async def _part(
        self, video: str, kinds: list[str], start: float, end: float | None, context: Context
    ) -> CallToolResult:
        async def read(relay: Relay) -> tuple[BaseModel, str]:
            path = self._library.find(video)
            opened, known = await self._desk.timeline(path, kinds, relay.tell)
            last = opened.duration if end is None else end
            if last <= start:
                raise UsageError("the stretch ends before it starts", code="server.span", hint="Give end above start.")
            part = [seen for seen in known if seen.end >= start and seen.start <= last]
            name = self._library.name(path)
            seen = Seen(
                video=name, duration=round(opened.duration, 3),
                observations=[moment(name, each) for each in part[:PAGE]],
                more_from=part[PAGE].start if len(part) > PAGE else None,
                why="" if part else known.why or "nothing in this stretch",
            )  # fmt: skip
            return seen, words.seen_text(seen)

        return await self._replied(read, context)

    async def get_frames(
        self,
        video: Video,
        times: Annotated[
            list[float] | None, Field(max_length=MAX_FRAMES, description="Seconds; evenly spread when left out.")
        ] = None,
        count: Annotated[int, Field(ge=1, le=MAX_FRAMES, description="How many when no times are given.")] = 4,
        max_side: Annotated[int, Field(ge=64, le=MAX_SIDE, description="Longest side in pixels.")] = 640,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Pictures]:
        """Look at frames of a video with your own eyes, as JPEG pictures.

        Use it to check an answer, or for what the other tools cannot see (colours, layout, faces, charts): take the
        times from the evidence of ask_video or from find_moments.
        """

        async def show(relay: Relay) -> tuple[BaseModel, str, list[ContentBlock]]:
            path = self._library.find(video)
            duration, frames = await anyio.to_thread.run_sync(look, path, times, count, max_side)
            shown, images = as_images(frames)
            pictures = Pictures(video=self._library.name(path), duration=round(duration, 3), frames=shown)
            return pictures, words.pictures_text(pictures), images

        return await self._replied(show, context)

    async def describe_video(
        self,
        video: Video,
        chapters: Annotated[int, Field(ge=1, le=50, description="Chapters at most.")] = 8,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Described]:
        """What a video shows: one line, chapters, and captions with their times.

        Use it first for a video that you know nothing about.
        """

        async def describe(relay: Relay) -> tuple[BaseModel, str]:
            path = self._library.find(video)
            name = self._library.name(path)
            opened, told = await self._desk.describe(path, chapters, relay.tell)
            described = Described(
                video=name, duration=round(opened.duration, 3), summary=told.summary,
                chapters=moments(name, told.chapters), captions=moments(name, told.captions)[:PAGE],
                why=told.captions.why,
            )  # fmt: skip
            return described, words.described_text(described)

        return await self._replied(describe, context)

    async def list_videos(self, *, context: Context) -> Annotated[CallToolResult, Videos]:
        """The videos that can be asked about, by the names that the other tools take.

        Use it first when no file was named.
        """

        async def show(relay: Relay) -> tuple[BaseModel, str]:
            videos = await anyio.to_thread.run_sync(list_known, self._library, self._desk.store, LISTED)
            return videos, words.videos_text(videos)

        return await self._replied(show, context)

    async def _replied(self, work: Callable[[Relay], Awaitable[tuple[Any, ...]]], context: Context) -> CallToolResult:
        """What work gave as a reply, with its events as progress while it goes on."""
        async with Relay.to(Notifier(context.report_progress)) as relay:
            try:
                content, text, *images = await work(relay)
            except VidprogError as error:  # must not leave the group, which would wrap it
                return self._failed(error)
            blocks = [*(images[0] if images else []), TextContent(type="text", text=text)]
            return CallToolResult(content=blocks, structured_content=content.model_dump(mode="json"))

    def _failed(self, error: VidprogError) -> CallToolResult:
        """An error of ours as the error of a tool: code, message and hint, as text and as data."""
        shown = self._library.shown(error.to_json())
        failure = shown["error"]
        line = " ".join(filter(None, (f"{failure['code']}: {failure['message']}.", failure["hint"])))
        return CallToolResult(content=[TextContent(type="text", text=line)], structured_content=shown, is_error=True)
