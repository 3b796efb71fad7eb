"""Made-up annotations in the format of each published data set, as files: nothing here is anybody's data."""

import csv
import io
import json


def table(header, *rows):
    """A CSV table as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def lines(*rows):
    """JSON lines as text."""
    return "".join(json.dumps(row) + "\n" for row in rows)


NEXT = "video_id,frame_count,width,height,question,answer,qid,type,a0,a1,a2,a3,a4"
BIRDS = ("sing", "sleep", "fly off", "eat", "dance")


def next_row(video, answer, qid, choices=BIRDS):
    return (video, 90, 64, 48, "what does the bird do at the end", answer, qid, "TN", *choices)


def star_question(name, right):
    texts = ("The cup.", "The hat.", "The rug.", "The key.")
    marks = ["Correct" if place == right else "Wrong" for place in range(4)]
    choices = [
        {"choice_id": place, "choice": text, "answer": mark}
        for place, (text, mark) in enumerate(zip(texts, marks, strict=True))
    ]
    return {
        "question_id": name, "question": "Which object was lifted?", "video_id": "QQ1ZZ", "start": 2.5, "end": 9,
        "answer": "QQ1ZZ", "choices": choices[::-1],
    }  # fmt: skip


def chat(asked, reference, dataset, place, video, **more):
    return {
        "messages": [
            {"role": "user", "content": [{"type": "video"}, {"type": "text", "text": asked}]},
            {"role": "assistant", "content": [{"type": "text", "text": "", "reference": reference}]},
        ],
        "dataset": dataset, "task": "video/QA", "idx": place, "vid": video, **more,
    }  # fmt: skip


def needle(turn, right):
    options = "A. a fig\nB. a kiwi\nC. a plum\nD. a pear"
    prompt = f"<|im_start|>user\n<image>\nWhat is shown?\n{options}\nAnswer with it.<|im_end|>"
    return {
        "video_path": "./VN/v_abc_ret_edit1.mp4", "prompt": prompt, "pred": "A", "gt": right,
        "task_type": "ret_edit1", "try": turn,
    }  # fmt: skip


def event(task, place, **truth):
    return {
        "version": 1.0, "idx": place, "task": task, "source": "made_up", "video": "made_up/a.mp4", "duration": 40.0,
        "q": "What happens?", **truth,
    }  # fmt: skip


OPEN = "video_id,question,answer,qid,type"
GRID = ",video_name,question_id,question,answer,a0,a1,a2"

FILES = {
    "nextqa": {"val.csv": table(NEXT, next_row("11", "fly off", 0), next_row("11", "sing", 1))},
    "nextqa by position": {"test.csv": table(NEXT, next_row("11", 2, 0), next_row("12", 0, 0))},
    "nextgqa": {
        "val.csv": table(NEXT, next_row("11", "fly off", 0), next_row("11", "sing", 1)),
        "gsub_val.json": json.dumps(
            {"11": {"duration": 20, "fps": 25, "location": {"0": [[-0.1, 3.5], [8, 9]]}}, "12": {"location": {}}}
        ),
        "map_vid_vidorID.json": json.dumps({"11": "0007/11"}),
    },
    "intentqa": {
        "test.csv": table(f"{NEXT},action,lemma,lemma_id", (*next_row("11", 3, 4), "eating", "eat", 9))
    },
    "star": {"STAR_val.json": json.dumps([star_question("Interaction_T1_5", 1), star_question("Sequence_T2_6", 3)])},
    "star by question": {"some.json": json.dumps({"Feasibility_T3_7": star_question("Feasibility_T3_7", 0)})},
    "egoschema": {
        "questions.json": json.dumps(
            [
                {"q_uid": name, "google_drive_id": "x", "question": "What is C doing?", "option 0": "C sews.",
                 "option 1": "C reads.", "option 2": "C paints."}
                for name in ("u-1", "u-2")
            ]
        ),
        "subset_answers.json": json.dumps({"u-1": 2}),
    },
    "igvlm": {"EgoSchema.csv": table(GRID, (0, "u-1", "drive1", "What is it?", "a fig", "a kiwi", "a fig", "a plum"))},
    "igvlm of STAR": {
        "STAR.csv": table(
            ",video_name,question,answer_number,question_id,question_type,a0,a1,answer",
            (0, "QQ1ZZ_2.5_9", "What is lifted?", 1, "Interaction_T1_5", "Interaction_T1", "A cup", "A hat", "A hat"),
        )
    },
    "igvlm open": {
        "MSVD_QA.csv": table(
            ",video_id,answer,question,video_name,question_id,question_type",
            (0, 9, "figs", "what is cut?", "abc_1_9", "q1", 0),
            (1, 9, "two", "how many are cut?", "abc_1_9", "q1", 0),
        )
    },
    "activitynet-qa": {
        "test_q.json": json.dumps([{"video_name": "_ab", "question": "is it raining", "question_id": "v__ab_1"}]),
        "test_a.json": json.dumps([{"answer": "no", "type": 3, "question_id": "v__ab_1"}]),
    },
    "msrvtt-qa": {"test.csv": table(OPEN, (70, "who is cutting figs", "cook", 5, 7))},
    "msrvtt-qa as a list": {
        "test_qa.json": json.dumps([{"video_id": 70, "question": "who?", "answer": "cook", "id": 5, "category_id": 7}])
    },
    "msvd-qa": {
        "test_qa.json": json.dumps([{"video_id": 3, "question": "who?", "answer": "cook", "id": 8}]),
        "youtube_mapping.txt": "abc_1_9 vid3\n",
    },
    "qvhighlights": {
        "val.jsonl": lines(
            {"qid": 1, "query": "A cook cuts figs", "vid": "ab_0.0_10.0", "duration": 10, "relevant_windows": [[2, 6]],
             "relevant_clip_ids": [1, 2], "saliency_scores": [[4, 2, 3], [1, 1, 0]]},
            {"qid": 2, "query": "A fig", "vid": "ab_0.0_10.0", "duration": 10},
        )
    },
    "tvbench": {
        "TVBench.jsonl": lines(
            chat("Question: Which way?\n(A) Left.\n(B) Upwards.", "B", "TVBench/Moving Direction", 4, "dir/a.mp4")
        )
    },
    "dream-1k": {
        "DREAM-1k.jsonl": lines(
            chat("Describe the video in detail.", "A cook cuts figs, then bows.", "DREAM/stock", 9, 9,
                 extra_info={"events": ["A cook cuts figs.", "The cook bows."]})
        )
    },
    "videomme": {
        "videomme.json": json.dumps(
            [{"video_id": "001", "duration": "short", "domain": "Art", "sub_category": "Dance", "url": "u",
              "videoID": "abC-d", "question_id": "001-1", "task_type": "OCR Problems", "question": "Which word?",
              "options": ["A. fig.", "B. kiwi.", "C. plum."], "answer": "C"}]
        )
    },
    "longvideobench": {
        "lvb_val.json": json.dumps(
            [{"video_id": "abC-d", "question": "What is worn?", "candidates": ["a hat", "a cap"], "correct_choice": 1,
              "question_category": "S2A", "id": "abC-d_0", "video_path": "abC-d.mp4", "subtitle_path": "abC-d_en.json",
              "duration": 61.5, "duration_group": 600}]
        )
    },
    "vnbench": {"results.jsonl": lines(*(needle(turn, right) for turn, right in enumerate("BBCA")))},
    "vnbench as published": {
        "VNBench-main-4try.json": json.dumps(
            [{"video": "/VN/v_abc_ret_edit1.mp4", "question": "What is shown?", "options": ["a fig", "a kiwi"],
              "gt": "a kiwi", "gt_option": "B", "needle_time": [3.0], "length": 20, "type": "ret_edit1", "try": 0}]
        )
    },
    "vnbench not strict": {
        "result.jsonl": """{"question_id": "7_ret_1_0", "gt": "D", "type": "ret", "try": 0, "prompt": 'P'}\n"""
    },
    "etbench": {
        "etbench_txt_v1.0.json": json.dumps(
            [
                event("rar", 0, p=1, o=["a fig", "a kiwi"]),
                event("tvg", 1, tgt=[[3, 4.5]]),
                event("vhd", 2, tgt=[7.0]),
                event("slc", 3, tgt=[[0, 5], [5, 9]], g=["a cook cuts figs", "the cook bows"]),
            ]
        )
    },
    "tempcompass": {
        "multi-choice.json": json.dumps(
            {
                "90": {"direction": [{"question": "Which way?\nA. left\nB. right", "answer": "B. right"}]},
                "90_reverse": {"direction": [{"question": "Which way?\nA. left\nB. right", "answer": "A. left"}]},
                "91": {"action": [{"question": "Is it sewing?", "answer": "yes"}]},
            }
        )
    },
    "tempcompass captions": {
        "caption_matching.json": json.dumps(
            {"90": {"speed": [{"question": "Which fits?\nCaption A: It is slow.\nCaption B: It is fast.",
                               "answer": "Caption B: It is fast."},
                              {"question": "Name it.\nInformation A: {'s': 'x'}\nGenerated Caption:",
                               "answer": "A. x"}]}}
        )
    },
    "candidates": {
        "plotQA.json": json.dumps(
            [{"video": "m_6.mp4", "duration": 246, "question": "Which colour?", "candidates": ["Red", "Blue"],
              "answer": "Blue", "question_type": "plotQA"}]
        )
    },
    "clevrer": {
        "validation.json": json.dumps(
            [{"scene_index": 10, "video_filename": "video_10.mp4", "questions": [
                {"question_id": 0, "question": "What shape?", "question_type": "descriptive", "answer": "cube"},
                {"question_id": 1, "question": "What is not responsible?", "question_type": "explanatory", "choices": [
                    {"choice_id": 0, "choice": "the cube", "answer": "wrong"},
                    {"choice_id": 1, "choice": "the ball", "answer": "correct"}]}]}]
        )
    },
    "charades-sta": {"test.txt": "QQ1ZZ 2.5 9.0##person lifts a hat.\nQQ2ZZ 0.0 3.1##person sits, then stands.\n"},
    "agqa": {
        "test_balanced.txt": json.dumps(
            {"QQ1ZZ-5": {"video_id": "QQ1ZZ", "question": "Was a hat lifted?", "answer": "Yes", "ans_type": "binary",
                         "semantic": "object", "structural": "verify"}}
        )
    },
    "autoeval-video": {"questions.jsonl": lines({"ID": "1", "Question": "Why?", "Rule": "It names rain."})},
    "manifest": {
        "manifest.json": json.dumps(
            {"created": "today", "videos": [{"file": "a.mp4", "duration_s": 9.5, "questions": [
                {"id": "a#1", "type": "count", "question": "How many?", "answer": "4", "aliases": ["four"],
                 "options": ["3", "4"], "answer_index": 1, "time_span": [1, 2.5]}]}]}
        )
    },
    "plain": {
        "mine.jsonl": lines(
            {"video": "a.mp4", "question": "What is cut?", "choices": ["a fig", "a kiwi"], "answer": "B"},
            {"video": "a.mp4", "question": "How many?", "task": "count", "answer": 3},
            {"video": "a.mp4", "question": "When is it cut?", "spans": [[2, 3.5]]},
            {"video": "a.mp4", "question": "Who sings?", "answerable": False},
        )
    },
    "plain as a table": {
        "mine.csv": table(
            "id,video,question,choices,answer,truth,spans,part,category,note",
            ("x1", "a.mp4", "What is cut?", "a fig | a kiwi", "a kiwi", "", "2-3.5 | 8-9", "0-10", "objects", "hard"),
            ("x2", "a.mp4", "And now?", '["1", "2"]', "", 0, "", "", "", ""),
            ("x3", "a.mp4", "Who cuts?", "", "a cook", "", "", "", "people", ""),
        )
    },
}  # fmt: skip
"""Files of each format by what they show; the first of each is the one to read."""


def write(folder, name):
    """Put the files of one entry into a folder; the path to read."""
    for file, text in FILES[name].items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder / next(iter(FILES[name]))
