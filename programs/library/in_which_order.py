"""Place each event on the clock and compare the order with that of the options.

Use when: The question asks for the order of several events, which comes first, second or last, or offers sequences.

Scope: one kind of question

Needs: detector, ocr, asr, embedder, llm

Source: Ordering tasks of TempCompass and VNBench; the agreement of two orders is Kendall's tau (Biometrika, 1938).

Defaults: Each event at its best moment; an option in full agreement gets 4 nats, one in the reverse order loses 4. With
    fewer than two events found there is no answer.

Cost: That of finding each event; 1 answer.

Examples:
    - In which order do the pages appear?
    - In what order did the three announcements come?
    - Which of the posters comes last?
    - Which of these signs is shown first?
    - Put the scenes into the right order.
    - In what sequence do the slogans follow one another?
    - Which of these is shown second?
    - Which of the doors is opened first?
    - Which of the following orders is right: fire, flood, storm?
"""

AGREEMENT_NATS = 4.0
TOGETHER = 0.2
ORDERING = (
    "order",
    "sequence",
    "first",
    "second",
    "third",
    "fourth",
    "last",
    "final",
    "earliest",
    "latest",
    "chronolog",
)
PLACES = {"first": 0, "earliest": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "latest": -1, "final": -1}
ENDS = ("appear", "shown", "come", "happen", "seen", "displayed", "mentioned", "said", "occur", "take place")


def in_which_order(video: Clip, question: str, choices: list[str]) -> Answer:
    if not any(words in question.casefold() for words in ORDERING):
        return answer(question, search(f"{question} {', '.join(choices)}"), choices)
    part = named_range(video, question)
    orders = [split_events(choice) for choice in choices] if choices else [_named(question)]
    moments = _placed(part, orders)
    found = sorted([moment for moment in moments.values() if moment is not None], key=lambda moment: moment.start)
    if len(found) < 2:
        return answer(question, None, choices)
    if not choices:
        return answer(question, found, value=", then ".join(_in_time(orders[0], moments)))
    if max(len(order) for order in orders) == 1:
        return _nth(question, choices, [moments[_key(order[0])] for order in orders], found)
    taus = [_agreement(order, moments) for order in orders]
    print("agreement of each option:", [round(tau, 2) for tau in taus])
    if max(taus) <= 0:
        return answer(question, None, choices)
    return answer(question, found, choices, scores=[AGREEMENT_NATS * tau for tau in taus])


def _key(event: str) -> str:
    return " ".join(event.casefold().split())


def _placed(part: Clip, orders: list[list[str]]) -> dict[str, Observation | None]:
    moments: dict[str, Observation | None] = {}
    for event in [event for order in orders for event in order]:
        if _key(event) not in moments:
            moments[_key(event)] = found = moment_of(event, part)
            print(f"{event!r}:", "not found" if found is None else f"{found.start:.1f} s, {found.content!r}")
    return moments


def _named(question: str) -> list[str]:
    """The events that an open question such as "In which order do A, B and C appear?" names."""
    text = question.strip().rstrip("?!. ")
    for opening in (" order do ", " order are ", " order did ", " order were ", " order of ", " sequence do ", ": "):
        if opening in text:
            text = text.split(opening, 1)[1]
            break
    words = text.split()
    while words and words[-1].casefold().startswith(ENDS):
        words = words[:-1]
    return split_events(" ".join(words))


def _in_time(order: list[str], moments: dict[str, Observation | None]) -> list[str]:
    placed = [(moment.start, event) for event in order if (moment := moments[_key(event)]) is not None]
    return [event for _, event in sorted(placed)]


def _agreement(order: list[str], moments: dict[str, Observation | None]) -> float:
    """Kendall's tau of an option's order and the order of time: from -1 to 1, 0 for pairs that cannot be compared."""
    agreeing, pairs = 0, 0
    for place, earlier in enumerate(order):
        for later in order[place + 1 :]:
            pairs += 1
            one, two = moments[_key(earlier)], moments[_key(later)]
            if one is not None and two is not None and abs(one.start - two.start) > TOGETHER:
                agreeing += 1 if one.start < two.start else -1
    return agreeing / pairs if pairs else 0.0


def _nth(question: str, choices: list[str], moments: list[Observation | None], found: list[Observation]) -> Answer:
    """Options that are single events: the first, second... or last of them."""
    words = question.casefold().rstrip("?!. ").split()
    place = ([PLACES[word] for word in words if word in PLACES] or [0])[0]
    if place >= len(found):
        return answer(question, None, choices)
    at = found[place].start
    there = [moment is not None and abs(moment.start - at) <= TOGETHER for moment in moments]
    return answer(question, found, choices, scores=[AGREEMENT_NATS if here else 0.0 for here in there])
