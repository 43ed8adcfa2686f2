"""What the JupyterLite app is built from."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from softmax_book.expected import UnexpectedError
from softmax_book.lite import app
from softmax_book.lite.app import EXTENSION, TOOLS, WHEELS, kernel_wheels

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", [WHEELS, TOOLS], ids=lambda path: path.name)
def test_each_pin_has_a_hash(path):
    lines = [line for line in path.read_text().splitlines() if line[0] != "#"]
    assert len(lines) > 5
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line)


def test_widgets_are_of_the_same_version_here_and_in_the_browser():
    def pins(path):
        return dict(re.findall(r"^([\w-]+)==([\w.]+)", path.read_text(), re.MULTILINE))

    here, browser, tools = (pins(path) for path in (ROOT / "constraints.txt", WHEELS, TOOLS))
    for name in ("ipywidgets", "anywidget", "psygnal", "tqdm"):
        assert browser[name] == here[name]
    for name in ("anywidget", "jupyterlab-widgets"):
        assert tools[name] == {k.replace("_", "-"): v for k, v in here.items()}[name]


def test_the_kernels_own_wheels_must_be_there_once(tmp_path):
    folder = tmp_path / EXTENSION / "static" / "pypi"
    folder.mkdir(parents=True)
    for name in ("piplite", "pyodide_kernel", "ipykernel"):
        (folder / f"{name}-1-py3-none-any.whl").touch()
    assert len(kernel_wheels(tmp_path)) == 3
    (folder / "piplite-2-py3-none-any.whl").touch()
    with pytest.raises(UnexpectedError, match=r"JupyterLite's kernel, piplite-\*\.whl"):
        kernel_wheels(tmp_path)


def test_pip_installs_where_it_is_told_whatever_the_users_settings_say(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(app, "run", lambda command, fault, **options: commands.append(command))
    app._pip(sys.executable, "install", app.TOOLS)
    (command,) = commands
    (tmp_path / "pip.conf").write_text(f"[install]\ntarget = {tmp_path}/other\ntimeout = 9\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_PREFIX", str(tmp_path / "other"))
    before = command[: command.index("install")]
    run = subprocess.run([*before, "config", "list"], capture_output=True, text=True, check=True)
    assert ":env:.timeout='9'" in run.stdout.splitlines()
    assert "other" not in run.stdout
