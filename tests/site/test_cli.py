"""The command line: what it says, and what it returns."""

import subprocess
import sys
from pathlib import Path

import pytest

from softmax_book import cli
from softmax_book.cli import main
from softmax_book.edition import BookError

ROOT = Path(__file__).parents[2]
COMMANDS = ("build", "live", "lite", "offline", "notebooks", "worksheet")


def test_help_names_every_command_and_imports_none():
    code = (
        "import sys\nfrom softmax_book.cli import main\n"
        "try:\n    main(['--help'])\nfinally:\n"
        "    print({'sphinx', 'tornado', 'nbformat'} & set(sys.modules))"
    )
    text = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for command in COMMANDS:
        assert f"\n    {command}" in text
    assert "set()" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert len(capsys.readouterr().out) > 150


def test_a_language_without_an_edition_is_named(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["--language", "fr", "build"]) == 1
    assert "There is no edition in the language 'fr': build/fr, where" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_wants_the_repositorys_root(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 1
    assert "is not the repository's root: it has no _config.yml" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bild"],
        ["build", "--claen"],
        ["--language", "../x", "build"],
        ["worksheet", "--seed=-1"],
    ],
)
def test_a_mistyped_command_is_an_error(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m softmax_book" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit):
        main(["lite", "--assignments", "nowhere"])
    assert "nowhere: there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code", "text"),
    [(BookError("no node"), 1, "no node"), (KeyboardInterrupt(), 130, "nothing is left running")],
)
def test_a_command_that_could_not_do_its_work_says_why(monkeypatch, capsys, raised, code, text):
    def offline(edition, options):
        raise raised

    monkeypatch.setattr(cli, "offline", offline)
    assert main(["offline"]) == code
    assert text in capsys.readouterr().err
