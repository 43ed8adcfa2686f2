"""What a student's own notebook shows at its end is what counts, in one class graded in one run."""

import json

import nbformat
import pytest

from softmax_grader.cells import grade_id
from softmax_grader.gradebook.points import grades
from softmax_grader.reports.feedback import feedback

from .courses import (
    AUTOMATIC,
    MINI,
    RIGHT,
    WRONG,
    grade_all,
    make_course,
    released_notebook,
    solve,
    submit,
)

GUARD, SLOPE = RIGHT["guard"], RIGHT["slope"]
GIVEN = object()  # the cell as it was given
ELSEWHERE = "is not written in the cell that is given for it"
# For each: what stands in the cells given, what in cells of one's own by the cell before them,
# and what is said of it on the student's page and to the teacher.
NOTEBOOKS = {
    "as it is meant": ({}, {}, []),
    "own cells below what was given, and at the end": (
        {"guard": GIVEN, "slope": GIVEN},
        {"guard": [GUARD], "why": [SLOPE]},
        [f"guard {ELSEWHERE}", f"slope {ELSEWHERE}"],
    ),
    "own cells above what was given": (
        {"guard": GIVEN, "slope": GIVEN},
        {"setup": [GUARD], "guard": [SLOPE]},
        [f"guard {ELSEWHERE}", f"slope {ELSEWHERE}"],
    ),
    "corrected below, after the tests": (
        {"guard": WRONG["guard"], "slope": "def slope(f, x):\n    return f(x)"},
        {"why": [GUARD + SLOPE]},
        ["guard is defined in 2 cells", "slope is defined in 2 cells"],
    ),
    "a helper corrected below": (
        {"guard": "def top(F): return F.max()\ndef guard(F): return F - top(F)"},
        {"why": ["def top(F): return F.max(axis=1, keepdims=True)"]},
        [],
    ),
    "results under the functions' own names": (
        {"guard": GUARD + "guard = guard(DATA)\nprint(guard.shape)"},
        {"slope_hidden": ["slope = slope(np.sin, 0.0)", "print(round(slope, 2))"]},
        ["“guard” is no function any more", "“slope” is no function any more"],
    ),
    "own cells that stop, do not end, or end Python": (
        {},
        {"setup": ["1 / 0"], "guard": ["while True:\n    pass", "import os\nos._exit(1)"]},
        [],
    ),
    "all in one cell that does not end": (
        {"guard": GUARD + SLOPE + "while True:\n    pass", "slope": GIVEN},
        {},
        [f"slope {ELSEWHERE}"],
    ),
    "IPython's own syntax": (
        {
            "guard": "%matplotlib inline\nnp.max?\nfiles = !ls\nhere = %pwd\n"
            "%time z = DATA.sum()\nassert z == 15 and files == [] and here\n!pip install x\n"
            + GUARD,
            "slope": "%%time\nk = 1e-5\ndef slope(f, x):\n    return (f(x + k) - f(x - k)) / 2 / k",
        },
        {"why": ["%%html\n<b>fine</b>", "?np.max", "%timeit -n 1 guard(DATA)", "pip install x"]},
        [],
    ),
    "libraries and files that are not there": (
        {
            "guard": "import pandas_2 as pd\nfrom google.colab import drive\n"
            "import seaborn_2 as sns\nsns.set_theme()\ndrive.mount('/content/drive')\n"
            "table = pd.read_csv('a.csv')\n"
            "table.head()\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n" + GUARD,
            "slope": "data = np.loadtxt('slopes.csv')\n" + SLOPE,
        },
        {},
        ["“pandas_2” is not there", "“google.colab” is not there", "“slopes.csv” is not there"],
    ),
}


@pytest.fixture(scope="module")
def honest_class(tmp_path_factory, released):
    """Return (what came of each notebook, its page)."""
    course = make_course(tmp_path_factory.mktemp("honest") / "course", released)
    stubs = {grade_id(cell): cell.source for cell in released_notebook(course).cells}
    for k, (given, own, _) in enumerate(NOTEBOOKS.values()):
        answers = {name: stubs[name] if a is GIVEN else a for name, a in given.items()}
        notebook = solve(course, **{**RIGHT, **answers})
        for before, sources in own.items():
            place = [grade_id(cell) for cell in notebook.cells].index(before) + 1
            notebook.cells[place:place] = [nbformat.v4.new_code_cell(s) for s in sources]
        submit(course, f"s{k:02}", notebook)
    untouched = solve(course, guard=GUARD, slope=SLOPE)
    untouched.cells.append(nbformat.v4.new_markdown_cell("Both sides hold the same factor."))
    submit(course, "written", untouched)
    grade_all(course, jobs=2)
    feedback(course, MINI)
    marks, students = grades(course, MINI), {}
    for student in marks:
        run = json.loads(course.record(MINI, "run", student).read_text("utf-8"))
        page = course.notebook("feedback", MINI, student).with_suffix(".html").read_text("utf-8")
        students[student] = marks[student], run, page.replace("&#x27;", "'")
    return students


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_the_notebook_shows_at_its_end_counts(honest_class, name):
    marks, run, page = honest_class[f"s{list(NOTEBOOKS).index(name):02}"]
    assert marks["score"] == AUTOMATIC, run
    said = NOTEBOOKS[name][2]
    assert len(run["remarks"]) >= len(said)
    assert said or not run["remarks"]
    for words in said:
        assert any(flag.startswith(words) for flag in run["flags"])
        assert f"<li>{words[:1].upper()}{words[1:]}" in page
    if name in ("as it is meant", "IPython's own syntax"):
        assert run["flags"] == []
        assert 'class="remarks' not in page


def test_a_text_cell_after_an_untouched_question_waits_for_the_teacher(honest_class):
    marks, _, page = honest_class["written"]
    assert marks["score"] == AUTOMATIC
    assert marks["cells"]["why"][2], "does not wait"
    assert "Your answer" in page
    assert "Both sides hold the same factor." in page
