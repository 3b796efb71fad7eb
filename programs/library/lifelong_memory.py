"""Keep a digest of what happens, let the text model name windows of time and how sure it is, and look closer there.

Use when: A long, uncut recording (a day seen by its wearer) and a question about a single moment of it: where something
    was put, when something was done last.

Needs: asr, ocr, detector, embedder, llm

Source: LifelongMemory (arXiv 2312.05269): captions every 2 s; vague ones dropped, neighbours above a likeness of 0.8
    merged; one call of the text model at temperature 0 gives windows, rather too wide than too narrow, each with a
    confidence from 1 to 3, or NA; the windows are refined (there by a trained localizer, here by how well the frames of
    the padded window fit); for options the predictions of several runs are a vote by confidence. There the reply is
    evaluated as code; here it is rows of numbers, and what is no such row is left out. With a text model that does not
    write, the windows are the three captions nearest in meaning, with confidence 1.

Defaults: Windows of 2 s with a VLM (10 s where captions come from the timeline), likeness 0.8, temperature 0. Ours: an
    unsure reply (no confidence of 3) is voted on by two more at temperature 0.7; windows padded by 5 s; 16 frames.

Cost: 1 call of the VLM for each 2 s, once for each video (none where captions come from the timeline); 1 to 3 texts and
    1 answer of the text model; 16 frames for each window.

Examples:
    - Where did I leave my wallet?
    - In the recording of my day, where was the screwdriver before I picked it up?
    - What did I put into the drawer?
    - When did I last use the scissors?
    - Who did I talk to at the entrance?
    - Did I lock the back door when I went out?
"""

SECONDS = 2.0
TEMPLATE_SECONDS = 10.0
LIKENESS = 0.8
SURE = 3.0
MORE_RUNS = 2
RUN_TEMPERATURE = 0.7
PAD = 5.0
FRAMES = 16
WINDOWS = 3
WORDS = 120


def lifelong_memory(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    captions = caption(part, SECONDS if has_model("vlm") else TEMPLATE_SECONDS)
    memory = digest(captions, threshold=LIKENESS)
    runs = _runs(memory, question, choices, part) if can_write() else []
    rows = [row for run in runs for row in run] or _nearest(memory, question, choices)
    best = sorted(rows, key=lambda row: -row[2])[:WINDOWS]
    spans = [_refined(part, row, question) for row in best]
    inside = [line for line in captions if any(line.end > start and line.start < end for start, end, _ in spans)]
    if _asks_when(question) and spans:
        start, end, sure = max(spans, key=lambda span: span[2])
        inside = [note(f"the moment for: {question}", start, end, sure)]  # captions are wider than the refined window
    votes = _votes(runs, len(choices))
    return answer(question, inside, choices, scores=votes) if votes else answer(question, inside, choices)


def _runs(
    memory: list[Observation], question: str, choices: list[str], part: Clip
) -> list[list[tuple[float, float, float, int]]]:
    """Windows of each run: (start, end, confidence, number of the option or 0)."""
    wanted = _instruction(question, choices)
    first = _windows(reason(wanted, memory, words=WORDS, temperature=0.0), part, len(choices))
    runs = [first]
    if max([row[2] for row in first], default=0.0) < SURE:
        for attempt in range(1, MORE_RUNS + 1):
            reply = reason(wanted, memory, words=WORDS, temperature=RUN_TEMPERATURE, attempt=attempt)
            runs.append(_windows(reply, part, len(choices)))
    print("windows of each run:", runs)
    return runs


def _instruction(question: str, choices: list[str]) -> str:
    options = " ".join(f"({number}) {choice}" for number, choice in enumerate(choices, 1))
    return (
        "The notes tell with times in seconds what happens in one video. Name the windows of time in which the question"
        " is answered, rather too wide than too narrow. Write one line for each window and nothing else: its start, its"
        " end, how sure you are from 1 (a guess) to 3 (certain), and the number of the option that it speaks for or 0,"
        " with a bar between them, such as 12 | 20 | 2 | 0. Write NA when there is no such window."
        f" Question: {question}" + (f" Options: {options}" if options else "")
    )


def _windows(reply: str, part: Clip, options: int) -> list[tuple[float, float, float, int]]:
    """The rows of a reply that are four numbers and lie inside the clip; everything else is left out."""
    rows: list[tuple[float, float, float, int]] = []
    for line in reply.splitlines():
        numbers = [_number(cell) for cell in line.strip(" |-*").split("|")]
        values = [number for number in numbers if number is not None]
        if len(numbers) != 4 or len(values) != 4:
            continue
        start, end = max(values[0], part.start), min(values[1], part.end)
        option = int(values[3])
        if start < end and 1.0 <= values[2] <= SURE and 0 <= option <= options:
            rows.append((start, end, values[2], option))
    return rows


def _number(cell: str) -> float | None:
    text = cell.strip().removesuffix("s").strip()
    if not text.replace(".", "", 1).isdigit():
        return None
    return float(text)


def _nearest(memory: list[Observation], question: str, choices: list[str]) -> list[tuple[float, float, float, int]]:
    near = retrieve(f"{question} {', '.join(choices)}", memory, limit=WINDOWS)
    return [(line.start, line.end, 1.0, 0) for line in near if line.end > line.start]


def _refined(part: Clip, row: tuple[float, float, float, int], question: str) -> tuple[float, float, float]:
    """Start, end and certainty: the frames around the best one that fit at least half as far, in the padded window."""
    padded = trim(part, max(part.start, row[0] - PAD), min(part.end, row[1] + PAD))
    frames = select_frames(padded, FRAMES)
    fits = relevance(frames, question)
    if not fits or max(fits) == min(fits):
        return (row[0], row[1], row[2] / SURE * max(fits, default=0.0))
    level = (max(fits) + min(fits)) / 2
    first = last = fits.index(max(fits))
    while first > 0 and fits[first - 1] >= level:
        first -= 1
    while last + 1 < len(fits) and fits[last + 1] >= level:
        last += 1
    half = padded.duration / len(fits) / 2
    start, end = max(padded.start, frames[first].time - half), min(padded.end, frames[last].time + half)
    return (start, end, row[2] / SURE * max(fits))


def _votes(runs: list[list[tuple[float, float, float, int]]], options: int) -> list[float]:
    """For each option the confidence that spoke for it, a mean over the runs; nothing where no run named one."""
    votes = [0.0] * options
    for run in runs:
        for row in run:
            if row[3] > 0:
                votes[row[3] - 1] += row[2] / len(runs)
    return votes if any(votes) else []


def _asks_when(question: str) -> bool:
    return question.strip().casefold().startswith(("when", "at what time", "at which", "from when", "until when"))
