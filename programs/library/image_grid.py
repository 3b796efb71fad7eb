"""Lay frames out in one picture and ask the vision-language model about it.

Use when: The answer is in the picture itself and a VLM is there: actions, appearance, relations.

Needs: vlm, llm

Source: IG-VLM (arXiv 2403.18406): six frames, about square; here the last part of the video is looked at, too.

Defaults: 6 frames in 2 rows of 3, each with its time, and the times as text.

Examples:
    - What does the juggler do with the torches?
    - Which way does the bicycle move?
    - How does the bride look?
    - What is the baby playing with?
"""


def image_grid(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    grid = make_grid(select_frames(part, 6), rows=2, columns=3)
    seen = ask(grid, question + (" Options: " + "; ".join(choices) if choices else ""))
    return answer(question, seen, choices)
