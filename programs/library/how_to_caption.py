"""Turn what is said into short captions of what is done, each put where the picture fits it best.

Use when: Instructions (cooking, repairs, crafts) in which a voice tells what the hands do: steps, when a step is done.
    With a text model that does not write, the spoken sentences are aligned as they are.

Scope: one kind of question

Needs: asr, ocr, detector, embedder, llm

Source: HowToCaption (arXiv 2310.04900): speech in blocks of at most 200 words; the text model (temperature 0.7) writes
    short sentences of one present action each, with an estimated time; of the 8 s windows centred within 10 s of it
    the one whose frames (1 a second) fit best is kept; doubtful pairs are dropped. There the 25 million best pairs of
    all videos stay; here, in one video, those above its own quantile.

Defaults: 200 words, temperature 0.7, windows of 8 s within 10 s either way, 1 frame a second, quantile 0.5 (ours).

Cost: 1 text for each 200 words of speech; 28 frames for each caption that the image embedder or VLM compares; 1 answer.

Examples:
    - Which steps does the instructor go through while she explains the recipe?
    - List the steps of the repair with their times as the mechanic explains them.
    - At which step of the tutorial is the glue applied?
    - Turn the spoken instructions into captions of what is done.
    - According to the how-to video, what has to be done in the second step?
"""

BLOCK_WORDS = 200
TEMPERATURE = 0.7
WORDS = 150
WINDOW = 8.0
REACH = 10.0
QUANTILE = 0.5
MOST = 60


def how_to_caption(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    spoken = transcribe(part)
    sentences = _sentences(spoken)[:MOST]
    aligned = [_aligned(part, at, sentence) for at, sentence in sentences]
    level = _quantile([fit for _, _, fit in aligned])
    print(f"{len(aligned)} captions, kept from a fit of {level:.2f}")
    captions = [
        note(sentence, start, end)
        for (_, sentence), (start, end, fit) in zip(sentences, aligned)
        if fit >= level and end > start
    ]
    if choices or not captions:
        return answer(question, captions or spoken, choices)
    if not _asks_for_steps(question):
        return answer(question, captions)
    return answer(question, captions, value="\n".join(_shown(line) for line in captions))


def _sentences(spoken: list[Observation]) -> list[tuple[float, str]]:
    """Times and sentences of what is done; the spoken ones themselves where nothing can be written."""
    if not can_write():
        return [((line.start + line.end) / 2, line.content) for line in spoken]
    written: list[tuple[float, str]] = []
    for block in _blocks(spoken):
        reply = reason(
            "Somebody says this in a video; each line begins with its time in seconds. Write what can be seen while it"
            " is said: short sentences with one action each, in the present tense, only what is done and not what is"
            " thought, felt or announced. Begin each line with the estimated time in seconds, such as 12.5: She cuts"
            " the rope.",
            "\n".join(f"{line.start:.1f}: {line.content}" for line in block),
            words=WORDS,
            temperature=TEMPERATURE,
        )
        written += _rows(reply, block[0].start, block[-1].end)
    return written


def _blocks(spoken: list[Observation]) -> list[list[Observation]]:
    """Lines in their order, together at most 200 words; a longer line stands alone."""
    blocks: list[list[Observation]] = []
    words = 0
    for line in spoken:
        length = len(line.content.split())
        if not blocks or words + length > BLOCK_WORDS:
            blocks.append([])
            words = 0
        blocks[-1].append(line)
        words += length
    return blocks


def _rows(reply: str, start: float, end: float) -> list[tuple[float, str]]:
    """Rows of a time and a sentence; a time outside of the block is brought to its nearer end."""
    rows: list[tuple[float, str]] = []
    for line in reply.splitlines():
        time, sign, sentence = line.strip(" -*").partition(":")
        digits = time.strip().removesuffix("s").strip()
        if sign and sentence.strip() and digits.replace(".", "", 1).isdigit():
            rows.append((min(max(float(digits), start), end), sentence.strip()))
    return rows


def _aligned(part: Clip, at: float, sentence: str) -> tuple[float, float, float]:
    """Start, end and fit of the window whose frames fit a sentence best."""
    reach = REACH + WINDOW / 2
    near = trim(part, max(part.start, at - reach), min(part.end, at + reach))
    frames = select_frames(near, 1, method="fps")
    fits = relevance(frames, sentence)
    best = (near.start, min(near.start + WINDOW, near.end), 0.0)
    if not fits:
        return best
    for step in range(-int(REACH), int(REACH) + 1):
        start = max(near.start, at + step - WINDOW / 2)
        end = min(near.end, start + WINDOW)
        inside = [fit for frame, fit in zip(frames, fits) if start <= frame.time <= end]
        mean = sum(inside) / len(inside) if inside else 0.0
        if mean > best[2] + 1e-9:
            best = (start, end, mean)
    return best


def _quantile(fits: list[float]) -> float:
    return sorted(fits)[int(QUANTILE * (len(fits) - 1))] if fits else 0.0


def _asks_for_steps(question: str) -> bool:
    return any(word in question.casefold() for word in ("steps", "list ", "stages", "captions"))


def _shown(line: Observation) -> str:
    return f"{line.start:.1f}-{line.end:.1f} s: {line.content}"
