"""Find the moments that fit the question's words: things in sight, text on screen, sentences spoken.

Use when: The question asks when something happens, is seen, is said or is shown.

Scope: one kind of question

Needs: detector, ocr, llm

Source: Localise, then ask (MoReVQA, arXiv 2404.06511); spans from presence on the timeline.

Defaults: Moments named by the choices are looked at closely.

Cost: The first look; with choices a close look at each moment that they name; 1 answer.

Examples:
    - At which second does the light go out?
    - At which time is the next runner seen?
    - After how many seconds does the picture fade out?
    - When is the horse in sight?
    - When does the waiter leave the room?
    - At which second does the display change to 42?
    - When is the truck out of view?
    - From when on is the logo visible?
    - When does the teacher say good morning?
    - At what time does the headline appear?
    - When is the map shown?
    - Until when is the boat in sight?
    - When does the goal happen?
    - When are two people in the room?
"""


def when_does_it_happen(video: Clip, question: str, choices: list[str]) -> Answer:
    return answer(question, localize(question, choices), choices)
