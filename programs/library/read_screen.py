"""Read the text on screen in the part of the video that the question names, and answer from it.

Use when: The answer is written somewhere in the picture: a sign, a title, a caption, a clock, a price.

Needs: ocr, llm

Source: OCR as evidence, after Video-RAG (arXiv 2411.13093).

Defaults: The whole clip when no time is named; lines with a score of at least 0.5.

Examples:
    - What does the sign say?
    - Which title is shown?
    - What name is written on the poster?
    - Which date is printed on the banner?
    - What year is in the copyright notice?
    - Which web address is shown?
    - What does the caption say?
    - What number is on the jersey?
    - What time code is shown exactly 8 seconds into the video?
    - How much does it cost according to the price tag?
    - Which word is displayed on the screen?
    - What is the headline on the newspaper?
    - What frame rate is printed on the card?
    - Which company's logo is shown?
"""


def read_screen(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    lines = read_text(part)
    if not lines:
        lines = read_text(video)
    return answer(question, lines, choices)
