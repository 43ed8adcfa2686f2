"""Running the live page's own modules in Node, where they need no page."""

import json

import pytest

from softmax_book.building.npm import bundle
from softmax_book.live.run import PAGE

from ....node import run_node
from ..serving import ROOT

MODULES = ("compare", "notebook_file", "scratch_cells", "sentences")


@pytest.fixture(scope="session")
def in_node(tmp_path_factory):
    """Return ``in_node(module, body, data)``: what a piece of JavaScript returns.

    The body has the module as ``page``, and the data as ``data``. What it throws is returned as
    ``{"thrown": message}``.
    """
    folder = tmp_path_factory.mktemp("live_page")
    files = [PAGE.parent / f"{name}.js" for name in MODULES]
    bundle(ROOT, files, folder, options=["--out-extension:.js=.mjs"])

    def run(module, body, data):
        program = f"""
        import {{ readFileSync }} from "node:fs";
        const page = await import({json.dumps((folder / f"{module}.mjs").as_uri())});
        const data = JSON.parse(readFileSync(0, "utf8"));
        const run = () => {{
          try {{ {body} }} catch (error) {{ return {{ thrown: error.message }}; }}
        }};
        console.log(JSON.stringify(run()));
        """
        return run_node(program, data)

    return run
