"""Items and predictions as lines of JSON: what a run directory keeps, and what goes from process to process."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from .items import Item, Prediction

MARK = 12
"""Hexadecimal digits of a hash that names something: 48 bits, no two of a million items are likely to share them."""


def item_to_json(item: Item) -> dict[str, Any]:
    """An item as plain data."""
    values = {field.name: getattr(item, field.name) for field in fields(item)}
    return {**_plain(values), "extra": dict(item.extra)}


def item_from_json(data: Mapping[str, Any]) -> Item:
    """The item of :func:`item_to_json`."""
    part = tuple(data["part"]) if data["part"] is not None else None
    return Item(
        **{
            **data,
            "choices": tuple(data["choices"]),
            "answers": tuple(data["answers"]),
            "spans": _pairs(data["spans"]),
            "part": part,
        }
    )


def prediction_to_json(prediction: Prediction) -> dict[str, Any]:
    """A prediction as plain data, numbers rounded to what they mean."""
    return {
        "item": prediction.item,
        "choice": prediction.choice,
        "text": prediction.text,
        "spans": [[round(moment, 3) for moment in span] for span in prediction.spans],
        "scores": [round(score, 4) for score in prediction.scores],
        "probabilities": [round(value, 6) for value in prediction.probabilities],
        "confidence": round(prediction.confidence, 4),
        "grounding": None if prediction.grounding is None else round(prediction.grounding, 4),
        "abstained": prediction.abstained,
        "usage": {name: round(value, 3) for name, value in prediction.usage.items()},
        "error": prediction.error,
    }


def prediction_from_json(data: Mapping[str, Any]) -> Prediction:
    """The prediction of a line; what else the line holds is left out."""
    known = {field.name: data[field.name] for field in fields(Prediction) if field.name in data}
    lists = {name: tuple(known.get(name, ())) for name in ("scores", "probabilities")}
    return Prediction(**{**known, **lists, "spans": _pairs(known.get("spans", ()))})


def with_tokens(usage: Mapping[str, float]) -> dict[str, float]:
    """A usage with ``tokens``, those of prompts and completions together, where it tells them."""
    parts = [usage[name] for name in ("prompt_tokens", "completion_tokens") if name in usage]
    return {**usage, "tokens": sum(parts)} if parts else dict(usage)


def canonical(value: Any) -> str:
    """Plain data as one line that is the same for equal data."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def digest(*values: Any) -> str:
    """A short name for plain data."""
    return hashlib.sha256(canonical(values).encode("utf-8", "replace")).hexdigest()[:MARK]


def items_digest(items: Iterable[Item]) -> str:
    """The SHA-256 of all items: the same questions, options and truths have the same one."""
    total = hashlib.sha256()
    for item in items:
        total.update(canonical(item_to_json(item)).encode("utf-8", "replace") + b"\n")
    return total.hexdigest()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _listed(value) for name, value in values.items()}


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, tuple) else value


def _pairs(spans: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(start), float(end)) for start, end in spans)
