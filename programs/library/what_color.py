"""Name the colours of the thing that the question asks about.

Use when: The question asks what colour something has, or whether the picture is in colour.

Needs: detector, llm

Source: Basic colour terms (Berlin and Kay, 1969) in CIELAB; no learned model.

Defaults: Six frames; the boxes of the thing when the detector knows it, else the whole picture.

Examples:
    - What colour is the car?
    - What color is the woman's dress?
    - What colour are the curtains?
    - Is the clip in colour?
    - What colours does the flag have?
    - Which colour is the background?
    - What is the color of the sky?
    - What colour is his tie?
    - What colour are the flowers at the beginning?
"""


def what_color(video: Clip, question: str, choices: list[str]) -> Answer:
    return answer(question, colors(named_range(video, question), question), choices)
