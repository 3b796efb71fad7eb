"""Turn six frames into numbered narrations and let the text model name the number of an option.

Use when: A short clip and options about what somebody does or intends; the text model writes (profiles `api`, `gpu`,
    `cpu`). With one that only scores, the narrations are weighed for each option instead.

Needs: asr, ocr, detector, llm

Source: Vamos (arXiv 2311.13627), zero-shot route: captions of six frames joined as narrations, the question and
    numbered options; the reply is one number, asked for again until there is one. A reply counts only when it names
    exactly one of the options; after five replies without one the narrations are weighed for each option.

Defaults: 6 captions, temperature 0.3, at most 5 replies. A reply tells no probability: it counts 2 nats (ours).

Cost: 6 calls of the VLM, once for each video (none where captions come from the timeline); 1 to 5 short replies and 1
    answer of the text model.

Examples:
    - Turn six frames into numbered narrations and choose one of the numbered options.
    - Narrate six frames of the short clip, then name the number of the right option.
    - Choose by six numbered narrations of the clip.
    - Answer with the number of an option, from narrations of a few frames alone.
    - Name one of the numbered options after reading a handful of narrations.
"""

FRAMES = 6
TEMPERATURE = 0.3
REPLIES = 5
WORDS = 5
REPLY_NATS = 2.0
LONGEST = 2000


def vamos(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    captions = caption(part, part.duration / FRAMES, frames=1)
    if not choices or not captions or not can_write():
        return answer(question, captions, choices)
    narrations = "\n".join(f"{number}. {line.content[:LONGEST]}" for number, line in enumerate(captions, 1))
    chosen = _choice(narrations, question, choices)
    if chosen is None:
        return answer(question, captions, choices)
    return answer(
        question, captions, choices, scores=[REPLY_NATS if place == chosen else 0.0 for place in range(len(choices))]
    )


def _choice(narrations: str, question: str, choices: list[str]) -> int | None:
    """The option that a reply names; None when none of the replies names exactly one."""
    options = "\n".join(f"({number}) {choice}" for number, choice in enumerate(choices, 1))
    instruction = (
        f"The narrations tell what a video shows, in the order of time. Question: {question}\nOptions:\n{options}\n"
        "Write the number of the right option and nothing else."
    )
    for attempt in range(REPLIES):
        reply = reason(instruction, narrations, words=WORDS, temperature=TEMPERATURE, attempt=attempt)
        numbers = _numbers(reply, len(choices))
        print(f"reply {attempt + 1}: {reply!r} names {numbers}")
        if len(numbers) == 1:
            return numbers[0] - 1
    return None


def _numbers(reply: str, count: int) -> list[int]:
    """The different numbers of options in a reply."""
    separated = "".join(sign if sign.isalnum() else " " for sign in reply)
    found = [int(word) for word in separated.split() if word.isdigit() and len(word) < 4]
    return [number for number in dict.fromkeys(found) if 1 <= number <= count]
