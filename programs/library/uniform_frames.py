"""Show the vision-language model frames spread evenly over the video, and ask.

Use when: The plain baseline for anything that is to be seen; the cheapest look there is.

Needs: vlm

Source: The baseline of video question answering; every program that chooses frames is to be measured against it.

Defaults: 8 frames, each from the middle of its eighth, so that the beginning and the end count alike.

Cost: 8 frames, 1 answer of the VLM.

Examples:
    - What is the acrobat doing?
    - Is the mood of the party cheerful or tense?
    - What is happening in the stadium?
    - How is the dancer dressed?
    - Which figure is drawn on the wall?
    - What shape is the window?
    - Which pattern is shown?
"""

FRAMES = 8


def uniform_frames(video: Clip, question: str, choices: list[str]) -> Answer:
    frames = select_frames(named_range(video, question), FRAMES)
    return answer(question, None, choices, pictures=frames)
