"""Retrieve speech, on-screen text and detections by the question, and answer from all of them.

Use when: It is not clear whether the answer is spoken, written or seen, or it takes several of them together.

Needs: asr, ocr, detector, embedder, llm

Source: Video-RAG (arXiv 2411.13093). There the VLM sees frames beside the retrieved text; here the text alone.

Defaults: 8 moments of each kind (the paper takes what is above a similarity of 0.3).

Examples:
    - Where was it recorded?
    - In which place does the scene take place?
    - Why did the experiment fail?
    - What is the report about?
    - What happens after the announcement?
    - What is the main topic?
    - How does the story end?
    - Which event is covered?
    - Why is the crowd running?
    - What does the cook do first?
    - What is seen right before the meeting?
    - Where does it take place?
"""


def video_rag(video: Clip, question: str, choices: list[str]) -> Answer:
    part = named_range(video, question)
    asked = question + " " + ", ".join(choices)
    found = search(asked, ["speech"]) + search(asked, ["text"]) + search(asked, ["object"])
    inside = [line for line in found if line.end >= part.start and line.start <= part.end]
    return answer(question, inside if inside else found, choices)
