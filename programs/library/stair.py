"""Take the question apart and compute the answer with small modules, each of which says what it found.

Use when: The question is composed: before, after, while or between other events; both, either, not; first or last;
    longest or shortest. What each module gave is printed, so that a wrong step can be seen.

Scope: one kind of question

Needs: asr, ocr, detector, embedder, llm

Source: STAIR (arXiv 2401.03901), a network of modules of which each gives a value of its own kind. There they are
    trained; here tools fill the same places: Localize is the best moment for an event, Temporal an exact mask of time,
    Filter what was seen, read and heard inside it, Exists whether there is a moment, Superlative compares seconds,
    Choose and Compare decide between two, And is the lesser, Xor the difference, IterateUntil the first or last.

Defaults: The 6 moments nearest to what is asked; 8 frames of the masked part where there is a VLM.

Cost: That of finding each event; with a VLM 1 look at 8 frames; 1 answer.

Examples:
    - Did the boy both open the window and water the plants?
    - Did the girl either close the book or put on the shoes?
    - Did she take the towel before or after holding the broom?
    - Did they tidy up the table but not wash a dish?
    - Between opening the fridge and leaving the kitchen, which was the first thing she held?
    - Which was the last thing he touched while he was sitting on the sofa?
"""

MOMENTS = 6
FRAMES = 8
CHOICE_NATS = 3.0
MOST_LOOKS = 100
YES_NO = ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could")


def stair(video: Clip, question: str, choices: list[str]) -> Answer:
    asked, relation, anchor = _parts(question)
    _tell("Parse", question, f"{asked!r} {relation or '-'} {anchor!r}")
    if "before or after" in question.casefold():
        return _before_or_after(video, question, asked, anchor, choices)
    part = _temporal(video, relation, anchor)
    if part is None:
        return answer(question, None, choices)
    logic = _logic(asked)
    if logic:
        return _decide(part, question, logic, choices)
    if choices and _superlative(question):
        return _longest(part, question, choices)
    if asked.split()[:1] and asked.split()[0].casefold() in YES_NO:
        found = _localize(part, _statement(asked))
        return _yes_no(question, [found] if found else [], found is not None, choices)
    return _query(part, question, asked, relation, choices)


def _parts(question: str) -> tuple[str, str, str]:
    parts = split_question(question)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (question, "", "")


def _tell(module: str, about: str, found: str) -> None:
    print(f"{module}({about!r}) = {found}")


def _localize(clip: Clip, event: str) -> Observation | None:
    found = moment_of(event, clip)
    _tell("Localize", event, _shown(found))
    return found


def _shown(found: Observation | None) -> str:
    return "nothing" if found is None else f"{found.start:.1f}-{found.end:.1f} s {found.content!r} ({found.score:.2f})"


def _temporal(video: Clip, relation: str, anchor: str) -> Clip | None:
    """The part of the video that the relation leaves; None when an event of it is not there."""
    if not relation:
        return video
    events = anchor.split(" and ", 1) if relation == "between" else [anchor]
    moments = [moment for event in events if (moment := _localize(video, event)) is not None]
    if len(moments) < len(events):
        return None
    first, last = moments[0], moments[-1]
    start, end = {
        "before": (video.start, first.start),
        "after": (first.end, video.end),
        "while": (first.start, first.end),
        "between": (min(first.end, last.end), max(first.start, last.start)),
    }[relation]
    _tell(f"Temporal {relation}", anchor, f"{start:.1f}-{end:.1f} s")
    return trim(video, start, end) if end - start > 0.1 else None


def _logic(asked: str) -> tuple[str, str, str] | None:
    """And, Xor or AndNot with the two statements between which they stand."""
    text = _statement(asked)
    for module, opening, middle in (
        ("And", "both ", " and "), ("Xor", "either ", " or "), ("AndNot", "", " but not "), ("And", "", " and also ")
    ):  # fmt: skip
        before, sign, rest = text.partition(opening) if opening else ("", "", text)
        one, joined, two = rest.partition(middle)
        if joined and (sign or not opening):
            return (module, f"{before}{one}".strip(), f"{before}{two}".strip())
    return None


def _statement(asked: str) -> str:
    """For "Did the boy open the door?" this is "the boy open the door"."""
    words = asked.strip().rstrip("?!. ").split()
    return " ".join(words[1:] if words and words[0].casefold() in YES_NO else words)


def _decide(part: Clip, question: str, logic: tuple[str, str, str], choices: list[str]) -> Answer:
    module, one, two = logic
    first, second = _localize(part, one), _localize(part, two)
    results = {
        "And": first is not None and second is not None,
        "Xor": (first is None) != (second is None),
        "AndNot": first is not None and second is None,
    }
    _tell(module, f"{one}; {two}", str(results[module]))
    return _yes_no(question, [found for found in (first, second) if found is not None], results[module], choices)


def _yes_no(question: str, found: list[Observation], result: bool, choices: list[str]) -> Answer:
    _tell("Exists", question, str(result))
    if not result and not found:  # not finding an event in words is no proof that it did not happen
        return answer(question, None, choices)
    return answer(question, found, choices, value="yes" if result else "no")


def _before_or_after(video: Clip, question: str, asked: str, anchor: str, choices: list[str]) -> Answer:
    first = _localize(video, _statement(asked).replace(" before or after", ""))
    second = _localize(video, anchor)
    if first is None or second is None or first.start == second.start:
        return answer(question, None, choices)
    result = "before" if first.start < second.start else "after"
    _tell("Compare", anchor, result)
    if not choices:
        return answer(question, [first, second], value=result)
    named = [CHOICE_NATS if result in choice.casefold().split() else 0.0 for choice in choices]
    return answer(question, [first, second], choices, scores=named)


def _superlative(question: str) -> str:
    words = question.casefold().rstrip("?!. ").split()
    return ([word for word in words if word in ("longest", "longer", "shortest", "shorter")] or [""])[0]


def _longest(part: Clip, question: str, choices: list[str]) -> Answer:
    """Superlative: the option with the most (or fewest) seconds."""
    found = [moment for choice in choices if (moment := _localize(part, choice)) is not None]
    seconds = _attention(part, choices)
    if len([length for length in seconds if length > 0]) < 2 or len(found) < 2:
        return answer(question, None, choices)
    short = _superlative(question) in ("shortest", "shorter")
    best = min([length for length in seconds if length > 0]) if short else max(seconds)
    _tell("Superlative " + ("min" if short else "max"), question, ", ".join(f"{length:.1f} s" for length in seconds))
    return answer(question, found, choices, scores=[CHOICE_NATS if length == best else 0.0 for length in seconds])


def _attention(part: Clip, events: list[str]) -> list[float]:
    """Seconds of each event altogether: of the texts that hold its words, else of the things of its name."""
    length = max(1.0, min(4.0, part.duration / 30), part.duration / MOST_LOOKS)
    texts = [line for look in split_clip(part, length) for line in read_text(look)]
    totals: list[float] = []
    for event in events:
        lines = [line for line in texts if _squashed(event) in _squashed(line.content)] or detect(part, event)
        total, until = 0.0, 0.0
        for start, end in sorted([(line.start, line.end) for line in lines]):
            total += max(0.0, end - max(start, until))
            until = max(until, end)
        totals.append(total)
    return totals


def _squashed(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _query(part: Clip, question: str, asked: str, relation: str, choices: list[str]) -> Answer:
    """Filter what is inside the mask, take the first or last of it where that is asked, and answer."""
    lines = read_text(part) + transcribe(part) + detect(part)
    inside = [line for line in lines if line.end > part.start and line.start < part.end]
    words = asked.casefold().split()
    if "first" in words or (relation == "after" and not choices):
        inside = _until(inside, forward=True)
    elif "last" in words or (relation == "before" and not choices):
        inside = _until(inside, forward=False)
    near = retrieve(f"{asked} {', '.join(choices)}", inside, limit=MOMENTS) or inside[:MOMENTS]
    _tell("Filter", asked, "; ".join(_shown(line) for line in near) or "nothing")
    if has_model("vlm"):
        return answer(question, near, choices, pictures=select_frames(part, FRAMES))
    if choices or can_write() or not near:
        return answer(question, near, choices)
    return answer(question, near, value="; ".join(dict.fromkeys(line.content for line in near)))


def _until(lines: list[Observation], forward: bool) -> list[Observation]:
    """IterateUntil: what begins first, or ends last, and what goes on at that time."""
    if not lines:
        return []
    if forward:
        edge = min(line.start for line in lines)
        return [line for line in lines if line.start <= edge + 1.0]
    edge = max(line.end for line in lines)
    return [line for line in lines if line.end >= edge - 1.0]
