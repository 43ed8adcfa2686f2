"""Runs the programs that build parts of ``lite/``."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from softmax_book.lite import LiteError

LINES = 8  #: of a failed program's output that the message shows


def run(command: Sequence[str | Path], fault: str, **options: Any) -> None:
    """Run a program.

    Parameters
    ----------
    command : sequence of str or pathlib.Path
        The program and its arguments.
    fault : str
        What to say if it fails.
    **options
        Of :func:`subprocess.run`.

    Raises
    ------
    LiteError
        If it fails; with the last lines of its output.
    """
    process = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **options
    )
    if process.returncode:
        output = (process.stdout + process.stderr).splitlines()
        lines = [line for line in output if line.strip()][-LINES:]
        raise LiteError("\n    ".join([f"{fault}. Its last lines:", *lines]))
