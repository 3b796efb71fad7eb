"""Read the text on screen in the part of the video that the question names, and answer from it.

Use when: The answer is written somewhere in the picture: a sign, a title, a caption, a clock, a price.

Needs: ocr, llm

Source: OCR as evidence, after Video-RAG (arXiv 2411.13093).

Defaults: The whole clip when no time is named; lines with a score of at least 0.5.

Cost: Reading of the first look; 1 answer of the text model.

Examples:
    - What does the sign say?
    - Which title appears on the cover?
    - What name is written on the poster?
    - Which day is given in the headline?
    - Who wrote the article, according to the credits?
    - Which e-mail address is given at the bottom?
    - What does the subtitle say?
    - What number is on the jersey?
    - What does the clock on the wall show at 90 seconds?
    - How much does it cost according to the price tag?
    - Which word is displayed on the screen?
    - What is the headline of the newspaper?
    - Which model number is printed on the label?
    - Which company's name is on the building?
    - What is written below the logo?
    - What text is shown on the slide?
    - Which code does the display show 40 seconds into the recording?
    - What speed limit is printed on the plate?
    - What size is given on the label of the parcel?
"""


def read_screen(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    lines = read_text(part)
    if not lines:
        lines = read_text(video)
    return answer(question, lines, choices)
