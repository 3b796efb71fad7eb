"""Search everything that was seen, heard and read, and answer from what fits the question.

Use when: Nothing more special fits; one look at the nearest moments is often enough.

Needs: llm

Source: The direct route of FS-VisPR / VideoPro (arXiv 2509.17743): easy questions get no plan.

Defaults: The 8 nearest moments.

Examples:
    - Which animal is in the video?
    - What is the man in the foreground wearing?
    - Who is in the picture?
    - What kind of vehicle is it?
    - What is standing behind the house?
    - What are the two people doing?
    - Which country's flag is there?
    - What is the person dressed as?
    - What sport is played?
    - What is the woman holding?
"""


def direct_answer(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    lines = search(question + " " + ", ".join(choices))
    seen = [line for line in lines if line.end >= part.start and line.start <= part.end]
    return answer(question, seen + detect(part), choices)
