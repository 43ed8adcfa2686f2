"""Every chapter below ``lite/`` from end to end, for whoever has the distribution of Pyodide.

No command collects this file by itself, since no package registry has that distribution. Give its
folder, unpacked, in the version that ``package.json`` names:

    make test PYODIDE_DIST=FOLDER ARGS="tests/browser/with_full_distribution.py"
"""

import os
from pathlib import Path

import pytest

from .test_lite import NOTEBOOKS, notebook, served, server, site  # noqa: F401  fixtures


@pytest.fixture(scope="module")
def distribution():
    """The folder that PYODIDE_DIST names; what it lacks stops the build of the site."""
    folder = os.environ.get("PYODIDE_DIST")
    if not folder:
        pytest.fail("PYODIDE_DIST is not set; expected the folder of Pyodide's full distribution")
    return Path(folder)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_chapter_runs_in_full(notebook, name):  # noqa: F811
    has_pictures = any("show(" in cell.code for cell in NOTEBOOKS[name].cells)
    opened = notebook(name)
    opened.run_all()
    failed = opened.page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    assert failed.all_inner_texts() == []
    assert (opened.page.locator(".jp-OutputArea-output img").count() > 0) == has_pictures
    assert opened.elsewhere == []
