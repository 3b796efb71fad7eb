"""Numbers in words: times, sizes, how sure an answer is, and how much the video had to do with it."""

CONFIDENCE = ((0.9, "very sure"), (0.75, "sure"), (0.6, "fairly sure"), (0.4, "not sure"), (0.0, "a guess"))
"""Least probability -> words; 0.6 is where the loop accepts an answer by default."""
GROUNDING = (
    (1.0, "strong: much likelier with the video than without"),
    (0.3, "clear: likelier with the video than without"),
    (0.05, "weak: a little likelier with the video than without"),
    (float("-inf"), "none: no likelier with the video than without"),
)
"""Least nats per token -> words; below 0.05 an answer is given up (`tools.answer.MIN_GROUNDING`)."""


def clock(seconds: float) -> str:
    """``m:ss.s``, or ``h:mm:ss.s`` from an hour on.

    Example:
        >>> clock(75.04), clock(3661)
        ('1:15.0', '1:01:01.0')
    """
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{rest // 10:02d}.{rest % 10}"


def span(start: float, end: float) -> str:
    """``0:05.4-0:09.2``; one moment where both are the same on the clock."""
    first, last = clock(start), clock(end)
    return first if first == last else f"{first}-{last}"


def exact_span(start: float, end: float) -> str:
    """The same to a hundredth of a second, about half a frame.

    Example:
        >>> exact_span(65.037, 65.5), exact_span(2, 2)
        ('1:05.04-1:05.50', '0:02.00')
    """
    hundredths = [round(moment * 100) for moment in (start, end)]
    first, last = (f"{clock(number // 10 / 10)}{number % 10}" for number in hundredths)
    return first if first == last else f"{first}-{last}"


def sure(confidence: float) -> str:
    """A confidence (0 to 1) in words and as a number."""
    return f"{_row(CONFIDENCE, confidence)} ({confidence:.2f})"


def grounded(grounding: float | None) -> str:
    """A grounding (nats per token) in words and as a number."""
    if grounding is None:
        return "not measured"
    return f"{_row(GROUNDING, grounding)} ({grounding:+.2f})"


def size(amount: float) -> str:
    """Bytes in kilobytes, megabytes or gigabytes."""
    if amount < 1e6:
        return f"{amount / 1e3:.0f} kB"
    return f"{amount / 1e9:.1f} GB" if amount >= 1e9 else f"{amount / 1e6:.0f} MB"


def count(number: int, noun: str) -> str:
    """A number and its noun.

    Example:
        >>> count(1, "round"), count(3, "round")
        ('1 round', '3 rounds')
    """
    return f"{number} {noun}" + "s" * (number != 1)


def _row(table: tuple[tuple[float, str], ...], value: float) -> str:
    return next(words for least, words in table if value >= least)
