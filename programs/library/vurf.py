"""Go to the moment that the question names, follow and cut out the thing it is about, describe, and ask.

Use when: The question is about one thing or person at a moment before, after or while something else happens.

Needs: vlm, detector, embedder

Source: VURF (arXiv 2403.14743): TRACK, CROP, TRIM_BEFORE and TRIM_AFTER, SUMMARIZE, ANALYSE and VQA over 128 frames of
    which SeViLA keeps 4. TRIM_BEFORE here ends inside the interval, as TRIM_AFTER begins there (the published one
    reaches past it), and a reply that names no option is no answer (there it is option 0).

Defaults: The interval's own length before or after it, at least 5 s; 128 frames, 4 kept; captions of 10 s,
    summarized where the text model writes.

Cost: 4 frames in 1 answer of the VLM, 1 caption for each 10 s; without an image embedder 128 short calls before.

Examples:
    - What does the waiter do after he drops the tray?
    - What did the girl hold before she climbed the ladder?
    - What is the dog doing while the man sleeps?
    - Where does the boy go after he closes the book?
    - Which vehicle passes before the lights turn green?
"""

FRAMES = 128
KEPT = 4
SECONDS = 10.0
SHORTEST = 5.0


def vurf(video: Clip, question: str, choices: list[str]) -> Answer:
    asked, relation, anchor = split_question(question)
    part = _trimmed(named_range(video, question), relation, anchor)
    frames = crop_track(select_frames(part, FRAMES), track(part, asked))
    kept = best_frames(frames, relevance(frames, asked), KEPT)
    lines = caption(part, SECONDS)
    if has_model("asr"):
        lines = lines + transcribe(part)
    summary = summarize(lines, asked) if can_write() else ""
    return answer(question, [note(summary, part.start, part.end)] if summary else lines, choices, pictures=kept)


def _trimmed(clip: Clip, relation: str, anchor: str) -> Clip:
    """The part before, after or during the moment of the anchor; the clip where there is no such moment."""
    moment = moment_of(anchor, clip) if relation and anchor else None
    if moment is None:
        return clip
    length = max(SHORTEST, moment.end - moment.start)
    middle = (moment.start + moment.end) / 2
    spans = {
        "before": (moment.start - length, middle),
        "after": (middle, moment.end + length),
        "while": (moment.start, moment.end),
    }
    start, end = spans.get(relation, (clip.start, clip.end))
    start, end = max(start, clip.start), min(end, clip.end)
    return trim(clip, start, end) if start < end else clip
