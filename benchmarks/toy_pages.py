"""One small page, built twice: by Jupyter Book as it comes, and under this book's settings.

The default page asks four other hosts for MathJax, require.js, ipywidgets' html-manager and
anywidget's front end. They are served here from their packages, at the versions that the page
asks for, so that their weight and work are counted and their distance is not.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import anywidget
from tests.toy_book import PAGE, lay_out_book, write_page

from softmax_book.building.npm import find_node
from softmax_book.building.site import build_site
from softmax_book.edition import Edition

ROOT = Path(__file__).resolve().parents[1]
TEXT = """# The penalty

The loss of a softmax classifier is a mean over the samples, and a penalty on the weights.

$$
L = -\\frac{1}{N} \\sum_i \\log P_{i y_i} + \\frac{\\lambda}{2} \\lVert W \\rVert^2
$$ (eq-toy-loss)

Its gradient has two parts as well, as {eq}`eq-toy-gradient` says; at fixed weights $W$ each is
affine in $\\lambda$.

$$
\\frac{\\partial L}{\\partial W} = \\frac{1}{N} X^\\top (P - Y) + \\lambda W
$$ (eq-toy-gradient)

```{code-cell} ipython3
import numpy as np
from softmax_steps import load_digits
from softmax_steps.widgets import LambdaExplorer

X, y = load_digits()
LambdaExplorer(X[:100], y[:100], 0.1 * np.random.default_rng(0).normal(size=(64, 10)))
```
"""
CDN = "https://cdn.jsdelivr.net/npm/"
REQUIRE = re.compile(
    r"https://cdnjs\.cloudflare\.com/ajax/libs/require\.js/([\d.]+)/require[.\w]*js"
)
INTEGRITY = re.compile(r' integrity="[^"]*"')
PACKED = re.compile(r"(?P<name>(?:@[\w.-]+/)?[\w.-]+)@(?P<version>[^/]+)/(?P<file>.+)")


def build_default(folder):
    """Build the page by Jupyter Book as it comes; return the site's folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where the book is written; emptied first.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "_config.yml").write_text("title: A default book\nauthor: Nobody\n")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (folder / "index.md").write_text(PAGE + TEXT)
    log = folder / "build.log"
    with log.open("w") as written:
        done = subprocess.run(
            [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."],
            cwd=folder,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        raise RuntimeError(f"Jupyter Book did not build the default page; its log: {log}")
    site = folder / "_build" / "html"
    for page in site.glob("*.html"):
        text = page.read_text("utf-8")
        text = REQUIRE.sub(r"/npm/requirejs@\1/require.js", text)
        text = INTEGRITY.sub("", text.replace(CDN, "/npm/"))
        page.write_text(text, "utf-8")
    return site


def build_ours(folder):
    """Build the same page under this book's settings; return the site's folder."""
    shutil.rmtree(folder, ignore_errors=True)
    lay_out_book(folder, ROOT)
    (folder / "src").symlink_to(ROOT / "src", target_is_directory=True)
    write_page(folder, TEXT)
    return build_site(Edition(folder)).site


class Packages:
    """The files of other hosts: ``packages(path)`` returns one, fetched with npm at first use."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, path):
        """Return the file of ``NAME@VERSION/FILE``, or None if the package has none such."""
        asked = PACKED.fullmatch(path)
        if not asked:
            return None
        if asked["name"] == "anywidget":  # its Python package has the same file
            return Path(anywidget.__file__).parent / "nbextension" / asked["file"].split("/")[-1]
        place = self.folder / asked["name"] / asked["version"]
        if not place.is_dir():
            self.fetch(asked["name"], asked["version"], place)
        file = place / "package" / asked["file"]
        return next((f for f in (file, file.with_name(f"{file.name}.js")) if f.is_file()), None)

    def fetch(self, name, version, place):
        """Fetch a package's own files."""
        place.mkdir(parents=True)
        npm = find_node() / "npm"
        command = [str(npm if npm.exists() else "npm"), "pack", f"{name}@{version}"]
        done = subprocess.run(
            [*command, "--ignore-scripts", "--pack-destination", str(place)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            place.rmdir()
            raise RuntimeError(f"npm did not bring {name} {version}: {done.stderr.strip()[:300]}")
        (packed,) = place.glob("*.tgz")
        shutil.unpack_archive(packed, place, filter="data")
