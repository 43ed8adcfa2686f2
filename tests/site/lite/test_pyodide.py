"""Pyodide and its lock file, from a core that is made up."""

import gzip
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from softmax_book.expected import UnexpectedError
from softmax_book.lite import LiteError
from softmax_book.lite.own_wheels import write_wheel
from softmax_book.lite.pyodide import (
    DISTRIBUTION,
    FETCH,
    LOADER,
    PACKED,
    STDLIB,
    make_lock,
    wheel_entry,
    write_pyodide,
)

ROOT = Path(__file__).parents[3]


def test_a_wheels_entry_says_what_it_brings_and_needs(tmp_path):
    needs = ["Six>=1", "pexpect; sys_platform != 'emscripten'", "pytest; extra == 'test'"]
    wheel = write_wheel(tmp_path, "a-b", "1.0", {"a_b/__init__.py": b"", "c.py": b""}, needs)
    assert parse_wheel_filename(wheel.name)[0] == "a-b"
    entry = wheel_entry(wheel, "3.14.2")
    assert (entry["name"], entry["version"]) == ("a-b", "1.0")
    assert entry["imports"] == ["a_b", "c"]
    assert entry["depends"] == ["six"]
    assert entry["sha256"] == sha256(wheel.read_bytes()).hexdigest()


class Core:
    """A made-up npm package, pure wheels, and a distribution with compiled ones."""

    def __init__(self, root):
        self.folder, self.distribution, wheels = root / "core", root / "full", root / "wheels"
        for folder in (self.folder, self.distribution, wheels):
            folder.mkdir()
        packages = {}
        for name, needs in (("numpy", []), ("matplotlib", ["numpy", "Cycler", "pytz"])):
            file = f"{name}-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
            stub = write_wheel(root, name, "1.0", {f"{name}.py": b"__version__ = 'stub'\n"})
            data = stub.read_bytes()
            (self.distribution / file).write_bytes(data)
            packages[name] = {
                "name": name,
                "version": "1.0",
                "file_name": file,
                "sha256": sha256(data).hexdigest(),
                "imports": [name],
                "depends": needs,
            }
        packages["cycler"] = dict(packages["numpy"], name="cycler", file_name="cycler-none-any.whl")
        packages["unused"] = dict(packages["numpy"], name="unused")
        self.lock = {"info": {"python": "3.14.2"}, "packages": packages}
        for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
            (self.folder / name).write_text(f"{name} {FETCH}")
        (self.folder / "package.json").write_text('{"version": "9.8.7"}')
        (self.folder / "pyodide-lock.json").write_text(json.dumps(self.lock))
        (self.folder / "pyodide.mjs.map").write_text("not for the browser")
        self.wheels = [
            write_wheel(wheels, "cycler", "0.12", {"cycler.py": b""}),
            write_wheel(wheels, "book", "1", {"book.py": b""}, ["numpy", "matplotlib", "pooch"]),
        ]


@pytest.fixture
def core(tmp_path):
    return Core(tmp_path)


def test_what_is_compiled_is_fetched_by_address_with_its_hash(core, tmp_path):
    fetched = write_pyodide(core.folder, core.wheels, tmp_path / "out")
    lock = json.loads((tmp_path / "out" / "pyodide-lock.json").read_text())
    assert sorted(lock["packages"]) == ["book", "cycler", "matplotlib", "numpy"]
    for name in ("numpy", "matplotlib"):
        entry, original = lock["packages"][name], core.lock["packages"][name]
        assert entry["file_name"] == DISTRIBUTION.format(version="9.8.7") + original["file_name"]
        assert entry["sha256"] == original["sha256"]
        assert original["file_name"] in fetched
    assert lock["packages"]["matplotlib"]["depends"] == ["numpy", "cycler"]
    assert lock["packages"]["book"]["depends"] == ["matplotlib", "numpy"]
    assert lock["packages"]["cycler"]["file_name"] == core.wheels[0].name  # ours, not Pyodide's
    assert not list((tmp_path / "out").glob("*wasm32.whl"))
    assert not (tmp_path / "out" / "pyodide.mjs.map").exists()


def test_the_largest_files_are_served_compressed_and_asked_for_by_those_names(core, tmp_path):
    library = tmp_path / "with_bytecode.zip"
    library.write_text("a library with bytecode")
    out = tmp_path / "out"
    write_pyodide(core.folder, core.wheels, out, stdlib=library)
    for name in PACKED:
        source = library if name == STDLIB else core.folder / name
        assert gzip.decompress((out / f"{name}.packed").read_bytes()) == source.read_bytes()
        assert not (out / name).exists()
    loader = (out / LOADER.name).read_text()
    names = re.findall(r'\bunpack\("(.+?)"', loader)
    names += re.findall(r'fetch\(e\+"(.+?)\.packed"\)', (out / "pyodide.mjs").read_text())
    assert sorted(names) == sorted(PACKED)
    (core.folder / "pyodide.mjs").write_text("another version")
    with pytest.raises(UnexpectedError, match=r"Pyodide's pyodide\.mjs, which fetches"):
        write_pyodide(core.folder, core.wheels, tmp_path / "other")


def test_a_local_distribution_puts_all_of_it_into_the_site(core, tmp_path):
    fetched = write_pyodide(
        core.folder, core.wheels, tmp_path / "out", distribution=core.distribution
    )
    assert fetched == []
    text = (tmp_path / "out" / "pyodide-lock.json").read_text()
    assert "://" not in text
    for entry in json.loads(text)["packages"].values():
        data = (tmp_path / "out" / entry["file_name"]).read_bytes()
        assert sha256(data).hexdigest() == entry["sha256"]


def test_a_wrong_file_in_the_distribution_is_refused(core, tmp_path):
    file = core.lock["packages"]["numpy"]["file_name"]
    (core.distribution / file).write_bytes(b"another file")
    with pytest.raises(LiteError, match=f"{file} in PYODIDE_DIST=.* is not the published file"):
        write_pyodide(core.folder, core.wheels, tmp_path / "out", distribution=core.distribution)
    (core.distribution / file).unlink()
    with pytest.raises(LiteError, match=rf"does not hold {file}\. Expected the full .* 9\.8\.7"):
        write_pyodide(core.folder, core.wheels, tmp_path / "out", distribution=core.distribution)
    with pytest.raises(LiteError, match="is not a folder"):
        write_pyodide(core.folder, core.wheels, tmp_path / "out", distribution=tmp_path / "no")
    assert not (tmp_path / "out").exists()


def test_a_package_that_is_not_shipped_is_named(core, tmp_path):
    with pytest.raises(LiteError, match=r"cycler 1\.0 is needed in the browser"):
        make_lock(core.lock, core.wheels[1:], "1")
    lost = write_wheel(tmp_path, "other", "2", {"other.py": b""}, ["nowhere>=1"])
    with pytest.raises(LiteError, match=r"other 2 needs nowhere, which the site does not serve"):
        make_lock(core.lock, [*core.wheels, lost], "1")


def test_the_distributions_host_stands_in_one_file():
    host = DISTRIBUTION.split("/")[2]
    named = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and host.encode() in path.read_bytes() and path.suffix != ".pyc"
    ]
    assert named == ["src/softmax_book/lite/pyodide.py"]
