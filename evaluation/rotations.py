"""Multiple-choice questions in all rotations of their options: who favours a letter is right in some of them only.

Circular evaluation after MMBench (Liu et al., ECCV 2024): the rotations of a question are a group, right together only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .items import DataSet, Item


def rotated(data: DataSet) -> DataSet:
    """The same questions, each option list once from every place on.

    Questions without options or truth, and those that are members of a group already, stay as they are.

    Args:
        data: A data set.

    Example:
        >>> item = Item("1", "v", "Who?", choices=("a", "b"), truth=0)
        >>> [(each.id, each.choices, each.truth) for each in rotated(DataSet("demo", "plain", (item,))).items]
        [('1~0', ('a', 'b'), 0), ('1~1', ('b', 'a'), 1)]
    """
    return replace(data, items=tuple(made for item in data.items for made in _rotations(item)))


def _rotations(item: Item) -> Iterable[Item]:
    if not item.choices or item.truth is None or item.group:
        return (item,)
    return _turned(item, item.truth)


def _turned(item: Item, truth: int) -> Iterator[Item]:
    count = len(item.choices)
    for first in range(count):
        yield replace(
            item,
            id=f"{item.id}~{first}",
            choices=(*item.choices[first:], *item.choices[:first]),
            truth=(truth - first) % count,
            group=item.id,
            extra={**item.extra, "group_size": count},
        )
