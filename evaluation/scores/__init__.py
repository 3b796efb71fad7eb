"""Scores: how good answers are, how sure they may be, and whether two systems differ."""
