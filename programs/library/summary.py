"""Summarize the video in short, or give its chapters with their times.

Use when: A summary, an overview, an outline, the chapters of the video are wanted.

Scope: one kind of question

Needs: asr, ocr, detector, embedder, llm

Source: Captions of windows and a summary of them, after LLoVi (arXiv 2312.17235); chapters where the pictures become
    different, after SceneTiling of VideoLLaMB (arXiv 2409.01071). With a text model that does not write, the texts are
    extracts of what was seen, read and heard.

Defaults: Windows of 2 s with a VLM (10 s where captions come from the timeline); 100 words; at most 6 chapters of 20
    words.

Cost: 1 call of the VLM for each 2 s, once for each video (none where captions come from the timeline); 1 text, or 1 for
    each chapter.

Examples:
    - Give a short overview of the video.
    - Summarize the video.
    - Give a summary of the whole clip.
    - What are the chapters of this video?
    - List the chapters of the lecture with times.
    - Sum up this recording in a few sentences.
    - Into which parts can the video be divided?
"""

SECONDS = 2.0
TEMPLATE_SECONDS = 10.0
WORDS = 100
CHAPTERS = 6
CHAPTER_WORDS = 20
MOMENTS = 6
EDGE = 0.1
CHAPTER_ASKED = ("chapter", "outline", "sections", "into which parts", "table of contents", "divided")


def summary(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    sees = has_model("vlm")
    if not choices and any(words in question.casefold() for words in CHAPTER_ASKED):
        return _chapters(part, question, sees)
    captions = caption(part, SECONDS if sees else TEMPLATE_SECONDS)
    if not captions or choices:
        return answer(question, captions, choices)
    text = summarize(captions, question, words=WORDS)
    moments = retrieve(text or question, captions, limit=MOMENTS)
    return answer(question, moments, value=text) if text else answer(question, captions)


def _chapters(part: Clip, question: str, sees: bool) -> Answer:
    found: list[Observation] = []
    for scene in scenes(part, CHAPTERS):
        length = scene.end - scene.start
        edge = min(EDGE, length / 4)
        inside = caption(trim(part, scene.start + edge, scene.end - edge), SECONDS if sees else length)
        text = summarize(inside, "What is this part of the video about?", words=CHAPTER_WORDS) if inside else ""
        if text:
            found.append(note(text, scene.start, scene.end, 0.8))
    if not found:
        return answer(question, None)
    return answer(question, found, value="\n".join(f"{_clock(line.start)} {line.content}" for line in found))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
