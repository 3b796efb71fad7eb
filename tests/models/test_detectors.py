"""What every detector must do whatever it knows, and that detectors with random weights say what their library says."""

import os
import subprocess
import sys

import numpy as np
import pytest
import tiny_vision
from backends import MADE, backends_of
from pictures import photograph
from scripted import with_role
from vidprog.models import Models, OpenVocabularyDetector, load_profile
from vidprog.models.detector_ultralytics import BODY
from vidprog.models.errors import ModelError
from vidprog.models.models import BACKENDS
from vidprog.models.profiles import Spec

PICTURES = [photograph("cat", 320), np.zeros((90, 160, 3), np.uint8), photograph("coffee", 240)]
NAMES = ("red mug", "dog")
SIGNED = ("Red", "mug. small", "dog?")
"""Names with signs that mean something to a model that reads one sentence of names."""


def test_every_backend_that_perceives_is_tested():
    assert set(MADE) == {known for known in BACKENDS if known[0] in ("asr", "ocr", "detector")}


def test_things_have_labels_scores_and_boxes(detector):
    found = detector.detect(PICTURES)
    assert len(found) == len(PICTURES)
    for things in found:
        assert [thing.score for thing in things] == sorted((thing.score for thing in things), reverse=True)
        for thing in things:
            left, top, right, bottom = thing.box
            assert 0 <= left <= right <= 1 and 0 <= top <= bottom <= 1
            assert thing.label in detector.labels
            assert 0.2 <= thing.score <= 1
    assert detector.detect([]) == ()


@pytest.mark.parametrize("backend", backends_of("detector"))
def test_what_is_known_before_loading_is_true(workshop, backend):
    kind, name = backend
    loaded = workshop.load("detector", kind, name)
    if kind == "opencv":
        models = Models(load_profile("embedded"))
    else:
        spec = Spec(kind, str(workshop._folder / {"yolo11n": "mine.pt"}.get(name, name)))
        models = Models(load_profile("embedded", [f"detector={spec}"]))
    assert models.identity("detector") == loaded.identity
    assert models.labels == loaded.labels
    assert models.open_vocabulary == isinstance(loaded, OpenVocabularyDetector) == (kind == "transformers")
    assert models.gives == getattr(loaded, "gives", frozenset()) == frozenset()


# ---- Ultralytics

SEED = 1
"""Outlines without an inside are left out by the library: with most random weights something is left."""


@pytest.fixture(scope="module")
def yolo(workshop):
    return workshop.load("detector", "ultralytics", "yolo11n")


@pytest.fixture
def lowered(monkeypatch):
    """Random weights take nothing for real: the floor is put where they take something."""
    monkeypatch.setattr("vidprog.models.detector_ultralytics.FLOOR", 1e-5)


@pytest.mark.vision
def test_ultralytics_boxes_and_labels_are_its_own(yolo, lowered):
    found = yolo.detect(PICTURES)
    assert any(found)
    for picture, things in zip(PICTURES, found, strict=True):
        (result,) = yolo._model.predict(picture[:, :, ::-1].copy(), conf=1e-5, verbose=False)
        height, width = picture.shape[:2]
        theirs = {
            (
                result.names[int(kind)],
                *(round(float(side), 2) for side in box / ([width, height] * 2)),
            )
            for box, kind in zip(result.boxes.xyxy.numpy(), result.boxes.cls.numpy(), strict=True)
        }
        assert {(thing.label, *(round(side, 2) for side in thing.box)) for thing in things} == theirs
    assert {thing.label for things in found for thing in things} <= {f"thing {number}" for number in range(80)}


@pytest.mark.vision
def test_ultralytics_takes_pictures_as_rgb(yolo):
    yolo.detect(PICTURES[:1])
    seen = []
    first = yolo._model.predictor.model.model.model[0]
    hook = first.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0]))
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 255
    yolo.detect([red])
    hook.remove()
    assert seen[0].amax(dim=(0, 2, 3)).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.vision
def test_an_architecture_without_weights_has_the_names_of_coco(yolo):
    models = Models(load_profile("embedded", ["detector=ultralytics:yolo11n.yaml"]))
    before = models.labels
    assert models.detector.labels == before == Models(load_profile("embedded")).labels


@pytest.mark.vision
@pytest.mark.parametrize("content", [None, b"no model", b""])
def test_ultralytics_weights_that_cannot_be_read(yolo, tmp_path, content, monkeypatch):
    """Neither fetched from somewhere nor taken for good."""
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "yolo11n.pt").write_bytes(content)
    with pytest.raises(ModelError) as caught:
        Models(load_profile("embedded", ["detector=ultralytics:yolo11n.pt"])).get("detector")
    assert caught.value.code == "model.unreadable"
    assert "ultralytics:FILE.pt" in caught.value.hint
    assert "\n" not in caught.value.message
    assert len(list(tmp_path.iterdir())) == (content is not None)


def detailed(task):
    """Models with a detector of outlines or poses with random weights, the same ones each time."""
    import torch

    models = Models(load_profile("embedded", [f"detector=ultralytics:yolo11n-{task}.yaml"]))
    torch.manual_seed(SEED)
    models.get("detector")
    return models


def sorted_by_score(result):
    """Places of the things of Ultralytics' own result, best first, as ours are."""
    scores = result.boxes.conf.tolist()
    return sorted(range(len(scores)), key=lambda place: -scores[place])


@pytest.mark.vision
@pytest.mark.parametrize(("task", "gives"), [("seg", {"mask"}), ("pose", {"keypoints"})])
def test_models_of_outlines_and_poses_give_boxes_and_these(yolo, lowered, task, gives):
    before = Models(load_profile("embedded", [f"detector=ultralytics:yolo11n-{task}.yaml"])).gives
    models = detailed(task)
    (things,) = models.detector.detect(PICTURES[:1])
    assert things and {thing.label for thing in things} <= set(models.labels)
    assert models.gives == before == gives
    assert {bool(thing.keypoints) for thing in things} == {"keypoints" in gives}
    assert any(thing.mask for thing in things) == ("mask" in gives)


@pytest.mark.vision
def test_nothing_found_has_no_details(yolo, monkeypatch):
    monkeypatch.setattr("vidprog.models.detector_ultralytics.FLOOR", 0.999)
    for task in ("seg", "pose"):
        assert detailed(task).detector.detect(PICTURES) == ((), (), ())


@pytest.mark.vision
def test_key_points_are_those_of_the_library(yolo, lowered):
    detector = detailed("pose").detector
    for picture, things in zip(PICTURES, detector.detect(PICTURES), strict=True):
        (result,) = detector._model.predict(picture[:, :, ::-1].copy(), conf=1e-5, verbose=False)
        height, width = picture.shape[:2]
        for place, thing in zip(sorted_by_score(result), things, strict=True):
            assert [point[0] for point in thing.keypoints] == list(BODY)
            ours = np.array([point[1:] for point in thing.keypoints])
            theirs = result.keypoints.data[place].numpy() / [width, height, 1]
            assert ours == pytest.approx(np.clip(theirs, 0, 1), abs=2e-3)


@pytest.mark.vision
def test_masks_are_outlines_of_the_library(yolo, lowered):
    """The library joins the outlines of all parts of a thing: ours is one of them, and the only one where it is one."""
    detector = detailed("seg").detector
    single = 0
    for picture, things in zip(PICTURES, detector.detect(PICTURES), strict=True):
        (result,) = detector._model.predict(picture[:, :, ::-1].copy(), conf=1e-5, verbose=False)
        for place, thing in zip(sorted_by_score(result), things, strict=True):
            theirs = {(round(float(x), 4), round(float(y), 4)) for x, y in result.masks.xyn[place]}
            assert thing.mask
            assert set(thing.mask) <= theirs
            single += set(thing.mask) == theirs
    assert single


@pytest.mark.vision
def test_the_largest_outline_counts(yolo):
    """By its area: one with many corners may be small."""
    import torch
    from ultralytics.engine.results import Masks
    from vidprog.models.detector_ultralytics import _outlines

    masks = torch.zeros(2, 40, 80)
    masks[0, 10:30, 20:60] = 1
    for step in range(8):
        masks[0, 2 + step % 2 : 5, 2 + 2 * step : 4 + 2 * step] = 1
    large, nothing = _outlines(Masks(masks, (40, 80)))
    assert nothing == ()
    xs, ys = zip(*large, strict=True)
    assert (min(xs), max(xs)) == pytest.approx((0.25, 0.75), abs=0.02)
    assert (min(ys), max(ys)) == pytest.approx((0.25, 0.75), abs=0.03)


@pytest.mark.vision
def test_a_pose_of_something_else_has_no_key_points(yolo, lowered, tmp_path):
    """A model of 21 points of hands: their names are not those of a body's parts."""
    from ultralytics.utils import ROOT

    path = tmp_path / "yolo11n-pose.yaml"
    path.write_text((ROOT / "cfg/models/11/yolo11-pose.yaml").read_text().replace("[17, 3]", "[21, 3]"))
    models = Models(load_profile("embedded", [f"detector=ultralytics:{path}"]))
    assert models.gives == models.detector.gives == frozenset()
    (things,) = models.detector.detect(PICTURES[:1])
    assert things and not any(thing.keypoints for thing in things)


@pytest.mark.vision
def test_saved_weights_give_what_they_were_made_for(yolo, lowered, tmp_path):
    from ultralytics import YOLO

    YOLO("yolo11n-pose.yaml").save(tmp_path / "mine.pt")
    models = Models(load_profile("embedded", [f"detector=ultralytics:{tmp_path / 'mine.pt'}"]))
    assert models.gives == models.detector.gives == {"keypoints"}


@pytest.mark.vision
def test_the_tools_of_details_run_on_real_models(yolo, lowered, open_context, mute, monkeypatch):
    """Random weights are sure of nothing: what counts is that the whole way is gone, and that the reason is true."""
    from vidprog.tools.cut_out import cut_out
    from vidprog.tools.pose import pose

    context = open_context(mute, models=detailed("pose"))
    assert "nothing in" in pose(context.whole, "person", context=context).why
    monkeypatch.setattr("vidprog.tools.cut_out.MIN_SCORE", 0.0)
    context = open_context(mute, models=detailed("seg"))
    frames = context.frames([0.5])
    label = context.models.detector.detect([frames[0].image])[0][0].label
    (alone,) = cut_out(frames, label, context=context)
    assert alone.image.shape == frames[0].image.shape


@pytest.mark.vision
def test_a_model_that_gives_no_boxes_is_refused(yolo):
    with pytest.raises(ModelError) as caught:
        Models(load_profile("embedded", ["detector=ultralytics:yolo11n-cls.yaml"])).detector  # noqa: B018
    assert caught.value.code == "model.unreadable"
    assert "no boxes" in caught.value.message


@pytest.mark.vision
def test_ultralytics_writes_nothing_where_the_user_is(yolo, tmp_path):
    """Neither settings in the home directory nor runs in the working directory."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    code = (
        "import numpy as np\n"
        "from vidprog.models import Models, load_profile\n"
        "models = Models(load_profile('embedded', ['detector=ultralytics:yolo11n.yaml']))\n"
        "models.detector.detect([np.zeros((64, 64, 3), np.uint8)])"
    )
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith(("YOLO_", "XDG_"))}
    environment = {**elsewhere, "HOME": str(home), "VIDPROG_WEIGHTS": str(tmp_path / "weights")}
    done = subprocess.run([sys.executable, "-c", code], cwd=work, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    written = [path for folder in (home, work) for path in folder.rglob("*") if path.is_file()]
    assert [path for path in written if "ltralytics" in str(path) or path.is_relative_to(work)] == []


# ---- whatever is named


@pytest.fixture(scope="module", params=tiny_vision.DETECTORS)
def finder(request, workshop):
    return workshop.load("detector", "transformers", request.param)


def by_library(finder, picture, names):
    """Scores, labels and boxes (shares of the picture) that the library itself reads out of one picture."""
    import torch
    from PIL import Image

    image, texts = Image.fromarray(picture), [[name.casefold() for name in names]]
    grounded = "grounding" in finder._model.config.model_type
    options = {"padding": True} if grounded else {"padding": "max_length", "max_length": tiny_vision.CONTEXT}
    inputs = finder._processor(images=image, text=texts, return_tensors="pt", **options)
    with torch.inference_mode():
        outputs = finder._model(**inputs)
    more = {"input_ids": inputs["input_ids"], "text_threshold": 0.0} if grounded else {}
    (found,) = finder._processor.post_process_grounded_object_detection(
        outputs, threshold=0.0, target_sizes=torch.tensor([picture.shape[:2]]), **more
    )
    sides = np.array([picture.shape[1], picture.shape[0]] * 2)
    return found["scores"].numpy(), found["labels"], np.clip(found["boxes"].numpy() / sides, 0, 1)


@pytest.mark.vision
def test_found_things_are_those_of_the_library(finder):
    """Of a single name, so that the library's reading of a sentence of names is the same."""
    from vidprog.models.detector_transformers import scaled

    for picture in PICTURES:
        scores, _, boxes = by_library(finder, picture, ["dog"])
        (things,) = finder.find([picture], ["dog"])
        assert things
        for thing in things:
            near = np.abs(boxes - np.array(thing.box)).max(axis=1)
            assert near.min() < 0.002
            assert thing.score <= scaled(float(scores[near.argmin()]), finder._threshold) + 1e-4


@pytest.mark.vision
def test_each_thing_has_the_name_that_fits_it_best(finder):
    """A box that is found under both names has the score that it has for the better one alone."""
    (both,) = finder.find(PICTURES[:1], NAMES)
    assert {thing.label for thing in both} <= set(NAMES)
    if not finder._compares:
        return  # names that are read as one sentence change one another's scores
    alone = {name: {thing.box: thing.score for thing in finder.find(PICTURES[:1], [name])[0]} for name in NAMES}
    for thing in both:
        fits = {name: known[thing.box] for name, known in alone.items() if thing.box in known}
        assert thing.score == pytest.approx(max(fits.values()), abs=1e-4)
        assert fits[thing.label] == max(fits.values())


@pytest.mark.vision
def test_pictures_of_many_sizes_together_are_like_single_ones(finder):
    together = finder.find(PICTURES * 2, NAMES)
    assert len(together) == 2 * len(PICTURES)
    for picture, things in zip(PICTURES, together, strict=False):
        (alone,) = finder.find([picture], NAMES)
        assert [thing.label for thing in things] == [thing.label for thing in alone]
        assert [thing.score for thing in things] == pytest.approx([thing.score for thing in alone], abs=2e-3)
        assert np.array([thing.box for thing in things]) == pytest.approx(
            np.array([thing.box for thing in alone]), abs=2e-3
        )


@pytest.mark.vision
def test_names_come_back_as_they_were_given(finder):
    names = (*SIGNED, "")
    assert {thing.label for things in finder.find(PICTURES, names) for thing in things} <= set(names)


@pytest.mark.vision
def test_more_names_than_one_text_holds(finder):
    names = [f"thing number {number} with a long name" for number in range(60)]
    (things,) = finder.find(PICTURES[:1], names)
    assert {thing.label for thing in things} <= set(names)


@pytest.mark.vision
def test_a_text_without_letters_names_nothing_of_the_others(finder):
    (things,) = finder.find(PICTURES[:1], ["dog", "..."])
    (alone,) = finder.find(PICTURES[:1], ["dog"])
    if not finder._compares:
        assert {thing.label for thing in things} == {"dog"} == {thing.label for thing in alone}


@pytest.mark.vision
def test_detect_looks_for_a_thing_in_words_of_the_query(finder, open_context, models, signs):
    """The query reaches the detector as it is; another query looks again, the same one does not."""
    from vidprog.tools.counts import count
    from vidprog.tools.detect import detect

    asked = []

    class Spy(type(finder)):
        def find(self, images, names):
            asked.append(tuple(names))
            return super().find(images, names)

    spy = Spy(finder._model, finder._processor, finder.identity)
    context = open_context(signs, models=with_role(models, detector=spy))
    part = context.whole.trim(0.0, 2.0)
    first = detect(part, "the red mug", 0.2, context=context)
    assert {thing.content for thing in first} == {"red mug"}
    assert set(asked) == {("red mug",)}
    looks = len(asked)
    assert detect(part, "the red mug", 0.2, context=context) == first
    assert len(asked) == looks
    assert isinstance(count(part, "How many blue chairs are there?", context=context), int)
    assert asked[-1] == ("blue chairs",)
    detect(part, context=context)
    assert asked[-1] == finder.labels or set(asked[-1]) < set(finder.labels)


@pytest.mark.vision
@pytest.mark.parametrize("role", ["detector", "image_embedder"])
def test_a_model_of_another_kind_is_refused(workshop, role):
    other = {"detector": "clip", "image_embedder": "grounding_dino"}[role]
    directory = tiny_vision.build(other, workshop._folder / f"other-{other}")
    with pytest.raises(ModelError) as caught:
        Models(load_profile("embedded", [f"{role}=transformers:{directory}"])).get(role)
    assert caught.value.code == "model.unreadable"
