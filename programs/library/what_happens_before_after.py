"""Find the event that the question refers to, and answer from what is nearest before, after, during or between.

Use when: The question asks what happens, is shown or is said before, after, while or between other events.

Scope: one kind of question

Needs: detector, ocr, asr, embedder, llm

Source: Temporal(before, after, while, between) of STAIR (arXiv 2401.03901), with exact masks of time.

Defaults: Of each kind (text, speech, things) the lines nearest to the event; 8 frames of the 10 s next to it where
    there is a VLM. When the event is not found there is no answer.

Cost: That of finding the event; with a VLM 1 answer from 8 frames, else 1 answer of the text model.

Examples:
    - What does the girl do after she closes the umbrella?
    - What comes into the picture right after the fireworks?
    - What is said before the bell rings?
    - What is to be seen immediately before the map?
    - What does the man do while the phone rings?
    - What is to be seen between the two advertisements?
    - Which sign comes directly after the one with the arrow?
    - What happens just before the curtain falls?
    - What happens after the announcement?
    - What is shown just before the finish of the race?
"""

NEAR = 10.0
FRAMES = 8
EDGE = 0.25
NAMED_TIME = "question:time"
KINDS = ("text", "speech", "object")
ASKED = {
    "speech": ("say", "says", "said", "spoken", "mentioned", "heard", "speak"),
    "text": ("sign", "text", "word", "words", "title", "written", "headline", "slide", "number", "displayed"),
}


def what_happens_before_after(video: Clip, question: str, choices: list[str]) -> Answer:
    relation, anchor = split_question(question)[1:]
    if not relation:
        return answer(question, search(f"{question} {', '.join(choices)}"), choices)
    events = anchor.split(" and ", 1) if relation == "between" else [anchor]
    moments = [moment for event in events if (moment := moment_of(event, video)) is not None]
    if len(moments) < len(events):
        return answer(question, None, choices)
    span = _mask(video, relation, moments)
    if span is None:
        return answer(question, None, choices)
    part = trim(video, span[0], span[1])
    print(f"{relation} {', '.join(f'{moment.content!r} ({moment.start:.1f} s)' for moment in moments)}: {span}")
    contents = [moment.content for moment in moments]
    lines = [line for line in read_text(part) + transcribe(part) + detect(part) if _inside(line, span, relation)]
    near = _nearest([line for line in lines if line.content not in contents], relation, moments)
    if has_model("vlm"):
        return answer(question, near, choices, pictures=select_frames(_beside(part, relation), FRAMES))
    if choices or can_write() or not near:
        return answer(question, near, choices)
    return answer(question, near, value=_named(near, question))


def _named(near: list[Observation], question: str) -> str:
    """What is nearest, in its own words: speech for what is said, text for what is written, else all of it."""
    words = question.casefold().rstrip("?!. ").split()
    kinds = [kind for kind, signs in ASKED.items() if any(sign in words for sign in signs)] or list(KINDS)
    asked = [line for line in near if line.kind in kinds] or near
    return "; ".join(dict.fromkeys(line.content for line in asked))


def _mask(video: Clip, relation: str, moments: list[Observation]) -> tuple[float, float] | None:
    first, last = moments[0], moments[-1]
    spans = {
        "before": (video.start, first.start),
        "after": (first.end, video.end),
        "while": (first.start, first.end),
        "between": (min(first.end, last.end), max(first.start, last.start)),
    }
    start, end = spans[relation]
    return (start, end) if end - start > 0.1 else None


def _inside(line: Observation, span: tuple[float, float], relation: str) -> bool:
    """Whether a line begins in the mask (after), ends in it (before) or touches it."""
    if relation == "after":
        return line.start >= span[0] - EDGE
    if relation == "before":
        return line.end <= span[1] + EDGE
    return line.end > span[0] + EDGE and line.start < span[1] - EDGE


def _nearest(lines: list[Observation], relation: str, moments: list[Observation]) -> list[Observation]:
    """Of each kind the line next to the event and what is there at the same time.

    All of them for while and between; all that are near where the event is a time, of which something goes on already.
    """
    if relation in ("while", "between"):
        return lines
    if moments[0].source == NAMED_TIME:
        at = moments[0].start
        return [line for line in lines if line.start <= at + NEAR and line.end >= at - NEAR]
    kept: list[Observation] = []
    for kind in KINDS:
        of_kind = [line for line in lines if line.kind == kind]
        if relation == "after" and of_kind:
            next_one = min(of_kind, key=lambda line: line.start)
            kept += [line for line in of_kind if line.start < next_one.end - EDGE]
        elif of_kind:
            next_one = max(of_kind, key=lambda line: line.end)
            kept += [line for line in of_kind if line.end > next_one.start + EDGE]
    return kept


def _beside(part: Clip, relation: str) -> Clip:
    """The 10 s of the mask that lie next to the event."""
    if relation == "before":
        return trim(part, max(part.start, part.end - NEAR), part.end)
    return trim(part, part.start, min(part.end, part.start + NEAR)) if relation == "after" else part
