"""What the servers refuse: files outside, wrong tokens, other origins, too much, machines that are not public."""

import ipaddress
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import make_video
from serving import put, running

pytest.importorskip("fastapi", reason="the extra serve is not installed")
from vidprog.apps.servers.desk import Desk
from vidprog.apps.servers.fetch import Fetcher, is_public
from vidprog.apps.servers.http_app import http_app
from vidprog.apps.servers.library import Library
from vidprog.apps.servers.limits import Limits
from vidprog.apps.servers.listing import list_known
from vidprog.apps.servers.sources import Sources
from vidprog.apps.servers.uploads import Uploads
from vidprog.video.errors import UsageError, VidprogError

SMALL = Limits(upload=2000, stored=3000, body=1000)


@pytest.fixture
def places(tmp_path):
    """A served directory with links of all kinds, and secrets beside it."""
    root = tmp_path / "served"
    (root / "sub").mkdir(parents=True)
    for path in ("served/clip.mp4", "served/sub/deep.mp4", "served-not/clip.mp4", "secret.mp4"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"video")
    (root / "inside.mp4").symlink_to(root / "clip.mp4")
    (root / "out.mp4").symlink_to(tmp_path / "secret.mp4")
    (root / "folder").symlink_to(tmp_path / "served-not")
    (root / "loop.mp4").symlink_to(root / "loop.mp4")
    (root / "chain.mp4").symlink_to(root / "out.mp4")
    return root


# ---- files


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("clip.mp4", "clip.mp4"), ("sub/deep.mp4", "sub/deep.mp4"), ("./sub//deep.mp4", "sub/deep.mp4"),
        ("{root}/clip.mp4", "clip.mp4"), ("file://{root}/clip.mp4", "clip.mp4"), ("inside.mp4", "clip.mp4"),
        ("file://localhost{root}/sub/de%65p.mp4", "sub/deep.mp4"),
    ],
)  # fmt: skip
def test_what_is_inside_is_found(places, name, found):
    assert Library.of([places]).find(name.format(root=places)) == places / found


OUTSIDE = [
    "../secret.mp4", "sub/../clip.mp4", "sub/../../secret.mp4", "{root}/../secret.mp4", "{root}/../served/clip.mp4",
    "{root}-not/clip.mp4", "/etc/passwd", "/", "~/clip.mp4/..", "out.mp4", "chain.mp4", "folder/clip.mp4", "", "a\0b",
    "{root}/out.mp4", "file:///etc/passwd", "file://{root}/..%2fsecret.mp4", "file://{root}/%2e%2e/secret.mp4",
    "file://elsewhere/clip.mp4", "file://[", "x" * 5000, "/proc/self/environ", "../nothing-there.mp4", "/dev/zero",
    "\ud800.mp4",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_outside_is_refused_whether_it_exists_or_not(places, name):
    with pytest.raises(VidprogError) as caught:
        Library.of([places]).find(name.format(root=places))
    assert caught.value.code == "server.outside" and caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.mp4", "media.missing"), ("loop.mp4", "media.missing"), ("http://127.0.0.1/a.mp4", "server.url"),
        ("ftp://host/a.mp4", "server.url"), ("concat:a.mp4|/etc/passwd", "server.url"),
        ("subfile,,start,0,end,9,,:/etc/passwd", "media.missing"),
    ],
)  # fmt: skip
def test_what_is_no_file_says_so(places, name, code):
    with pytest.raises(VidprogError) as caught:
        Library.of([places]).find(name)
    assert caught.value.code in (code, "server.outside")


@given(
    parts=st.lists(
        st.sampled_from(["..", ".", "sub", "folder", "out.mp4", "clip.mp4", "/", "%2e%2e", "file:", "\\", "é"])
        | st.text(max_size=4),
        max_size=6,
    ),
    glue=st.sampled_from(["/", ""]),
)
def test_no_name_leads_outside(tmp_path_factory, parts, glue):
    base = tmp_path_factory.getbasetemp() / "names"
    root = base / "served"
    if not root.exists():
        (root / "sub").mkdir(parents=True)
        (base / "secret").mkdir()
        (root / "folder").symlink_to(base / "secret")
        (root / "out.mp4").symlink_to(base / "secret")
        (root / "clip.mp4").write_bytes(b"video")
    library = Library.of([root])
    try:
        assert library.find(glue.join(parts)).is_relative_to(root.resolve())
    except VidprogError as error:
        assert error.code in ("server.outside", "server.url", "media.missing")


def test_a_file_may_be_called_like_an_upload(tmp_path):
    (tmp_path / "file-camera1.mp4").write_bytes(b"video")
    uploads = Uploads(SMALL)
    try:
        sources = Sources(Library.of([tmp_path]), uploads, SMALL)
        assert sources.find("file-camera1.mp4") == tmp_path / "file-camera1.mp4"
    finally:
        uploads.close()


def test_names_lead_back_to_their_files(tmp_path):
    roots = [tmp_path / "one", tmp_path / "two"]
    for root in roots:
        root.mkdir()
        (root / "same.mp4").write_bytes(b"video")
    (roots[1] / "other.mp4").write_bytes(b"video")
    library = Library.of(roots)
    paths, more = library.videos(10)
    assert len(paths) == 3 and not more
    assert [library.find(library.name(path)) for path in paths] == paths
    assert len({library.name(path) for path in paths}) == 3
    shown = library.shown({"videos": [str(path) for path in paths]})["videos"]
    assert [library.find(name) for name in shown] == paths


def test_a_listing_shows_nothing_that_is_hidden_or_a_link(places, tmp_path):
    (places / ".hidden.mp4").write_bytes(b"video")
    (places / ".git").mkdir()
    (places / ".git" / "clip.mp4").write_bytes(b"video")
    (places / "notes.txt").write_text("notes")
    os.mkfifo(places / "pipe.mp4")
    listed = list_known(Library.of([places]), tmp_path / "store", 10)
    assert [video.video for video in listed.videos] == ["clip.mp4", "sub/deep.mp4"]
    assert list_known(Library.of([places]), tmp_path / "store", 1).more


def test_errors_do_not_tell_where_the_directory_is(places):
    shown = Library.of([places]).shown({"error": [f"{places}/clip.mp4 is damaged", 3]})
    assert shown == {"error": ["clip.mp4 is damaged", 3]}


def test_subtitles_that_are_a_link_out_of_the_directory_are_refused(tmp_path, models):
    root = tmp_path / "served"
    root.mkdir()
    make_video(root / "clip.mp4", frames=10, fps=10, number=False)
    (tmp_path / "secret.srt").write_text("1\n00:00:00,000 --> 00:00:00,900\na secret\n")
    (root / "clip.srt").symlink_to(tmp_path / "secret.srt")
    desk = Desk(Library.of([root]), models, store=tmp_path / "store")
    with pytest.raises(VidprogError) as caught:
        anyio.run(desk.timeline, root / "clip.mp4")
    assert caught.value.code == "server.outside"


# ---- who may ask


@pytest.fixture(scope="module")
def quiet(models, tmp_path_factory):
    """Addresses of a server without a token and of one with a token; both take little."""
    root = tmp_path_factory.mktemp("quiet")
    (root / "clip.mp4").write_bytes(b"no video\0")

    def app(token):
        desk = Desk(Library.of([root]), models, SMALL, root / "store")
        return http_app(desk, Sources(desk.library, Uploads(SMALL), SMALL), token)

    with running(app(None)) as free, running(app("tök-en")) as guarded:
        yield {"free": free, "guarded": guarded}


TOKEN = "tök-en".encode()
DOORS = [
    ("free", {}, 200),
    ("free", {"Host": "localhost:99"}, 200),
    ("free", {"Host": "[::1]"}, 200),
    ("free", {"Origin": "http://127.0.0.1:8000"}, 200),
    ("free", {"Host": "evil.example"}, 403),
    ("free", {"Host": "127.0.0.1.evil.example"}, 403),
    ("free", {"Host": ""}, 403),
    ("free", {"Host": "10.0.0.1"}, 403),
    ("free", {"Origin": "https://evil.example"}, 403),
    ("free", {"Origin": "null"}, 403),
    ("free", {"Origin": "http://localhost@evil.example"}, 403),
    ("guarded", {}, 401),
    ("guarded", {"Authorization": b"Bearer " + TOKEN}, 200),
    ("guarded", {"Authorization": b"bearer " + TOKEN, "Host": "host.example"}, 200),
    ("guarded", {"Authorization": TOKEN}, 401),
    ("guarded", {"Authorization": b"Basic " + TOKEN}, 401),
    ("guarded", {"Authorization": b"Bearer " + TOKEN[:-1]}, 401),
    ("guarded", {"Authorization": b"Bearer " + TOKEN + b"x"}, 401),
    ("guarded", {"Authorization": b"Bearer"}, 401),
    ("guarded", {"Cookie": "token=t"}, 401),
]


@pytest.mark.parametrize(("server", "headers", "status"), DOORS)
def test_who_may_ask(quiet, server, headers, status):
    reply = httpx.get(f"{quiet[server]}/v1/videos", headers=headers)
    assert reply.status_code == status
    assert status == 200 or set(reply.json()["error"]) == {"code", "message", "hint"}
    assert (reply.headers.get("www-authenticate") == "Bearer") == (status == 401)


def test_health_needs_no_token_and_says_nothing_about_videos(quiet):
    assert set(httpx.get(f"{quiet['guarded']}/health").json()) == {"status", "version"}


# ---- how much


def chunks(size):
    yield from (b"x" * 100 for _ in range(size // 100))


BODIES = [
    ("/v1/ask", {"content": b"x" * 1001}, 413),
    ("/v1/ask", {"content": chunks(5000)}, 413),
    ("/v1/chat/completions", {"content": b"x" * 10_000}, 413),
    ("/v1/files", {"files": {"file": ("a.mp4", b"x" * 100_000)}}, 413),
    ("/v1/files", {"files": {"file": ("a.mp4", b"x" * 2001)}}, 413),
    ("/v1/files", {"files": {"file": ("a.mp4", b"x" * 2000)}}, 200),
    ("/v1/files", {"data": {"file": "no file"}}, 400),
    ("/v1/ask", {"content": b"not json", "headers": {"Content-Type": "application/json"}}, 400),
    ("/v1/ask", {"json": {"video": "clip.mp4", "question": "?", "surprise": 1}}, 400),
    ("/v1/ask", {"json": {"video": "clip.mp4", "question": "?", "program": "{root}/evil.py"}}, 400),
    ("/v1/ask", {"json": {"videos": ["clip.mp4"] * 9, "question": "?"}}, 400),
    ("/v1/ask", {"json": {"video": "data:video/mp4;base64," + "A" * 600, "question": "?"}}, 422),
    ("/v1/ask", {"json": {"video": "data:video/mp4;base64,A*", "question": "?"}}, 400),
    ("/v1/ask", {"json": {"video": "data:video/mp4,plain", "question": "?"}}, 400),
    ("/v1/ask", {"json": {"video": "file-" + "0" * 32, "question": "?"}}, 404),
    ("/v1/ask", {"json": {"video": "file-/../../etc/passwd", "question": "?"}}, 403),
    ("/v1/ask", {"json": {"video": "clip.mp4", "question": "?"}}, 422),
]


@pytest.mark.parametrize(
    ("path", "request_", "status"), BODIES, ids=[f"{n} {b[0]} {b[2]}" for n, b in enumerate(BODIES)]
)
def test_how_much_a_request_may_carry(quiet, path, request_, status):
    reply = httpx.post(f"{quiet['free']}{path}", timeout=60, **request_)
    assert reply.status_code == status
    assert status == 200 or {"message", "code"} <= set(reply.json()["error"])


def test_a_data_address_may_be_as_large_as_a_file(quiet):
    part = {"type": "video_url", "video_url": {"url": "data:video/mp4;base64," + "QUJD" * 700}}
    message = {"role": "user", "content": [part, {"type": "text", "text": "?"}]}
    reply = httpx.post(f"{quiet['free']}/v1/chat/completions", json={"model": "vidprog", "messages": [message]})
    assert reply.status_code == 413 and reply.json()["error"]["code"] == "server.size"


def test_the_oldest_upload_makes_room(tmp_path):
    uploads = Uploads(SMALL)
    try:
        first, second = uploads.add([b"a" * 1500], "../../evil"), uploads.add([b"b" * 1500])
        assert uploads.get(first.id).path.parent == uploads.directory  # used again: it is not the oldest now
        third = uploads.add([b"c" * 1000])
        assert [each.id for each in uploads.all()] == [first.id, third.id]
        with pytest.raises(VidprogError, match="there is no file"):
            uploads.get(second.id)
        assert uploads.add([b"a" * 1500]).id == first.id
        assert {path.name for path in uploads.directory.iterdir()} == {first.id, third.id}
    finally:
        uploads.close()
    assert not uploads.directory.exists()


# ---- addresses


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:4700::6810:84e5", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("255.255.255.255", False), ("224.0.0.1", False), ("240.0.0.1", False), ("::1", False),
        ("::", False), ("fe80::1", False), ("fd00::1", False), ("ff02::1", False), ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("198.18.0.1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address, public):
    assert is_public(ipaddress.ip_address(address)) is public


LOCAL = [
    "http://127.0.0.1/a", "http://localhost:80/a", "http://[::1]/a", "http://2130706433/a", "http://0x7f.1/a",
    "http://127.1/a", "http://0/a", "https://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/a",
]  # fmt: skip


@pytest.mark.parametrize("url", LOCAL)
def test_machines_that_are_not_public_are_not_asked(url):
    with pytest.raises(VidprogError) as caught:
        list(Fetcher(1000).fetch(url))
    assert caught.value.code in ("server.url", "server.fetch")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host.example/a", "http://", "http://user@host.example/", "http://a b/",
            "http://host.example:99999/", "http://h.example/\r\nX: y", "gopher://x/", "//host.example/a"],
)  # fmt: skip
def test_only_plain_addresses_are_fetched(url):
    with pytest.raises(VidprogError) as caught:
        list(Fetcher(1000, look_up=never).fetch(url))
    assert caught.value.code == "server.url"


def never(host, port):
    raise AssertionError("nothing may be looked up")


@contextmanager
def web(pages):
    """A web server on loopback: path -> (status, headers, body); yields its port and the paths that were asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            status, headers, body = pages[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()


PAGES = {
    "/video": (200, {}, b"v" * 900),
    "/moved?to=1": (302, {"Location": "/video"}, b""),
    "/home": (302, {"Location": "http://inside.example/video"}, b""),
    "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/round": (302, {"Location": "/round"}, b""),
    "/large": (200, {"Content-Length": "1001"}, b"x" * 1001),
    "/endless": (200, {}, b"x" * 5000),
    "/none": (404, {}, b"no"),
    "/cut": (200, {"Content-Length": "950"}, b"x" * 900),
}
PUBLIC, INSIDE = ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("127.0.0.2")


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/video", b"v" * 900), ("/moved?to=1", b"v" * 900), ("/home", "server.url"), ("/file", "server.url"),
        ("/round", "server.url"), ("/large", "server.size"), ("/endless", "server.size"), ("/none", "server.fetch"),
        ("/cut", "server.fetch"),
    ],
)  # fmt: skip
def test_addresses_are_fetched_within_limits(path, outcome):
    """127.0.0.1 plays the public network and 127.0.0.2 the inner one."""
    names = {"public.example": [PUBLIC], "inside.example": [INSIDE]}
    uploads = Uploads(Limits(upload=1000))
    with web(PAGES) as (port, asked):
        fetcher = Fetcher(1000, allowed=PUBLIC.__eq__, look_up=lambda host, _: names[host])
        sources = Sources(Library(()), uploads, Limits(upload=1000), fetcher)
        try:
            if isinstance(outcome, bytes):
                assert sources.find(f"http://public.example:{port}{path}").read_bytes() == outcome
            else:
                with pytest.raises(VidprogError) as caught:
                    sources.find(f"http://public.example:{port}{path}")
                assert caught.value.code == outcome and not uploads.all()
        finally:
            uploads.close()
        assert {host for _, host in asked} == {f"public.example:{port}"}


@pytest.mark.parametrize("answers", [[[PUBLIC, INSIDE]], [[INSIDE]], [[]]], ids=["one of two", "inside", "none"])
def test_a_name_is_refused_if_any_of_its_addresses_is(answers):
    with pytest.raises(UsageError) as caught:
        list(Fetcher(1000, allowed=PUBLIC.__eq__, look_up=lambda host, port: answers[0]).fetch("http://a.example/"))
    assert caught.value.code == "server.url"


def test_a_name_that_changes_its_address_gains_nothing():
    """The second look-up would lead inside: there is none."""
    answers = [[PUBLIC], [INSIDE]]
    with web(PAGES) as (port, asked):
        fetcher = Fetcher(1000, allowed=PUBLIC.__eq__, look_up=lambda host, _: answers.pop(0))
        assert b"".join(fetcher.fetch(f"http://rebinding.example:{port}/video")) == b"v" * 900
        assert answers == [[INSIDE]] and len(asked) == 1
        with pytest.raises(UsageError):
            list(fetcher.fetch(f"http://rebinding.example:{port}/video"))


@contextmanager
def dripping(head):
    """A server that sends a beginning, and then a byte every 20 ms, without an end; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve():
        connection, _ = listener.accept()
        connection.sendall(head)
        with suppress(OSError):
            while not over.wait(0.02):
                connection.sendall(b"x")
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join(5)
        listener.close()


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Long: "], ids=["body", "header"])
def test_a_server_that_never_ends_is_left(head):
    with dripping(head) as port:
        fetcher = Fetcher(10_000, seconds=0.5, allowed=PUBLIC.__eq__, look_up=lambda host, _: [PUBLIC])
        started = time.monotonic()
        with pytest.raises(VidprogError) as caught:
            list(fetcher.fetch(f"http://public.example:{port}/video"))
    assert caught.value.code == "server.fetch" and time.monotonic() - started < 10


# ---- one after the other


@pytest.fixture
def two(tmp_path, mute):
    return [put(tmp_path / "videos", mute, name) for name in ("one.mp4", "two.mp4")]


def desk_for(paths, models, tmp_path, **limits):
    return Desk(Library.of([paths[0].parent]), models, Limits(**limits), tmp_path / "store")


def test_a_mistake_of_ours_is_an_error_without_its_text(two, models, tmp_path, monkeypatch):
    desk = desk_for(two, models, tmp_path)

    def broken(session, *arguments):
        raise ZeroDivisionError("/a/secret/path")

    monkeypatch.setattr("vidprog.agents.Session.when", broken)
    app = http_app(desk, Sources(desk.library, Uploads(SMALL), SMALL), None)
    with running(app) as address:
        reply = httpx.post(f"{address}/v1/when", json={"video": "one.mp4", "query": "a cut"}, timeout=60)
    assert reply.status_code == 500 and reply.json()["error"]["message"] == "ZeroDivisionError in vidprog"
    assert "secret" not in reply.text and desk.busy == 0


@pytest.mark.parametrize(
    ("chosen", "parallel", "most"),
    [((0, 0, 0), 3, 1), ((0, 1), 2, 2), ((0, 1), 1, 1), (((0, 1), (1, 0)), 2, 1)],
    ids=["one video", "two videos", "one at a time", "both, in either order"],
)
def test_questions_of_a_video_wait_for_one_another(two, models, tmp_path, chosen, parallel, most):
    desk = desk_for(two, models, tmp_path, parallel=parallel)
    going, highest, lock = [0], [0], threading.Lock()

    def job(session, tell):
        with lock:
            going[0] += 1
            highest[0] = max(highest[0], going[0])
        time.sleep(0.5)
        with lock:
            going[0] -= 1

    async def all_at_once():
        async with anyio.create_task_group() as group:
            for each in chosen:
                group.start_soon(
                    desk.work, [two[place] for place in (each if isinstance(each, tuple) else (each,))], job
                )

    anyio.run(all_at_once)
    assert highest[0] == most and desk.busy == 0


def test_too_many_questions_are_refused(two, models, tmp_path):
    desk = desk_for(two, models, tmp_path, waiting=2)
    codes = []

    async def one():
        try:
            await desk.work([two[0]], lambda session, tell: time.sleep(0.3))
        except VidprogError as error:
            codes.append(error.code)

    async def many():
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(one)

    anyio.run(many)
    assert codes == ["server.busy"] * 3 and desk.busy == 0


def test_work_that_takes_too_long_is_stopped(two, models, tmp_path, monkeypatch):
    monkeypatch.setattr("vidprog.apps.servers.desk.GRACE", 0.1)
    desk = desk_for(two, models, tmp_path, seconds=0.2)
    rounds = []

    def endless(session, tell):
        context = session.context()
        while True:
            rounds.append(1)
            time.sleep(0.02)
            context.report("working", None)

    with pytest.raises(VidprogError) as caught:
        anyio.run(desk.work, [two[0]], endless)
    stopped = len(rounds)
    time.sleep(0.2)
    assert caught.value.code == "server.time" and len(rounds) == stopped and desk.busy == 0


def test_a_question_gets_no_more_seconds_than_the_server_gives(two, models, tmp_path):
    from vidprog.agents import Settings
    from vidprog.tools import Budget

    desk = desk_for(two, models, tmp_path, seconds=0.001)
    result = anyio.run(desk.ask, [two[0]], "What is shown?", None, Settings(budget=Budget(seconds=999), learn=False))
    assert any("seconds limited to 0.001" in warning for warning in result.warnings)
