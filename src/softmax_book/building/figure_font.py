"""A font for the Chinese, Japanese and Korean letters of figures, fetched when one needs it.

It is WenQuanYi Micro Hei 0.2.0-beta (Apache-2.0, or GPL-3 with the font exception), the smallest
free font that has all three scripts: 2.3 MB to fetch.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from softmax_book.building import run_pip
from softmax_book.edition import BookError, Edition

#: The package that brings the font, and the hash of its one wheel.
PIN = (
    "paperang-p2-fonts-cjk==0.1.0 "
    "--hash=sha256:dfbbaccd48c012581a8f328b6e68033fa83e40ce609ae524fe2eeba3f3c75955"
)
MEMBER = "paperang_p2_fonts_cjk/fonts/wqy-microhei.ttc"
#: Of the font itself: the file that Debian's package fonts-wqy-microhei has, too.
SHA256 = "2420e8078af796b19a3f6ef13de527a1a91c1e7171eea115926c614ced1009b3"
MEND = (
    "Go online and run the cell again, or install such a font, for example Noto Sans CJK, and "
    "restart this page's Python."
)


class FontError(BookError):
    """The font could not be fetched; the message says why, and what to do."""


def fetch_figure_font(edition: Edition, say: Callable[[str], None]) -> Path:
    """Return the font's file; fetch it if it is not there.

    Parameters
    ----------
    edition : Edition
    say : callable
        Is given a line before it is fetched.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FontError
        If it cannot be fetched or kept.
    """
    target = edition.figure_font
    if target.is_file():
        return target
    say("Fetching a font for Chinese, Japanese and Korean letters (2.3 MB, only once) …")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as name:
            font = Path(name, target.name)
            font.write_bytes(_download(Path(name)))
            font.replace(target)  # whole or not at all, also when two pages fetch it at once
    except OSError as error:
        raise FontError(f"The font could not be kept in {target.parent}: {error}. {MEND}") from None
    return target


def _download(folder: Path) -> bytes:
    pins = folder / "pins.txt"
    pins.write_text(f"{PIN}\n", "utf-8")
    process = subprocess.run(
        [
            *(sys.executable, "-I", run_pip.__file__, "download", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
            *("--timeout", "10", "--retries", "1"),
            *("--require-hashes", "--requirement", str(pins), "--dest", str(folder)),
        ],
        capture_output=True,
        text=True,
    )
    if process.returncode:
        said = [line for line in process.stderr.splitlines() if line.startswith("ERROR")]
        raise FontError(f"None could be fetched ({'; '.join(said[:1]) or 'no word why'}). {MEND}")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        font = archive.read(MEMBER)
    if hashlib.sha256(font).hexdigest() != SHA256:
        raise FontError(f"The font that was fetched is another one than expected. {MEND}")
    return font
