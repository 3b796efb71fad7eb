"""What was seen, heard and read in a video, computed once and asked many times.

`Observation` and `Timeline` are the currency in which all evidence is kept and shown; `VideoMemory` is the file where a
video's evidence stays, is searched, and from which interrupted work goes on; `ExampleStore` keeps questions with the
programs that answered them.
"""

from .block import ArtefactInfo, Block, BlockResult, Computed
from .embeddings import TextEmbedder
from .example import Example
from .example_vectors import VideoVector, timeline_vector
from .examples import ExampleStore, Similar
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
    "Example",
    "ExampleStore",
    "Hit",
    "Observation",
    "Similar",
    "TextEmbedder",
    "Timeline",
    "VideoMemory",
    "VideoVector",
    "check_kinds",
    "default_directory",
    "timeline_vector",
]
