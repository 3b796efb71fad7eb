"""What clients may use of the machine, in one place for both servers."""

from dataclasses import dataclass

from ...video.errors import UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a server.

    Attributes:
        seconds: For one question, the waiting for other questions included; after it the answer is what there is.
        parallel: Questions, about different videos, that are worked on at the same time.
        waiting: Questions that wait or are worked on; more are refused.
        upload: Bytes of one video that a client sends, in whatever way.
        stored: Bytes of all videos that clients sent; the oldest go first.
        body: Bytes of a request that carries no video.
        videos: Of one question.

    Raises:
        UsageError: One of them is not above 0.
    """

    seconds: float = 600.0
    parallel: int = 1
    waiting: int = 16
    upload: int = 256 * 2**20
    stored: int = 2 * 2**30
    body: int = 2**20
    videos: int = 8

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) > 0:
                raise UsageError(
                    f"a limit of {getattr(self, name)} {name} cannot be", code="server.limit", hint="Give more than 0."
                )

    @property
    def inline(self) -> int:
        """Bytes of a video inside a request, which is held in memory."""
        return min(self.upload, INLINE)


INLINE = 64 * 2**20
"""A larger video is sent as a file."""
GRACE = 30.0
"""Seconds that a question may go on after its budget is used up: it ends with what it has, or is stopped."""
