"""The words of a live page for each thing that can happen to its Python."""

import json

import pytest

from ....node import run_node
from ..serving import ROOT

NEWS = ROOT / "src" / "softmax_book" / "live" / "page" / "news.js"


@pytest.fixture(scope="module")
def say():
    """Return ``say(call)``, which gives the words that a call of the module's functions returns."""

    def run(call):
        program = f"""
        import {{ readFileSync }} from "node:fs";
        const source = readFileSync({json.dumps(str(NEWS))}, "utf8");
        const news = await import(`data:text/javascript,${{encodeURIComponent(source)}}`);
        console.log(JSON.stringify(news.{call}));
        """
        return run_node(program, None)

    return run


# How it ended, as the server names it; whether a cell has asked for it; what is said first.
ENDINGS = [
    (
        "SIGKILL",
        False,
        "The system has ended Python (SIGKILL), as it does when the memory is full.",
    ),
    ("SIGSEGV", False, "Python has crashed (SIGSEGV): something went wrong in compiled code."),
    ("SIGABRT", False, "Python has crashed (SIGABRT): something went wrong in compiled code."),
    ("SIGTERM", False, "Python was ended from outside (SIGTERM)."),
    ("1", False, "Python has ended itself with exit status 1, as os._exit(1) does."),
    ("0", False, "Python has ended itself with exit status 0, as os._exit(0) does."),
    ("", False, "Python has stopped by itself; why is not known."),
    ("0", True, "exit() or quit() has ended Python."),
]


def test_each_end_has_its_words_and_memory_is_named_for_one_alone(say):
    for how, was_asked, words in ENDINGS:
        said = say(f"sayEnding({json.dumps(how)}, {json.dumps(was_asked)})")
        assert said.startswith(words)
        assert said.endswith("the variables are gone: run the cells again from the top.")
        assert ("memory" in said) == (how == "SIGKILL")


def test_each_early_stop_has_its_words(say):
    for reply, state, words in [
        ({"status": "error", "ename": "ValueError"}, "failed", "Cell 3 stopped with ValueError."),
        ({"status": "error"}, "failed", "Cell 3 stopped with an error."),
        ({"status": "error", "ename": "KeyboardInterrupt"}, "ready", "Cell 3 was interrupted"),
        (
            {"status": "error", "ename": "SystemExit"},
            "ready",
            "Cell 3 stopped itself with sys.exit",
        ),
        ({"status": "lost"}, "failed", "Python is ready, but what it answered to cell 3 was lost"),
    ]:
        said = say(f"sayStop(3, {json.dumps(reply)})")
        assert said[0] == state
        assert said[1].startswith(words)


def test_each_loss_says_what_becomes_of_the_readers_work_and_what_to_do(say):
    losses = say("LOST")
    assert set(losses) == {"line", "server", "refused", "kernel", "left", "exiting"}
    for what, words in losses.items():
        assert words[0].isupper(), what
        if what != "exiting":
            assert "edits are kept" in words, what
    for what in ("server", "refused"):
        assert "make live" in losses[what]
    for what in ("kernel", "left"):
        assert "Restart starts a new one" in losses[what]
