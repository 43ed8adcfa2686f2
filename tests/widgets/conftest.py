"""Running a widget's own JavaScript in Node, to hold it against the package."""

import json
import subprocess

import pytest

from softmax_book.front_end import find_node
from softmax_steps.widgets.base import FOLDER


@pytest.fixture(scope="session")
def in_node():
    """Return ``run(module, body, data)``: what ``body`` returns, with the module as ``view``.

    ``body`` is JavaScript that sees ``data`` and the module's exports as ``view``. Numbers
    cross as JSON, which carries every float64 exactly.
    """

    def run(module, body, data):
        address = (FOLDER / f"{module}.mjs").as_uri()
        program = f"""
        import * as view from {json.dumps(address)};
        import {{ readFileSync }} from "node:fs";
        const data = JSON.parse(readFileSync(0, "utf8"));
        const plain = (_, v) => ArrayBuffer.isView(v) ? Array.from(v)
          : typeof v === "number" && !Number.isFinite(v) ? String(v) : v;
        console.log(JSON.stringify((() => {{ {body} }})(), plain));
        """
        done = subprocess.run(
            [find_node() / "node", "--input-type=module", "-e", program],
            input=json.dumps(data),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
