"""Listen to what is said in the part of the video that the question names, and answer from it.

Use when: The answer is spoken: a narrator, an interview, a dialogue, subtitles.

Needs: asr, llm

Source: Speech as evidence, after Video-RAG (arXiv 2411.13093).

Defaults: Subtitles where there are any, else speech recognition.

Cost: Recognition of the speech, once for each video; 1 answer of the text model.

Examples:
    - What does the lady say about her work?
    - According to the commentator, which team is better?
    - Does the lecturer mention a book?
    - What did the boy say to his mother?
    - What does the speaker say about the plan?
    - According to the narrator, where is the laboratory?
    - What topic does the interview deal with?
    - What is the last thing the speaker says?
    - What is said in the first ten seconds?
    - Is anything spoken in this recording?
    - What does the man tell his friend?
    - How many workers does the speaker mention?
    - Who helped them, according to the speaker?
    - What does the voice announce?
    - Is smoking allowed, according to the announcement?
    - Where does the narration say it was built?
    - Does anybody talk?
    - What does the presenter ask the audience to do?
"""

SPOKEN = (
    "say said speak speech spoke talk mention tell told voice hear announc narrat word according discuss conversation "
    "dialog interview ask answer promise"
)


def hear_speech(video: Clip, question: str, choices: list[str]) -> Answer:
    heard = transcribe(named_range(video, question))
    # Silence says no to "Does anybody talk?", and nothing about a dog on a sofa.
    about = any(word in question.lower() for word in SPOKEN.split())
    return answer(question, heard, choices, value="nothing" if about and not heard else None)
