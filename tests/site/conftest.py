import shutil
from pathlib import Path

import pytest

from softmax_book.building.site import build_site
from softmax_book.edition import Edition

from ..toy_book import lay_out_book, write_page

ROOT = Path(__file__).parents[2]


class ToyBook:
    """A book of one chapter, under the settings of the real one."""

    def __init__(self, root):
        self.root, self.edition = root, Edition(root)
        lay_out_book(root, ROOT)
        shutil.copytree(
            ROOT / "src" / "softmax_steps",
            root / "src" / "softmax_steps",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        self.write_module("answer = 1\n")
        self.write_page(
            "```{code-cell} ipython3\nfrom softmax_steps.toy import answer\nanswer\n```\n"
        )

    def write_module(self, text):
        (self.root / "src" / "softmax_steps" / "toy.py").write_text(text)

    def write_page(self, text):
        write_page(self.root, f"# Toy\n\n{text}")

    def set_config(self, old, new):
        path = self.root / "_config.yml"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def build(self):
        return build_site(self.edition)

    def read_page(self):
        return (self.edition.site / "book" / "index.html").read_text()


def with_own_package(patch, root):
    """Let the programs that are started import a book's own package, not the real one."""
    patch.setenv("PYTHONPATH", str(root / "src"))
    patch.setenv("PYTHONDONTWRITEBYTECODE", "1")


@pytest.fixture
def toy_book(tmp_path, monkeypatch, site):  # the site has fetched KaTeX
    with_own_package(monkeypatch, tmp_path)
    return ToyBook(tmp_path)
