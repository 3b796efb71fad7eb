"""The vision-language backend for servers, on loopback: what arrives there, and what is made of the answers.

No trained model that sees can be had here, so the server has none: it decodes every picture that arrives and says its
size and the colours of its corners.
"""

import base64
import io
import json
import threading
import time

import numpy as np
import pytest
from pictures import photograph
from PIL import Image
from servers import AT_ONCE, GOOD, failure, serving, with_logprobs
from vidprog.models import Models, load_profile
from vidprog.models.errors import ModelError
from vidprog.models.vlm_openai import LONGEST_SIDE, OpenAIVision
from vidprog.video import Frame

COLOURS = {
    "red": (220, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220), "yellow": (230, 220, 20),
    "white": (250, 250, 250), "black": (5, 5, 5),
}  # fmt: skip


def corners(*names, size=(320, 180), time=0.0):
    """A frame of four colours: upper left, upper right, lower left, lower right."""
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    for place, name in enumerate(names):
        row, column = divmod(place, 2)
        rows = slice(row * height // 2, (row + 1) * height // 2)
        image[rows, column * width // 2 : (column + 1) * width // 2] = COLOURS[name]
    return Frame(time, image)


def nearest_colour(pixel):
    return min(COLOURS, key=lambda name: sum((int(a) - b) ** 2 for a, b in zip(pixel, COLOURS[name], strict=True)))


def looked_at(part):
    """What a part of a message is: its text, or size, format and corners of its picture."""
    if part["type"] == "text":
        return part["text"]
    head, _, data = part["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    picture = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    width, height = picture.size
    places = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    return [width, height, *(nearest_colour(picture.getpixel(place)) for place in places)]


def describing(body):
    """A reply that tells what arrived, part by part."""
    (message,) = body["messages"]
    assert message["role"] == "user"
    text = json.dumps([looked_at(part) for part in message["content"]])
    return {**GOOD, "choices": [{**GOOD["choices"][0], "message": {"role": "assistant", "content": text}}]}


def seen(vlm, *contents, **options):
    return [json.loads(reply.text) for reply in vlm.complete(contents, **options)]


def test_pictures_arrive_upright_in_their_colours_and_in_order():
    content = [
        "1.0 s:", corners("red", "green", "blue", "yellow"), "2.0 s:", corners("black", "white", "red", "blue"),
        "Which?",
    ]  # fmt: skip
    with serving((200, describing)) as (url, _):
        (found,) = seen(OpenAIVision("m", url), content)
    assert found == [
        "1.0 s:", [320, 180, "red", "green", "blue", "yellow"], "2.0 s:", [320, 180, "black", "white", "red", "blue"],
        "Which?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "side", "sent"),
    [
        ((320, 180), LONGEST_SIDE, (320, 180)),
        ((1920, 1080), LONGEST_SIDE, (768, 432)),
        ((1080, 1920), LONGEST_SIDE, (432, 768)),
        ((1000, 1000), 448, (448, 448)),
        ((4000, 10), LONGEST_SIDE, (768, 2)),
        ((8, 8), LONGEST_SIDE, (8, 8)),
    ],
)
def test_the_size_is_bounded_and_the_shape_stays(size, side, sent):
    with serving((200, describing)) as (url, _):
        ((found,),) = seen(OpenAIVision("m", url, side=side), [corners("red", "green", "blue", "yellow", size=size)])
    assert tuple(found[:2]) == sent
    if min(sent) > 4:
        assert found[2:] == ["red", "green", "blue", "yellow"]


def test_a_photograph_keeps_its_look():
    image = photograph("cat", width=640)
    with serving((200, GOOD)) as (url, requests):
        OpenAIVision("m", url).complete([[Frame(0.0, image), "What is it?"]])
    data = requests[0]["body"]["messages"][0]["content"][0]["image_url"]["url"].partition(",")[2]
    arrived = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))), np.float32)
    assert arrived.shape == image.shape
    assert np.abs(arrived - image).mean() < 4
    assert len(data) < 200_000


@pytest.mark.parametrize("image", [np.zeros((90, 160, 3), np.uint8)[:, ::2], np.zeros((160, 90, 3), np.uint8)[::-1]])
def test_pictures_that_are_views_of_others(image):
    with serving((200, describing)) as (url, _):
        ((found,),) = seen(OpenAIVision("m", url), [Frame(0.0, image)])
    assert found == [image.shape[1], image.shape[0], *["black"] * 4]


def test_what_is_asked_and_what_is_read():
    with serving((200, with_logprobs())) as (url, requests):
        (reply,) = OpenAIVision("m", url).complete([["Which?", corners("red")]], max_tokens=3)
    wanted = {"model": "m", "max_tokens": 3, "temperature": 0, "logprobs": True, "top_logprobs": 20}
    assert {name: requests[0]["body"].get(name) for name in wanted} == wanted
    assert reply.text == "B"
    assert reply.alternatives == {"B": -0.1, "A": -2.5}
    assert reply.log_probabilities == (-0.1, -0.2)
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (30, 2)


def test_a_server_without_probabilities_is_asked_without_them_from_then_on():
    with serving((400, failure("logprobs are not supported")), (200, GOOD)) as (url, requests):
        vlm = OpenAIVision("m", url)
        replies = [vlm.complete([["Which?"]])[0] for _ in range(2)]
    assert ["logprobs" in request["body"] for request in requests] == [True, False, False]
    assert [reply.alternatives for reply in replies] == [None, None]


def test_many_contents_are_under_way_together_and_answered_in_order():
    now, most, lock = 0, 0, threading.Lock()

    def slowly(body):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        number = int(body["messages"][0]["content"][0]["text"])
        time.sleep(0.05 if number % 2 else 0.15)
        with lock:
            now -= 1
        return describing(body)

    with serving((200, slowly)) as (url, requests):
        found = seen(OpenAIVision("m", url), *([str(number)] for number in range(10)))
    assert found == [[str(number)] for number in range(10)]
    assert len(requests) == 10
    assert most == 4


def test_one_failure_fails_them_all_and_stops_the_others():
    def failing(body):
        time.sleep(0.05)
        return failure("no")

    with serving((401, failing)) as (url, requests), pytest.raises(ModelError) as caught:
        OpenAIVision("m", url).complete([[str(number)] for number in range(40)])
    assert caught.value.code == "model.server"
    assert "OPENAI_API_KEY" in caught.value.hint
    assert len(requests) < 40


def test_nothing_to_ask():
    assert OpenAIVision("m", "http://127.0.0.1:9/v1").complete([]) == ()


@pytest.mark.parametrize(
    ("reply", "hint", "count"),
    [
        ((500, failure("on fire"), AT_ONCE), "", 3),
        ((429, failure("slow down"), AT_ONCE), "later", 3),
        ((404, failure("no")), "/v1", 1),
        ((400, failure("at most 1 image may be provided")), "", 1),
        ((200, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}), "/v1", 1),
    ],
)
def test_failures_are_told_like_those_of_text_models(reply, hint, count):
    with serving(reply) as (url, requests), pytest.raises(ModelError) as caught:
        OpenAIVision("m", url).complete([["Which?", corners("red")]])
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message
    assert len(requests) == count


def test_given_texts_cannot_be_scored():
    vlm = OpenAIVision("m", "http://127.0.0.1:9/v1")
    assert not vlm.can_score
    with pytest.raises(ModelError) as caught:
        vlm.score(["text"], ["yes"])
    assert caught.value.code == "model.no_scores"


def test_it_plays_the_role(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    models = Models(load_profile("embedded", ["vlm=openai:m@http://host/v1"]))
    assert models.identity("vlm") == models.vlm.identity == "openai:m@http://host/v1:768px"
    assert models.vlm.interleaved
    assert models.vlm.images_per_call > 8
