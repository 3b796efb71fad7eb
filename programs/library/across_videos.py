"""Put the evidence of all videos together and answer once: a sum, a summary, an answer that takes several of them.

Use when: There are several videos, and the question is about all of them taken together.

Needs: asr, ocr, detector, embedder, llm

Source: Multi-video question answering of VURF (arXiv 2403.14743): one program over all videos, one answer.

Defaults: 6 moments of each video; numbers of things are added up.

Cost: A search in each video; 1 answer.

Examples:
    - How many people are there in all the videos together?
    - How many dogs are seen across the videos in total?
    - What are these videos about?
    - Summarize all the clips.
    - What happens over the course of the videos?
    - According to the videos taken together, what should a visitor do first?
    - Who is mentioned in the first video and seen in the second?
    - What story do the clips tell together?
    - Using all the recordings, what was decided?
"""

MOMENTS = 6
SHOWN = 3


def across_videos(videos: list[Clip], question: str, choices: list[str]) -> Answer:
    asked = about_one(question, videos)
    if question.lower().startswith(("how many", "what is the total", "what number")):
        counted = [count(clip, asked) for clip in videos]
        numbers = [number for number in counted if number is not None]
        if len(numbers) == len(videos):
            seen = [line for clip in videos for line in detect(clip, asked)[:SHOWN]]
            return answer(question, seen, choices, value=sum(numbers))
    wanted = asked + " " + ", ".join(choices)
    found = [line for clip in videos for line in search(wanted, None, MOMENTS, clip)]
    if not found:
        found = [line for clip in videos for line in caption(clip)]
    if can_write() and not choices:
        told = reason(f"These moments are from several videos. Answer in two sentences at most: {question}", found)
        return answer(question, found, value=told)
    return answer(question, found, choices)
