"""Merge frames that are alike and make the rest smaller, so that a long video fits into one look.

Use when: The whole video has to be seen at once and the model takes few or small pictures.

Needs: vlm

Source: AIM (arXiv 2412.03248), in pixels instead of visual tokens: there the most alike tokens are merged in two
    rounds, 100 to 50 to 25 %. Here the first round merges neighbouring frames that are alike until half are left, and
    the second halves the pixels of those.

Defaults: 32 frames; a quarter of their pixels is left. Each round of merging lowers the likeness that counts as alike;
    if the frames differ too much, every second one is kept.

Cost: At most 16 frames of 680 pixels in 1 answer of the VLM.

Examples:
    - What is done with the clay from the first to the last step?
    - In which order are the parts put together?
    - What changes in the garden over the seasons?
    - Does the tower get higher or lower in the course of the recording?
"""

FRAMES = 32
LEFT = FRAMES // 2
ALIKE = [0.98, 0.93, 0.85, 0.7]
SIDE = 680


def aim(video: Clip, question: str, choices: list[str]) -> Answer:
    frames = select_frames(named_range(video, question), FRAMES)
    return answer(question, None, choices, pictures=resize(_merged(frames), SIDE))


def _merged(frames: list[Frame]) -> list[Frame]:
    if len(frames) <= 1:
        return frames
    for likeness in ALIKE:
        frames = distinct_frames(frames, likeness)
        if len(frames) <= LEFT:
            return frames
    return frames[1::2]
