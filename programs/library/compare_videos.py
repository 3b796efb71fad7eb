"""Ask the same of each video and compare what comes out: in both, in neither, more in one than in the other, the same.

Use when: There are several videos, and the question relates them: both or neither, more or fewer, longer, the same.

Needs: asr, ocr, detector, embedder, llm

Source: Multi-video question answering of VURF (arXiv 2403.14743); COMPARE and EQUALS of STAIR (arXiv 2401.03901) over
    what was found in each video.

Defaults: Numbers by the detector, lengths by the clock; 6 moments of each video for everything else. The same is what
    was said or written in both, or has a cosine of 0.75 or more.

Cost: What the question takes of each video; 1 answer.

Examples:
    - Do both videos show a cat?
    - Is there a bridge in both clips?
    - Which video has more people in it?
    - How many more cars are there in the first video than in the second?
    - Are there more boats in the second clip than in the first?
    - Which of the videos is longer?
    - Is the first video shorter than the second one?
    - Do the two clips show the same sign?
    - Are both recordings about the same topic?
    - Does either of the videos mention the weather?
    - Is a horse seen in the first video only, in the second only, or in both?
    - Do the videos have the same number of people in them?
    - What is the difference between the two videos?
    - What do both clips have in common?
    - In which of the two clips are the fewest chairs?
    - Is the same person speaking in both videos?
    - Do all the clips have a title?
"""

MOMENTS = 6
FRAMES = 6
SHOWN = 3
LONG = ("longer", "longest", "shorter", "shortest", "how long", "same length", "as long as")
NUMBER = (
    "more",
    "most",
    "fewer",
    "fewest",
    "less",
    "least",
    "same number",
    "as many",
    "how many",
    "larger number",
    "greater number",
    "smaller number",
    "equal number",
)
SAME = ("same", "identical", "alike", "similar", "different", "differ", "match")
OPEN = ("what", "which", "how", "describe", "name", "list", "compare", "explain")
WRITTEN = ("sign", "text", "word", "written", "title", "headline", "caption", "read")
SPOKEN = ("say", "mention", "talk", "speak", "told", "tell", "hear", "announce", "narrat")


def compare_videos(videos: list[Clip], question: str, choices: list[str]) -> Answer:
    words = question.lower()
    asked = about_one(question, videos)
    if any(word in words for word in LONG):
        whole = [note(f"lasts {clip.duration:.1f} s", clip.start, clip.end, 1.0, clip) for clip in videos]
        return _by_numbers(videos, question, choices, [clip.duration for clip in videos], whole)
    if any(word in words for word in NUMBER):
        counted = [count(clip, asked) for clip in videos]
        numbers = [float(number) for number in counted if number is not None]
        if len(numbers) == len(videos):
            seen = [line for clip in videos for line in detect(clip, asked)[:SHOWN]]
            return _by_numbers(videos, question, choices, numbers, seen)
    found = [search(asked, _kinds(question), MOMENTS, clip) for clip in videos]
    same = any(word in words for word in SAME)
    if same and not (words.startswith(OPEN) and not choices):
        return _by_likeness(videos, question, choices, [_whole(clip, question) for clip in videos])
    if not choices and words.startswith(OPEN):
        return _in_words(videos, question, [_whole(clip, question) for clip in videos])
    likely = [fit(asked, lines) for lines in found]
    if has_model("vlm"):
        wanted = f"Is this to be seen: {asked}?"
        seen = [max([0.0, *yes_scores(select_frames(clip, FRAMES), wanted)]) for clip in videos]
        likely = [max(told, shown) for told, shown in zip(likely, seen)]
    lines = [line for part in found for line in part[:SHOWN]]
    if choices:
        scores = weigh_videos(question, choices, videos, likely)
        return answer(question, lines, choices, scores=scores) if scores else answer(question, lines, choices)
    return answer(question, lines, value=name_videos(question, videos, likely))


def _by_numbers(
    videos: list[Clip], question: str, choices: list[str], numbers: list[float], seen: list[Observation]
) -> Answer:
    """From one number of each video."""
    if not choices:
        return answer(question, seen, value=name_videos(question, videos, numbers, of="number"))
    scores = weigh_videos(question, choices, videos, numbers, of="number")
    return answer(question, seen, choices, scores=scores) if scores else answer(question, seen, choices)


def _by_likeness(videos: list[Clip], question: str, choices: list[str], found: list[list[Observation]]) -> Answer:
    """From the two lines that are most alike, of each video and the next."""
    alike: list[float] = []
    lines: list[Observation] = []
    for one, other in zip(found, found[1:]):
        best = 0.0
        pair: list[Observation] = one[:1] + other[:1]
        for line in one:
            likeness = similarity(line.content, [another.content for another in other]) if other else []
            if likeness and max(likeness) > best:
                best = max(likeness)
                pair = [line, other[likeness.index(best)]]
        alike.append(max(0.0, 2.0 * best - 1.0))
        lines += pair
    if not alike:
        return answer(question, found[0], choices)
    if not choices:
        return answer(question, lines, value=name_videos(question, videos, [min(alike)], of="likeness"))
    scores = weigh_videos(question, choices, videos, [min(alike)], of="likeness")
    return answer(question, lines, choices, scores=scores) if scores else answer(question, lines, choices)


def _in_words(videos: list[Clip], question: str, found: list[list[Observation]]) -> Answer:
    """From everything about each video, by a model that writes; else what all have, or what only one has."""
    lines = [line for part in found for line in part]
    if can_write():
        told = reason(f"Compare what was found in the videos and answer in one sentence: {question}", lines)
        return answer(question, lines, value=told)
    contents = [[line.content for line in part] for part in found]
    shared = [text for text in contents[0] if all(text in others for others in contents[1:])]
    alone = [line for line in lines if line.content not in shared]
    if "common" in question.lower() or "both" in question.lower():
        both = [line for line in lines if line.content in shared]
        return answer(question, both, value=", ".join(shared) or "nothing")
    told = "; ".join(f"only {line.video}: {line.content}" for line in alone)
    return answer(question, alone, value=told or "no difference was found")


def _whole(clip: Clip, question: str) -> list[Observation]:
    """What is said and written in a video, or one of them if the question's words tell; things where there is none."""
    kinds = _kinds(question) or ["text", "speech"]
    lines = (read_text(clip) if "text" in kinds else []) + (transcribe(clip) if "speech" in kinds else [])
    return lines[:30] or detect(clip)[:30]


def _kinds(question: str) -> list[str] | None:
    """Where to search: in what is said or written, if the question's words tell."""
    words = question.lower()
    if any(word in words for word in WRITTEN):  # signs say something, too
        return ["text"]
    return ["speech"] if any(word in words for word in SPOKEN) else None
