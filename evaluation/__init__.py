"""Evaluation: readers of data sets, scores, the runner with its controls, reports, and videos made to order."""
