"""The widgets: interactive versions of the steps, with a kernel and without one.

Each widget is one class, ``NAME.py`` (its state, and NumPy's values for it), one view,
``NAME.mjs``, and one style, ``NAME.css``. The views compute with ``shared/maths.mjs``, whose
functions have the package's names; tests compare them with the package.

The widgets are those of this folder that have a view. A class is imported when it is first asked
for, so that a chapter loads only the widgets that it shows.
"""

from importlib import import_module

from softmax_steps.widgets.names import class_name, view_names

_MODULES = {class_name(name): f"{__name__}.{name}" for name in view_names()}
__all__ = sorted(_MODULES)


def __getattr__(name):
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(
        f"softmax_steps.widgets has no {name!r}; expected one of {', '.join(__all__)}."
    )


def __dir__():
    return [*globals(), *__all__]
