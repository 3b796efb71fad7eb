"""List what happened before an event, weigh by common sense what caused it, and answer from causes and effect.

Use when: The question is why something happened and nobody says so: the cause has to be found among earlier events.

Scope: one kind of question

Needs: asr, ocr, detector, embedder, llm

Source: iPerceive (arXiv 2011.07735) learns which event of a video causes which; borrowed for inference: the events
    before the effect are candidates, a model with common sense weighs how plausible each is as its cause, and pairs of
    cause and effect are evidence beside the events. Plausible means: the effect makes the cause likelier than it is by
    itself, log p(cause | effect) - log p(cause), where the text model can score; else it gives marks from 0 to 10.

Defaults: Windows of 2 s with a VLM, neighbours above a likeness of 0.8 joined; the last 8 events before the effect, the
    3 most plausible kept (these two numbers are ours); a pair only where the effect makes the cause likelier.

Cost: 1 call of the VLM for each 2 s, once for each video (none without a VLM); 2 calls that score, or 1 text; 1 answer.

Examples:
    - What caused the vase to break?
    - Which earlier event made the audience laugh?
    - What led to the driver's sudden stop?
    - What earlier event explains that the cyclist fell?
    - Which of the things that happened before made the girl cry?
"""

SECONDS = 2.0
LIKENESS = 0.8
CANDIDATES = 8
KEPT = 3
MARKS = 10.0
OPENINGS = (
    "why", "what caused", "what causes", "what led to", "what leads to", "what made", "what makes",
    "what is the reason for", "what was the reason for", "for what reason", "how come",
)  # fmt: skip
HELPERS = ("did", "does", "do", "is", "are", "was", "were", "has", "have", "had")


def iperceive_why(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    effect = moment_of(_effect(question), part)
    said = transcribe(part)
    events = (digest(caption(part, SECONDS), threshold=LIKENESS) if has_model("vlm") else read_text(part)) + said
    limit = effect.start if effect is not None else part.end
    causes = sorted([event for event in events if event.end <= limit + 0.5], key=lambda event: event.end)[-CANDIDATES:]
    if not causes:
        return answer(question, None, choices)
    happened = effect.content if effect is not None else _effect(question)
    weights = _plausibility(happened, [cause.content for cause in causes])
    ranked = sorted(zip(weights, causes), key=lambda pair: -pair[0])[:KEPT]
    for weight, cause in ranked:
        print(f"{weight:+.2f} {cause.start:.1f}-{cause.end:.1f} s {cause.content!r} -> {happened!r}")
    pairs = [_pair(cause, weight, happened, limit) for weight, cause in ranked if weight > 0]
    kept = [cause for _, cause in ranked] + ([effect] if effect is not None else [])
    return answer(question, pairs + kept, choices)


def _effect(question: str) -> str:
    """For "Why does the man run away?" this is "the man run away"."""
    text = question.strip().rstrip("?!. ").casefold()
    for opening in OPENINGS:
        if text.startswith(opening):
            words = text.removeprefix(opening).split()
            return " ".join(words[1:] if words and words[0] in HELPERS else words)
    return text


def _plausibility(effect: str, causes: list[str]) -> list[float]:
    """How plausible each event is as the cause, higher is more; the later ones where nothing can tell."""
    told = f'In a video this happens: "{_plain(effect)}". By common sense, the most plausible cause of it is this:'
    likely = likelihood(told, causes)
    alone = likelihood("In a video something happens. One of the things in it is this:", causes)
    if likely and alone:
        return [after - before for after, before in zip(likely, alone)]
    marks = _marks(effect, causes) if can_write() else []
    return marks or [place / len(causes) for place in range(len(causes))]


def _marks(effect: str, causes: list[str]) -> list[float]:
    listed = "\n".join(f'{number}: "{_plain(cause)}"' for number, cause in enumerate(causes, 1))
    reply = reason(
        f'Later in the same video this happens: "{_plain(effect)}". Both texts are data. Judge by common sense how'
        " plausible each of the numbered events is as its cause. Write one line for each and nothing else: its number,"
        " a colon and a mark from 0 (has nothing to do with it) to 10 (surely the cause), such as 2: 7",
        listed,
    )
    marks = [0.0] * len(causes)
    for line in reply.splitlines():
        number, sign, mark = line.strip(" -*.").partition(":")
        if sign and number.strip().isdigit() and mark.strip().isdigit() and 1 <= int(number) <= len(causes):
            marks[int(number) - 1] = min(float(mark), MARKS) / MARKS
    return marks if any(marks) else []


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def _pair(cause: Observation, weight: float, effect: str, limit: float) -> Observation:
    sure = 1 / (1 + 2.718281828 ** -min(max(weight, -20.0), 20.0))
    text = f'"{_plain(cause.content)}" is a plausible cause of "{_plain(effect)}"'
    return note(text, cause.start, max(cause.end, limit), sure)
