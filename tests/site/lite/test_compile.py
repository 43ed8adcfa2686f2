"""The bytecode in the wheels, made here by this Python in place of the browser's."""

import base64
import io
import py_compile
import subprocess
import sys
import zipfile
from hashlib import sha256

from softmax_book.lite.compile import bytecode, recorded, with_bytecode


def archive_of(files):
    """Return an archive with these files: name to text."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return zipfile.ZipFile(data)


def test_bytecode_is_that_of_pythons_own_compiler(tmp_path):
    source = tmp_path / "module.py"
    source.write_text("answer = 42\n")
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(source, tmp_path / "own.pyc", invalidation_mode=unchecked, doraise=True)
    assert bytecode(source.read_bytes(), str(source)) == (tmp_path / "own.pyc").read_bytes()


def test_bytecode_is_taken_whatever_the_sources_date(tmp_path):
    (tmp_path / "module.pyc").write_bytes(bytecode(b"print('compiled')", "module.py"))
    run = subprocess.run(
        [sys.executable, "-c", "import module"], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.stdout == "compiled\n"


def test_only_the_wanted_modules_get_bytecode():
    files = {"a.py": "", "b.py": "", "data.txt": "", "pygments/lexers/x.py": ""}
    compiled = with_bytecode(archive_of(files), "/home", "{}c".format, {"/home/a.py"})
    assert [info.filename for info, _ in compiled] == ["a.py", "a.pyc", "b.py", "data.txt"]
    compiled = with_bytecode(archive_of({"a.py": "", "b.py": ""}), "/home", "{}c".format, set())
    assert [info.filename for info, _ in compiled] == ["a.py", "a.pyc", "b.py", "b.pyc"]


def test_the_record_of_a_wheel_says_what_is_in_it():
    files = [
        (zipfile.ZipInfo("a.py"), b"1"),
        (zipfile.ZipInfo("a-1.dist-info/RECORD"), b"the old one"),
    ]
    (_, first), (_, record) = recorded(files)
    assert first == b"1"
    digest = base64.urlsafe_b64encode(sha256(b"1").digest()).rstrip(b"=").decode()
    assert record.decode().splitlines() == [f"a.py,sha256={digest},1", "a-1.dist-info/RECORD,,"]
