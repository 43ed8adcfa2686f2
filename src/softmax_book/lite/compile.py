"""Put bytecode into the wheels and the standard library: runs in Pyodide, by ``compile.mjs``.

The kernel in the browser starts anew with each visit, and would compile each module again. The
bytecode must be of the very Python that imports it, and the builder's own is another. ``/job/in``
holds the archives, and ``/job/out`` gets them with bytecode beside their sources. A traceback still
shows lines of the source.

Not all modules get it, since bytecode weighs twice what its source does: of what the kernel loads
as it starts, the modules that it imports then; of what a cell's imports load later, all.
"""

import base64
import hashlib
import importlib.util
import marshal
import shutil
import sys
import warnings
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path

JOB = Path("/job")
UNCHECKED_HASH = 0b01  # PEP 552: taken without a look at the source
STDLIB = "python_stdlib.zip"
# Colours for hundreds of languages: a megabyte of which the kernel uses only what it imports.
SELDOM = ("pygments/lexers/",)
# Matplotlib asks for it when it writes PDF or PostScript: seldom, and not at all on a page.
UNCOMPILED = ("fontTools/",)
# What a visit begins with: a line is printed, a value shown, a mistake made.
CELLS = ("print(1 + 1)", "2", "1 / 0")
Files = list[tuple[zipfile.ZipInfo, bytes]]


async def imported_at_start(site: str) -> set[str | None]:
    """Start the kernel as in the browser.

    Parameters
    ----------
    site : str
        Where packages are installed.

    Returns
    -------
    set of str
        Paths of the modules that it has imported.
    """
    for wheel in sorted(JOB.glob("in/*.whl")):
        shutil.unpack_archive(wheel, site, "zip")
    importlib.invalidate_caches()
    streams = sys.stdout, sys.stderr
    import tarfile  # noqa: F401  Pyodide's own way to unpack wheels looks into it

    import kernel_start

    kernel_start.import_kernel()
    import pyodide_kernel

    kernel = pyodide_kernel.kernel_instance
    kernel._parent_header = {"header": {}, "metadata": {}}
    for stream in (pyodide_kernel.stdout_stream, pyodide_kernel.stderr_stream):
        stream.publish_stream_callback = lambda name, text: None
    for code in CELLS:
        await kernel.run(code)
    sys.stdout, sys.stderr = streams
    return {getattr(module, "__file__", None) for module in list(sys.modules.values())}


def bytecode(data: bytes, path: str) -> bytes:
    """Compile a module.

    Parameters
    ----------
    data : bytes
        Its source.
    path : str
        Where it will lie: tracebacks look there for its lines.

    Returns
    -------
    bytes
        The contents of its ``.pyc``, to be taken as it is whatever the source's date.
    """
    code = compile(data, path, "exec", dont_inherit=True)
    flags = UNCHECKED_HASH.to_bytes(4, "little")
    head = importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(data)
    return head + marshal.dumps(code)


def with_bytecode(
    archive: zipfile.ZipFile,
    home: str,
    place: Callable[[str], str],
    wanted: Collection[str | None],
) -> Files:
    """Return an archive's files, some with bytecode, and without those of seldom use.

    Parameters
    ----------
    archive : zipfile.ZipFile
    home : str
        Where its files will lie.
    place : callable
        From a module's path to its bytecode's.
    wanted : collection of str
        Paths of the modules that get bytecode; all do where it holds none of them.

    Returns
    -------
    list of (zipfile.ZipInfo, bytes)
    """
    modules = [name for name in archive.namelist() if name.endswith(".py")]
    modules = [name for name in modules if ".data/" not in name and not name.startswith(UNCOMPILED)]
    chosen = {name for name in modules if f"{home}/{name}" in wanted} or set(modules)
    files = []
    for info in archive.infolist():
        if info.filename.startswith(SELDOM) and info.filename not in chosen:
            continue
        data = archive.read(info)
        files.append((info, data))
        if info.filename in chosen:
            beside = zipfile.ZipInfo(place(info.filename), info.date_time)
            files.append((beside, bytecode(data, f"{home}/{info.filename}")))
    return files


def recorded(files: Files) -> Files:
    """Return a wheel's files with a record of what they are.

    Parameters
    ----------
    files : list of (zipfile.ZipInfo, bytes)

    Returns
    -------
    list of (zipfile.ZipInfo, bytes)
    """
    record = next(info for info, _ in files if info.filename.endswith(".dist-info/RECORD"))
    lines = []
    for info, data in files:
        hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        facts = "," if info is record else f"sha256={hashed},{len(data)}"
        lines.append(f"{info.filename},{facts}\n")
    return [(info, "".join(lines).encode() if info is record else data) for info, data in files]


async def main() -> None:
    """Put bytecode into every archive of the job."""
    warnings.simplefilter("ignore")  # of the sources; not ours to mend
    site = next(entry for entry in sys.path if entry.endswith("/site-packages"))
    archives = sorted((JOB / "in").iterdir())
    names = {path.name for path in archives}
    wanted = await imported_at_start(site) if STDLIB in names else set()
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            if path.name == STDLIB:
                # Python imports it as it is, from the archive: there, bytecode lies beside.
                zipped = next(entry for entry in sys.path if entry.endswith(".zip"))
                files = with_bytecode(archive, zipped, "{}c".format, wanted)
            else:
                place = importlib.util.cache_from_source
                files = recorded(with_bytecode(archive, site, place, wanted))
        # The library is compressed as a whole when it is served: so it gets smaller.
        method = zipfile.ZIP_STORED if path.name == STDLIB else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(JOB / "out" / path.name, "w") as archive:
            for info, data in files:
                archive.writestr(info, data, method)
