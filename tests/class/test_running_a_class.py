"""The page on running a class says what happens: its commands are run, its output compared."""

import html
import re
import shlex
import shutil
from pathlib import Path

import pytest

from softmax_grader.commands.softmax_class import STEPS, main, step_name

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "running_a_class.md").read_text("utf-8")
BLOCK = re.compile(r"^```(console|toml|text)\n(.*?)^```", re.M | re.S)


def commands():
    """Yield (command, the output that the page shows, what it says to write into a file)."""
    to_write = []
    for kind, block in BLOCK.findall(PAGE):
        if kind != "console":
            to_write.append(block)
            continue
        for part in re.split(r"^(?=\$ )", block, flags=re.M):
            if part:
                command, _, output = part.partition("\n")
                is_edit = command.startswith("$ nano ") and not command.endswith(".md")
                yield command[2:], output, to_write.pop(0) if is_edit else ""
        to_write = []


def edit(path, text):
    """Do by program what the page asks a teacher to do in an editor."""
    if path.suffix == ".md":  # any change of the test in question
        source = path.read_text("utf-8")
        place = source.index("### BEGIN HIDDEN TESTS", source.index("grade_id: test_softmax,"))
        line = "### BEGIN HIDDEN TESTS\n"
        path.write_text(
            f"{source[:place]}{line}# A test, mended.\n{source[place + len(line) :]}", "utf-8"
        )
    elif path.suffix == ".toml":  # the lines that are there, without their #
        settings = path.read_text("utf-8")
        for line in filter(None, text.splitlines()):
            name = re.escape(line.partition(" = ")[0])
            settings, found = re.subn(rf"(?m)^# {name}( = .*)?$", line, settings, count=1)
            assert found, f"{line} has no line in {path.name}"
        path.write_text(settings, "utf-8")
    else:
        path.write_text(text, "utf-8")


def run(command, to_write, capsys, monkeypatch):
    """Run a command of the page; return what it prints."""
    program, *words = shlex.split(command)
    if program == "cd":
        monkeypatch.chdir(words[0])
        return ""
    if program == "head":
        return "\n".join(Path(words[-1]).read_text("utf-8").splitlines()[: int(words[1])])
    if program == "nano":
        edit(Path(words[0]), to_write)
        return ""
    assert program == "softmax-class"
    assert main(words) == 0, capsys.readouterr().err
    return capsys.readouterr().out


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
    done = set()
    for command, shown, to_write in commands():
        printed = run(command, to_write, capsys, monkeypatch)
        assert plain(printed) == plain(shown), command
        done.add(" ".join(command.split()[:2]))
        if command.startswith("softmax-class feedback"):
            excerpt = re.search(r"^```text\n(.*?)^```", PAGE, re.M | re.S)[1]
            page = Path("feedback/s005/a1_forward/a1_forward.html").read_text("utf-8")
            said = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))
            for line in excerpt.splitlines():
                assert " ".join(line.split()) in said, line
    steps = {"init", "roster", "release", "pretend", "collect", "rename", "extend", "grade"}
    steps |= {"answers", "feedback", "report", "return", "status"}
    assert {f"softmax-class {step}" for step in steps} <= done


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
