"""Count things that the detector knows by name.

Use when: The question asks how many of something are to be seen, at once or over the whole video.

Scope: one kind of question

Needs: detector, llm

Source: COUNT of VURF (arXiv 2403.14743).

Defaults: The most at one time, unless the question's words ask for the least, for different ones, or for those that
    pass.

Cost: A close look at each frame in which something changed; optical flow where the question counts what passes by; 1
    answer of the text model where there are choices.

Examples:
    - How many chairs are there?
    - How many trucks pass the gate?
    - What is the largest number of dogs on screen at once?
    - How many cups are left when the meal is over?
    - What is the smallest number of boats in sight at any time?
    - How many birds are sitting on the wire?
    - How many women are in the room?
    - How many different cats appear?
    - What number of horses can be seen?
    - How many children are playing?
"""


def how_many(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    number = count(part, question)
    if number is None:
        return answer(question, search(question), choices)
    return answer(question, detect(part, question), choices, value=number)
