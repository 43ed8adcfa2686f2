"""The class's tests need nbgrader, and most of them bubblewrap. In CI neither may be missing."""

import os
import warnings

import pytest

IN_CI = bool(os.environ.get("CI"))

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nbgrader.converters  # noqa: F401  its parts warn when they are imported
except ImportError:
    if IN_CI:
        raise
    # The rest of the class's tests need no nbgrader.
    collect_ignore_glob = [
        *("commands/*", "course/*", "gradebook/*", "intake/*", "reports/*", "marking/test_ex*"),
        *("test_hostile*", "test_new*", "test_running_a_class*"),
    ]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/class/" in item.path.as_posix():
            # nbgrader and what it stands on warn of each other; our own warnings are errors.
            item.add_marker(pytest.mark.filterwarnings("ignore::Warning:nbgrader"))
            item.add_marker(pytest.mark.filterwarnings("ignore::Warning:sqlalchemy"))


@pytest.fixture(scope="session")
def sandbox():
    """Skip, saying why, where bubblewrap cannot be used; in CI it has to be there."""
    from softmax_grader.isolation.bubblewrap import SandboxError, find_mode

    try:
        return find_mode()
    except SandboxError as error:
        if IN_CI:
            raise
        pytest.skip(f"student code cannot be run safely here: {error}")


@pytest.fixture(scope="session")
def released(tmp_path_factory, sandbox):
    """A course with the small assignment released; copy it, do not change it."""
    from .courses import release_small

    return release_small(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def course(tmp_path, released):
    """A course of its own with the small assignment released."""
    from .courses import make_course

    return make_course(tmp_path / "course", released)


@pytest.fixture(scope="session")
def graded(tmp_path_factory, released):
    """A course with five submissions, graded; leave it as it was."""
    from .courses import RIGHT, WRONG, grade_all, make_course, solve, submit

    course = make_course(tmp_path_factory.mktemp("graded") / "course", released)
    submit(course, "s001", solve(course, **RIGHT))
    submit(course, "s002", solve(course, **WRONG))
    submit(course, "s003", solve(course))
    broken = {**RIGHT, "guard": "def guard(F:\n    return F"}
    submit(course, "s004", solve(course, **broken))
    printing = "print('<script>alert(1)</script>\\x1b[31m')\nguard"
    submit(course, "s005", solve(course, [printing], **RIGHT))
    grade_all(course, jobs=2)
    return course


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "came"
    folder.mkdir()
    return folder
