"""The page on running a class says what happens: its commands are run, its output compared."""

import html
import re
import shutil
from pathlib import Path

import pytest

from softmax_grader.commands.softmax_class import STEPS, main, step_name

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "running_a_class.md").read_text("utf-8")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.M | re.S)


def commands():
    """Yield (command, the output that the page shows)."""
    for block in CONSOLE.findall(PAGE):
        for part in re.split(r"^(?=\$ )", block, flags=re.M):
            if part:
                command, _, output = part.partition("\n")
                yield command[2:], output


def plain(output):
    """Return lines without what differs from run to run: times, and the order of parallel work."""
    lines = [re.sub(r"\b\d+(\.\d)? s\b", "N s", line) for line in output.splitlines()]
    lines = [re.sub(r"^  \d+/(\d+)  ", r"  k/\1  ", line).rstrip() for line in lines]
    graded = sorted(line for line in lines if line.startswith("  k/"))
    return graded + [line for line in lines if not line.startswith("  k/")]


@pytest.mark.usefixtures("sandbox")
def test_the_walk_through_is_a_real_run(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    monkeypatch.chdir(tmp_path)
    done = []
    for command, shown in commands():
        program, *words = command.split()
        done.append(words[0] if program == "softmax-class" else program)
        if program == "cd":
            monkeypatch.chdir(words[0])
            printed = ""
        elif program == "head":
            printed = "\n".join(Path(words[-1]).read_text("utf-8").splitlines()[: int(words[1])])
        else:
            assert program == "softmax-class"
            assert main(words) == 0
            printed = capsys.readouterr().out
        assert plain(printed) == plain(shown), command
    assert {"init", "release", "collect", "grade", "feedback", "report", "status"} <= set(done)
    excerpt = re.search(r"^```text\n(.*?)^```", PAGE, re.M | re.S)[1]
    page = Path("feedback/s005/a1_forward/a1_forward.html").read_text("utf-8")
    said = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))
    for line in excerpt.splitlines():
        assert " ".join(line.split()) in said, line


def test_the_assignments_are_named_with_their_points_and_hours():
    rows = re.findall(r"^\| `(\w+)`:[^|]*\| [^|]+ \| (\d+) \| (\d+) \|$", PAGE, re.M)
    assert {name for name, *_ in rows} == {p.stem for p in (ROOT / "assignments").glob("*.md")}
    for name, hours, points in rows:
        text = (ROOT / "assignments" / f"{name}.md").read_text("utf-8")
        assert f"about {hours} hours" in text
        assert f"**Points** {points}" in text


def test_every_step_of_the_command_is_on_the_page():
    for step in STEPS:
        assert f"softmax-class {step_name(step)}" in PAGE
