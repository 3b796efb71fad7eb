"""Say in timed sentences what happens in the video from beginning to end.

Use when: A list of what happens with times is wanted: dense captions, a log, a protocol.

Scope: one kind of question

Needs: asr, ocr, detector, embedder, llm

Source: Dense captioning as in ActivityNet Captions (arXiv 1705.00754); neighbours that say the same are joined as in
    LifelongMemory (arXiv 2312.05269). Every time in the answer is that of a caption in its evidence.

Defaults: Windows of 2 s with a VLM (10 s where captions come from the timeline), longer ones where there would be more
    than 300 (ours); joined above a likeness of 0.8.

Cost: 1 call of the VLM for each 2 s, once for each video (none where captions come from the timeline); with choices 1
    answer.

Examples:
    - List everything that happens with times.
    - Write a log of the recording with time stamps.
    - Describe the video sentence by sentence with times.
    - Give dense captions of the clip.
    - Make a protocol of what can be seen and heard, with the seconds.
    - Describe each event with its start and end.
"""

SECONDS = 2.0
TEMPLATE_SECONDS = 10.0
LIKENESS = 0.8
MOST = 300
LONGEST = 30_000


def dense_captions(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    seconds = max(SECONDS if has_model("vlm") else TEMPLATE_SECONDS, part.duration / MOST)
    captions = caption(part, seconds)
    joined = digest(captions, threshold=LIKENESS) or captions
    if choices or not joined:
        return answer(question, joined, choices)
    return answer(question, joined, value="\n".join(_shown(line, LONGEST // len(joined)) for line in joined))


def _shown(line: Observation, room: int) -> str:
    return f"{line.start:.1f}-{line.end:.1f} s: {' '.join(line.content.split())[:room]}"
