"""The book's own code as wheels."""

import subprocess
import sys
from pathlib import Path

from softmax_book.edition import Edition
from softmax_book.lite.own_wheels import own_wheels

ROOT = Path(__file__).parents[3]


def test_pip_takes_the_wheel_of_the_books_package(tmp_path):
    # pip reads the record, the metadata and the tags as it does for any wheel.
    package = own_wheels(Edition(ROOT), tmp_path)[0]
    target = tmp_path / "installed"
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", target, package], check=True
    )
    inside = {path.name for path in target.iterdir() if not path.name.endswith(".dist-info")}
    assert inside == {"softmax_steps"}
    assert (target / "softmax_steps" / "digits.npz").is_file()
    found = subprocess.run(
        [sys.executable, "-c", "import softmax_steps as s; print(s.__file__, s.softmax([[0, 0]]))"],
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert str(target) in found
    assert "[[0.5 0.5]]" in found


def test_the_same_sources_give_the_same_wheels(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    for one, other in zip(
        own_wheels(Edition(ROOT), first), own_wheels(Edition(ROOT), second), strict=True
    ):
        assert one.read_bytes() == other.read_bytes()
