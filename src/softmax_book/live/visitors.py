"""Who opens a link: which program says so, and whose process it is."""

import os
import re
import socket
import sys
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
# The first that a User-Agent holds: most browsers name others after themselves.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "HeadlessChrome": "headless Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def name_client(user_agent: str) -> str:
    """Name the kind of a client in a few words that are safe in a terminal.

    Parameters
    ----------
    user_agent : str
        What the client says of itself. It may say anything.

    Returns
    -------
    str

    Examples
    --------
    >>> name_client("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    'Firefox on Linux'
    >>> name_client("curl/8.5.0")
    'a program that calls itself curl'
    """
    browser = next((name for mark, name in BROWSERS.items() if f"{mark}/" in user_agent), None)
    if browser is None:
        said = re.match(r"[A-Za-z][\w.-]{0,29}", user_agent, re.ASCII)
        return f"a program that calls itself {said[0]}" if said else "a program without a name"
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser


def find_owner(client: tuple[str, int], server: tuple[str, int]) -> int | None:
    """Find whose process is at the other end of a connection within this machine.

    Parameters
    ----------
    client, server : tuple of str and int
        IPv4 address and port of the two ends.

    Returns
    -------
    int or None
        The user's number; None where the system does not tell, which only Linux does.
    """

    def written(end: tuple[str, int]) -> str:  # as the kernel's tables have it
        address = int.from_bytes(socket.inet_aton(end[0]), sys.byteorder)
        return f"{address:08X}:{end[1]:04X}"

    ends = written(client), written(server)
    for table in TABLES:
        try:
            rows = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            _, here, there, _, _, _, _, owner, *_ = row.split()
            if here.endswith(ends[0]) and there.endswith(ends[1]):
                return int(owner)
    return None


def is_other_user(owner: int | None) -> bool:
    """Say whether a connection is surely of another user of this machine.

    Parameters
    ----------
    owner : int or None
        As :func:`find_owner` returns it. The administrator, who may do everything, also owns what
        passes connections on, such as the host of a virtual machine.

    Returns
    -------
    bool
    """
    return owner not in (None, 0) and owner != os.getuid()


def name_user(owner: int) -> str:
    """Name a user.

    Parameters
    ----------
    owner : int

    Returns
    -------
    str
    """
    import pwd  # which Windows lacks, where no owner is found either

    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)
