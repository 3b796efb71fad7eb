"""Readers: one module for each format of annotations; each gives items."""

from .format import Format
from .reading import formats, read
from .videos import Found, find_videos

__all__ = ["Format", "Found", "find_videos", "formats", "read"]
