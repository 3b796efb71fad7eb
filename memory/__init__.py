"""What was seen, heard and read in a video, computed once and asked many times.

`Observation` and `Timeline` are the currency in which all evidence is kept and shown; `VideoMemory` is the file where a
video's evidence stays, is searched, and from which interrupted work goes on.
"""

from .block import ArtefactInfo, Block, BlockResult, Computed
from .embeddings import TextEmbedder
from .key import ArtefactKey
from .observation import KINDS, Box, Observation, check_kinds
from .search import Hit
from .store import VideoMemory, default_directory
from .timeline import Timeline

__all__ = [
    "KINDS",
    "ArtefactInfo",
    "ArtefactKey",
    "Block",
    "BlockResult",
    "Box",
    "Computed",
    "Hit",
    "Observation",
    "TextEmbedder",
    "Timeline",
    "VideoMemory",
    "check_kinds",
    "default_directory",
]
