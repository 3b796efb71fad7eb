"""Visual tokens merged before the text model reads them, as options of a local model.

The model's own encoder computes the features of all frames; those of a frame are grouped (:mod:`.token_merging`), and
the prompt keeps as many placeholders as groups are left. What was reduced once is kept for further questions about the
same frames. Of what is left, those tokens may be chosen that are most like the question (:mod:`.token_selection`); that
is done for each question anew. Nothing reduced is exactly what the model computes by itself (a test says so).

Sources: AIM (merging), progressive pooling and scaled visual positions of Visual Context Window Extension (arXiv
2409.20018; its scaling is by frequency like YaRN, here all frequencies are scaled alike), the token budget of B-VLLM.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .token_merging import POOLED, budgeted, matched_groups, pooled, pooled_groups
from .token_selection import direction_of, most_like
from .vision_options import VisionOptions
from .vision_positions import runs_of, scaled, with_positions

if TYPE_CHECKING:
    import torch

KEPT = 2
"""Reduced frames kept, as many as computed prompts."""
ENCODERS = (("image", "pixel_values", "get_image_features"), ("video", "pixel_values_videos", "get_video_features"))
"""What kinds of input there are, the name of their pixels, and who encodes them."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """The frames of a prompt after reduction.

    Attributes:
        outputs: Encoded frames by kind, as the model's ``forward`` takes them.
        stays: Which of the visual placeholders stay, in order: (visual tokens,), bool.
        counts: How many stay of each frame, or of each tile where a frame is cut into some.
    """

    outputs: dict[str, Any]
    stays: torch.Tensor
    counts: tuple[int, ...]

    def __str__(self) -> str:
        return f"{int(self.stays.sum())} of {len(self.stays)} visual tokens"


class VisualReducer:
    """Reduces the visual tokens of prompts.

    Args:
        model: With an encoder of its own and a ``forward`` that takes ``mm_encoder_outputs``.
        options: What is wanted.
    """

    def __init__(self, model: Any, options: VisionOptions) -> None:
        self._base = model.base_model
        self._embeddings = model.get_input_embeddings()
        self._options = options
        self._kept: list[tuple[tuple[str, ...], Reduced]] = []
        self.said = ""
        """What the last prompt was reduced to."""

    def clear(self) -> None:
        """Forget everything, to free its memory."""
        self._kept.clear()

    def reduce(
        self,
        inputs: dict[str, Any],
        visual: torch.Tensor,
        seen: tuple[str, ...],
        frames: int,
        question: Sequence[int] = (),
    ) -> dict[str, Any]:
        """The inputs with fewer visual tokens, at their positions.

        Args:
            inputs: A prompt of one row with frames, and ``position_ids`` where visual tokens have positions of their
                own.
            visual: Which of its tokens are visual, (tokens,), bool.
            seen: Names the frames.
            frames: How many there are.
            question: Tokens of what tokens are chosen by, where that is wanted; all stay when there are none.
        """
        import torch

        reduced = self._reduced(inputs, visual, seen, frames)
        self.said = str(reduced)
        if self._options.select != 1 and question:
            reduced = self._selected(reduced, question)
        stays = torch.ones_like(visual)
        stays[visual] = reduced.stays.to(visual.device)
        positions = inputs.get("position_ids")
        if self._options.positions != 1:
            positions = scaled(self._numbered(positions, stays), visual, self._options.positions)
        placed = {} if positions is None else with_positions(positions, stays)
        return {
            "input_ids": inputs["input_ids"][:, stays],
            "attention_mask": inputs["attention_mask"][:, stays],
            "mm_encoder_outputs": reduced.outputs,
            **placed,
        }

    def _numbered(self, positions: torch.Tensor | None, stays: torch.Tensor) -> torch.Tensor:
        """Positions of their own, or one after the other, without a gap where tokens went."""
        return (stays.cumsum(0) - 1)[None, None] if positions is None else positions

    def _reduced(self, inputs: dict[str, Any], visual: torch.Tensor, seen: tuple[str, ...], frames: int) -> Reduced:
        import torch

        for known, reduced in self._kept:
            if known == seen:
                return reduced
        encoded = [(kind, self._encode(encoder, inputs)) for kind, name, encoder in ENCODERS if name in inputs]
        (kind, output), *_ = encoded  # frames are images or one video, never both
        features = _joined(output.pooler_output)
        counts = frame_counts(visual, inputs, kind)
        tiles = max(1, len(counts) // frames)
        groups, places, left = self._grouped(features.split(counts), grids_of(counts, inputs, self._base), tiles)
        stays = torch.zeros(len(features), dtype=torch.bool, device=features.device)
        stays[places] = True
        reduced = Reduced({kind: _regrouped(output, groups, len(places))}, stays, left)
        self._kept = [(seen, reduced), *self._kept][:KEPT]
        return reduced

    def _selected(self, reduced: Reduced, question: Sequence[int]) -> Reduced:
        """What is most like the question, of what is left of each frame."""
        import torch

        ((kind, output),) = reduced.outputs.items()
        words = self._embeddings.weight.detach()[torch.tensor(question, device=self._embeddings.weight.device)]
        direction = direction_of(words, self._center)
        chosen = most_like(_joined(output.pooler_output), reduced.counts, direction, self._options.select)
        stays = reduced.stays.clone()
        stays[reduced.stays] = chosen
        told = [] if reduced.stays.all() else [str(reduced)]
        self.said = "; ".join([*told, f"kept {int(chosen.sum())} of {len(chosen)} visual tokens by the question"])
        counts = tuple(int(part.sum()) for part in chosen.split(list(reduced.counts)))
        return Reduced({kind: _chosen(output, chosen)}, stays, counts)

    @cached_property
    def _center(self) -> torch.Tensor:
        """Mean embedding of the vocabulary, float32 (dimensions,)."""
        import torch

        return self._embeddings.weight.detach().mean(0, dtype=torch.float32)

    def _encode(self, encoder: str, inputs: dict[str, Any]) -> Any:
        """What the model's encoder makes of all frames; it takes some of the inputs."""
        import torch

        encode = getattr(self._base, encoder)
        takes = inspect.signature(encode).parameters
        with torch.inference_mode():
            return encode(**{name: value for name, value in inputs.items() if name in takes}, return_dict=True)

    def _grouped(
        self, frames: Sequence[torch.Tensor], grids: Sequence[tuple[int, int] | None], tiles: int
    ) -> tuple[torch.Tensor, torch.Tensor, tuple[int, ...]]:
        """The group of each token of all frames, the place that stands for each group, and each frame's groups.

        Args:
            frames: Features of each frame, or of each tile where a frame is cut into some.
            grids: Their rows and columns, where known.
            tiles: Of a frame.
        """
        import torch

        targets = self._targets(frames, tiles)
        groups, places, taken, start = [], [], 0, 0
        for number, (frame, target) in enumerate(zip(frames, targets, strict=True)):
            own, first = self._frame_groups(frame, target, grids[number], number // tiles)
            groups.append(own + taken)
            places.append(first + start)
            taken, start = taken + len(first), start + len(frame)
        return torch.cat(groups), torch.cat(places), tuple(map(len, places))

    def _targets(self, frames: Sequence[torch.Tensor], tiles: int) -> list[int]:
        """How many tokens each frame keeps, or each tile: what is new in it is new beside its place before."""
        from torch.nn.functional import cosine_similarity

        counts = [max(1, round(len(frame) * self._share(number // tiles))) for number, frame in enumerate(frames)]
        if not self._options.budget or sum(counts) <= self._options.budget:
            return counts
        means = [frame.float().mean(0) for frame in frames]
        likeness = [float(cosine_similarity(one, two, dim=0)) for one, two in zip(means, means[tiles:], strict=False)]
        return budgeted(counts, [*[1.0] * tiles, *(1 - value for value in likeness)], self._options.budget)

    def _share(self, number: int) -> float:
        """The share of its tokens that a frame keeps before the budget; the first of a group is not pooled."""
        group = self._options.pool
        return self._options.merge * (POOLED if group and number % group else 1)

    def _frame_groups(
        self, frame: torch.Tensor, target: int, grid: tuple[int, int] | None, number: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Groups within one frame: squares of its grid where it is pooled, then tokens that are alike."""
        import torch

        if not (grid and self._options.pool and number % self._options.pool):
            return matched_groups(frame, target)
        squares = torch.tensor(pooled_groups(*grid), device=frame.device)
        count = int(squares.max()) + 1
        corners = torch.stack([(squares == square).nonzero()[0, 0] for square in range(count)])
        groups, places = matched_groups(pooled(frame, squares, count), min(target, count))
        return groups[squares], corners[places]


def frame_counts(visual: torch.Tensor, inputs: dict[str, Any], kind: str) -> list[int]:
    """Visual tokens of each frame (or tile of one, or pair of a video's frames), in order.

    Args:
        visual: Which tokens of the prompt are visual, (tokens,), bool.
        inputs: The prompt.
        kind: Of the frames; those of a video may stand in one run of tokens.
    """
    runs = runs_of(visual)
    parts = 1
    if kind == "video":
        grid, pixels = inputs.get("video_grid_thw"), inputs["pixel_values_videos"]
        moments = int(grid[:, 0].sum()) if grid is not None else pixels.shape[1]
        parts = max(1, moments // len(runs))
    counts: list[int] = []
    for start, end in runs:
        each = (end - start) // parts
        counts += [each] * (parts - 1) + [end - start - each * (parts - 1)]
    return counts


def grids_of(counts: Sequence[int], inputs: dict[str, Any], base: Any) -> list[tuple[int, int] | None]:
    """Rows and columns of each frame's tokens: told by the inputs, or a square; None where neither."""
    told = next((inputs[name] for name in ("image_grid_thw", "video_grid_thw") if name in inputs), None)
    if told is None:
        return [(isqrt(count),) * 2 if isqrt(count) ** 2 == count else None for count in counts]
    merged = base.config.vision_config.spatial_merge_size
    grids = [(rows // merged, columns // merged) for times, rows, columns in told.tolist() for _ in range(times)]
    return [grid if grid[0] * grid[1] == count else None for grid, count in zip(grids, counts, strict=True)]


def _joined(features: Any) -> torch.Tensor:
    """Features of all frames as (tokens, dimensions)."""
    import torch

    if isinstance(features, torch.Tensor):
        return features.flatten(0, -2)
    return torch.cat([feature.flatten(0, -2) for feature in features])


def _regrouped(output: Any, groups: torch.Tensor, count: int) -> Any:
    """An encoder's output with one feature for each group, in the shape that the model expects."""
    import torch

    def grouped(features: Any) -> Any:
        means = pooled(_joined(features), groups, count)
        return means[None] if isinstance(features, torch.Tensor) else (means,)

    deeper = getattr(output, "deepstack_features", None) or ()
    return SimpleNamespace(
        pooler_output=grouped(output.pooler_output), deepstack_features=[grouped(level) for level in deeper]
    )


def _chosen(output: Any, chosen: torch.Tensor) -> Any:
    """What was regrouped, of chosen tokens only: (tokens,), bool."""
    import torch

    def of(features: Any) -> Any:
        return features[:, chosen] if isinstance(features, torch.Tensor) else (features[0][chosen],)

    return SimpleNamespace(
        pooler_output=of(output.pooler_output), deepstack_features=[of(level) for level in output.deepstack_features]
    )
