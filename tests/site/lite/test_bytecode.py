import shutil
from pathlib import Path

import pytest

from softmax_book.edition import Edition
from softmax_book.lite import LiteError, bytecode


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """An edition, the archives to compile, and the calls of the program that would compile them."""
    edition = Edition(tmp_path)
    edition.lite_parts.mkdir(parents=True)
    core = tmp_path / "core"
    core.mkdir()
    (core / "package.json").write_text("{}")
    archive = tmp_path / "a.whl"
    archive.write_text("source")
    calls = []

    def run(command, fault, **options):
        calls.append(command)
        for path in Path(command[-1], "in").iterdir():
            shutil.copyfile(path, Path(command[-1], "out", path.name))

    monkeypatch.setattr(bytecode, "run", run)
    return edition, core, [archive], calls


def test_archives_are_compiled_once_and_again_when_they_change(parts):
    edition, core, archives, calls = parts
    for _ in range(2):
        (compiled,) = bytecode.with_bytecode(edition, "compiled", core, archives, print)
        assert compiled == edition.lite_parts / "compiled" / "a.whl"
        assert compiled.read_text() == "source"
    assert len(calls) == 1
    archives[0].write_text("changed")
    (compiled,) = bytecode.with_bytecode(edition, "compiled", core, archives, print)
    assert compiled.read_text() == "changed"
    assert len(calls) == 2


def test_a_compiler_that_fails_leaves_no_folder_that_counts_as_made(parts, monkeypatch):
    edition, core, archives, _ = parts

    def fail(command, fault, **options):
        raise LiteError(fault)

    monkeypatch.setattr(bytecode, "run", fail)
    with pytest.raises(LiteError, match="could not be compiled"):
        bytecode.with_bytecode(edition, "compiled", core, archives, print)
    assert list(edition.lite_parts.iterdir()) == []
