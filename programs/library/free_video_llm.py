"""Show the frames that fit the question large and cut to what matters, and all others as thumbnails.

Use when: A small detail decides, but the whole course has to be kept in view.

Needs: vlm

Source: Free Video-LLM (arXiv 2410.10441), in pixels instead of visual tokens: there the slow path are 3 frames by
    likeness to the question, the middle path 5 uniform ones, both cut to the region of the 80 % of patches that fit
    best, and the fast path all 50 frames pooled to 4x4 tokens, a sixth of the side. The order is slow, middle, fast.

Defaults: 50 frames; 3 by the question, 5 uniform, 50 thumbnails of 160 pixels (a sixth of 960); region of 0.8.

Cost: 58 frames in 1 answer of the VLM; without an image embedder 50 short calls before.

Examples:
    - What is the small thing in the mechanic's left hand?
    - Which symbol is embroidered on the cushion?
    - What kind of knot does the sailor tie?
    - Which ingredient does the cook leave out at the last step?
"""

FRAMES = 50
BY_QUESTION = 3
UNIFORM = 5
KEEP = 0.8
THUMBNAIL = 160


def free_video_llm(video: Clip, question: str, choices: list[str]) -> Answer:
    frames = select_frames(named_range(video, question), FRAMES)
    slow = best_frames(frames, relevance(frames, question), BY_QUESTION)
    step = max(1, len(frames) // UNIFORM)
    middle = frames[step // 2 :: step]
    fast = resize(frames, THUMBNAIL)
    region = focus_box(slow + middle, question, KEEP)
    return answer(question, None, choices, pictures=crop(slow + middle, region) + fast)
