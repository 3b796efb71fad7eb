"""Describe the whole video window by window, summarize the descriptions for the question, and answer.

Use when: The question is about the whole course of a video: a summary, an overall activity, an intention.

Needs: asr, ocr, detector, llm

Source: LLoVi (arXiv 2312.17235): short-clip captions, then a question-conditioned summary by the LLM.

Defaults: Windows of 10 s (the paper captions 1 s clips; these captions come from detections, text and speech).

Examples:
    - Give a short overview of the video.
    - What is the aim of the woman's work?
    - What is the overall purpose of what the person does?
    - Summarize the video.
    - What goes on from beginning to end?
    - What is the worker mainly occupied with?
    - How does the situation develop?
    - What is the overarching activity?
"""


def llovi(video: Clip, question: str, choices: list[str]) -> Answer:
    captions = caption(video, 10.0)
    if not captions:
        return answer(question, captions, choices)
    if choices:
        return answer(question, captions, choices)
    return answer(question, summarize(captions, question), choices)
