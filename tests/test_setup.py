"""The set-up of .venv: which Python it takes, what it says without one, when it does nothing.

The pythons here are small scripts that answer the way real ones would, so no network is needed.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "scripts/make_venv.sh"
MADE_FROM = ["pyproject.toml", "requirements.txt", "constraints.txt"]
TABLE = "src/softmax_book/building/environment.txt"
RUN_PIP = "src/softmax_book/building/run_pip.py"
COPIED = [
    *MADE_FROM,
    TABLE,
    SCRIPT,
    "Makefile",
    "scripts/own_settings.sh",
    "scripts/recipe.sh",
    RUN_PIP,
]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sets up with pip: README")

FAKE_PYTHON = r"""#!/bin/sh
# Python 3.{minor}. {venv}: can it make a venv?  {pip}: what does pip do?
case "$1 $2" in
    "-c "*fcntl*) exec "{real}" "$@" ;;
    "-c "*ensurepip*) exit {venv} ;;
    "-c "*"import pip"*) echo True ;;
    "-c "*) echo {minor} ;;
    "--version "*) echo "Python 3.{minor}.0" ;;
    "-m venv")
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && : >"$3/pyvenv.cfg"
        [ ! -e venv_fails ] || {{ cat venv_fails >&2; exit 1; }} ;;
    "-m softmax_book") env >ran_in ;;
    "-I src/softmax_book/building/run_pip.py")
        shift
        echo "$@" >> pip_calls
        env >pip_ran_in
        printf 'Collecting numpy\nthe reason it gave\n'
        {pip} ;;
esac
"""
PROGRAMS = [
    "awk",
    "cat",
    "cksum",
    "cp",
    "dirname",
    "env",
    "grep",
    "locale",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "sleep",
    "tail",
]


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a folder with a space in its name, and an empty folder of programs."""
    root = tmp_path / "a checkout 中"
    (root / "scripts").mkdir(parents=True)
    for name in COPIED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", *PROGRAMS):
        (programs / name).symlink_to(shutil.which(name))
    return root


def add_python(checkout, name, minor, *, venv=True, pip="exit 0"):
    path = checkout.parent / "programs" / name
    text = FAKE_PYTHON.format(minor=minor, venv=0 if venv else 1, pip=pip, real=sys.executable)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


def set_up(checkout, what="book", shell=("sh",), script=SCRIPT, **environment):
    env = {"PATH": str(checkout.parent / "programs"), "LC_ALL": "C", **environment}
    return subprocess.run(
        [shutil.which(shell[0]), *shell[1:], script, what],
        cwd=checkout,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def pip_calls(checkout):
    calls = checkout / "pip_calls"
    return calls.read_text("utf-8").splitlines() if calls.exists() else []


def assert_stops_with_one_line(run, *parts):
    assert run.returncode == 1
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1, run.stderr
    for part in parts:
        assert part in run.stderr


def test_the_newest_tested_python_is_taken(checkout):
    for name, minor in (("python3.11", 11), ("python3.12", 12), ("python3", 14)):
        add_python(checkout, name, minor)
    run = set_up(checkout)
    assert run.returncode == 0, run.stderr
    assert "Setting up .venv (Python 3.12)" in run.stdout
    assert "exact versions of constraints.txt" in run.stdout
    assert pip_calls(checkout) == [
        f"{RUN_PIP} install --disable-pip-version-check --no-input -c constraints.txt "
        "--config-settings=--global-option=--no-user-cfg -r requirements.txt"
    ]


def test_the_tests_get_the_test_packages(checkout):
    add_python(checkout, "python3", 11)
    assert set_up(checkout, "test").returncode == 0
    assert pip_calls(checkout)[0].endswith("-r requirements.txt -e .[class,live,test]")
    # What serves the tests serves the book and the class.
    assert set_up(checkout, "book").stdout == ""
    assert set_up(checkout, "class").stdout == ""
    assert len(pip_calls(checkout)) == 1


def test_the_class_gets_its_packages(checkout):
    add_python(checkout, "python3", 11)
    assert set_up(checkout, "class").returncode == 0
    assert pip_calls(checkout)[0].endswith("-r requirements.txt -e .[class]")
    assert set_up(checkout, "book").stdout == ""
    assert set_up(checkout, "test").returncode == 0
    assert len(pip_calls(checkout)) == 2


def test_without_pins_the_newest_versions_are_taken(checkout):
    add_python(checkout, "python3", 12)
    assert "with the newest versions;" in set_up(checkout, PINS="none").stdout
    assert pip_calls(checkout)[0].endswith(
        "--no-input --upgrade --upgrade-strategy eager "
        "--config-settings=--global-option=--no-user-cfg -r requirements.txt"
    )
    assert set_up(checkout, PINS="none").stdout == ""
    assert "the exact versions of constraints.txt" in set_up(checkout).stdout
    assert_stops_with_one_line(set_up(checkout, PINS="some"), "PINS=some is unknown")


def test_a_second_run_does_nothing(checkout):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    again = set_up(checkout)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert len(pip_calls(checkout)) == 1


@pytest.mark.parametrize("changed", MADE_FROM)
def test_changed_pins_bring_it_up_to_date(checkout, changed):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    (checkout / changed).write_text("# other pins\n", "utf-8")
    run = set_up(checkout)
    assert "Bringing .venv up to date" in run.stdout
    assert len(pip_calls(checkout)) == 2


def test_a_moved_checkout_is_set_up_again(checkout):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert "Bringing .venv up to date" in set_up(moved).stdout


def test_a_broken_venv_is_made_anew(checkout):
    add_python(checkout, "python3.13", 13)
    set_up(checkout)
    (checkout / ".venv" / "bin" / "python").unlink()
    assert "Setting up .venv" in set_up(checkout).stdout


def test_no_python_is_one_line(checkout):
    assert_stops_with_one_line(set_up(checkout), "no Python 3 was found", "apt install python3")


def test_an_old_python_is_one_line(checkout):
    add_python(checkout, "python3", 9)
    assert_stops_with_one_line(set_up(checkout), "Python 3.9 was found", "PYTHON=/path/to")


def test_a_missing_venv_is_one_line(checkout):
    add_python(checkout, "python3", 11, venv=False)
    assert_stops_with_one_line(set_up(checkout), "apt install python3.11-venv")


def test_a_python_without_venv_gives_way_to_one_with_it(checkout):
    add_python(checkout, "python3.13", 13, venv=False)
    add_python(checkout, "python3", 11)
    assert "Setting up .venv (Python 3.11)" in set_up(checkout).stdout


def test_a_newer_python_is_tried_and_named(checkout):
    add_python(checkout, "python3", 15)
    run = set_up(checkout)
    assert run.returncode == 0
    assert "Python 3.15 is newer than the versions tested here (3.11 to 3.13)" in run.stdout


def test_a_named_python_is_taken(checkout):
    add_python(checkout, "python3.13", 13)
    own = add_python(checkout, "my python", 12)
    assert "Setting up .venv (Python 3.12)" in set_up(checkout, PYTHON=str(own)).stdout


def test_another_named_python_makes_venv_anew_and_the_same_does_not(checkout):
    add_python(checkout, "python3.13", 13)
    own = add_python(checkout, "my python", 12)
    set_up(checkout)
    assert "Setting up .venv (Python 3.12)" in set_up(checkout, PYTHON=str(own)).stdout
    assert set_up(checkout, PYTHON=str(own)).stdout == ""
    assert set_up(checkout).stdout == ""
    assert_stops_with_one_line(set_up(checkout, PYTHON="nowhere"), "PYTHON=nowhere does not run")
    assert set_up(checkout).stdout == ""  # and .venv is as it was


def test_a_named_python_that_will_not_do_is_one_line(checkout):
    add_python(checkout, "python3.13", 13)
    old = add_python(checkout, "old", 10)
    assert_stops_with_one_line(set_up(checkout, PYTHON=str(old)), "Python 3.10, too old")
    assert_stops_with_one_line(set_up(checkout, PYTHON="nowhere"), "PYTHON=nowhere does not run")


def test_a_failure_of_pip_is_shown_and_not_taken_for_done(checkout):
    add_python(checkout, "python3.13", 13, pip="exit 1")
    run = set_up(checkout)
    assert run.returncode == 1
    assert "the reason it gave" in run.stderr
    assert "run make again" in run.stderr
    again = set_up(checkout)
    assert again.returncode == 1
    assert len(pip_calls(checkout)) == 2


def test_the_script_and_pyproject_name_the_same_oldest_python():
    oldest = re.search(r"^OLDEST=(\d+)", (ROOT / SCRIPT).read_text("utf-8"), re.MULTILINE).group(1)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">=3.{oldest}"


@pytest.mark.parametrize(
    ("shell", "script"),
    [
        ("sh", SCRIPT),
        ("sh", "scripts/own_settings.sh"),
        ("sh", "scripts/recipe.sh"),
        ("bash", ".ci/run"),
    ],
)
def test_the_scripts_parse(shell, script):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    subprocess.run([shell, "-n", ROOT / script], check=True)
    if script in {"scripts/recipe.sh", ".ci/run"}:
        assert os.access(ROOT / script, os.X_OK)


# --- the caller's settings ---

#: Each name that the table of settings has, with a value that does harm where it is read. The
#: folder {trap} holds another project, with a .venv of its own.
HOSTILE = {
    "CDPATH": "{trap}",
    "BASH_ENV": "{trap}/breaks.sh",
    "ENV": "{trap}/breaks.sh",
    "IFS": "/.v",
    "SHELL": "/bin/false",
    "SHELLOPTS": "noclobber:noglob:verbose",
    "BASHOPTS": "nullglob",
    "BASH_FUNC_cd%%": "() {{ command cd '{trap}'; }}",
    "BASH_FUNC_rm%%": "() {{ command rm -rf '{trap}/.venv'; }}",
    "GLOBIGNORE": "*",
    "POSIXLY_CORRECT": "1",
    "GREP_OPTIONS": "-v",
    "LC_ALL": "zz_ZZ.UTF-8",
    "LC_CTYPE": "C",
    "LANG": "tr_TR",
    "LANGUAGE": "tr",
    "TMPDIR": "{trap}/nowhere",
    "TEMP": "{trap}/nowhere",
    "TMP": "{trap}/nowhere",
    "MAKEFLAGS": "ek -- SHELL=/bin/false",
    "MAKEFILES": "{trap}/before.mk",
    "MFLAGS": "-n",
    "GNUMAKEFLAGS": "-j3",
    "ARGS": "--from-elsewhere",
    "OPEN": "0",
    "PORT": "1",
    "PIP_TARGET": "{trap}/.venv",
    "PIP_PREFIX": "{trap}/.venv",
    "PIP_USER": "1",
    "PIP_NO_DEPS": "1",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_CONSTRAINT": "{trap}/nowhere.txt",
    "DIST_EXTRA_CONFIG": "{trap}/setup.cfg",
    "DISTUTILS_DEBUG": "1",
    "SETUPTOOLS_USE_DISTUTILS": "stdlib",
    "PYTHONPATH": "{trap}",
    "PYTHONHOME": "{trap}",
    "PYTHONSTARTUP": "{trap}/breaks.py",
    "PYTHONWARNINGS": "error",
    "PYTHONSAFEPATH": "1",
    "PYTHONUSERBASE": "{trap}",
    "PYTHONNOUSERSITE": "",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "ascii",
    "PYTHONUTF8": "0",
    "PYTHONOPTIMIZE": "2",
    "VIRTUAL_ENV": "{trap}/.venv",
    "__PYVENV_LAUNCHER__": "{trap}/.venv/bin/python",
    "CONDA_PREFIX": "{trap}",
    "PYTEST_ADDOPTS": "--nothing-like-this",
    "MYPYPATH": "{trap}",
    "RUFF_CONFIG": "{trap}/ruff.toml",
    "DOCUTILSCONFIG": "{trap}/docutils.conf",
    "SPHINXOPTS": "-D nothing",
    "NPM_CONFIG_GLOBAL": "true",
    "npm_config_prefix": "{trap}",
    "npm_config_omit": "optional",
    "npm_config_dry_run": "true",
    "NODE_OPTIONS": "--require={trap}/breaks.js",
    "NODE_ENV": "production",
    "NODE_PATH": "{trap}",
    "ESBUILD_BINARY_PATH": "{trap}/nowhere",
    "GIT_DIR": "{trap}/.git",
    "GIT_WORK_TREE": "{trap}",
    "GIT_INDEX_FILE": "{trap}/index",
    "JUPYTER_CONFIG_DIR": "{trap}",
    "JUPYTER_DATA_DIR": "{trap}",
    "JUPYTER_PATH": "{trap}",
    "JUPYTER_PLATFORM_DIRS": "1",
    "JPY_PARENT_PID": "1",
    "IPYTHONDIR": "{trap}/nowhere",
    "MPLBACKEND": "nothing",
    "MPLCONFIGDIR": "{trap}/nowhere",
    "MATPLOTLIBRC": "{trap}/nowhere",
}
#: What a registry or a proxy is reached with, and what does no harm.
PASSED_ON = {
    "PIP_CONFIG_FILE": "{trap}/pip.conf",
    "PIP_INDEX_URL": "https://mirror.example/simple",
    "PIP_EXTRA_INDEX_URL": "https://mirror.example/more",
    "PIP_NO_INDEX": "0",
    "PIP_FIND_LINKS": "{trap}/wheels",
    "PIP_TRUSTED_HOST": "mirror.example",
    "PIP_CERT": "{trap}/ca.pem",
    "PIP_CLIENT_CERT": "{trap}/me.pem",
    "PIP_PROXY": "http://proxy.example",
    "PIP_TIMEOUT": "60",
    "PIP_DEFAULT_TIMEOUT": "60",
    "PIP_RETRIES": "2",
    "PIP_CACHE_DIR": "{trap}/cache",
    "PIP_NO_CACHE_DIR": "0",
    "PIP_KEYRING_PROVIDER": "disabled",
    "PIP_USE_FEATURE": "truststore",
    "PIP_USE_DEPRECATED": "legacy-certs",
    "https_proxy": "http://proxy.example",
    "SSL_CERT_FILE": "{trap}/ca.pem",
    "NPM_CONFIG_REGISTRY": "https://mirror.example/npm",
    "NPM_CONFIG__AUTH": "secret",
    "NPM_CONFIG_USERCONFIG": "{trap}/npmrc",
    "NPM_CONFIG_GLOBALCONFIG": "{trap}/npmrc",
    "NPM_CONFIG_CACHE": "{trap}/cache",
    "NPM_CONFIG_PROXY": "http://proxy.example",
    "NPM_CONFIG_HTTP_PROXY": "http://proxy.example",
    "NPM_CONFIG_HTTPS_PROXY": "http://proxy.example",
    "NPM_CONFIG_NOPROXY": "localhost",
    "NPM_CONFIG_CA": "a certificate",
    "NPM_CONFIG_CAFILE": "{trap}/ca.pem",
    "NPM_CONFIG_CERT": "a certificate",
    "NPM_CONFIG_KEY": "a key",
    "NPM_CONFIG_STRICT_SSL": "true",
    "NPM_CONFIG_FETCH_TIMEOUT": "60000",
    "NPM_CONFIG_OFFLINE": "false",
    "NPM_CONFIG_PREFER_OFFLINE": "true",
    "NODE_EXTRA_CA_CERTS": "{trap}/ca.pem",
    "NODE_USE_SYSTEM_CA": "1",
    "NODE_USE_ENV_PROXY": "1",
    "NODE_TLS_REJECT_UNAUTHORIZED": "1",
    "GIT_CONFIG_COUNT": "0",
    "GIT_SSL_CAINFO": "{trap}/ca.pem",
    "PYODIDE_DIST": "{trap}/pyodide",
    "TZ": "Nowhere/Land",
    "COLUMNS": "7",
    "LINES": "7",
    "SOURCE_DATE_EPOCH": "0",
    "NO_COLOR": "1",
    "FORCE_COLOR": "1",
    "HOME": "{trap}",
}
# A shell passes on no name with such letters, and no npm of a set-up needs them: a file has them.
IN_PYTHON_ONLY = {"npm_config_@me:registry": "https://a", "npm_config_//a/:_authToken": "secret"}


@pytest.fixture
def trap(tmp_path):
    """Another project, with all that the hostile settings point to; none of it may change."""
    folder = tmp_path / "another project"
    for name in ("scripts", ".venv/my_work", "src", "softmax_book", "build", "node_modules"):
        (folder / name).mkdir(parents=True)
    (folder / ".venv" / "my_work" / "thesis.txt").write_text("years")
    for name in ("Makefile", "_toc.yml", "scripts/make_venv.sh", "constraints.txt"):
        (folder / name).write_text("")
    (folder / "breaks.sh").write_text(f"rm -rf '{folder}/.venv'; exit 1\n")
    (folder / "before.mk").write_text(
        "SHELL = /bin/false\n.SHELLFLAGS = -n\nPYTHON = /bin/false\n.ONESHELL:\n"
    )
    (folder / "pip.conf").write_text(f"[install]\ntarget = {folder}/.venv\n")
    return folder


def filled(settings, trap):
    return {name: value.format(trap=trap) for name, value in settings.items()}


def inventory(folder):
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def environment_of(file):
    lines = file.read_text("utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return {
        name: value for name, value in found.items() if name not in {"_", "PWD", "OLDPWD", "SHLVL"}
    }


SHELLS = [("sh",), ("bash", "--posix")]  # the second is the sh of macOS


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_set_up_does_the_same_whatever_the_caller_has_set(checkout, trap, shell):
    add_python(checkout, "python3", 11)
    plain = set_up(checkout, shell=shell, HOME=str(trap))
    expected = environment_of(checkout / "pip_ran_in")
    shutil.rmtree(checkout / ".venv")
    (checkout / "pip_calls").unlink()
    before = inventory(trap)
    passed_on = filled(PASSED_ON, trap)
    run = set_up(checkout, shell=shell, **filled(HOSTILE, trap), **passed_on)
    assert run.returncode == 0, run.stderr
    assert run.stdout == plain.stdout
    assert inventory(trap) == before
    assert (checkout / ".venv" / "ready-book").is_file()
    assert len(pip_calls(checkout)) == 1
    found = environment_of(checkout / "pip_ran_in")
    for name in ("ARGS", "OPEN", "PORT", "SHELLOPTS", "BASHOPTS"):  # read by make, bash alone
        found.pop(name, None)
    assert found == {**expected, **passed_on}


def test_cdpath_leads_no_script_to_another_project(checkout, trap):
    add_python(checkout, "python3", 11)
    before = inventory(trap)
    assert set_up(checkout, CDPATH=str(trap)).returncode == 0
    assert inventory(trap) == before
    assert (checkout / ".venv" / "ready-book").is_file()


def run_make(checkout, *arguments, cwd=None, **environment):
    """Run the Makefile in the checkout with make and no other program of this machine."""
    programs = checkout.parent / "programs"
    for name in ("make", "find"):
        if not (programs / name).exists():
            (programs / name).symlink_to(shutil.which(name))
    return subprocess.run(
        [programs / "make", *arguments],
        cwd=cwd or checkout,
        env={"PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@needs_make
def test_make_runs_its_commands_in_the_same_environment_whatever_the_caller_has_set(checkout, trap):
    add_python(checkout, "python3", 11)
    assert run_make(checkout, "book", HOME=str(trap)).returncode == 0
    expected = environment_of(checkout / "ran_in")
    shutil.rmtree(checkout / ".venv")
    (checkout / "ran_in").unlink()
    before = inventory(trap)
    passed_on = filled(PASSED_ON, trap)
    run = run_make(checkout, "book", **filled(HOSTILE, trap), **passed_on)
    assert run.returncode == 0, run.stderr + run.stdout
    assert inventory(trap) == before
    found = environment_of(checkout / "ran_in")
    for name in ("ARGS", "OPEN", "PORT"):
        found.pop(name, None)
    assert found == {**expected, **passed_on}
    shown = run_make(checkout, "-n", "live", **filled(HOSTILE, trap)).stdout
    assert "softmax_book live" in shown
    assert "--port" not in shown
    assert "--no-open" not in shown
    shown = run_make(checkout, "-n", "live", "test", "PORT=8800", "OPEN=0", "ARGS=-x -k a").stdout
    assert "softmax_book live --no-open --port 8800" in shown
    assert " -x -k a ||" in shown


@needs_make
@pytest.mark.parametrize("target", ["clean", "clean-all", "book"])
def test_the_makefile_does_nothing_in_another_folder(checkout, trap, target):
    before = inventory(trap)
    run = run_make(checkout, "-f", str(checkout / "Makefile"), target, cwd=trap)
    assert run.returncode != 0
    assert inventory(trap) == before


@needs_make
def test_clean_all_stays_in_its_folder(checkout, trap):
    add_python(checkout, "python3", 11)
    set_up(checkout)
    (checkout / "build").symlink_to(trap, target_is_directory=True)
    (checkout / "tests").mkdir()
    (checkout / "book").mkdir()
    before = inventory(trap)
    run = run_make(checkout, "clean-all", **filled(HOSTILE, trap))
    assert run.returncode == 0, run.stderr
    assert not (checkout / ".venv").exists()
    assert not (checkout / "build").is_symlink()
    assert inventory(trap) == before


def rows():
    lines = [line.split() for line in (ROOT / TABLE).read_text("utf-8").splitlines()]
    return [(words[0], words[1]) for words in lines if words and not words[0].startswith("#")]


def test_every_setting_of_the_table_is_tried():
    assert {verb for _, verb in rows()} == {"clear", "keep", "folder", "utf-8"}
    ours = {"PYTHON", "PINS"}  # tried above, one by one
    for pattern, verb in rows():
        tried = PASSED_ON | IN_PYTHON_ONLY if verb == "keep" else HOSTILE
        fitting = [name for name in tried if fnmatchcase(name.upper(), pattern)]
        assert fitting or pattern in ours, pattern


def test_the_script_of_ci_reads_no_file_of_the_caller(checkout, trap):
    """It goes to its own folder, and stops there at the first program that this machine lacks."""
    if not Path("/bin/bash").exists():
        pytest.skip("there is no bash here")
    (checkout / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", checkout / ".ci" / "run")
    add_python(checkout, "python3", 11)
    for name in ("git", "make", "chromium-headless-shell", "bwrap"):
        program = checkout.parent / "programs" / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >>"$PWD/ran"\n')
        program.chmod(0o755)
    before = inventory(trap)
    run = subprocess.run(
        [checkout / ".ci" / "run"],
        cwd=trap,
        env={"PATH": str(checkout.parent / "programs"), **filled(HOSTILE, trap)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert (checkout / "ran").read_text() == "make lint\nmake test\n"
    assert inventory(trap) == before


def test_every_script_leaves_cdpath_aside_before_it_goes_anywhere():
    for script in [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]:
        lines = script.read_text("utf-8").splitlines()
        went = [number for number, line in enumerate(lines) if line.startswith(("cd ", ". "))]
        assert not went or "unset CDPATH" in [line.split(" #")[0] for line in lines[: went[0]]], (
            script
        )


# --- settings files ---


@pytest.mark.parametrize("where", [".config/pip/pip.conf", "named.conf"])
def test_of_pips_settings_files_only_the_way_to_an_index_is_taken(tmp_path, where):
    file = tmp_path / where
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        "[global]\nindex-url = https://mirror.example/simple\ntarget = /nowhere\ntimeout = 9\n"
        "extra-index-url =\n    https://a.example\n    https://b.example\nconstraint = /nowhere\n"
        "[install]\nno-deps = true\nproxy = http://proxy.example\nuser = true\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_TIMEOUT": "60"}
    if where == "named.conf":
        environment["PIP_CONFIG_FILE"] = str(file)
    command = [sys.executable, "-I", ROOT / RUN_PIP, "config", "list"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in run.stdout.splitlines())
    assert found[":env:.index-url"] == "'https://mirror.example/simple'"
    assert found[":env:.extra-index-url"].count("https://") == 2
    assert found[":env:.proxy"] == "'http://proxy.example'"
    assert found[":env:.timeout"] == "'60'"
    assert all(name.startswith(":env:.") for name in found), "a file is still read"
    names = {name.removeprefix(":env:.") for name in found}
    assert names.isdisjoint({"target", "constraint", "no-deps", "user"})


def test_a_settings_file_that_pip_cannot_read_is_named(checkout, tmp_path):
    (tmp_path / "broken.conf").write_text("no section\n")
    command = [sys.executable, "-I", ROOT / RUN_PIP, "install", "nothing"]
    environment = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": str(tmp_path / "broken.conf")}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "broken.conf" in run.stderr


# --- what may happen on the way ---


def test_a_venv_that_is_a_link_is_left_alone(checkout, trap):
    add_python(checkout, "python3", 11)
    (checkout / ".venv").symlink_to(trap / ".venv", target_is_directory=True)
    before = inventory(trap)
    run = set_up(checkout)
    assert_stops_with_one_line(
        run, ".venv is a link to", "another project/.venv", "remove the link"
    )
    assert inventory(trap) == before


def test_a_folder_of_that_name_which_holds_other_things_is_left_alone(checkout):
    add_python(checkout, "python3", 11)
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "thesis.txt").write_text("years")
    run = set_up(checkout)
    assert_stops_with_one_line(run, "is no virtual environment and holds files", "move it away")
    assert (checkout / ".venv" / "thesis.txt").read_text() == "years"


FULL = "OSError: [Errno 28] No space left on device"


def test_a_full_disk_is_one_line_and_leaves_nothing_half_made(checkout):
    add_python(checkout, "python3", 11, pip=f"echo '{FULL}'; exit 1")
    run = set_up(checkout)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert "The disk is full: the website needs about 1 GB" in run.stderr
    assert not (checkout / ".venv").exists()
    add_python(checkout, "python3", 11)
    assert set_up(checkout).returncode == 0


def test_a_disk_that_is_full_before_pip_runs_is_one_line(checkout):
    add_python(checkout, "python3", 11)
    program = checkout.parent / "programs" / "mkdir"
    program.unlink()
    program.write_text('#!/bin/sh\necho "mkdir: $3: No space left on device" >&2; exit 1\n')
    program.chmod(0o755)
    assert_stops_with_one_line(set_up(checkout), "The disk is full", "about 1 GB in")
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Traceback\nOSError: [Errno 28] No space left on device", "The disk is full"),
        ("Traceback\nError: no pip", "Python 3.11 could not make .venv: Error: no pip"),
    ],
)
def test_a_venv_that_fails_is_one_line_with_the_reason(checkout, said, shown):
    add_python(checkout, "python3", 11)
    (checkout / "venv_fails").write_text(said + "\n")
    run = set_up(checkout)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert shown in run.stderr
    assert not (checkout / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_one_line(checkout):
    add_python(checkout, "python3", 11)
    program = checkout.parent / "programs" / "mkdir"  # root may write where others may not
    program.unlink()
    program.write_text('#!/bin/sh\necho "mkdir: $3: Read-only file system" >&2; exit 1\n')
    program.chmod(0o755)
    run = set_up(checkout)
    assert_stops_with_one_line(run, ".venv cannot be written", "Read-only file system", "copy the")


HOLD = "echo Collecting >&2; read line <gate; exit 0"  # until the test writes into the pipe 'gate'


def start(checkout, *, group=False):
    return subprocess.Popen(
        [shutil.which("sh"), SCRIPT, "book"],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "programs")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=group,
    )


def test_of_two_runs_at_once_one_waits_and_then_has_nothing_to_do(checkout):
    os.mkfifo(checkout / "gate")
    add_python(checkout, "python3", 11, pip=HOLD)
    first = start(checkout)
    assert "Setting up .venv" in first.stdout.readline()
    assert first.stdout.read(1) == "."  # pip runs
    second = start(checkout)
    assert "Another run is setting up .venv in this folder" in second.stdout.readline()
    (checkout / "gate").write_text("go\n")
    assert first.wait() == 0
    assert second.wait() == 0
    assert second.stdout.read() == ""
    assert len(pip_calls(checkout)) == 1
    first.communicate()
    second.communicate()


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("installs", [True, False])
def test_after_ctrl_c_nothing_half_made_is_taken_for_done(checkout, fresh, installs):
    add_python(checkout, "python3", 11)
    if not fresh:
        assert set_up(checkout).returncode == 0
        (checkout / "constraints.txt").write_text("# other pins\n", "utf-8")
    os.mkfifo(checkout / "gate")
    path = add_python(
        checkout, "python3", 11, pip=("echo Installing collected;" if installs else "") + HOLD
    )
    if not fresh:
        shutil.copy(path, checkout / ".venv" / "bin" / "python")
    run = start(checkout, group=True)
    run.stdout.readline()
    assert run.stdout.read(1) == "."
    if installs:
        assert run.stdout.read(len(" installing ")) == " installing "
    os.killpg(run.pid, signal.SIGINT)  # as the terminal does
    _, errors = run.communicate()
    assert run.returncode == 130
    assert errors.split("\n") == [
        "",
        "Stopped before .venv was ready: run make again to set it up.",
        "",
    ]
    assert not list(checkout.glob(".venv/ready-*"))
    assert (checkout / ".venv").exists() == (not fresh)
    assert (checkout / ".venv" / "unfinished").exists() == (installs and not fresh)
    path = add_python(checkout, "python3", 11)
    if not fresh and not installs:
        shutil.copy(path, checkout / ".venv" / "bin" / "python")
    again = set_up(checkout)
    assert again.returncode == 0
    made = "Bringing .venv up to date" if not fresh and not installs else "Setting up .venv"
    assert made in again.stdout
