"""Gives matplotlib a font for Chinese, Japanese and Korean, once a figure has such letters.

matplotlib's own font has none of them: it draws boxes and warns of each. A font of the machine is
taken if there is one; else a small one is fetched, once.
"""

import contextlib
import functools
import importlib.util
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from softmax_book.building.figure_font import fetch_figure_font
from softmax_book.edition import BookError, Edition
from softmax_book.expected import UnexpectedError, replace_attribute

ROOT = Path(__file__).parents[4]
#: Kana, Hangul, ideographs, and the signs of full width that stand between them.
LETTERS = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u31ff\u3200-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]"
)
#: What systems bring, the plainest first.
FAMILIES = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC"),
    *("PingFang SC", "Hiragino Sans GB", "Heiti SC", "Microsoft YaHei", "SimHei"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS"),
    *("Noto Sans CJK TC", "Noto Sans CJK KR", "Hiragino Sans", "Yu Gothic", "MS Gothic"),
    *("Apple SD Gothic Neo", "Malgun Gothic", "Microsoft JhengHei"),
)
WHERE = "softmax_book.live.kernel.figure_fonts, which adds a font to those of matplotlib"


class Fallback:
    """The font for letters that matplotlib's own lack: looked for once, when one is met."""

    def __init__(self, find: Callable[[str], str | None]) -> None:
        self._find = find
        self._is_known = False
        self.path: str | None = None

    def meet(self, text: object) -> None:
        """Note a text that is to be drawn."""
        if self._is_known:
            return
        found = LETTERS.search(text) if isinstance(text, str) else None
        if found:
            self._is_known = True  # also if there is none: it is said once
            self.path = self._find(found[0])


def find_font(letter: str) -> str | None:
    """Return the file of a font that has a letter, of the machine or fetched.

    Parameters
    ----------
    letter : str

    Returns
    -------
    str or None
        None if there is none; a warning says why, and what to do.
    """
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    known = {entry.name: entry.fname for entry in reversed(fontManager.ttflist)}
    for family in FAMILIES:
        if family in known and ord(letter) in FT2Font(known[family]).get_charmap():
            return known[family]
    try:
        return str(fetch_figure_font(Edition(ROOT), say=lambda news: print(news, flush=True)))
    except BookError as error:
        warnings.warn(
            f"This figure has Chinese, Japanese or Korean letters, and there is no font for them: "
            f"boxes stand in their place. {error}",
            stacklevel=3,
        )
        return None


def add_font(fallback: Fallback) -> None:
    """Have matplotlib take letters that its own fonts lack from another one.

    Parameters
    ----------
    fallback : Fallback
    """
    from matplotlib.font_manager import FontManager
    from matplotlib.text import Text

    set_text, find = Text.set_text, FontManager._find_fonts_by_props

    @functools.wraps(set_text)
    def set_noted_text(self: Any, s: object) -> None:
        fallback.meet(s)
        set_text(self, s)

    @functools.wraps(find)
    def find_with_fallback(self: Any, *arguments: Any, **options: Any) -> list[Any]:
        paths = find(self, *arguments, **options)
        return [*paths, fallback.path] if fallback.path else paths

    replace_attribute(Text, "set_text", set_noted_text, where=WHERE)
    replace_attribute(FontManager, "_find_fonts_by_props", find_with_fallback, where=WHERE)


class AfterImport(MetaPathFinder):
    """Calls a function when a module has been imported, so that nothing is imported before."""

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        self.name, self.then = name, then

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module as everybody does, and note that it comes."""
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = ThenLoader(spec.loader, self.then)
        return spec


class ThenLoader(Loader):
    """Loads as another loader does, and then calls a function."""

    def __init__(self, loader: Any, then: Callable[[], None]) -> None:
        self._loader, self._then = loader, then

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, and then the function."""
        self._loader.exec_module(module)
        self._then()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def draw_every_script() -> None:
    """Have figures drawn in Chinese, Japanese and Korean too, from when matplotlib is imported."""

    def add() -> None:
        with contextlib.suppress(UnexpectedError):  # another matplotlib: boxes, but no error
            add_font(Fallback(find_font))

    if "matplotlib.text" in sys.modules:
        add()
    else:
        sys.meta_path.insert(0, AfterImport("matplotlib.text", add))
