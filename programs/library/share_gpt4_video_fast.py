"""Lay sixteen frames out in one picture and answer from one look at it.

Use when: The course of a video matters and it has to be quick.

Needs: vlm

Source: The fast mode of ShareGPT4Video (arXiv 2406.04325): 16 frames in one picture, one call.

Defaults: 16 frames in 4 rows and 4 columns.

Cost: 16 frames in 1 picture, 1 answer of the VLM.

Examples:
    - In short, what does the potter do?
    - Does the runner overtake the others before or after the bend?
    - What does the clown do after the trick?
    - How does the weather change?
"""

FRAMES = 16
ROWS = 4


def share_gpt4_video_fast(video: Clip, question: str, choices: list[str]) -> Answer:
    grid = make_grid(select_frames(named_range(video, question), FRAMES), rows=ROWS, columns=FRAMES // ROWS)
    return answer(question, None, choices, pictures=grid)
