"""`make lint`: every check runs, one that fails or cannot run is named at the end."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def lint(monkeypatch):
    """The module ``scripts/lint.py``, whose checks are programs that end as their name says."""
    spec = importlib.util.spec_from_file_location("lint_script", ROOT / "scripts" / "lint.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def check(name, *command):
        return module.Check(name, "a purpose", command, f"mend {name}")

    def python(status):
        return "python", "-c", f"import sys; print('it ran', flush=True); sys.exit({status})"

    monkeypatch.setattr(module, "CHECKS", (
        check("first", *python(0)),
        check("second", *python(3)),
        check("absent", "no-such-program"),
        check("last", *python(0)),
    ))  # fmt: skip
    return module


def test_all_checks_run_after_a_failure_and_the_summary_names_it(lint, capfd):
    assert lint.main([]) == 1
    output = capfd.readouterr().out
    assert output.count("\nit ran\n") == 3
    assert output.index("── second") < output.index("── last")
    assert "2 of 4 checks failed:\n  second: mend second\n  absent: there is no program" in output
    assert output.endswith('One of them again: make lint ARGS="second"\n')


def test_checks_run_at_once_and_are_told_about_in_their_order(lint, tmp_path, monkeypatch, capfd):
    """The first ends once the second has begun; the second waits for nothing."""
    monkeypatch.setattr(lint.os, "cpu_count", lambda: 2)
    begun = tmp_path / "begun"
    wait = (
        f"import os, time\nwhile not os.path.exists({str(begun)!r}): time.sleep(0.01)\nprint('one')"
    )
    say = f"open({str(begun)!r}, 'w').close(); print('two')"
    checks = [
        lint.Check(name, "a purpose", ("python", "-c", code), "")
        for name, code in (("first", wait), ("second", say))
    ]
    assert lint.lint(checks) == []
    output = capfd.readouterr().out
    assert output.index("── first") < output.index("one\n") < output.index("── second")
    assert output.index("── second") < output.index("two\n")


def test_checks_can_be_chosen_by_name(lint, capfd):
    assert lint.main(["first", "last"]) == 0
    output = capfd.readouterr().out
    assert output.count("\nit ran\n") == 2
    assert "All 2 checks passed: first, last." in output


def test_an_unknown_name_is_told_with_those_that_exist(lint, capfd):
    assert lint.main(["third"]) == 2
    assert "no check third; there are first, second, absent, last." in capfd.readouterr().err


def test_node_packages_that_are_missing_or_old_are_named(lint, tmp_path):
    (tmp_path / "package.json").write_text('{"devDependencies": {"a": "1.0", "b": "2.0"}}')
    installed = tmp_path / "node_modules" / "a" / "package.json"
    installed.parent.mkdir(parents=True)
    installed.write_text('{"version": "1.0"}')
    assert lint.missing_npm_packages(tmp_path) == ["b"]
    installed.write_text('{"version": "0.9"}')
    assert lint.missing_npm_packages(tmp_path) == ["a", "b"]


def test_the_checks_of_scripts_are_commands_of_package_json():
    script = (ROOT / "scripts" / "lint.py").read_text("utf-8")
    package = (ROOT / "package.json").read_text("utf-8")
    names = re.findall(r'\("npm", "run", "([\w:]+)"\)', script)
    assert len(names) == 2
    assert [name for name in names if f'"{name}":' not in package] == []
