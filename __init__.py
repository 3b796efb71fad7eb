"""Ask a video: visual programs that answer with a confidence and the moments that prove it.

Example:
    >>> import vidprog
    >>> result = vidprog.ask("clip.mp4", "What does the sign say?")  # doctest: +SKIP
    >>> print(result.text, result.confidence, result.answer.evidence)  # doctest: +SKIP
"""

from typing import TYPE_CHECKING

from .video.lazy import lazy_exports

if TYPE_CHECKING:
    from .agents import Result, Session, Settings, ask
    from .memory import Observation, Timeline
    from .models import Models, Profile, load_profile
    from .programs import Catalog, Program
    from .tools import Answer, Budget, Registry, tool
    from .video import Clip, Frame, Video, open_video
    from .video.errors import MediaError, UsageError, VidprogError

_HOME = {
    "Answer": "tools",
    "Budget": "tools",
    "Catalog": "programs",
    "Clip": "video",
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
    "Timeline": "memory",
    "UsageError": "video.errors",
    "Video": "video",
    "VidprogError": "video.errors",
    "ask": "agents",
    "load_profile": "models",
    "open_video": "video",
    "tool": "tools",
}
"""Public name -> room. Loaded at the first use, so that the command line starts at once."""

__all__ = [
    "Answer",
    "Budget",
    "Catalog",
    "Clip",
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
    "Timeline",
    "UsageError",
    "Video",
    "VidprogError",
    "ask",
    "load_profile",
    "open_video",
    "tool",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOME)
