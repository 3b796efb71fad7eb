"""Search everything that was seen, heard and read, and answer from what fits the question.

Use when: Nothing more special fits; one look at the nearest moments is often enough.

Needs: llm

Source: The direct route of FS-VisPR / VideoPro (arXiv 2509.17743): easy questions get no plan.

Defaults: The 8 nearest moments.

Cost: A search in what is known, the detections of the first look, 1 answer of the text model.

Examples:
    - What kind of building is on the hill?
    - Which pet does the family have?
    - Which vehicle is parked outside?
    - Which fruit lies in the bowl?
    - Who is standing next to the piano?
    - What is the chef wearing on his head?
    - What kind of tool does the gardener use?
    - What hangs on the wall behind the desk?
    - What are the children building?
    - What is the lady dressed as?
    - Which instrument is played?
    - What is the boy holding in his hand?
    - Which object lies next to the lamp?
    - Who carries the ladder?
    - What happens to the balloon?
    - How does the old lady react?
    - What does the boy do with the rope?
    - What type of ship is it?
    - What are the neighbours doing?
    - Which pet can be seen?
    - Which vehicle is shown?
    - Is it raining?
    - Was the church finished in 1900?
    - Is the shop closed on Mondays?
    - Does the ferry to the island leave from pier 3?
    - Is the old man tired?
"""


def direct_answer(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    lines = search(question + " " + ", ".join(choices))
    seen = [line for line in lines if line.end >= part.start and line.start <= part.end]
    return answer(question, seen + detect(part), choices)
