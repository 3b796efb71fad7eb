"""Name the colours of the thing that the question asks about.

Use when: The question asks what colour something has, or whether the picture is in colour.

Scope: one kind of question

Needs: detector, llm

Source: Basic colour terms (Berlin and Kay, 1969) in CIELAB; no learned model.

Defaults: Six frames; the boxes of the thing when the detector knows it, else the whole picture. A vision-language
    model, where there is one that can be loaded, looks at eight frames instead.

Cost: 6 frames, and the detections of the first look; 1 answer of the text model. Or 8 frames, 1 answer of the VLM.

Examples:
    - What colour is the truck?
    - What color is the lady's dress?
    - What colour are the curtains?
    - Is the film in black and white or in colour?
    - Which colours does the shirt have?
    - What is the color of the wall?
    - What colour is his jacket?
    - What colour are the flowers?
    - What colour is the door at the start?
"""

FRAMES = 8


def what_color(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    if can_see():
        return answer(question, None, choices, pictures=select_frames(part, FRAMES))
    notes = colors(part, question)
    scores = weigh_colors(part, question, choices)
    if scores:
        return answer(question, notes, choices, scores=scores)
    best = [note.content for note in notes if note.score == 1.0]
    if choices or not best:
        return answer(question, notes, choices)
    return answer(question, notes, value=best[0])
