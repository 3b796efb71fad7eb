"""Look for what the question speaks of in each video, and name the video in which it fits best.

Use when: There are several videos, and the question asks which of them shows, says or contains something.

Needs: asr, ocr, detector, embedder, llm

Source: Multi-video question answering of VURF (arXiv 2403.14743), whose programs take one video after the other; the
    videos count as independent of each other, so "both" and "neither" have probabilities, too.

Defaults: 6 moments of each video; a video-language model, where there is one, looks at 6 frames of each.

Cost: A search in each video; with a VLM 6 short calls for each; 1 answer.

Examples:
    - Which video shows a red door?
    - In which of the videos can a dog be seen?
    - Which clip mentions the price of bread?
    - In which recording does somebody talk about gardening?
    - Which of the two videos contains the word library?
    - Which film was made at night?
    - In which of the clips is a bicycle ridden?
    - Which video is about cooking?
    - Which of these videos shows a sign about parking?
    - In which clip does the woman wear a hat?
    - Which one of the files shows the beach, the first or the second?
"""

MOMENTS = 6
FRAMES = 6
UNSEEN = 0.3
WRITTEN = ("sign", "text", "word", "written", "title", "headline", "caption", "read")
SPOKEN = ("say", "mention", "talk", "speak", "told", "tell", "hear", "announce", "narrat")
NOWHERE = ("neither", "none", "no video", "no clip")


def which_video(videos: list[Clip], question: str, choices: list[str]) -> Answer:
    asked = about_one(question, videos)
    found = [search(asked, _kinds(question), MOMENTS, clip) for clip in videos]
    likely = [fit(asked, lines) for lines in found]
    if has_model("vlm"):
        wanted = f"Is this to be seen: {asked}?"
        seen = [max([0.0, *yes_scores(select_frames(clip, FRAMES), wanted)]) for clip in videos]
        likely = [max(told, shown) for told, shown in zip(likely, seen)]
    scores = weigh_videos(question, choices, videos, likely) if choices else []
    nowhere = any(word in choice.lower() for choice in choices for word in NOWHERE)
    if max(likely) < UNSEEN and not nowhere:
        return answer(question, [], choices)
    order = sorted(range(len(videos)), key=lambda place: -likely[place])
    lines = [line for rank, place in enumerate(order) for line in (found[place] if rank == 0 else found[place][:1])]
    if choices:
        return answer(question, lines, choices, scores=scores) if scores else answer(question, lines, choices)
    return answer(question, found[order[0]], value=name_videos(question, videos, likely))


def _kinds(question: str) -> list[str] | None:
    """Where to search: in what is said or written, if the question's words tell."""
    words = question.lower()
    if any(word in words for word in WRITTEN):  # signs say something, too
        return ["text"]
    return ["speech"] if any(word in words for word in SPOKEN) else None
