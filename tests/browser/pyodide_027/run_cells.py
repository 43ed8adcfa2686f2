"""Runs cells in the browser's Python, and tells what each one shows. Imported by ``kernel.mjs``."""

import json
import time

import comm
import matplotlib as mpl
import matplotlib.font_manager  # says once that it makes a list of fonts
import numpy as np
from comm.base_comm import BaseComm
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

# What a page shows of an output in one way or another.
KINDS = ("text/html", "text/markdown", "text/plain")


class Hook(DisplayHook):
    """Gives a cell's last value to whoever collects what is displayed."""

    def write_output_prompt(self):
        """Print no number."""

    def write_format_data(self, format_dict, md_dict=None):
        """Display the value."""
        self.shell.display_pub.publish(format_dict, md_dict)

    def finish_displayhook(self):
        """Print no empty line."""


class Shell(InteractiveShell):
    """A shell without a terminal."""

    displayhook_class = Hook


class Kernel:
    """A shell, and the widgets that live in it.

    Parameters
    ----------
    send : callable
        Is given each message of a widget to its view, as JSON.
    """

    def __init__(self, send):
        class Comm(BaseComm):
            def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
                message = {"type": msg_type, "id": self.comm_id, "data": data}
                send(json.dumps(message, default=str))

        comm.create_comm = Comm
        self.shell = Shell.instance()
        self.printing, self.drawing = np.get_printoptions(), mpl.rcParams.copy()

    def begin(self):
        """Begin another notebook: no name and no setting of the one before is left."""
        self.shell.reset(new_session=True)
        np.set_printoptions(**self.printing)
        mpl.rcParams.update(self.drawing)

    def run(self, code):
        """Run a cell; return what it showed, as JSON."""
        began = time.perf_counter()
        with capture_output() as shown:
            result = self.shell.run_cell(code, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        return json.dumps(
            {
                "seconds": time.perf_counter() - began,
                # The shell prints a traceback; what it says of the error stands below.
                "printed": "" if error else shown.stdout,
                "complained": shown.stderr,
                "error": f"{type(error).__name__}: {error}" if error else "",
                "outputs": [
                    {kind: output.data[kind] for kind in KINDS if kind in output.data}
                    for output in shown.outputs
                ],
            }
        )

    def receive(self, comm_id, data):
        """Hand a view's message to its widget."""
        content = {"comm_id": comm_id, "data": json.loads(data)}
        comm.get_comm_manager().comm_msg(None, None, {"content": content, "buffers": []})
