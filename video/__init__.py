"""The lowest room: a file on disk becomes a ``Video``, and a ``Video`` becomes pictures, sound, subtitles and shots.

Everything above speaks in the values made here, in seconds on the player's clock: time 0 is the start of the earliest
picture or audio stream of the file. Importing this room loads neither PyAV nor numpy; the first use of a name does.
"""

from typing import TYPE_CHECKING

from .errors import MediaError, UsageError, VidprogError
from .lazy import lazy_exports

if TYPE_CHECKING:
    from .audio import AudioTrack, iter_audio, read_audio
    from .clip import Clip, Frame, Frames
    from .cut import Cut, cut_clip, cut_spans
    from .decode import DecodeStats
    from .media import SubtitleTrack, Video, open_video
    from .sample import frames_at, iter_frames, sample_fps, sample_uniform
    from .shots import Shot, find_shots
    from .subtitles import Cue, read_subtitles

_HOME = {
    "AudioTrack": "audio",
    "Clip": "clip",
    "Cue": "subtitles",
    "Cut": "cut",
    "DecodeStats": "decode",
    "Frame": "clip",
    "Frames": "clip",
    "Shot": "shots",
    "SubtitleTrack": "media",
    "Video": "media",
    "cut_clip": "cut",
    "cut_spans": "cut",
    "find_shots": "shots",
    "frames_at": "sample",
    "iter_audio": "audio",
    "iter_frames": "sample",
    "open_video": "media",
    "read_audio": "audio",
    "read_subtitles": "subtitles",
    "sample_fps": "sample",
    "sample_uniform": "sample",
}

__all__ = [
    "AudioTrack",
    "Clip",
    "Cue",
    "Cut",
    "DecodeStats",
    "Frame",
    "Frames",
    "MediaError",
    "Shot",
    "SubtitleTrack",
    "UsageError",
    "Video",
    "VidprogError",
    "cut_clip",
    "cut_spans",
    "find_shots",
    "frames_at",
    "iter_audio",
    "iter_frames",
    "open_video",
    "read_audio",
    "read_subtitles",
    "sample_fps",
    "sample_uniform",
]

__getattr__, __dir__ = lazy_exports(__name__, _HOME)
