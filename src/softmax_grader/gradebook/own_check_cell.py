"""The code of the released notebook's last cell, "Check before you hand in".

It is not run here: :mod:`softmax_grader.gradebook.own_check` copies its source into the notebook,
where it must do with Python's own library, 3.8 and later.
"""


def visible_tests(space: dict, set_up: list, parts: list) -> None:
    """Run every visible test, print a line for each part, and say what is still untouched.

    Nothing of the notebook is changed: the tests run in a copy of its names. It gives no points.

    Parameters
    ----------
    space : dict
        The notebook's names.
    set_up : list of str
        Code that the tests lean on.
    parts : list of dict
        ``title``, and ``functions`` and ``tests`` or ``answer`` and ``untouched``.
    """
    import contextlib
    import io
    import json
    import os
    import pathlib
    import sys
    import time

    def run(sources, names):
        """Return what is wrong, in one line, or None."""
        silence = contextlib.redirect_stdout(io.StringIO())
        try:
            with silence, contextlib.redirect_stderr(io.StringIO()):
                for source in sources:
                    exec(compile(source, "<visible test>", "exec"), names)
        except AssertionError as error:
            first, _, more = str(error).strip().partition("\n")
            first = first or "a visible test fails."
            return first + (" The test below the function shows the numbers." if more else "")
        except NameError as error:
            return f"it stops with NameError: {error}."
        except Exception as error:
            return f"it stops with {type(error).__name__}: {str(error)[:200]}".split("\n")[0]
        return None

    def not_there(names):
        """Return what keeps a part from being tried at all, or None."""
        for name in names:
            function = space.get(name)
            if not callable(function):
                return f"there is no function {name} yet. Run the cell that defines it."
            if "NotImplementedError" in getattr(getattr(function, "__code__", 0), "co_names", ()):
                return f"{name} is not written yet."
        return None

    def notebooks():
        """Yield the cells of this notebook, as they stand in Colab or in the saved file."""
        with contextlib.suppress(Exception):
            asked = sys.modules["google.colab"]._message.blocking_request(
                "get_ipynb", timeout_sec=5
            )
            yield asked["ipynb"]["cells"], "now"
        known = [space.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")]
        files = {pathlib.Path(name) for name in known if name} | set(pathlib.Path().glob("*.ipynb"))
        saved = []
        for file in files:
            with contextlib.suppress(Exception):
                saved.append((file.stat().st_mtime, file))
        for when, file in sorted(saved, reverse=True):
            with contextlib.suppress(Exception):
                cells = json.loads(file.read_text("utf-8"))["cells"]
                yield cells, "as saved at " + time.strftime("%H:%M", time.localtime(when))

    def text_of(cell):
        return "".join(cell.get("source", "")).strip()

    def id_of(cell):
        return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")

    def written(answer, untouched):
        """Return whether a written answer is there, and when it was looked at; None if unseen."""
        for cells, when in notebooks():
            for place, cell in enumerate(cells):
                if id_of(cell) == answer:
                    own = [c for c in cells[place + 1 : place + 2] if id_of(c) is None]
                    texts = [text_of(cell), *(text_of(c) for c in own)]
                    return any(text not in ("", untouched) for text in texts), when
        return None

    passed, tried, left = 0, 0, 0
    for part in parts:
        title = part["title"]
        if "answer" in part:
            found = written(part["answer"], part["untouched"])
            if found is None:
                print("?", title + ": this Python cannot see your text. Look whether it is there.")
            elif found[0]:
                print("✓", f"{title}: something is written ({found[1]}). Your teacher reads it.")
            else:
                left += 1
                print("–", f"{title}: nothing is written yet ({found[1]}).")
            continue
        tried += 1
        untouched = not_there(part["functions"])
        wrong = untouched or run([*set_up, *part["tests"]], dict(space))
        if wrong is None:
            passed += 1
            print("✓", title + ("" if part["tests"] else ": written; it has no visible test"))
        elif untouched or "is not written yet" in wrong:
            left += 1
            print("–", f"{title}: {wrong}")
        else:
            if "NameError" in wrong:
                wrong = wrong.rstrip(".") + ". Run the cells from the top once."
            print("✗", f"{title}: {wrong}")
    print()
    print(f"{passed} of {tried} parts pass the visible tests; {left} still to be written.")
    print("Further tests run when your work is graded. This check gives no points.")
