"""Follow the number of things and say which of them is taken away, put back, enters or leaves, in order.

Use when: The question asks which thing is taken away, put back, enters or leaves first or last, or what becomes of it.

Scope: one kind of question

Needs: detector, llm

Source: State change of things from their number over time (as COIN's "taken away, put back"), by boxes alone.

Defaults: A number counts from two looks on; things of one name are told apart by their place from the left.

Cost: A close look at each frame in which something changed; 1 answer of the text model where there are choices.

Examples:
    - Which of the cups is taken away first?
    - Which vase is put back last?
    - What becomes of the left-hand glass in the end?
    - Which of the books is removed from the shelf?
    - Which chair is carried off first, the left one or the right one?
    - Which of the bowls disappears from the table first?
    - Which apple is taken from the plate?
    - Is the middle cup put back again?
"""

AWAY = ("taken away", "take away", "removed", "remove", "disappear", "leave", "leaves", "exit", "carried off", "gone")
BACK = ("put back", "put there", "returned", "enter", "come in", "comes in", "appear", "placed", "brought")
LAST = ("last", "in the end", "finally")


def what_comes_and_goes(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    events = comings_and_goings(part, question)
    if not events:
        return answer(question, search(question + " " + ", ".join(choices)), choices)
    meant = _meant(question.casefold(), events)
    if choices:
        return answer(question, meant, choices)
    return answer(question, meant, value=meant[0].content.split(":")[0])


def _meant(asked: str, events: list[Observation]) -> list[Observation]:
    """The events that the question asks for: of one kind where it names one, the first or the last where it says so."""
    away = [note for note in events if "taken away" in note.content or "leaves" in note.content]
    back = [note for note in events if note not in away]
    wants_away = any(words in asked for words in AWAY)
    wants_back = any(words in asked for words in BACK)
    kind = events if wants_away == wants_back else away if wants_away else back
    if not kind:
        return events
    if "first" in asked:
        return kind[:1]
    return kind[-1:] if any(word in asked for word in LAST) else kind
