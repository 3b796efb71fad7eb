"""Retrieve speech, on-screen text and detections by the question, and answer from all of them.

Use when: It is not clear whether the answer is spoken, written or seen, or it takes several of them together.

Needs: asr, ocr, detector, embedder, llm

Source: Video-RAG (arXiv 2411.13093): the model is asked what it would have looked up, speech and text are retrieved by
    likeness of meaning, things are detected in the frames that show them, and all of it stands beside the frames. The
    published gate for frames (a likeness to the things of 1.6 times the mean) often lets none through; here always one.

Defaults: With a VLM 32 frames, speech and text above a likeness of 0.3, the gate at 1.6 (where an image embedder is
    there; else things count in all frames). Without one the 8 nearest moments of each kind.

Cost: With a VLM 1 call of the text model and 32 frames in 1 answer of the VLM; without one 1 answer of the text model.

Examples:
    - Where was it recorded?
    - In which place does the scene take place?
    - What is the report about?
    - What is the main topic?
    - How does the story end?
    - Which event is covered?
    - What does the cook do first?
    - What is seen right before the meeting?
    - Where does it take place?
"""

FRAMES = 32
LIKENESS = 0.3
GATE = 1.6
MOST_LINES = 16


def video_rag(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    if has_model("vlm"):
        frames = select_frames(part, FRAMES)
        return answer(question, _retrieved(part, frames, question), choices, pictures=frames)
    asked = question + " " + ", ".join(choices)
    found = search(asked, ["speech"]) + search(asked, ["text"]) + search(asked, ["object"])
    inside = [line for line in found if line.end >= part.start and line.start <= part.end]
    return answer(question, inside if inside else found, choices)


def _retrieved(part: Clip, frames: list[Frame], question: str) -> list[Observation]:
    request = reason(
        "Somebody has to answer a question about a video. Write three lines about what should be looked up in it."
        ' "SPEECH:" and a sentence that somebody might say in it; "THINGS:" and up to five things to look for, with'
        ' commas; "KINDS:" and those of location, number, relation that matter. Write "none" where nothing helps.'
        f" Question: {question}",
    )
    speech, things, kinds = [_field(request, name) for name in ("speech", "things", "kinds")]
    said = retrieve(f"{question} {speech}", transcribe(part), MOST_LINES, LIKENESS)
    written = retrieve(f"{question} {things}", read_text(part), MOST_LINES, LIKENESS)
    seen = _detected(part, frames, things or question)
    return said + written + seen + (positions(seen) if kinds or not request else [])


def _field(text: str, name: str) -> str:
    """What stands behind a name and a colon; nothing where that is "none"."""
    for line in text.splitlines():
        label, sign, value = line.partition(":")
        if sign and label.strip(" -*#").casefold() == name:
            return "" if value.strip(" .").casefold() == "none" else value.strip()
    return ""


def _detected(part: Clip, frames: list[Frame], things: str) -> list[Observation]:
    """Things in the frames that show them best: those above the gate, at least one."""
    found = detect(part, things)
    if not found or not has_model("image_embedder"):
        return found
    scores = relevance(frames, things)
    gate = min(GATE * sum(scores) / len(scores), max(scores))
    looked = [frame.time for frame, score in zip(frames, scores) if score >= gate]
    return [thing for thing in found if any(thing.start <= time <= thing.end for time in looked)]
