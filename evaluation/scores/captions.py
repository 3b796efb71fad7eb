"""How much a description has in common with a reference one.

ROUGE-L (Lin 2004) by Google's ``rouge-score``, an optional library: overlap of words says little about whether a
description is true, so the events that it should name are asked about one by one where a judge is given.
"""

from functools import cache
from importlib.util import find_spec
from typing import Any

from ..items import Item, Prediction

MISSING = "ROUGE-L was not computed: rouge-score is not installed; pip install 'vidprog[eval]'"


def available() -> bool:
    """Whether the library is installed."""
    return find_spec("rouge_score") is not None


@cache
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=True)


def rouge_l(item: Item, prediction: Prediction) -> float:
    """F1 of the longest common subsequence of words with the likest reference, 0 to 1."""
    return float(_scorer().score_multi(item.answers, prediction.text)["rougeL"].fmeasure)
