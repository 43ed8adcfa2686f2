"""What another user of the machine can see and reach: run as nobody, by the tests alone."""

import http.client
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

NOBODY = 65534


def read(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def main():
    """Print what nobody finds in all command lines, environments, and one file; and fetches."""
    file, link = sys.stdin.read().splitlines()  # its own command line can be read too
    "all that is imported later".encode("idna")  # nobody may not read this Python's files
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    processes = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    found = {
        "lines": [read(path / "cmdline") for path in processes],
        "environments": [read(path / "environ") for path in processes],
        "page": read(Path(file)),
    }
    address = urlsplit(link)
    line = http.client.HTTPConnection(address.hostname, address.port)
    line.request("GET", f"{address.path}?{address.query}", headers={"User-Agent": "curl/8.5.0"})
    answer = line.getresponse()
    found["status"], found["said"] = answer.status, answer.read().decode()
    line.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
