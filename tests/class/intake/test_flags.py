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
