"""Who opens a link."""

import os
import socket
import sys

import pytest

from softmax_book.live.server import Keys
from softmax_book.live.visitors import find_owner, is_other_user, name_client, name_user


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Version/18.1 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox on Linux",
        ),
        ("Python-urllib/3.11", "a program that calls itself Python-urllib"),
        ("", "a program without a name"),
        ("\x1b[2J\x1b]0;x\x07", "a program without a name"),
        ("fox\x1b[2K\r\nAll is well.", "a program that calls itself fox"),
        ("x" * 9999, "a program that calls itself " + "x" * 30),
    ],
)
def test_a_client_is_named_in_words_that_are_safe_in_a_terminal(said, name):
    assert name_client(said) == name
    assert name.isprintable()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose a connection is")
def test_a_connection_has_an_owner():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname()) as client:
            ends = client.getsockname(), server.getsockname()
            assert find_owner(*ends) == os.getuid()
            assert find_owner(ends[0], ("127.0.0.1", 1)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="users with numbers")
def test_another_user_spends_no_key():
    announced, told = [], []
    keys = Keys(announced.append, told.append)
    key, other = keys.key, os.getuid() + 12345
    assert is_other_user(other)
    assert not keys.spend(key, "curl", other)
    assert (keys.key, announced) == (key, [])
    assert told[0].startswith("Refused: at ")
    assert f"curl, which the user {name_user(other)} runs, came with the link" in told[0]
    for owner in (None, 0, os.getuid()):
        assert not is_other_user(owner)
        assert keys.spend(keys.key, "Firefox on Linux", owner)
    assert len(announced) == 3
    assert "Firefox on Linux" in told[-1]
    assert "press Ctrl-C" in told[-1]
