"""Add up for each option how many seconds it is seen, shown or heard, and compare.

Use when: The question asks what is shown, seen or speaks longest or shortest, or how long something is shown.

Scope: one kind of question

Needs: detector, ocr, asr, embedder, llm

Source: Superlative of STAIR (arXiv 2401.03901): the most or least total attention over time.

Defaults: Looks at least every 4 s (100 at most); of two options the longer must be ahead by 0.25 s.
    Options of at most 4 words may name things: longer ones say what happens, which a detector cannot tell.

Cost: That of read_text, detect and transcribe; 1 answer.

Examples:
    - Which slide is on screen for the longest time?
    - Which of the signs is shown the longest?
    - Which slogan is displayed for the shortest time?
    - Who speaks for the longest time?
    - Who stays in the picture for the longest time?
    - What is visible for the fewest seconds?
    - Which of the two notices stays on screen longer?
"""

MOST_LOOKS = 100
HOLDS = 0.7
NATS = 4.0
NAMED_WORDS = 4
LONG = ("longest", "longer", "most", "long")
SHORT = ("shortest", "shorter", "fewest", "least", "briefest")
SPEAKING = ("speak", "speaks", "talk", "talks", "spoke", "speaking", "talking")
EMPTY = ("a", "an", "the", "of", "to", "word", "words", "text", "sign", "name", "title", "with", "that", "says")


def which_is_longest(video: Clip, question: str, choices: list[str]) -> Answer:
    words = _words(question)
    if not any(word in SHORT or word in LONG for word in words):
        return answer(question, search(f"{question} {', '.join(choices)}"), choices)
    part = named_range(video, question)
    seconds = max(1.0, min(4.0, part.duration / 30), part.duration / MOST_LOOKS)
    speaking = any(word in SPEAKING for word in words)
    lines = speakers(part) if speaking else [line for look in split_clip(part, seconds) for line in read_text(look)]
    if not choices:
        choices_or_texts = list(dict.fromkeys(_name(line, speaking) for line in lines))
        return _open(part, question, choices_or_texts, lines, words)
    found = [_lines_of(part, choice, lines, speaking) for choice in choices]
    totals = [_seconds([(line.start, line.end) for line in those]) for those in found]
    print("seconds of each option:", [f"{choice}: {total:.1f}" for choice, total in zip(choices, totals)])
    seen = sorted([total for total in totals if total > 0])
    short = any(word in SHORT for word in words)
    if len(seen) < 2 or (seen[1] - seen[0] if short else seen[-1] - seen[-2]) < 0.25:
        return answer(question, None, choices)
    best = seen[0] if short else seen[-1]
    evidence = [line for those in found for line in those[:1]]
    return answer(question, evidence, choices, scores=[NATS if total == best else 0.0 for total in totals])


def _open(part: Clip, question: str, names: list[str], lines: list[Observation], words: list[str]) -> Answer:
    """Without options: all texts (or speakers) that there are are compared."""
    found = [[line for line in lines if name in line.content] for name in names]
    totals = [_seconds([(line.start, line.end) for line in those]) for those in found]
    if not totals:
        return answer(question, None)
    best = min(totals) if any(word in SHORT for word in words) else max(totals)
    place = totals.index(best)
    print("seconds of each:", [f"{name}: {total:.1f}" for name, total in zip(names, totals)])
    return answer(question, found[place], value=f"{names[place]} ({best:.1f} s)")


def _name(line: Observation, speaking: bool) -> str:
    return line.content.split(":")[0] if speaking else line.content


def _lines_of(part: Clip, choice: str, lines: list[Observation], speaking: bool) -> list[Observation]:
    """What was read or said that belongs to an option; else the things of that name."""
    if speaking:
        return [line for line in lines if _words(_name(line, speaking)) == [w for w in _words(choice) if w != "the"]]
    texts = [line for line in lines if _holds(line.content, choice)]
    return texts or (detect(part, choice) if len(_words(choice)) <= NAMED_WORDS else [])


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()


def _holds(line: str, thing: str) -> bool:
    """Whether a text holds most letters of the words of a thing; recognised text drops spaces."""
    squashed = "".join(_words(line))
    words = [word for word in _words(thing) if word not in EMPTY]
    return bool(words) and sum(len(word) for word in words if word in squashed) >= HOLDS * len("".join(words))


def _seconds(spans: list[tuple[float, float]]) -> float:
    """Seconds covered by at least one span."""
    total, until = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total
