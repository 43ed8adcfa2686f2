"""The book's own code as wheels, for the kernel in the browser."""

import base64
import hashlib
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from softmax_book.edition import Edition
from softmax_book.lite import LiteError

KERNEL_START = Path(__file__).parent / "kernel_start"
# The kernel asks for jedi, 1.7 MB that guess what a name may be. Without it, completion looks at
# the living objects, which suits a notebook. A wheel without a module stands in for it.
STAND_INS = ("jedi",)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same sources give the same file, byte by byte


def package_files(folder: Path) -> dict[str, bytes]:
    """Return a Python package's files: path in the wheel to contents.

    Parameters
    ----------
    folder : pathlib.Path
        The package's folder.

    Returns
    -------
    dict of str to bytes
    """
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def write_wheel(
    folder: Path, name: str, version: str, files: Mapping[str, bytes], needed: Sequence[str] = ()
) -> Path:
    """Write a wheel of pure Python.

    Parameters
    ----------
    folder : pathlib.Path
        The folder to write to; it exists.
    name, version : str
        Of the package.
    files : dict of str to bytes
        Path in the wheel to contents.
    needed : sequence of str
        Packages that it needs.

    Returns
    -------
    pathlib.Path
    """
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    needs = [f"Requires-Dist: {package}" for package in needed]
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *needs, ""]
    files = {
        **files,
        f"{info}/METADATA": "\n".join(metadata).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: softmax_book\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_record_hash(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    wheel = Path(folder) / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            archive.writestr(entry, data, compress_type=zipfile.ZIP_DEFLATED)
    return wheel


def own_wheels(edition: Edition, folder: Path) -> list[Path]:
    """Write the wheels of the book's own code.

    Parameters
    ----------
    edition : Edition
    folder : pathlib.Path
        The folder to write to; it exists.

    Returns
    -------
    list of pathlib.Path
        ``softmax_steps``, which needs all that a chapter imports, what the kernel runs first, and
        the stand-ins. Neither what builds the site nor what grades the class is there.

    Raises
    ------
    LiteError
        If the sources are not there.
    """
    package = edition.package
    if not package.is_dir():
        raise LiteError(f"{package} is not there: run the command in the repository's root.")
    project = tomllib.loads(edition.project_file.read_text("utf-8"))["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["book"]
    version = project["version"]
    return [
        write_wheel(folder, project["name"], version, package_files(package), needed),
        write_wheel(folder, "kernel-start", version, package_files(KERNEL_START)),
        *(write_wheel(folder, name, "0", {}) for name in STAND_INS),
    ]


def _record_hash(data: bytes) -> str:
    """Return a hash as the record of a wheel has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
