"""Running JavaScript in Node."""

import json
import subprocess

from softmax_book.building.npm import find_node


def run_node(program, data, *, module=True):
    """Run a program that reads JSON from its standard input and writes JSON.

    Parameters
    ----------
    program : str
        JavaScript.
    data : object
        What it reads; anything that JSON can say.
    module : bool
        Whether it is a module, which imports, and no script, which requires.

    Returns
    -------
    object
        What it writes.
    """
    options = ["--input-type=module"] if module else []
    done = subprocess.run(
        [find_node() / "node", *options, "-e", program],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
