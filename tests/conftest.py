"""What all rooms' tests share: the real embedded models, videos on stores of their own, clips with a known truth."""

import os

import pytest
from hypothesis import settings
from media import make_audio, make_video
from pictures import Sign, write_signs

# Idle threads that spin make torch 4-20 times slower on a busy machine; it reads this when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Machines that run tests are busy; how long an example takes says nothing about whether it is right.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

SETTINGS_OF_THE_USER = ("VIDPROG_PROFILE", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID")

SIGNS = (
    Sign(1.0, 4.0, "EXIT 42"),
    Sign(6.0, 9.0, "HARBOUR CLOSED"),
    Sign(9.0, 12.0, "TICKETS 7 EURO"),
)
"""What the clip of signs shows and when (seconds); nothing between 4 and 6 and before 1."""


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory):
    """No test reads the user's choice of models or writes into the user's memory; weights stay where they are."""
    from vidprog.models import ROLES

    with pytest.MonkeyPatch.context() as patch:
        for name in (*SETTINGS_OF_THE_USER, *(f"VIDPROG_{role.upper()}" for role in ROLES)):
            patch.delenv(name, raising=False)
        patch.setenv("VIDPROG_CONFIG", os.devnull)
        patch.setenv("VIDPROG_STORE", str(tmp_path_factory.mktemp("default-store")))
        patch.setenv("NO_PROXY", ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1"))))
        yield


@pytest.fixture(scope="session")
def models():
    """The embedded profile with its real weights, each role loaded at its first use and once for all tests."""
    from vidprog.models import Models, load_profile

    return Models(load_profile("embedded"))


@pytest.fixture
def open_session(tmp_path, models):
    """Open a video on an empty store (or a given one); other models may be named."""
    from vidprog.agents import Session

    opened = []

    def open_one(path, **changes):
        options = {"models": models, "store": tmp_path / "store", **changes}
        opened.append(Session(path, **options))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def open_context(open_session):
    """What tools take as ``context``, for a video on an empty store."""
    return lambda path, **changes: open_session(path, **changes).context()


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def sample(clips):
    """The demo clip: speech, signs and photographs, see ``apps/sample.py``."""
    from vidprog.apps.sample import write_sample

    return write_sample(clips / "sample.mp4")


@pytest.fixture(scope="session")
def sample_store(sample, models, tmp_path_factory):
    """A store in which the demo clip was looked at, read and listened to once."""
    from vidprog.agents import Session

    store = tmp_path_factory.mktemp("sample-store")
    with Session(sample, models=models, store=store) as session:
        session.index()
    return store


@pytest.fixture
def sample_session(sample, sample_store, open_session):
    """The demo clip, known already; questions about it decode nothing that the first look decoded."""
    return open_session(sample, store=sample_store)


@pytest.fixture
def sample_context(sample_session):
    return sample_session.context()


@pytest.fixture(scope="session")
def signs(clips):
    """Twelve seconds without sound in which ``SIGNS`` are on screen."""
    return write_signs(clips / "signs.mp4", SIGNS, seconds=12.0)


@pytest.fixture(scope="session")
def more_signs(clips):
    """Nine seconds without sound: the sign that ``signs`` begins with, then one of its own."""
    shown = (Sign(1.0, 4.0, "EXIT 42"), Sign(5.0, 8.0, "LIBRARY OPEN"))
    return write_signs(clips / "more_signs.mp4", shown, seconds=9.0)


@pytest.fixture(scope="session")
def signs_memory(signs, more_signs, models, tmp_path_factory):
    """A store in which both clips of signs were read once."""
    from vidprog.agents import Session

    store = tmp_path_factory.mktemp("signs-memory")
    for path in (signs, more_signs):
        with Session(path, models=models, store=store) as session:
            session.index()
    return store


@pytest.fixture(scope="session")
def mute(clips):
    """Two grey seconds without an audio stream."""
    return make_video(clips / "mute.mp4", frames=20, fps=10, number=False)


@pytest.fixture(scope="session")
def silent(clips):
    """Two grey seconds with an audio stream of digital silence."""
    return make_video(clips / "silent.mp4", frames=20, fps=10, number=False, audio="silence")


@pytest.fixture(scope="session")
def silence(clips):
    """Two seconds of digital silence without pictures."""
    return make_audio(clips / "silence.m4a", audio="silence")
