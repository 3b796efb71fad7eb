"""How early a ranking has what was looked for: recall at k and median rank, as text-video retrieval reports them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How early rankings have what was looked for.

    Attributes:
        recall: Share of the queries with a right one among the first k, by k.
        median_rank: Median rank of the first right one, from 1; a query that never finds one has the rank behind the
            last place of its ranking.
        mean_reciprocal_rank: Mean of 1 / rank, 0 for a query that never finds one.
        count: How many queries.
    """

    recall: dict[int, float]
    median_rank: float
    mean_reciprocal_rank: float
    count: int

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "recall": {str(depth): value for depth, value in self.recall.items()},
            "median_rank": self.median_rank,
            "mean_reciprocal_rank": self.mean_reciprocal_rank,
            "count": self.count,
        }


def retrieval(
    rankings: Sequence[Sequence[str]], relevant: Sequence[Collection[str]], depths: Sequence[int] = DEPTHS
) -> Retrieval:
    """How early rankings have what was looked for.

    Args:
        rankings: For each query the ids that were found, best first.
        relevant: For each query the ids that are right.
        depths: The k of recall at k.

    Example:
        >>> retrieval([["b", "a"], ["c", "d"]], [{"a"}, {"c"}]).recall[1]
        0.5
    """
    ranks = [_rank(ranking, right) for ranking, right in zip(rankings, relevant, strict=True)]
    last = [len(ranking) + 1 if rank is None else rank for rank, ranking in zip(ranks, rankings, strict=True)]
    return Retrieval(
        recall={depth: sum(rank is not None and rank <= depth for rank in ranks) / len(ranks) for depth in depths},
        median_rank=float(median(last)),
        mean_reciprocal_rank=sum(1 / rank for rank in ranks if rank) / len(ranks),
        count=len(ranks),
    )


def _rank(ranking: Sequence[str], right: Collection[str]) -> int | None:
    return next((place for place, name in enumerate(ranking, start=1) if name in right), None)
