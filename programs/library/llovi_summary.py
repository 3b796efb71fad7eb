"""Summarize the descriptions of the whole video for the question, without seeing the options, and answer from that.

Use when: A long video has too many details for one look: what matters to the question is written down first.

Needs: asr, ocr, detector, embedder, llm

Source: LLoVi (arXiv 2312.17235), its best single prompt: (captions, question) become a summary of about 500 words at
    temperature 1.0, written before the options are known; then summary, question and options become the answer. With
    a text model that does not write, the summary is an extract of the captions.

Defaults: Windows of 2 s with a VLM (10 s where captions come from the timeline), 500 words, temperature 1.0. The four
    captions nearest to the summary stand beside it as evidence (ours).

Cost: 1 call of the VLM for each 2 s, once for each video (none where captions come from the timeline); 1 summary and 1
    answer of the text model.

Examples:
    - First sum up the whole long recording with this question in mind, then answer from the summary.
    - After summing up everything that the long video shows, what was the overall intention?
    - In view of a summary of the whole footage, how did the volunteers spend the day?
    - What can be concluded from a summary of everything that the camera wearer did?
    - Condense three minutes of captions into a summary and decide from it what the strategy was.
"""

SECONDS = 2.0
TEMPLATE_SECONDS = 10.0
WORDS = 500
TEMPERATURE = 1.0
MOMENTS = 4


def llovi_summary(video: Clip, question: str, choices: list[str]) -> Answer:
    captions = caption(video, SECONDS if has_model("vlm") else TEMPLATE_SECONDS)
    summary = summarize(captions, question, words=WORDS, temperature=TEMPERATURE)
    if not summary:
        return answer(question, captions, choices)
    moments = retrieve(summary, captions, limit=MOMENTS)
    return answer(question, [note(summary, video.start, video.end), *moments], choices)
