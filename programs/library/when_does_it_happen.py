"""Find the moments that fit the question's words: things in sight, text on screen, sentences spoken.

Use when: The question asks when something happens, is seen, is said or is shown.

Needs: detector, ocr, llm

Source: Localise, then ask (MoReVQA, arXiv 2404.06511); spans from presence on the timeline.

Defaults: Moments named by the choices are looked at closely.

Examples:
    - When is the dog visible?
    - When does the man leave the room?
    - At which second does the clock read 12:00?
    - When is the car out of the picture?
    - From when on is the banner visible?
    - When does the speaker say thank you?
    - At what time does the title appear?
    - When is the close-up of the face shown?
    - Until when is the bus in sight?
    - When does the goal happen?
    - When is only one person left?
"""


def when_does_it_happen(video: Clip, question: str, choices: list[str]) -> Answer:
    return answer(question, localize(question, choices), choices)
