"""Ask a video: visual programs that answer with a confidence and the moments that prove it.

Example:
    >>> import vidprog
    >>> result = vidprog.ask("sample.mp4", "Which animal is shown?", ["a dog", "a cat", "a horse"])
    >>> result.text, result.answer.evidence[0].content, round(result.answer.evidence[0].start)
    ('a cat', 'cat', 16)
"""

import sys
from typing import TYPE_CHECKING

from .video.lazy import lazy_exports

if TYPE_CHECKING:
    from .agents import Description, Result, Session, Settings, Stream, ask, ask_async, events, open, stream
    from .agents.checking import check_program, check_tool
    from .agents.health import doctor
    from .apps.sample import write_sample
    from .memory import Observation, Timeline
    from .models import Models, Profile, load_profile
    from .models.inventory import pull_models
    from .programs import Catalog, Program
    from .tools import Answer, Budget, Cancellation, Cancelled, Registry, tool
    from .tools.context import Context
    from .video import Clip, Cut, Frame, Video, cut_clip, open_video
    from .video.errors import MediaError, UsageError, VidprogError

_HOME = {
    "Answer": "tools",
    "Budget": "tools",
    "Cancellation": "tools",
    "Cancelled": "tools",
    "Catalog": "programs",
    "Clip": "video",
    "Context": "tools.context",
    "Cut": "video",
    "Description": "agents",
    "Frame": "video",
    "MediaError": "video.errors",
    "Models": "models",
    "Observation": "memory",
    "Profile": "models",
    "Program": "programs",
    "Registry": "tools",
    "Result": "agents",
    "Session": "agents",
    "Settings": "agents",
    "Stream": "agents",
    "Timeline": "memory",
    "UsageError": "video.errors",
    "Video": "video",
    "VidprogError": "video.errors",
    "ask": "agents",
    "ask_async": "agents",
    "check_program": "agents.checking",
    "check_tool": "agents.checking",
    "cut_clip": "video",
    "doctor": "agents.health",
    "events": "agents",
    "load_profile": "models",
    "open": "agents",
    "open_video": "video",
    "pull_models": "models.inventory",
    "stream": "agents",
    "tool": "tools",
    "write_sample": "apps.sample",
}
"""Public name -> room. Loaded at the first use, so that the command line starts at once."""

__all__ = [
    "Answer",
    "Budget",
    "Cancellation",
    "Cancelled",
    "Catalog",
    "Clip",
    "Context",
    "Cut",
    "Description",
    "Frame",
    "MediaError",
    "Models",
    "Observation",
    "Profile",
    "Program",
    "Registry",
    "Result",
    "Session",
    "Settings",
    "Stream",
    "Timeline",
    "UsageError",
    "Video",
    "VidprogError",
    "ask",
    "ask_async",
    "check_program",
    "check_tool",
    "cut_clip",
    "doctor",
    "events",
    "load_profile",
    "open",
    "open_video",
    "pull_models",
    "stream",
    "tool",
    "write_sample",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOME)

if "IPython" in sys.modules:  # in a notebook values show themselves
    from .apps.notebook import register

    register()
