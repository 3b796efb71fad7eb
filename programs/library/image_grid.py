"""Lay frames out in one picture and ask the vision-language model about it.

Use when: The answer is in the picture itself and a VLM is there: actions, appearance, relations.

Needs: vlm

Source: IG-VLM (arXiv 2403.18406): six frames in three rows of two, read row by row. The published sampling steps from
    the first frame by a sixth of the length and so never sees the last sixth; here the frames stand in the middles.

Defaults: 6 frames in 3 rows and 2 columns, each with its time, and the times as text.

Cost: 6 frames in 1 picture, 1 answer of the VLM.

Examples:
    - What does the juggler do with the torches?
    - Which way does the bicycle move?
    - How does the bride look?
    - What is the baby playing with?
"""

FRAMES = 6
ROWS = 3
COLUMNS = 2


def image_grid(video: Clip, question: str, choices: list[str]) -> Answer:
    frames = select_frames(named_range(video, question), FRAMES)
    grid = make_grid(frames, rows=ROWS, columns=COLUMNS)
    return answer(question, None, choices, pictures=grid)
