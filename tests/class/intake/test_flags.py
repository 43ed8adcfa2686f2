"""What no exercise needs is flagged, and honest code is not."""

import re

import pytest

from softmax_grader.intake.flags import PURPOSE, look_at

from .. import hostile, hostile_answers, hostile_walls
from ..courses import RIGHT

BODIES = {**hostile.BODIES, **hostile_walls.BODIES, **hostile_answers.BODIES}


def imports_a_tool(source):
    imports = re.findall(r"^ *import ([\w, ]+)", source, re.M)
    return any(name.strip() in PURPOSE for names in imports for name in names.split(","))


@pytest.mark.parametrize("name", [n for n in BODIES if imports_a_tool(BODIES[n])])
def test_reading_the_source_is_enough_to_flag_most(name):
    source = BODIES[name].format(course="/c", outside="/o", sources="/s", seconds="9")
    assert look_at(f"import numpy as np\ndef guard(F):\n{source}")


@pytest.mark.parametrize(
    "source", [RIGHT["guard"], RIGHT["slope"], "import numpy as np\nnp.ones(3)"]
)
def test_honest_code_is_not_flagged(source):
    assert look_at(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "g = (i for i in [1])\ng.gi_frame.f_trace_lines = False",
        "import scipy.special",
        "try: pass\nexcept E as e: e.__traceback__.tb_frame.f_back",
    ],
)
def test_a_look_behind_the_scenes_is_flagged(source):
    assert look_at(source)


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    f()\nexcept Exception as e:\n    print(type(e).__name__, e)",
        "from IPython.display import display, Markdown, clear_output\ndisplay(1)",
        "import IPython\nIPython.display.clear_output()",
        "import sys\nprint(sys.version, sys.maxsize)\nnp.set_printoptions(threshold=sys.maxsize)",
        'import sys\nIN = "google.colab" in sys.modules',
        'import os\nos.environ["OMP_NUM_THREADS"] = "1"\nprint(os.getcwd(), os.path.exists("x"))',
        "import traceback\ntry: f()\nexcept: traceback.print_exc()",
        "import gc\ngc.collect()",
        "print(np.__version__, f.__doc__, f.__name__)",
        "class T:\n    def __init__(self): super().__init__()\n"
        "    def __enter__(self): return self\n    def __exit__(self, *a): pass\n"
        "    def __repr__(self): return self.__class__.__name__",
        "!pip install -q seaborn\nimport seaborn",
        "files = !ls\nx",
        "%matplotlib inline\n%load_ext autoreload",
        "%%time\nx = 1",
        'get_ipython().run_line_magic("matplotlib", "inline")',
        'if "google.colab" in str(get_ipython()): pass',
        "help(np.max)\nnp.max?",
        "while n < base: n += 1",
        "import platform\nprint(platform.python_version())",
        "from types import SimpleNamespace",
        "from abc import ABC, ABCMeta\nclass A(metaclass=ABCMeta): pass",
        'if __name__ == "__main__": pass',
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int",
        "%%writefile a.py\nx=1",
        "%%html\n<b>x</b>",
        'import re\nre.compile("x")',
        "import inspect\ninspect.signature(f)",
        'print("x", file=sys.stderr)',
        'import sys\nsys.stdout.write("x")\nsys.path.append("..")',
        "%pip install x\nx",
        "import softmax_helpers",
    ],
)
def test_what_honest_helpers_do_is_not_flagged(source):
    assert look_at(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "!touch x",
        "files = !rm -rf /",
        "%%bash\ntouch x",
        "!pip install x; touch y",
        "!ls `touch x`",
        'import sys\nsys.modules["numpy"] = 1',
        "import sys\nsys.settrace(None)",
        "import sys as s\ns._getframe()",
        "from sys import *",
        "from sys import settrace",
        "import os\nos._exit(0)",
        "import os, signal",
        "x.__class__ = A",
        "().__class__.__base__.__subclasses__()",
        'get_ipython().user_ns["x"]',
        'get_ipython().system("touch x")',
        'get_ipython().ex("x")',
        "import IPython\nIPython.core",
        "from IPython.core.interactiveshell import InteractiveShell",
        "import gc\ngc.get_objects()",
        "import sys\nx = sys",
        "import sys\nx = [sys]\nx[0].settrace",
        "import traceback\ntraceback.walk_tb(1)",
        "import sys\nsys.stdout = 3",
        "class A:\n    def __eq__(self, o): return True",
        "import sys\nsys.modules",
        'display("<script>alert(1)</script>")',
        "%system ls -R >x",
        "!!touch x",
        "sys.settrace(None)",  # imported in another cell
    ],
)
def test_what_looks_like_it_and_is_not_is_flagged(source):
    assert look_at(source)
