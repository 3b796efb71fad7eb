"""The servers in this process, on loopback: shared models, a folder of videos of a test's own."""

import os
import threading
import time
from contextlib import contextmanager

from pictures import Sign, write_signs


@contextmanager
def running(app):
    """Serve an application on a free port; yields its address."""
    import uvicorn

    config = uvicorn.Config(app, "127.0.0.1", 0, log_level="error", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    opened = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        opened.close()


def wait_for(condition, seconds=60.0):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def put(folder, path, name=None):
    """Have a video in a folder, too."""
    folder.mkdir(exist_ok=True)
    target = folder / (name or path.name)
    os.link(path, target)
    return target


class CountingReader:
    """A reader of text that knows how often it was asked, and takes its time until it is told to hurry.

    Args:
        reader: What reads.
        pause: Seconds for each picture: time for somebody who goes away to be missed.
    """

    def __init__(self, reader, pause=0.5):
        self._reader = reader
        self.identity = reader.identity
        self.pause = pause
        self.calls = 0

    def read(self, image):
        self.calls += 1
        time.sleep(self.pause)
        return self._reader.read(image)

    def read_all(self, images):
        return tuple(map(self.read, images))


def slow_to_read(models):
    """The same models with a reader that takes its time, and the reader."""
    from vidprog.models import Models

    reader = CountingReader(models.ocr)
    others = {role: models.get(role) for role in models.profile.roles if role != "ocr"}
    return Models(models.profile, {**others, "ocr": reader}), reader


def many_signs(path):
    """Forty seconds with four signs: the first look takes several blocks."""
    shown = ("EXIT 42", "HARBOUR CLOSED", "TICKETS 7 EURO", "LIBRARY OPEN")
    return write_signs(path, [Sign(10.0 * n + 1, 10.0 * n + 6, text) for n, text in enumerate(shown)], 40.0)
