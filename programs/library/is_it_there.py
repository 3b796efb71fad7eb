"""Look whether a thing that the detector knows by name is in the video.

Use when: The question asks whether something is there, to be answered by yes or no.

Scope: one kind of question

Needs: detector, llm

Source: EXISTS of STAIR (arXiv 2401.03901) over a frozen detector.

Defaults: Seen in at least one look with a score of 0.4.

Cost: The detections of the first look; 1 answer of the text model where there are choices.

Examples:
    - Is there a horse in the film?
    - Does a cat appear?
    - Can a bicycle be seen?
    - Is a person visible in the opening?
    - Are there any boats?
    - Is there a clock on the wall?
    - Do any trucks appear?
"""

PRESENT = ["there", "appear", "seen", "see ", "visible", "show", "present", "contain", "in the video", "in the film",
           "in the clip", "in the picture", "in the scene"]  # fmt: skip


def is_it_there(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    number = count(part, question, mode="most")
    # "Does the cat sleep on the sofa?" asks for more than a cat.
    if number is None or not any(word in question.lower() for word in PRESENT):
        return answer(question, search(question), choices)
    return answer(question, detect(part, question), choices, value="yes" if number > 0 else "no")
