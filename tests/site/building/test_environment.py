"""What a build starts depends on none of the caller's settings."""

import errno
import multiprocessing
import os
import sys

import pytest

from softmax_book.building import site
from softmax_book.building.environment import own_environment, verb_for, verbs
from softmax_book.building.npm import FrontEndError, environment_with, fetch_packages
from softmax_book.building.site import BuildError, build_site
from softmax_book.building.turns import in_turn

from ...waiting import PATIENCE

CELL = """```{code-cell} ipython3
import os, matplotlib, sys
from IPython import get_ipython
print("kernel in", os.path.samefile(sys.prefix, os.environ["EXPECTED_PREFIX"]))
print("size", matplotlib.rcParams["font.size"], "backend", matplotlib.get_backend())
print("inputs", get_ipython().colors, "started" in globals())
print("cleared", [n for n in ("NODE_OPTIONS", "GIT_DIR", "PYTHONWARNINGS") if n in os.environ])
```
"""


def test_npm_and_node_get_the_way_to_a_registry_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("NODE_OPTIONS", "--require=./breaks.js")
    monkeypatch.setenv("npm_config_global", "true")
    monkeypatch.setenv("npm_config_registry", "https://mirror.example")
    monkeypatch.setenv("npm_config_//mirror.example/:_authToken", "secret")
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    environment = environment_with(tmp_path)
    assert {"NODE_OPTIONS", "npm_config_global"}.isdisjoint(environment)
    assert environment["npm_config_registry"] == "https://mirror.example"
    assert environment["npm_config_//mirror.example/:_authToken"] == "secret"
    assert environment["https_proxy"] == "http://proxy.example"
    assert environment["PATH"].split(os.pathsep)[0] == str(tmp_path)


def test_a_setting_that_names_a_folder_passes_only_if_it_can_be_written(tmp_path):
    given = {"TMPDIR": str(tmp_path), "TEMP": str(tmp_path / "nowhere"), "LC_ALL": "C.UTF-8"}
    assert own_environment(given) == {"TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"}


def test_the_first_line_that_fits_counts():
    assert verb_for("PYTHON") == "keep"
    assert verb_for("PYTHONPATH") == "clear"
    assert verb_for("npm_config_cafile") == "keep"
    assert verb_for("npm_config_prefix") == "clear"
    seen = [pattern for pattern, _ in verbs()]
    assert len(seen) == len(set(seen))
    assert all(pattern == pattern.upper() for pattern in seen)


def test_no_setting_of_the_reader_changes_an_output(toy_book, tmp_path, monkeypatch):
    home = tmp_path / "home"
    files = {
        ".config/matplotlib/matplotlibrc": "font.size: 40\n",
        ".ipython/profile_default/startup/start.py": "started = True\n",
        ".ipython/profile_default/ipython_config.py": "c.InteractiveShell.colors = 'Neutral'\n",
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["/bin/false"], '
        '"display_name": "Python 3", "language": "python"}',
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "npmrc").write_text("global=true\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("EXPECTED_PREFIX", sys.prefix)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(home / ".ipython"))
    monkeypatch.setenv("JUPYTER_PATH", str(home / ".local/share/jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("MATPLOTLIBRC", str(home / ".config/matplotlib"))
    monkeypatch.setenv("MPLBACKEND", "nothing")
    monkeypatch.setenv("NODE_OPTIONS", "--require=./nowhere.js")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    toy_book.write_page(CELL)
    toy_book.build()
    page = toy_book.read_page()
    assert "kernel in True" in page
    assert "size 10.0 backend" in page
    assert "nothing" not in page
    assert "False\n" in page.split("inputs", 1)[1]
    assert "cleared []" in page


def test_packages_are_not_fetched_into_a_folder_that_is_a_link(tmp_path):
    (tmp_path / "package.json").write_text('{"dependencies": {"katex": "0.16.22"}}')
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "work.txt").write_text("years")
    (tmp_path / "node_modules").symlink_to(tmp_path / "others", target_is_directory=True)
    with pytest.raises(FrontEndError, match=r"node_modules is a link to .*others"):
        fetch_packages(tmp_path, tmp_path)
    assert (tmp_path / "others" / "work.txt").read_text() == "years"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full, at /book/_build.*free some space"),
        (errno.EROFS, "/book/_build cannot be written.*Copy the folder"),
        (errno.EACCES, "/book/_build cannot be written.*Copy the folder"),
        (errno.EMFILE, "Mend that, and run the command again"),
    ],
)
def test_a_site_that_cannot_be_written_is_one_line(toy_book, monkeypatch, number, words):
    def fail(*_):
        raise OSError(number, os.strerror(number), "/book/_build")

    monkeypatch.setattr(site, "prepare", fail)
    with pytest.raises(BuildError, match=words) as caught:
        build_site(toy_book.edition)
    assert "\n" not in str(caught.value)


def hold(path, held, waiting):
    with in_turn(path, lambda line: waiting.put(line)):
        held.put("held")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such lock")
def test_of_two_builds_of_a_folder_one_waits(tmp_path):
    file = tmp_path / "_config.yml"
    file.write_text("")
    spawn = multiprocessing.get_context("spawn")
    held, waiting = spawn.Queue(), spawn.Queue()
    with in_turn(file, pytest.fail):
        other = spawn.Process(target=hold, args=(file, held, waiting))
        other.start()
        assert "Another build runs in this folder" in waiting.get(timeout=PATIENCE)
        assert held.empty()
    assert held.get(timeout=PATIENCE) == "held"
    other.join()
    assert other.exitcode == 0
