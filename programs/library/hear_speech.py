"""Listen to what is said in the part of the video that the question names, and answer from it.

Use when: The answer is spoken: a narrator, an interview, a dialogue, subtitles.

Needs: asr, llm

Source: Speech as evidence, after Video-RAG (arXiv 2411.13093).

Defaults: Subtitles where there are any, else speech recognition.

Examples:
    - What does the speaker say about the plan?
    - According to the narrator, where is the laboratory?
    - What topic does the narrator talk about?
    - Which word does the speaker say at the end?
    - What is said between 20 and 35 seconds?
    - Is anything spoken in the clip?
    - What does the man tell his friend?
    - How many years does the speaker mention?
    - With whom does the speaker say they worked?
    - What does the voice announce?
    - Is it allowed, according to the speaker?
    - Where does the narration say it was built?
    - Does anybody talk in the video?
    - What does the presenter ask the audience to do?
"""


def hear_speech(video: Clip, question: str, choices: list[str]) -> Answer:
    return answer(question, transcribe(named_range(video, question)), choices)
