"""Look at very many frames: one large frame in each group, small ones behind it.

Use when: A long video with many short moments, and a model that takes many pictures.

Needs: vlm

Source: Progressive pooling of Visual Context Window Extension (arXiv 2409.20018), in pixels instead of visual tokens:
    the first frame of each group keeps a high resolution, the others are pooled harder. The longer window itself is a
    matter of the local model.

Defaults: A frame a second, 256 at most; groups of 4; 448 and 224 pixels (the size of the groups and pictures is ours).

Cost: Up to 256 frames in 1 answer of the VLM.

Examples:
    - Which landmarks does the tour pass in the course of the hour?
    - At any point, does somebody carry an umbrella indoors?
    - Which animals are shown in the documentary?
    - How often does the presenter change her place?
"""

MOST_FRAMES = 256
GROUP = 4
LARGE = 448
SMALL = 224


def visual_context_window(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    frames = select_frames(part, max(GROUP, min(MOST_FRAMES, round(part.duration))))
    large = resize(frames[::GROUP], LARGE)
    small = resize([frame for place, frame in enumerate(frames) if place % GROUP], SMALL)
    pooled = sorted(large + small, key=lambda frame: frame.time)
    return answer(question, None, choices, pictures=pooled)
