"""Cells run as a notebook runs them, but for what this machine lacks."""

import io

import pytest

from softmax_grader.isolation.cells_inside import Notebook, NotThereError

STUB = 'def f(x):\n    """To be written."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
ONE, TWO = "def f(x):\n    return 1", "def f(x):\n    return 2"


def run(*cells, wanted=("f",), **options):
    """Return a notebook that has run cells, each as far as it goes, and is settled."""
    notebook = Notebook()
    for source in cells:
        try:
            notebook.run(source, wanted=wanted, **options)
        except Exception as error:
            notebook.note("raised", type(error).__name__)
    notebook.settle(wanted)
    return notebook


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ([ONE, TWO], 2),
        ([STUB, TWO], 2),
        ([TWO, STUB], 2),
        ([TWO, "def f(x):\n    pass"], 2),
        ([TWO, "def f(x):\n    ..."], 2),
        ([STUB, "f = lambda x: 2"], 2),
        ([STUB, "from functools import partial\nf = partial(max, 2)"], 2),
        ([STUB, "class A:\n    def f(self, x):\n        return 2\nf = A().f"], 2),
        ([STUB, f"if True:\n    {TWO.replace(chr(10), chr(10) + '    ')}"], 2),
        ([STUB, f"import functools\n@functools.cache\n{TWO}"], 2),
        ([STUB, "from operator import abs as f"], 1),
        ([STUB, f"globals()['f'] = lambda x: 2\n{STUB}"], 2),
        ([TWO, "f = f(1)"], 2),
        ([f"{TWO}\nf = f(1)"], 2),
        ([TWO, "f = None"], 2),
        ([TWO, "del f"], 2),
        ([TWO, "for f in range(3):\n    pass"], 2),
        ([TWO, "1 / 0"], 2),
        ([f"{TWO}\n1 / 0"], 2),
        ([ONE, f"1 / 0\n{TWO}"], 1),
        ([ONE, f"x = (\n{TWO}"], 1),
        (["def g(x):\n    return k\nk = 1", "def f(x):\n    return g(x)", "k = 2"], 2),
        (["def g(x):\n    return 2\ndef f(x):\n    return g(x)", "g = g(1)"], 2),
        (["g = 1\ndef g2(x):\n    return g\ndef f(x):\n    return g2(x)", "g = 2"], 2),
        (["from __future__ import annotations", f"from __future__ import annotations\n{TWO}"], 2),
    ],
)
def test_what_counts_is_the_newest_function_at_the_end(cells, answer):
    assert run(*cells).function("f")(1) == answer


def test_a_placeholder_alone_says_that_nothing_is_written():
    with pytest.raises(NotImplementedError):
        run(STUB, "f = 3").function("f")(1)
    assert run("x = 1").function("f") is None


def test_other_functions_find_the_function_that_counts():
    assert run(TWO, STUB, "def g(x):\n    return f(x)").namespace["g"](1) == 2
    assert run("def g(x):\n    return f(x)", TWO, "f = 3").namespace["g"](1) == 2


MISSING = "is not there when your work is graded"


@pytest.mark.parametrize(
    "head",
    [
        "import not_here",
        "import not_here.too as nh",
        "from not_here import a, b as c",
        "from not_here import *",
        "from not_here.colab import drive\ndrive.mount('/content/drive')",
        "import not_here as nh\nnh.set()\ndata = nh.read('x')\ndata.head()\nmore = data + 1",
        "import not_here as nh\nclass Net(nn.Module if 0 else nh.Module):\n    pass\nnet = Net()",
        "import not_here as nh\n@nh.jit\ndef fast(x):\n    return x",
        "import not_here as nh\nfor k in nh.files:\n    print(k)",
        "import not_here as nh\nwith nh.style('x') as s:\n    s.show()\ns.show()",
        "if True:\n    import not_here as nh",
        "def load():\n    import not_here\n    return not_here.load()\ndata = load()",
        "from numpy import not_here",
        "import numpy.not_here\nassert numpy.ones(1)[0] == 1",
        "open('/not/here.csv')\nname = input('who? ')",
        "import numpy as np\ndata = np.loadtxt('not_here.csv')\nprint(data.mean())",
    ],
)
def test_what_the_machine_lacks_stands_in_the_way_of_nothing_else(head, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    notebook = run(f"{head}\n{TWO}")
    notes = notebook.take_notes()
    assert notebook.function("f")(1) == 2, notes
    assert "raised" not in notes
    noted = [*notes.get("missing", ()), *notes.get("lacking", ())]
    assert "here" in noted[0]
    assert "numpy" not in noted


@pytest.mark.parametrize(
    "use",
    ["nh.sum(x)", "nh(x)", "nh[0]", "nh + x", "[*nh]", "x @ nh", "float(nh)", "len(nh)", "-nh"],
)
def test_its_use_in_a_function_says_clearly_what_is_missing(use):
    notebook = run(f"import not_here as nh\ndef f(x):\n    return {use}")
    with pytest.raises(NotThereError, match=f"'not_here' {MISSING}") as caught:
        notebook.function("f")(1)
    assert type(caught.value).__name__ == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import not_here\n    here = True\nexcept ImportError:\n    here = False",
        "try:\n    import not_here\nexcept:\n    here = False\nelse:\n    here = True",
        "here = True\nimport contextlib\nwith contextlib.suppress(ImportError):\n"
        "    here = False\n    import not_here\n    here = True",
        "def try_it():\n    try:\n        import not_here\n    except ModuleNotFoundError as e:\n"
        "        return e.name != 'not_here'\n    return True\nhere = try_it()",
    ],
)
def test_who_minds_a_missing_module_is_told_as_python_tells_it(source):
    notebook = run(source)
    assert notebook.namespace["here"] is False
    assert "missing" not in notebook.take_notes()


def test_an_error_that_is_the_students_own_stops_the_cell():
    notebook = run("x = 1\nx.nothing\nx = 2")
    assert notebook.namespace["x"] == 1
    assert notebook.take_notes()["raised"] == ["AttributeError"]


def test_of_a_cell_without_an_end_its_definitions_are_left():
    source = (
        f"{TWO}\nimport math\neps = 1e-9\ng = lambda x: f(x)\nh = f\nr = f(1)\n"
        "m = [k for k in range(3)]\nwhile True:\n    pass\nclass A:\n    pass"
    )
    notebook = run(source, only_definitions=True)
    assert notebook.function("f")(1) == 2
    assert {"math", "eps", "g", "h", "A"} <= set(notebook.namespace)
    assert not {"r", "m"} & set(notebook.namespace)


def test_the_value_of_the_last_line_is_shown():
    shown = []
    run("1 + 1\n2 + 2", show=shown.append)
    run("None", show=shown.append)
    assert shown == ["4"]


def test_what_needs_a_shell_gives_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("never")
    notebook = run(
        "lines = get_ipython().getoutput('ls')\nhere = get_ipython().run_line_magic('pwd')",
        "get_ipython().run_cell_magic('writefile', 'own_f.py', 'def f(x):\\n    return 2')",
        "get_ipython().run_cell_magic('writefile', '../up.py', '1')\nfrom own_f import f",
        "get_ipython().system('touch x')\nget_ipython().run_line_magic('load_ext', 'x')",
        "out = get_ipython().captured()\nout.show()\nout()\ntext = out.stdout",
    )
    assert notebook.namespace["lines"] == notebook.namespace["lines"].l == []
    assert notebook.namespace["here"] == str(tmp_path)
    assert notebook.function("f")(1) == 2
    assert {path.name for path in tmp_path.glob("*.py")} == {"own_f.py"}
    assert not (tmp_path.parent / "up.py").exists()
    assert "raised" not in notebook.take_notes()
