"""What IPython understands beside Python becomes Python, in time with the length."""

import time

import pytest

from softmax_grader.ipython_syntax import as_python, is_python

MAGIC = "get_ipython().run_line_magic"


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("np.max?\ny = 1", f"{MAGIC}('pinfo', 'np.max')\ny = 1"),
        ("?np.max\ny = 1", f"{MAGIC}('pinfo', 'np.max')\ny = 1"),
        ("files = !ls\ny = 1", "files = get_ipython().getoutput('ls')\ny = 1"),
        ("a, b = !ls -l\ny = 1", "a, b = get_ipython().getoutput('ls -l')\ny = 1"),
        ("here = %pwd\ny = 1", f"here = {MAGIC}('pwd', '')\ny = 1"),
        ("%time z = f(2)\nz", "z = f(2)\nz"),
        ("z = %time f(2)\nz", "z = f(2)\nz"),
        ("%prun -s cumtime z = f(2)\nz", "z = f(2)\nz"),
        ("%time f(a, \\\n  b)\ny = 1", "f(a,    b)\n\ny = 1"),
        ("%timeit -n 10 -r3 f(2)\ny = 1", "pass\ny = 1"),
        (
            "if x:\n    %matplotlib inline\ny = 1",
            f"if x:\n    {MAGIC}('matplotlib', 'inline')\ny = 1",
        ),
        ("/f x\ny = 1", "f(x)\ny = 1"),
        (",f a b\ny = 1", 'f("a", "b")\ny = 1'),
        ("!echo don't (\ny = 1", 'get_ipython().system("echo don\'t (")\ny = 1'),
        ("s = '''\n!ls\n%time\n'''\n!ls", "s = '''\n!ls\n%time\n'''\nget_ipython().system('ls')"),
        ("x = [1,\n%2]\n!ls", "x = [1,\n%2]\nget_ipython().system('ls')"),
        ("%%time\nz = 1\n!ls", "\nz = 1\nget_ipython().system('ls')"),
        ("%%time\n%%capture out\nz = 1", "\nout = get_ipython().captured()\nz = 1"),
        ("%%timeit\ndef f(): pass", ""),
        ("%%html\n<b>'</b>", "get_ipython().run_cell_magic('html', '', \"<b>'</b>\")"),
        ("pip install seaborn", f"{MAGIC}('pip', 'install seaborn')"),
        (">>> x = 1\n>>> y = 2", "x = 1\ny = 2"),
        ("  x = 1\n  !ls", "x = 1\nget_ipython().system('ls')"),
        ("x = 5 % 3 if a != b else 2", "x = 5 % 3 if a != b else 2"),
        ("def f(:\n    pass", "def f(:\n    pass"),
    ],
)
def test_each_syntax_becomes_python_in_its_line(source, python):
    assert as_python(source) == python
    assert is_python(python) or "[1" in source or "(:" in source


@pytest.mark.parametrize(
    "piece",
    [
        *("!ls\n", "x = '\n", "x = ([", "'''\\''' ", "a", "a?\n", "a = ", "a = \\\n", "%%time\n"),
        *("  ", "x = (\n", '"""\n!ls\n', "%time f()\n", "[ "),
    ],
)
def test_it_takes_time_with_the_length(piece):
    def seconds(n):
        source = (piece * (n // len(piece)))[:n] + "'\n!ls?"
        begin = time.process_time()
        as_python(source)
        return time.process_time() - begin

    as_python("!ls\nx?")  # imports IPython
    short, long = (min(seconds(n) for _ in range(2)) for n in (12_000, 48_000))
    assert long < 10 * short + 0.1
    assert long < 1
