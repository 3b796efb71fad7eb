"""Numbers as reports print them: means with intervals, costs, lengths, paired tests."""

import math

from .scores import Difference, Measure

NOTHING = "–"


def with_interval(measure: Measure | None) -> str:
    """A mean with its interval.

    Example:
        >>> from vidprog.evaluation.scores import Interval
        >>> with_interval(Measure("accuracy", 0.5, 8, "choice", "", Interval(0.25, 0.75)))
        '50 % (25–75)'
    """
    if measure is None:
        return NOTHING
    ends = measure.interval
    if measure.unit == "share":
        return f"{amount(measure)} ({100 * ends.low:.0f}–{100 * ends.high:.0f})"
    return f"{amount(measure)} ({ends.low:.2f}–{ends.high:.2f})"


def amount(measure: Measure | None) -> str:
    """A mean in percent, or as the number that it is."""
    if measure is None:
        return NOTHING
    return f"{100 * measure.value:.0f} %" if measure.unit == "share" else f"{measure.value:.2f}"


def number(value: float | None) -> str:
    """A number with as many digits as it is worth."""
    if value is None or math.isnan(value):
        return NOTHING
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def duration(seconds: float) -> str:
    """A length in words.

    Example:
        >>> duration(45), duration(600)
        ('45 s', '10 min')
    """
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"


def probability(found: Difference | None) -> str:
    """The p value of a paired test."""
    if found is None:
        return NOTHING
    return "< 0.001" if found.p < 0.001 else f"{found.p:.3f}"


def difference_row(found: Difference) -> tuple[str, ...]:
    """A paired test as the cells of a table: metric, A, B, B - A, its interval, p, the test."""
    scale, sign = (100, "%") if found.unit == "share" else (1, "")
    a, b, gap, low, high = (
        scale * each
        for each in (found.a, found.b, found.difference, found.interval.low, found.interval.high)
    )  # fmt: skip
    places = 0 if scale == 100 else 2
    ends = f"{low:+.{places}f} to {high:+.{places}f}" if low < high else NOTHING
    values = (f"{a:.{places}f} {sign}".strip(), f"{b:.{places}f} {sign}".strip(), f"{gap:+.{places}f}")
    return (found.metric, *values, ends, probability(found), found.test)
