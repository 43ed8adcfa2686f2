"""What is in the repository: nothing large, private or derived; no two sources that disagree."""

import doctest
import fnmatch
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conftest import LONG, in_turns, lanes

ROOT = Path(__file__).resolve().parents[1]
PINS = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[\w.]+)$")


def read(name):
    return (ROOT / name).read_text("utf-8")


def git(*arguments):
    return subprocess.run(
        # In CI the checkout may belong to another user, which git would refuse to look into.
        ["git", "-c", "safe.directory=*", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.fixture(scope="module")
def tracked():
    """Paths of the files that git tracks."""
    try:
        inside = Path(git("rev-parse", "--show-toplevel").strip()).resolve() == ROOT
    except (OSError, subprocess.CalledProcessError):
        inside = False
    if not inside:
        if os.environ.get("CI"):
            pytest.fail(f"CI runs on a git checkout, and {ROOT} is none")
        pytest.skip("this copy of the book is not a git checkout")
    names = git("ls-files", "-z").rstrip("\0").split("\0")
    return [name for name in names if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def texts(tracked):
    """The tracked text files: path to contents."""
    found = {}
    for name in tracked:
        data = (ROOT / name).read_bytes()
        if b"\0" not in data:
            found[name] = data.decode("utf-8")
    return found


def lines_with(pattern, texts):
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


# Written in pieces, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|work|tmp|home/\w+|Users/\w+)/|[A-Z]:\\Users\\")
REGISTRY = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.|registry\.(?:npm|yarn)|deb\.debian\.|npmmirror\."
    r"|--(?:extra-)?index[-]url|find[-]links"
)
# cmd.exe hands single quotes on to pip, which then knows no such package. Double quotes work in
# every shell. The same holds for what a message or a first cell tells a reader to type.
SINGLE_QUOTED = re.compile(r"(?:install|-e|--editable)\s(?:[^'\"`]*\s)?'[\w.-]*\[")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E)\b|(?i:coming[ ]soon)")


def test_nothing_large_is_tracked(tracked):
    large = [name for name in tracked if (ROOT / name).stat().st_size > 1_000_000]
    assert large == []


def test_the_readmes_picture_is_light():
    assert (ROOT / "book/assets/readme-book.png").stat().st_size < 200_000


@pytest.mark.parametrize(
    ("pattern", "found", "left_alone"),
    [
        (
            MACHINE_PATH,
            "see /ro" + "ot/x and",
            "a.org/root/x, ../work/x, PATH=/path/to",
        ),
        (REGISTRY, "https://py" + "pi.org/simple", "PyPI has it; npm registry"),
        (UNFINISHED, "# TO" + "DO: more", "what to do, todos"),
        (SINGLE_QUOTED, "pip install -e " + "'.[book]'", 'pip install "softmax-steps[class]"'),
    ],
    ids=["a machine's path", "a registry's host", "unfinished", "quotes that cmd.exe hands on"],
)
def test_no_file_holds(texts, pattern, found, left_alone):
    assert pattern.search(found)
    assert not pattern.search(left_alone)
    assert lines_with(pattern, texts) == []


def test_no_derived_file_is_tracked(tracked):
    made = re.compile(
        r"(^|/)(_build|build|dist|node_modules|\.venv|__pycache__|\.\w+_cache|\.ipynb_checkpoints"
        r"|[\w.-]+\.egg-info)/|\.(ipynb|pyc|whl|log)$"
    )
    assert made.search("book/03_softmax.ipynb")
    assert made.search("_build/html/index.html")
    assert [name for name in tracked if made.search(name)] == []
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard").split("\n") == [""]


# --- pins ---


def pins():
    found = {}
    for line in read("constraints.txt").splitlines():
        if line.startswith("#"):
            continue
        match = PINS.match(line)
        assert match, f"constraints.txt: {line!r} is not NAME==VERSION"
        name = canonicalize_name(match["name"])
        assert name not in found, f"constraints.txt names {name} twice"
        found[name] = match["version"]
    return found


def project():
    return tomllib.loads(read("pyproject.toml"))["project"]


def ranges():
    wanted = list(project()["dependencies"])
    for extra in project()["optional-dependencies"].values():
        wanted += extra
    return [Requirement(text) for text in wanted]


@pytest.mark.parametrize("wanted", ranges(), ids=lambda wanted: wanted.name)
def test_each_package_is_pinned_within_its_range(wanted):
    pinned = pins().get(canonicalize_name(wanted.name))
    assert pinned, f"constraints.txt does not pin {wanted.name}, which pyproject.toml asks for"
    assert wanted.specifier.contains(pinned, prereleases=True)


def test_no_program_waits_for_parsers_that_nothing_asks():
    """Where it is there, jsonschema builds its 39 parsers whenever nbformat is imported."""
    assert "rfc3987-syntax" not in pins(), (
        "CONTRIBUTING.md, Renewing the pins, says how to do without"
    )


def test_whatever_the_packages_need_is_pinned_too():
    pinned, seen = pins(), set()
    waiting = [(wanted.name, frozenset(wanted.extras)) for wanted in ranges()]
    while waiting:
        name, extras = waiting.pop()
        key = (canonicalize_name(name), extras)
        if key in seen:
            continue
        seen.add(key)
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in (extras or {""})):
                waiting.append((needed.name, frozenset(needed.extras)))
    assert len(seen) > 50
    assert {name for name, _ in seen} - set(pinned) == set()


def test_requirements_install_the_package_and_its_book_and_site():
    extras = {"book", "site", "live", "class", "test", "fit", "estimator", "storage", "cluster"}
    extras |= {"compiled"}
    lines = [line for line in read("requirements.txt").splitlines() if line[0] != "#"]
    assert "-e .[book,site]" in lines
    assert extras == set(project()["optional-dependencies"])
    others = [Requirement(line) for line in lines if not line.startswith("-e")]
    declared = {wanted.name: wanted for wanted in ranges()}
    for wanted in others:
        assert wanted.specifier == declared[wanted.name].specifier


def test_jupyter_book_stays_below_two():
    # Version 2 is another program: it would not build this book.
    (book,) = [wanted for wanted in ranges() if wanted.name == "jupyter-book"]
    assert not book.specifier.contains("2.0.0")


def test_pre_commit_has_the_pinned_ruff():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert [hook["additional_dependencies"] for hook in hooks] == [
        [f"ruff=={pins()['ruff']}"] for _ in hooks
    ]


def test_the_workflow_tests_every_python_that_set_up_takes():
    script = read("scripts/make_venv.sh")
    oldest, newest = map(int, re.search(r"OLDEST=(\d+) NEWEST=(\d+)", script).groups())
    jobs = yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]
    versions = [f"3.{n}" for n in range(oldest, newest + 1)]
    assert jobs["quick"]["strategy"]["matrix"]["python"] == versions
    commands = {name: [step.get("run", "") for step in job["steps"]] for name, job in jobs.items()}
    assert commands["quick"] == ["", "", "make lint PYTHON=python", "make test-quick PYTHON=python"]
    assert commands["all"][-1] == "make test PYTHON=python"


@pytest.mark.parametrize(
    ("place", "fixtures", "parameters", "expected"),
    [
        ("steps/test_softmax.py", ["rng"], ["site", 3], {"site"}),
        ("steps/widgets/test_softmax_bars.py", ["in_javascript"], ["node"], set()),
        ("steps/widgets/test_softmax_bars.py", ["in_javascript"], ["chromium"], {"browser"}),
        ("browser/test_pages.py", ["visit", "chromium", "site"], [], {"browser", "site"}),
        ("class/intake/test_names.py", [], [], {"class"}),
        ("site/live/test_server.py", ["live"], [], {"live"}),
        ("site/test_new_chapter.py", [], [], {"site"}),
        ("test_repository.py", [], [], set()),
    ],
)
def test_a_test_is_in_the_lane_of_what_it_needs(place, fixtures, parameters, expected):
    assert lanes(place, fixtures, parameters) == expected


def test_long_files_begin_first_and_none_but_the_first_waits_for_the_website():
    places = ["book/test_a.py", *sorted(LONG), "class/test_b.py", "class/test_c.py", "../src/d.py"]
    turns = in_turns(places, {"book/test_a.py", "class/test_c.py", *LONG})
    short = ["book/test_a.py", "class/test_c.py", "../src/d.py"]
    assert turns == [LONG[0], "class/test_b.py", *LONG[1:], *short]
    assert [place for place in LONG if not (ROOT / "tests" / place).is_file()] == []


# --- nothing is passed over ---


def tracked_python(tracked, *folders):
    return {
        name
        for name in tracked
        if name.endswith(".py") and any(name.startswith(f"{folder}/") for folder in folders)
    }


def test_pytest_passes_over_no_folder_of_tests(tracked, pytestconfig):
    """Pytest leaves out folders by their names, such as ``build``, and says nothing."""
    left_out = pytestconfig.getini("norecursedirs")
    assert "build" in left_out
    folders = {
        part for name in tracked_python(tracked, "tests", "src") for part in Path(name).parts[:-1]
    }
    assert [
        folder
        for folder in sorted(folders)
        if any(fnmatch.fnmatch(folder, pattern) for pattern in left_out)
    ] == []


def test_every_file_with_tests_has_a_name_that_pytest_collects(tracked, texts):
    names = [name for name in tracked_python(tracked, "tests") if "\ndef test_" in texts[name]]
    assert len(names) > 50
    # Runs on request: it needs what no package registry has.
    asked_for = ["tests/browser/with_full_distribution.py"]
    assert [name for name in names if not Path(name).name.startswith("test_")] == asked_for


def test_ruff_reads_every_python_file(tracked):
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-files", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    read_files = {Path(line).relative_to(ROOT).as_posix() for line in run.stdout.splitlines()}
    assert {name for name in tracked if name.endswith(".py")} - read_files == set()


def test_deptry_passes_over_what_runs_in_the_browsers_kernel_alone(tracked):
    """Deptry excludes by patterns that a path begins with; its own default excludes the tests."""
    patterns = tomllib.loads(read("pyproject.toml"))["tool"]["deptry"]["exclude"]
    files = tracked_python(tracked, "src", "tests", "benchmarks", "scripts")
    assert files == {name for name in tracked if name.endswith(".py")}
    excluded = {name for name in files if any(re.match(pattern, name) for pattern in patterns)}
    in_the_browser = tracked_python(tracked, "src/softmax_book/lite/kernel_start")
    assert excluded == {*in_the_browser, "tests/browser/pyodide_027/run_cells.py"}


def test_every_package_of_the_source_is_typed_or_exempt(tracked):
    """A new package below src/ is checked by mypy, unless it is the maths."""
    packages = {name.split("/")[1] for name in tracked_python(tracked, "src")}
    files = tomllib.loads(read("pyproject.toml"))["tool"]["mypy"]["files"]
    assert {f"src/{name}" for name in packages} - set(files) == {"src/softmax_steps"}


# --- what the documents say ---


def targets():
    listed = re.findall(r"^([a-z-]+):.*?## ", read("Makefile"), re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE).group(1).split()
    assert listed == phony, "each target of the Makefile is phony and says what it does"
    return set(listed)


@pytest.mark.parametrize(
    "name",
    ["README.md", "CONTRIBUTING.md", ".ci/run", ".pre-commit-config.yaml", "constraints.txt"]
    + [f".github/workflows/{name}.yml" for name in ("test", "publish")],
)
def test_every_make_command_exists(name):
    said = re.findall(r"(?:`|^|run: |    )make ([a-z-]+)", read(name), re.MULTILINE)
    assert set(said) <= targets()
    if name == "README.md":
        assert {"book", "test", "help"} <= set(said)
    if name == ".ci/run":
        assert said == ["lint", "test"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_a_document_links_exists(name):
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", read(name))
    quoted = re.findall(r"`([\w.-]+/[\w./*-]*|[\w.-]+\.(?:txt|yml|toml|md|sh|jsonc?))`", read(name))
    derived = ("_build/", "build/", "dist/", "lite/", ".venv/", "../fresh")
    wanted = [
        path
        for path in {*linked, *quoted}
        if not path.startswith(derived) and not re.search(r"(?<![a-z])name\.", path)
    ]
    assert wanted
    assert [path for path in wanted if not any(ROOT.glob(path))] == []


def test_the_readmes_example_is_true():
    text = re.search(r"```python\n(.*?)```", read("README.md"), re.DOTALL).group(1)
    example = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
    assert len(example.examples) == 2
    assert doctest.DocTestRunner().run(example).failed == 0


def test_no_repository_is_invented(texts):
    # A copy of the book may name its own; what stands there must then be an address.
    settings = yaml.safe_load(read("_config.yml"))
    address = (settings.get("repository") or {}).get("url") or ""
    assert re.fullmatch(r"|https://[\w.-]+/[\w.-]+/[\w.-]+", address)
    named = address or "no repository"
    home = re.compile(r"https?://(?:www\.)?git(?:hub|lab)\.com/[\w.-]*/?[\w.-]*soft[-_]?max", re.I)
    assert home.search("https://github.com/" + "someone/softmax-steps")
    assert [line for line in lines_with(home, texts) if named not in line] == []


def test_the_citation_names_the_packages_version_and_licences():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == project()["version"]
    assert citation["authors"] == [{"name": "The Softmax, Step by Step authors"}]
    assert project()["license"] in citation["license"]


def test_the_licences_are_whole():
    assert "The Softmax, Step by Step authors" in read("LICENSE")
    assert read("LICENSE").rstrip().endswith("POSSIBILITY OF SUCH DAMAGE.")
    text = read("LICENSE-TEXT")
    assert text.startswith("Creative Commons Attribution 4.0 International")
    sections = re.findall(r"^Section (\d) ", text, re.MULTILINE)
    assert [int(number) for number in sections] == list(range(1, 9))
    assert text.rstrip().endswith("Creative Commons may be contacted at creativecommons.org.")
