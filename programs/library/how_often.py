"""Count how often something happens: how many separate times it is seen, shown or said.

Use when: The question asks how often or how many times. For how many things there are, take how_many.

Scope: one kind of question

Needs: detector, ocr, asr, llm

Source: Counting of VNBench (arXiv 2406.09367): repeated needles; here separate stays on the timeline.

Defaults: Looks at least every 4 s (100 at most); two stays are separate when at least one look between them is empty.
    What the detector cannot name and nobody wrote or said is asked of the VLM in 64 frames, from p(yes) 0.5 on; without
    a VLM there is no answer.

Cost: That of read_text, detect and transcribe; with a VLM, 64 short calls for what these cannot tell.

Examples:
    - How often does the word "welcome" appear on screen?
    - How many times does the teacher say "listen"?
    - How often is the warning shown?
    - How many times does the horse come into view?
    - How many times is the name of the company mentioned?
    - How often does the light go on?
    - On how many occasions is the logo visible?
    - How many times does the gymnast do a somersault?
"""

MOST_LOOKS = 100
FRAMES = 64
YES = 0.5
HOLDS = 0.7
OPENINGS = (
    "how often", "how many times", "how many separate times", "on how many occasions", "how frequently",
    "number of times",
)  # fmt: skip
HELPERS = ("do", "does", "did", "is", "are", "was", "were", "can", "has", "have")
ENDINGS = (
    "appear", "appears", "shown", "seen", "visible", "displayed", "up", "come", "comes", "show", "shows", "into",
    "view", "sight", "on", "screen", "the", "in", "video", "clip", "film", "be", "been", "said", "mentioned", "spoken",
    "heard", "repeated", "altogether", "throughout", "recording",
)  # fmt: skip
APPEARING = (
    "appear", "appears", "appeared", "shown", "seen", "visible", "displayed", "view", "sight", "show", "shows",
)  # fmt: skip
SPOKEN = (" say ", " says ", " said", " mention ", " mentions ", " mentioned", " spoken", " pronounce", " heard")
EMPTY = ("a", "an", "the", "of", "to", "word", "words", "text", "sign", "name", "phrase", "title", "person", "somebody")
TIMES = {"never": 0, "once": 1, "twice": 2, "thrice": 3}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def how_often(video: Clip, question: str, choices: list[str]) -> Answer:
    if not any(words in question.casefold() for words in OPENINGS):
        return answer(question, search(f"{question} {', '.join(choices)}"), choices)
    part = named_range(video, question)
    event = _event(question)
    spoken = any(word in f" {question.casefold()} " for word in SPOKEN)
    number, evidence = _said(part, event) if spoken else _shown(part, event, _is_seen(question))
    print(f"{event!r}: {'cannot be told' if number is None else number}")
    if number is None:
        return answer(question, None, choices)
    if any(word in TIMES for choice in choices for word in _words(choice)):
        return answer(question, evidence, choices, scores=[4.0 * (_times(choice) == number) for choice in choices])
    return answer(question, evidence, choices, value=number)


def _event(question: str) -> str:
    """For "How many times does the horse come into view?" this is "the horse"; else what stands in quotes."""
    for opening, closing in (('"', '"'), ("“", "”"), (" '", "'"), ("‘", "’")):
        _, sign, rest = question.partition(opening)
        quoted, closed, _ = rest.partition(closing)
        if sign and closed and quoted.strip():
            return quoted.strip()
    words = question.strip().rstrip("?!. ").split()
    text = " ".join(words)
    for opening in OPENINGS:
        if text.casefold().startswith(opening):
            words = text[len(opening) :].split()
            break
    words = words[1:] if words and words[0].casefold() in HELPERS else words
    for place, word in enumerate(words):
        if f" {word.casefold()} " in SPOKEN and place + 1 < len(words):
            words = words[place + 1 :]
            break
    while len(words) > 1 and words[-1].casefold() in ENDINGS:
        words = words[:-1]
    return " ".join(words)


def _words(text: str) -> list[str]:
    separated = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return separated.split()


def _said(part: Clip, event: str) -> tuple[int | None, list[Observation]]:
    """How many times the words are spoken; None when nobody speaks."""
    spoken = transcribe(part)
    wanted = [word for word in _words(event) if word not in EMPTY] or _words(event)
    number, evidence = 0, []
    for line in spoken:
        words = _words(line.content)
        places = range(len(words) - len(wanted) + 1)
        here = sum(1 for place in places if words[place : place + len(wanted)] == wanted)
        number += here
        evidence += [line] if here else []
    return (number if spoken else None, evidence)


def _is_seen(question: str) -> bool:
    """Whether it is about a thing that is in sight: of what it does, a detector knows nothing."""
    return any(word in APPEARING for word in _words(question))


def _shown(part: Clip, event: str, seen: bool) -> tuple[int | None, list[Observation]]:
    """How many separate stays there are of a text, of a thing that has a name, of what the VLM says yes to."""
    seconds = max(1.0, min(4.0, part.duration / 30), part.duration / MOST_LOOKS)
    texts = [line for look in split_clip(part, seconds) for line in read_text(look) if _holds(line.content, event)]
    if texts:
        return _stays([(line.start, line.end) for line in texts], seconds / 2, texts)
    things = detect(part, event) if seen else []
    if things:
        return _stays([(thing.start, thing.end) for thing in things], things[0].end - things[0].start, things)
    if not has_model("vlm"):
        return (None, [])
    frames = select_frames(part, FRAMES)
    sure = yes_scores(frames, f"Does this frame of a video show this: {event}?")
    half = part.duration / FRAMES / 2
    times = [frame.time for frame, score in zip(frames, sure) if score >= YES]
    notes = [note(event, max(part.start, time - half), min(part.end, time + half)) for time in times]
    return _stays([(line.start, line.end) for line in notes], half, notes)


def _holds(line: str, thing: str) -> bool:
    """Whether a text holds most letters of the words of a thing; recognised text drops spaces."""
    squashed = "".join(_words(line))
    words = [word for word in _words(thing) if word not in EMPTY]
    return bool(words) and sum(len(word) for word in words if word in squashed) >= HOLDS * len("".join(words))


def _stays(
    spans: list[tuple[float, float]], gap: float, lines: list[Observation]
) -> tuple[int | None, list[Observation]]:
    """The number of stays, and the first line of each."""
    number, until, firsts = 0, -1.0, []
    for (start, end), line in sorted(zip(spans, lines), key=lambda pair: pair[0]):
        if number == 0 or start - until > gap:
            number += 1
            firsts.append(line)
        until = max(until, end)
    return (number, firsts)


def _times(choice: str) -> int:
    """The number of times that an option names; -1 when it names none."""
    for word in _words(choice):
        if word in TIMES or word in NUMBERS:
            return TIMES.get(word, NUMBERS.index(word) if word in NUMBERS else -1)
        if word.isdigit():
            return int(word)
    return -1
