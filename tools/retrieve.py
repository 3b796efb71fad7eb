"""Retrieval by meaning among given texts, as Video-RAG and Goldfish do it; `search` looks in everything instead."""

from dataclasses import replace

from ..memory import Timeline
from .context import Context
from .evidence import JOIN_SECONDS
from .tool import tool
from .vectors import text_vectors


@tool(kind="remember", needs="embedder", cost="5 to 20 ms a new text")
def retrieve(query: str, documents: Timeline, limit: int = 8, min_score: float = 0.0, *, context: Context) -> Timeline:
    """Choose the observations whose meaning is nearest to a text.

    Args:
        query: A question or a sentence.
        documents: What to choose from, e.g. captions. Detections of one thing one after the other count as one.
        limit: How many at most.
        min_score: Least cosine, 0 to 1; 0.3 is Video-RAG's.

    Returns:
        The nearest ones in the order of time; the score of each is its cosine.

    Source: Video-RAG (arXiv 2411.13093), Goldfish (arXiv 2407.12679).
    """
    things, others = documents.of_kind("object"), [line for line in documents if line.kind != "object"]
    lines = [*others, *things.merge(JOIN_SECONDS)]
    cosines = similarity.run((query, [line.content for line in lines]), {}, context)
    scored = [replace(line, score=cosine) for line, cosine in zip(lines, cosines, strict=True) if cosine > 0]
    near = sorted((line for line in scored if line.score >= min_score), key=lambda line: -line.score)
    best = max(cosines, default=0.0)
    why = f"nothing like {query.strip()!r}: the nearest has a cosine of {best:.2f}" if lines else documents.why
    return Timeline(near[: max(0, limit)], why)


@tool(kind="remember", needs="embedder", cost="5 to 20 ms a new text")
def similarity(text: str, texts: list[str], *, context: Context) -> list[float]:
    """Say how alike the meaning of a text is to that of others.

    Args:
        text: One text.
        texts: The others.

    Returns:
        The cosine with each of the others, -1 to 1.
    """
    vectors = text_vectors([text, *texts], context)
    return [min(1.0, max(-1.0, float(cosine))) for cosine in vectors[1:] @ vectors[0]]
