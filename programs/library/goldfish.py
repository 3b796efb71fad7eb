"""Describe a long video clip by clip, retrieve the clips that fit the question, and answer from what they tell.

Use when: The video is longer than three minutes and the answer lies in a few places of it: films, series, lectures.

Needs: asr, ocr, detector, embedder, llm

Source: Goldfish (arXiv 2407.12679): a video of more than 180 s is cut into clips of 80 s; each is described in detail
    with its speech; descriptions and speech are separate documents; the three nearest to the question give their clips,
    whose descriptions and speech are the evidence. A shorter video goes to the VLM directly. There clips are cached by
    the name of the file; here by the content of the video, so two files of one name never meet.

Defaults: 180 s, 80 s, 45 frames a clip, speech cut at 400 words, 3 documents.

Cost: 1 call of the VLM with 45 frames for each 80 s, once for each video (none where descriptions come from the
    timeline); 1 answer of the text model. Short videos: 1 answer of the VLM from 45 frames.

Examples:
    - In this two-hour film, who turns out to be the murderer in the end?
    - Somewhere in this very long film a key is hidden; who finds it?
    - In the second half of this long documentary, what does the experiment prove?
    - Over the whole series of lectures, what does the professor conclude about glaciers?
    - In this episode of the series, what do the detectives find out in the cellar?
"""

LONG = 180.0
CLIP_SECONDS = 80.0
FRAMES = 45
SPEECH_WORDS = 400
NEAREST = 3
TEMPLATE = "caption:template"


def goldfish(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    if part.duration <= LONG:
        return _short(part, question, choices)
    clips = split_clip(part, CLIP_SECONDS)
    spoken = transcribe(part)
    seen = caption(part, CLIP_SECONDS, frames=FRAMES, detail="detailed")
    said = [[line for line in spoken if _inside(line, clip)] for clip in clips]
    shown = [[line for line in seen if _inside(line, clip)] for clip in clips]
    descriptions = [_description(clip, lines, heard) for clip, lines, heard in zip(clips, shown, said)]
    subtitles = [_document(clip, _joined(heard)) for clip, heard in zip(clips, said)]
    documents = [document for pair in descriptions + subtitles for document in pair]
    found = retrieve(question, documents, limit=NEAREST)
    evidence: list[Observation] = []
    for clip, description, heard in zip(clips, descriptions, said):
        if any(_inside(document, clip) for document in found):
            evidence += description + heard
    return answer(question, evidence, choices)


def _short(part: Clip, question: str, choices: list[str]) -> Answer:
    if has_model("vlm"):
        return answer(question, transcribe(part), choices, pictures=select_frames(part, FRAMES))
    return answer(question, caption(part) + transcribe(part), choices)


def _description(clip: Clip, shown: list[Observation], said: list[Observation]) -> list[Observation]:
    """What is seen in a clip, and what is said meanwhile; captions from the timeline hold the speech already."""
    heard = _joined(said)
    if not heard or any(line.source == TEMPLATE for line in shown):
        return shown
    return _document(clip, " ".join([line.content for line in shown] + [f'Meanwhile it is said: "{heard}"']))


def _document(clip: Clip, text: str) -> list[Observation]:
    return [note(text, clip.start, clip.end)] if text else []


def _joined(lines: list[Observation]) -> str:
    words = " ".join(line.content for line in lines).replace('"', "'").split()
    return " ".join(words[:SPEECH_WORDS])


def _inside(line: Observation, clip: Clip) -> bool:
    return clip.start <= (line.start + line.end) / 2 < clip.end
