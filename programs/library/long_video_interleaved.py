"""Show frames and spoken lines in one row, in the order of time, and ask.

Use when: What is seen belongs to what is said at that moment: lectures, news, tutorials, interviews with pictures.

Needs: vlm, asr

Source: The input of LongVideoBench (arXiv 2407.15754): a frame a second up to a limit, each line of speech at its
    middle, at least a second long; lines that no frame falls into are left out.

Defaults: 64 frames at most.

Cost: Up to 64 frames in 1 answer of the VLM.

Examples:
    - What is on the blackboard when the lecturer speaks of gravity?
    - Which picture is shown while the reporter talks about the election?
    - When she says that the dough is ready, what does it look like?
    - What is the man pointing at when he mentions the river?
    - Which tool is in sight when the narrator warns of sparks?
"""

MOST_FRAMES = 64
SHORTEST = 1.0


def long_video_interleaved(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    frames = select_frames(part, max(1, min(MOST_FRAMES, int(part.duration))))
    lines = [line for line in transcribe(part) if _is_shown(line, frames)]
    return answer(question, lines, choices, pictures=frames)


def _is_shown(line: Observation, frames: list[Frame]) -> bool:
    middle = (line.start + line.end) / 2
    reach = max(SHORTEST, line.end - line.start) / 2
    return any(abs(frame.time - middle) <= reach for frame in frames)
