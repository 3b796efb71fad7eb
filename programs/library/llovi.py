"""Describe the whole video in short windows and answer from all descriptions.

Use when: The question is about the whole course of a video: an overall activity, an aim, an intention, a development.

Needs: asr, ocr, detector, llm

Source: LLoVi (arXiv 2312.17235), the standard prompt: captions of short clips, the question and the options in one call
    of the text model. There the first character of the reply is the choice; here a reply without a letter is none.

Defaults: Windows of 2 s with a VLM (the paper: 0.5 to 8 s); of 10 s where captions come from the timeline.

Cost: 1 call of the VLM for each 2 s, once for each video (none where captions come from the timeline); 1 answer.

Examples:
    - What is the aim of the woman's work?
    - What is the overall purpose of what the person does?
    - What goes on from beginning to end?
    - What is the worker mainly occupied with?
    - How does the situation develop?
    - What is the overarching activity?
    - What is the main goal of the man's actions in the video?
"""

SECONDS = 2.0
TEMPLATE_SECONDS = 10.0


def llovi(video: Clip, question: str, choices: list[str]) -> Answer:
    return answer(question, caption(video, SECONDS if has_model("vlm") else TEMPLATE_SECONDS), choices)
