"""The whole path of a download, against a server of our own on this machine."""

import gzip
import hashlib
import http.server
import re
import struct
import sys
import threading
import time

import numpy as np
import pytest
import urllib3

from softmax_steps import data, download, load_mnist
from softmax_steps.download import PublishedFile, fetch

from ..waiting import wait_until

PATIENT = (60.0, 60.0)  # a busy machine is no slow server
CONTENT = b"\x1f\x8b" + np.random.default_rng(0).bytes(100_000)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the server's list of plans says, one plan for each request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        byte_range = self.headers.get("Range")
        with self.server.lock:
            self.server.log.append((self.path, byte_range))
            plan = self.server.plans.pop(0) if self.server.plans else "whole"
        self.close_connection = True
        content = self.server.files.get(self.path)
        if content is None or isinstance(plan, int):
            self.send_error(404 if content is None else plan)
            return
        if plan == "stall":
            self.server.closing.wait()
            return
        if plan == "web page":
            self.answer(200, b"<html>Please log in</html>", {"Content-Type": "text/html"})
            return
        start = 0
        if byte_range and self.server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", byte_range)[1])
            if start >= len(content):
                self.answer(416, b"", {"Content-Range": f"bytes */{len(content)}"})
                return
            place = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            self.answer(206, content[start:], place, plan)
        else:
            self.answer(200, content, {}, plan)

    def answer(self, status, body, headers, plan="whole"):
        self.send_response(status)
        for name, value in ({"Content-Length": len(body)} | headers).items():
            self.send_header(name, str(value))
        if plan == "gzip header":
            self.send_header("Content-Encoding", "x-gzip")
        self.end_headers()
        if plan == "drip":
            for i in range(0, len(body), 10_000):
                self.wfile.write(body[i : i + 10_000])
                time.sleep(0.01)
        else:
            kept = len(body) if not isinstance(plan, tuple) else plan[1]
            self.wfile.write(body[:kept])
            self.wfile.flush()
            if isinstance(plan, tuple) and plan[0] == "then stall":
                # The reader was short of patience for this answer; the next may take its time.
                download.TIMEOUT = PATIENT
                self.server.closing.wait()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.files, server.plans, server.log, server.ranges = {"/a": CONTENT}, [], [], True
        server.lock, server.closing = threading.Lock(), threading.Event()
        server.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setattr(download, "_cache_folder", lambda: folder)
    monkeypatch.setattr(download, "PAUSE", 0.0)
    monkeypatch.setattr(download, "TIMEOUT", PATIENT)
    monkeypatch.delenv(download.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


def published(server, *paths, content=CONTENT):
    addresses = tuple(server.address + path for path in paths or ["/a"])
    return PublishedFile("file.gz", hashlib.sha256(content).hexdigest(), addresses)


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- what goes well ---------------------------------------------------------------------


@pytest.mark.parametrize("plan", ["whole", "drip", "gzip header"])
def test_a_file_is_fetched_once_and_kept_as_it_was_published(server, cache, plan):
    server.plans = [plan]
    file = published(server)
    path = fetch(file)
    assert path.read_bytes() == CONTENT
    assert fetch(file) == path
    assert server.log == [("/a", None)]
    assert names(cache) == ["file.gz"]


def test_what_is_kept_needs_no_network(server, cache):
    fetch(published(server))
    offline = published(server)._replace(addresses=("http://127.0.0.1:9/a",))
    assert fetch(offline).read_bytes() == CONTENT


def test_the_second_address_is_asked_when_the_first_has_nothing(server, cache):
    assert fetch(published(server, "/gone", "/a")).read_bytes() == CONTENT
    assert [path for path, _ in server.log] == ["/gone", "/a"]


def test_several_programs_may_fetch_the_same_file_at_once(server, cache):
    server.plans = ["drip"] * 4
    file, contents = published(server), []
    threads = [
        threading.Thread(target=lambda: contents.append(fetch(file).read_bytes())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents == [CONTENT] * 4
    assert names(cache) == ["file.gz"]


def test_files_are_kept_in_the_users_cache_folder():
    assert "softmax_steps" in download._cache_folder().parts


# --- broken downloads -------------------------------------------------------------------


@pytest.mark.parametrize("plan", [("cut", 40_000), ("then stall", 40_000)])
def test_a_broken_download_goes_on_where_it_stopped(server, cache, monkeypatch, plan):
    if plan[0] == "then stall":
        monkeypatch.setattr(download, "TIMEOUT", (60.0, 5.0))
    server.plans = [plan]
    assert fetch(published(server)).read_bytes() == CONTENT
    arrived = 40_000 if plan[0] == "cut" else 40_000 // download.CHUNK * download.CHUNK
    assert server.log == [("/a", None), ("/a", f"bytes={arrived}-")]
    assert names(cache) == ["file.gz"]


def test_a_server_that_cannot_go_on_starts_anew(server, cache):
    server.ranges, server.plans = False, [("cut", 40_000)]
    assert fetch(published(server)).read_bytes() == CONTENT
    assert server.log == [("/a", None), ("/a", "bytes=40000-")]


def test_another_address_goes_on_where_the_first_stopped(server, cache):
    server.files["/b"] = CONTENT
    server.plans = [("cut", 40_000)]
    assert fetch(published(server, "/a", "/b")).read_bytes() == CONTENT
    assert server.log == [("/a", None), ("/b", "bytes=40000-")]


def test_a_part_is_never_taken_for_the_whole_and_the_next_call_goes_on(server, cache):
    server.plans = [("cut", 10_000)] * download.ROUNDS
    file = published(server)
    with pytest.raises(OSError, match="broke off after 30000") as caught:
        fetch(file)
    assert names(cache) == ["file.gz.part"]
    for words in (file.addresses[0], "30000 bytes are here", "SOFTMAX_STEPS_DATA", file.sha256):
        assert words in str(caught.value)
    assert fetch(file).read_bytes() == CONTENT
    assert server.log[-1] == ("/a", "bytes=30000-")
    assert names(cache) == ["file.gz"]


def test_the_reader_who_interrupts_keeps_what_has_arrived(server, cache, monkeypatch):
    import tqdm.auto

    class Interrupted(tqdm.auto.tqdm):
        def update(self, n=1):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tqdm.auto, "tqdm", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(published(server))
    arrived = (cache / "file.gz.part").stat().st_size
    assert names(cache) == ["file.gz.part"]
    assert arrived > 0
    assert fetch(published(server)).read_bytes() == CONTENT
    assert server.log[-1] == ("/a", f"bytes={arrived}-")


@pytest.mark.parametrize(
    "part", [CONTENT, CONTENT + b"more", b"not the beginning", b""], ids=lambda part: len(part)
)
@pytest.mark.parametrize("ranges", [True, False])
def test_whatever_an_earlier_call_left_the_whole_file_comes(server, cache, part, ranges):
    cache.mkdir()
    (cache / "file.gz.part").write_bytes(part)
    server.ranges = ranges
    assert fetch(published(server)).read_bytes() == CONTENT
    assert names(cache) == ["file.gz"]
    # Only a part that proves wrong once it looks whole has to be fetched twice.
    assert len(server.log) == (2 if ranges and part not in (CONTENT, b"") else 1)


def test_a_break_is_noticed_where_the_http_library_does_not_notice(server, cache, monkeypatch):
    # urllib3 counts the bytes by default only from its version 2 on.
    response = urllib3.response.HTTPResponse
    create = response.__init__
    monkeypatch.setattr(
        response,
        "__init__",
        lambda self, *args, **kw: create(self, *args, **{**kw, "enforce_content_length": False}),
    )
    server.plans = [("cut", 40_000)]
    assert fetch(published(server)).read_bytes() == CONTENT
    assert server.log == [("/a", None), ("/a", "bytes=40000-")]


# --- what is refused --------------------------------------------------------------------


def test_a_wrong_file_is_refused_asked_for_once_and_not_kept(server, cache):
    with pytest.raises(OSError, match="does not match the known hash"):
        fetch(published(server, content=b"another file"))
    assert server.log == [("/a", None)]
    assert names(cache) == []


def test_a_kept_file_that_went_bad_is_fetched_again(server, cache):
    file = published(server)
    fetch(file).write_bytes(CONTENT[:-1])
    assert fetch(file).read_bytes() == CONTENT


def test_a_kept_file_that_went_bad_is_not_kept_when_there_is_no_network(server, cache):
    file = published(server)
    fetch(file).write_bytes(CONTENT[:-1])
    server.plans = [503] * download.ROUNDS
    with pytest.raises(OSError, match="503"):
        fetch(file)
    assert names(cache) == []


def test_a_login_page_does_not_overwrite_what_has_arrived(server, cache):
    server.plans = [("cut", 40_000), "web page"]
    assert fetch(published(server)).read_bytes() == CONTENT
    assert server.log[-1] == ("/a", "bytes=40000-")


@pytest.mark.parametrize(
    ("plan", "requests", "message"),
    [
        (404, 1, "answered 404"),
        (403, 1, "answered 403"),
        (429, 3, "answered 429"),
        (500, 3, "answered 500"),
        ("stall", 3, "no answer in time"),
        ("web page", 3, "ask for a login"),
    ],
)
def test_an_address_that_fails_is_named_with_what_happened(
    server, cache, monkeypatch, plan, requests, message
):
    if plan == "stall":
        monkeypatch.setattr(download, "TIMEOUT", (60.0, 0.1))
    server.plans = [plan] * 3
    with pytest.raises(OSError, match=rf"{server.address}/a: .*{message}"):
        fetch(published(server))
    # A request that was given up may not have been read yet.
    wait_until(lambda: len(server.log) >= requests)
    assert len(server.log) == requests
    assert names(cache) == []


def test_no_network_at_all_says_how_to_go_on(server, cache):
    file = published(server)._replace(addresses=("http://127.0.0.1:9/a", "http://127.0.0.1:9/b"))
    with pytest.raises(OSError, match="no connection") as caught:
        fetch(file)
    for words in (*file.addresses, "Are you online?", "SOFTMAX_STEPS_DATA", file.sha256):
        assert words in str(caught.value)


def test_in_a_browser_the_message_says_where_to_put_the_file(server, cache, monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "pooch", None)
    address = "https://data.example/numbers.gz"
    file = PublishedFile("numbers.gz", "0" * 64, (address,))
    with pytest.raises(OSError, match=f"runs in a browser.*{address}.*folder='.'"):
        fetch(file)


def test_without_pooch_the_message_says_what_to_install(server, cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match="pip install pooch tqdm"):
        fetch(published(server))


# --- all of it together -----------------------------------------------------------------


def publish_mnist(server, monkeypatch, images, labels):
    server.files = {"/images": images, "/labels": labels}
    files = tuple(
        PublishedFile(f"{path[1:]}.gz", hashlib.sha256(content).hexdigest(), addresses)
        for path, content in server.files.items()
        for addresses in [(server.address + "/gone", server.address + path)]
    )
    monkeypatch.setattr(data, "MNIST", {"train": files, "test": files})


def test_mnist_by_way_of_a_missing_and_a_broken_address_then_offline(server, cache, monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, size=(40, 28, 28), dtype=np.uint8)
    packed = [
        gzip.compress(struct.pack(">4I", 2051, 40, 28, 28) + images.tobytes()),
        gzip.compress(struct.pack(">2I", 2049, 40) + bytes(range(10)) * 4),
    ]
    publish_mnist(server, monkeypatch, *packed)
    server.plans = ["whole", ("cut", 20_000), "drip"]
    first = load_mnist()
    again = [("/gone", None), ("/images", None), ("/images", "bytes=20000-")]
    assert server.log == [*again, ("/gone", None), ("/labels", None)]
    server.plans = [503] * 9
    second = load_mnist()
    assert len(server.log) == 5
    for X, y in (first, second):
        assert np.array_equal(X, images.reshape(40, 784) / np.float32(255))
        assert y.tolist() == list(range(10)) * 4


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (b"not gzip", "images.gz cannot be unpacked"),
        (
            gzip.compress(struct.pack(">4I", 2052, 1, 1, 1) + b"1", mtime=0),
            "begins with 00 00 08 04",
        ),
    ],
)
def test_a_published_file_that_is_not_mnist_is_refused(server, cache, monkeypatch, images, message):
    publish_mnist(server, monkeypatch, images, b"")
    with pytest.raises(ValueError, match=message):
        load_mnist()


# --- a folder of the reader's -----------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "my data"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("way", ["argument", "variable"])
def test_the_readers_folder_is_looked_in_first_and_needs_no_network_and_no_pooch(
    server, cache, folder, monkeypatch, way
):
    (folder / "file.gz").write_bytes(CONTENT)
    monkeypatch.setitem(sys.modules, "pooch", None)
    if way == "variable":
        monkeypatch.setenv(download.FOLDER_VARIABLE, str(folder))
        path = fetch(published(server))
    else:
        monkeypatch.setenv(download.FOLDER_VARIABLE, "/nowhere at all")
        path = fetch(published(server), folder=folder)
    assert path == folder / "file.gz"
    assert server.log == []
    assert names(cache) == []


def test_what_the_readers_folder_lacks_is_fetched_and_the_folder_left_alone(
    server, cache, folder, monkeypatch
):
    monkeypatch.setenv(download.FOLDER_VARIABLE, str(folder))
    assert fetch(published(server)).parent == cache
    assert names(folder) == []


def test_the_message_says_that_the_readers_folder_lacks_the_file(server, cache, folder):
    with pytest.raises(OSError, match=r"folder is '.*my data', which has no file\.gz"):
        fetch(published(server, "/gone"), folder=folder)


def test_a_folder_that_does_not_exist_is_refused(server, cache, monkeypatch):
    monkeypatch.setenv(download.FOLDER_VARIABLE, "/nowhere at all")
    with pytest.raises(FileNotFoundError, match=r"SOFTMAX_STEPS_DATA is '.nowhere at all'"):
        fetch(published(server))


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        (b"", "empty"),
        (b" <!doctype html>", "web page"),
        (b"\x00\x00\x08\x03", "unpacked"),
        (CONTENT[:-1], "cut short"),
    ],
)
def test_a_wrong_file_in_the_readers_folder_is_refused_with_the_likely_mend(
    server, cache, folder, content, mend
):
    (folder / "file.gz").write_bytes(content)
    with pytest.raises(ValueError, match=mend) as caught:
        fetch(published(server), folder=folder)
    assert hashlib.sha256(content).hexdigest() in str(caught.value)
    assert published(server).sha256 in str(caught.value)
    assert server.log == []
