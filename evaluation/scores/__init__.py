"""Scores: how good answers are, how sure they may be, and whether two systems differ."""

from .calibration import Abstention, Bin, Calibration, abstention, calibration
from .intervals import bootstrap, wilson
from .judge import Judge, Verdict
from .metrics import METRICS, Metric
from .pairs import Comparison, Difference, compare, mcnemar, sign_flip
from .retrieval import Retrieval, retrieval
from .scoring import Sampling, is_answerable, is_known, metrics_of, score
from .values import Interval, Measure, Scores

__all__ = [
    "METRICS",
    "Abstention",
    "Bin",
    "Calibration",
    "Comparison",
    "Difference",
    "Interval",
    "Judge",
    "Measure",
    "Metric",
    "Retrieval",
    "Sampling",
    "Scores",
    "Verdict",
    "abstention",
    "bootstrap",
    "calibration",
    "compare",
    "is_answerable",
    "is_known",
    "mcnemar",
    "metrics_of",
    "retrieval",
    "score",
    "sign_flip",
    "wilson",
]
