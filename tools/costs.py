"""What each tool was measured to cost, as `vidprog tools show` says it: ``costs.txt``, written by a benchmark."""

from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class MeasuredCost:
    """CPU-seconds of a tool, with the models loaded."""

    seconds: float
    unit: str
    """What they are for: `a minute of video`, or `a call`."""
    first: bool
    """Whether nothing was known before; the others come after the first look, which several tools share."""
    script: str
    on: str
    """What it was measured on."""

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)

    def __str__(self) -> str:
        after = "nothing known before" if self.first else "after the first look"
        return f"{self.seconds:.2g} CPU-seconds for {self.unit}, {after} ({self.script}, {self.on})"


@cache
def _table() -> dict[str, MeasuredCost]:
    """The first line has the script and what it measured on, each other one tool, seconds, unit, `first` or `later`."""
    text = resources.files(__package__).joinpath("costs.txt").read_text(encoding="utf-8")
    rows = [[part.strip() for part in line.split("|")] for line in text.splitlines() if line.strip()]
    script, on = rows[0][0].removeprefix("# "), rows[0][1]
    return {
        name: MeasuredCost(float(seconds), unit, when == "first", script, on) for name, seconds, unit, when in rows[1:]
    }


def measured_cost(name: str) -> MeasuredCost | None:
    """What a tool was measured to cost; None for one that was not (free ones, those that need a GPU, users' own)."""
    return _table().get(name)
