"""Fetch a published file once, hold it against its SHA-256, and keep it for later.

pooch does the caching and the checking. What it lacks is added here: a broken download goes
on where it stopped, several addresses are tried, and a local folder is looked in first.
"""

import hashlib
import os
import re
import sys
import time
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

FOLDER_VARIABLE = "SOFTMAX_STEPS_DATA"
ROUNDS = 3  # how often each address is tried before we give up
PAUSE = 1.0  # seconds before the second round; the third waits twice as long
TIMEOUT = (10.0, 30.0)  # seconds to connect, and seconds of silence while reading
CHUNK = 2**14  # bytes written at a time, the most that a broken connection loses


class PublishedFile(NamedTuple):
    """A file that anyone can fetch: its name, its SHA-256, and where it lies."""

    name: str
    sha256: str
    addresses: tuple[str, ...]


class _RefusedError(OSError):
    """An address that will not give the file however often we ask."""


def fetch(file, *, folder=None):
    """Give the path of a published file, fetching it if it is not here yet.

    Looked in first is ``folder``, else the folder that the environment variable
    ``SOFTMAX_STEPS_DATA`` names; it is only read. Then comes the user's cache folder, into
    which a missing file is fetched. Once it is there, no network is needed.

    Parameters
    ----------
    file : PublishedFile
        Its addresses are tried in order.
    folder : str or Path, optional
        A local folder that may hold the file under its published name.

    Returns
    -------
    pathlib.Path
        A file whose SHA-256 was checked just now.

    Raises
    ------
    ValueError
        If the file in the local folder is not the published one.
    OSError
        If the folder does not exist, or no address gave the published file; what has
        arrived stays in the cache folder as ``NAME.part``, and the next call goes on there.
        In a browser: if the file is in no folder, since nothing can be fetched there.
    ImportError
        If pooch or tqdm is missing and the file must be fetched.
    """
    local, folder_note = _look_in_folder(file, folder)
    if local:
        return local
    if sys.platform == "emscripten":
        raise OSError(
            f"{file.name} cannot be fetched here: this Python runs in a browser, where a page may "
            f"not read files of other sites. Download it from {file.addresses[0]}, upload it "
            f"beside this notebook, and give folder='.'. {folder_note}"
        )
    try:
        import pooch
        import tqdm.auto  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"{file.name} has to be fetched, and that needs {error.name}. Install it with "
            f"python -m pip install pooch tqdm. {folder_note}"
        ) from error
    cache = _cache_folder()
    kept = cache / file.name
    if kept.exists() and _sha256(kept) != file.sha256:
        kept.unlink()  # before anything else can fail: nothing wrong keeps the true name
    part = cache / f"{file.name}.part"
    waiting, reasons = list(file.addresses), {}
    for attempt in range(ROUNDS):
        if attempt and waiting:
            time.sleep(attempt * PAUSE)
        for address in tuple(waiting):
            resumed = part.exists()
            try:
                return Path(
                    pooch.retrieve(
                        address,
                        known_hash=file.sha256,
                        fname=file.name,
                        path=cache,
                        downloader=partial(_download, part=part),
                    )
                )
            except OSError as error:
                reasons[address] = str(error)
                if isinstance(error, _RefusedError):
                    waiting.remove(address)
            except ValueError as error:  # pooch: the hash is wrong, and the file is gone
                reasons[address] = str(error)
                if not resumed:  # else the part may be to blame: the next round starts anew
                    waiting.remove(address)
    if kept.exists() and _sha256(kept) == file.sha256:  # another program was quicker
        return kept
    raise OSError(_give_up(file, reasons, part, folder_note))


def _cache_folder():
    import pooch

    return Path(pooch.os_cache("softmax_steps"))


def _look_in_folder(file, folder):
    """Return the checked path or None, and a sentence that says where it is not."""
    named = "folder" if folder else f"The environment variable {FOLDER_VARIABLE}"
    folder = folder or os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return None, ""
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{named} is {str(folder)!r}, which is no folder here; expected the folder that "
            f"holds {file.name}. Is it mistyped, or a drive not plugged in?"
        )
    path = folder / file.name
    if not path.exists():
        return None, f"{named} is {str(folder)!r}, which has no {file.name}."
    digest = _sha256(path)
    if digest != file.sha256:
        raise ValueError(
            f"{path} is not the published file: its SHA-256 is {digest}; expected "
            f"{file.sha256}. {_likely_mend(path)}"
        )
    return path, ""


def _sha256(path):
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _likely_mend(path):
    with path.open("rb") as stream:
        head = stream.read(64)
    if not head:
        return "It is empty: fetch it again."
    if head.lstrip()[:1] == b"<":
        return "It is a web page, perhaps a login page of your network: fetch it again."
    if not head.startswith(b"\x1f\x8b"):
        return "It is not gzip: was it unpacked on the way? Keep the .gz as it was published."
    return "It was packed anew, changed, or cut short: fetch it again from its public address."


def _download(address, target, _pooch, *, part):
    """Download to ``target`` by way of ``part``, going on where ``part`` ends.

    Bytes are written at their own place in ``part``, never appended, so that two programs
    that fetch the same file at the same time write the same bytes to the same places.
    """
    import requests  # pooch's own HTTP library
    from tqdm.auto import tqdm
    from urllib3.exceptions import HTTPError

    have = part.stat().st_size if part.exists() else 0
    # "identity" and the undecoded stream: we want the .gz itself, not what is in it.
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    arrived = None
    try:
        with requests.get(address, headers=headers, stream=True, timeout=TIMEOUT) as answer:
            if answer.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                arrived = start = _first_byte(answer, have)
                total = _total(answer, start)
                part.touch()
                with (
                    part.open("r+b") as stream,
                    tqdm(
                        desc=part.stem, initial=start, total=total, unit="B", unit_scale=True
                    ) as bar,
                ):
                    stream.seek(start)
                    for chunk in answer.raw.stream(CHUNK, decode_content=False):
                        stream.write(chunk)
                        arrived += len(chunk)
                        bar.update(len(chunk))
                    if total is not None and arrived < total:
                        raise OSError(f"the connection broke off after {arrived} of {total} bytes")
                    stream.truncate()
            # 416, range not satisfiable: the part is whole, or wrong; its hash will tell.
    except requests.Timeout as error:
        raise OSError("no answer in time") from error
    except (requests.RequestException, HTTPError) as error:
        raise OSError(_what_broke(error, arrived)) from error
    part.replace(target)


def _first_byte(answer, have):
    """Return where in the file the answer begins; refuse what is not the file."""
    status = answer.status_code
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        final = 400 <= status < 500 and status not in (408, 425, 429)
        kind = _RefusedError if final else OSError
        raise kind(f"the server answered {status} {answer.reason or ''}".rstrip())
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise OSError("a web page came instead of the file; does your network ask for a login?")
    if status == HTTPStatus.OK:
        return 0
    promised = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    if not promised or int(promised[1]) > have:
        raise OSError("the server did not say which part of the file it sent")
    return int(promised[1])


def _total(answer, start):
    length = answer.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _what_broke(error, arrived):
    if arrived is None:
        return f"no connection ({type(error).__name__})"
    if "timed out" in str(error).lower():
        return f"nothing more came in time after {arrived} bytes"
    return f"the connection broke off after {arrived} bytes"


def _give_up(file, reasons, part, folder_note):
    lines = [f"{file.name} could not be fetched."]
    lines += [f"  {address}: {reason}" for address, reason in reasons.items()]
    if part.exists():
        lines.append(f"{part.stat().st_size} bytes are here; the next call goes on from there.")
    lines.append(
        f"Are you online? Then try again later. Or put the file (SHA-256 {file.sha256}) into a "
        f"folder of yours and set the environment variable {FOLDER_VARIABLE} to that folder. "
        f"{folder_note}".rstrip()
    )
    return "\n".join(lines)
