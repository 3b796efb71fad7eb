"""Find who speaks a line: which voice it is, what else it says about itself, and which name stands on screen meanwhile.

Use when: The question asks who says, asks, answers or promises something.

Scope: one kind of question

Needs: asr, ocr, embedder, llm

Source: Speaker numbers for lines as in StoryTeller (arXiv 2411.07076), without pictures of a cast: names come from what
    the voice says of itself and from the text on screen while it speaks.

Defaults: The one line that is nearest in meaning to what is asked, from a cosine of 0.3 on; without a name it is
    "speaker 1", "speaker 2"...

Cost: That of transcribe and read_text; 1 answer.

Examples:
    - Who says that the bridge is closed?
    - Who says that the bill has to be paid?
    - Who complains that the harvest was poor?
    - Who is speaking when the taxes come up?
    - Who says that they will come back?
"""

NAMING = ("my name is", "i am ", "i'm ", "this is ", "call me", "my name's")
OPENINGS = ("who says that", "who says", "who said that", "who said", "who asks", "who asked", "who mentions", "who")
ASKING = ("who", "speaker", "voice")
EVIDENCE = 6
LEAST = 0.3


def who_says_it(video: Clip, question: str, choices: list[str]) -> Answer:
    if not any(word in question.casefold() for word in ASKING):
        return answer(question, search(f"{question} {', '.join(choices)}"), choices)
    part = named_range(video, question)
    lines = speakers(part)
    spoken = retrieve(_said(question), lines, limit=1, min_score=LEAST)
    if not spoken:
        return answer(question, None, choices)
    speaker = _speaker(spoken[0])
    own = [line for line in lines if _speaker(line) == speaker]
    naming = [line for line in own if any(words in line.content.casefold() for words in NAMING)]
    shown = [text for text in read_text(part) if any(text.start < line.end and text.end > line.start for line in own)]
    print(f"{spoken[0].content!r} at {spoken[0].start:.1f} s; {speaker} has {len(own)} lines")
    evidence = spoken + [line for line in naming if line.start != spoken[0].start] + shown[:EVIDENCE]
    if choices:
        return answer(question, evidence, choices)
    return answer(question, evidence, value=speaker)


def _speaker(line: Observation) -> str:
    """For "speaker 2: Good morning" this is "speaker 2"."""
    return line.content.split(":")[0].strip()


def _said(question: str) -> str:
    """What is said according to the question; what stands in quotes where something does."""
    for opening, closing in (('"', '"'), ("“", "”"), ("‘", "’")):
        _, sign, rest = question.partition(opening)
        quoted, closed, _ = rest.partition(closing)
        if sign and closed and quoted.strip():
            return quoted.strip()
    text = question.strip().rstrip("?!. ")
    for opening in OPENINGS:
        if text.casefold().startswith(opening + " "):
            return text[len(opening) :].strip()
    return text
