"""A vision-language model of three million parameters that sees simple things, and how it was made."""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
"""Its directory, as ``transformers`` saves models."""
