"""Look for a reason that is said or written, and for what happened just before, and answer from both.

Use when: The question is why, for what reason or what for, and somebody may say so.

Scope: one kind of question

Needs: asr, ocr, detector, embedder, llm

Source: Causal questions as in NExT-QA (arXiv 2105.08276). Lines with words of reason are preferred, then the moments
    before the effect; iperceive_why weighs causes that nobody names.

Defaults: The 4 lines with a reason that are nearest to the question, and the 30 s before the effect; 8 frames of these
    where there is a VLM.

Cost: That of finding the effect; with a VLM 1 answer from 8 frames, else 1 answer of the text model.

Examples:
    - Why is the road closed?
    - Why did the experiment fail?
    - Why is the crowd running?
    - For what reason is the mayor so angry?
    - What is the reason for the long delay?
    - Why does the woman put on gloves?
    - Why was the meeting cancelled?
"""

REASONS = 4
LEAST = 0.2
BEFORE = 30.0
FRAMES = 8
MARKS = (
    "because", "since ", "so that", "in order to", "due to", "thanks to", "reason", "that's why", "that is why",
    "therefore", "as a result", "caused by", "to avoid", "owing to", "which is why",
)  # fmt: skip
OPENINGS = ("why", "for what reason", "what is the reason for", "what was the reason for", "what for", "how come")
HELPERS = ("did", "does", "do", "is", "are", "was", "were", "has", "have", "had")


def why(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    told = transcribe(part) + read_text(part)
    marked = [line for line in told if any(mark in f"{line.content.casefold()} " for mark in MARKS)]
    stated = retrieve(question, marked, limit=REASONS, min_score=LEAST)
    effect = moment_of(_effect(question), part)
    earlier = [line for line in told if effect is not None and effect.start - BEFORE <= line.start < effect.end]
    print(f"{len(stated)} reasons are stated; the effect:", "not found" if effect is None else f"{effect.start:.1f} s")
    near = stated + [line for line in earlier if line.content not in [reason.content for reason in stated]]
    if has_model("vlm"):
        end = effect.end if effect is not None else part.end
        frames = select_frames(trim(part, max(part.start, end - BEFORE), end), FRAMES)
        return answer(question, near, choices, pictures=frames)
    if not choices and stated:
        return answer(question, stated)
    return answer(question, near or told, choices)


def _effect(question: str) -> str:
    """For "Why is the road closed?" this is "the road closed"."""
    text = question.strip().rstrip("?!. ").casefold()
    for opening in OPENINGS:
        if text.startswith(opening):
            words = text.removeprefix(opening).split()
            return " ".join(words[1:] if words and words[0] in HELPERS else words)
    return text
