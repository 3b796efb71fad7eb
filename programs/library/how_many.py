"""Count things that the detector knows by name.

Use when: The question asks how many of something are to be seen, at once or over the whole video.

Needs: detector, llm

Source: COUNT of VURF (arXiv 2403.14743).

Defaults: The most at one time, unless the question's words ask for the least or for different ones.

Examples:
    - How many people are in the clip?
    - How many cars drive through the scene?
    - What is the largest number of dogs on screen at the same moment?
    - How many bottles are on the table at the end?
    - What is the smallest number of chairs visible at any moment?
    - How many birds are sitting on the wire?
    - How many men are standing in the picture?
    - How many different cats appear?
    - What number of boats can be seen?
    - How many children are playing?
"""


def how_many(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    number = count(part, question)
    if number is None:
        return answer(question, search(question), choices)
    return answer(question, detect(part, question), choices, value=number)
