"""One edition of the book, a language in a format, and every path that belongs to it.

This is the only module of :mod:`softmax_book` that knows where something lies. A second language
or another format is another :class:`Edition`, and runs through the same code.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The language that the book is written in: its sources lie at the repository's root.
FIRST_LANGUAGE = "en"
#: The format that the file names without a suffix belong to.
FIRST_FORMAT = "html"
TOC = "_toc.yml"
#: The folders of the pages and of the notebooks for the browser, in the sources and in the site.
PAGES, LITE = "book", "lite"
ROOT_FILES = ("_config.yml", TOC, "package.json")
#: The benchmarks whose numbers a chapter shows.
MEASURED = ("loss", "fit", "stream")


class BookError(RuntimeError):
    """A command could not do its work; the message says why, and how to mend it."""


@dataclass(frozen=True)
class Edition:
    """One edition of the book.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    language : str
        As Sphinx names it: ``"en"``, ``"zh_CN"``.
    format : str
        The name of the Sphinx builder: ``"html"``, ``"epub"``.

    Examples
    --------
    >>> Edition("/book").site.as_posix()
    '/book/_build/html'
    >>> Edition("/book", "zh_CN", "epub").site.as_posix()
    '/book/build/zh_CN/_build/epub'
    """

    root: Path
    language: str = FIRST_LANGUAGE
    format: str = FIRST_FORMAT

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())

    @classmethod
    def of(cls, app: Any) -> "Edition":
        """Return the edition that a Sphinx application builds.

        Parameters
        ----------
        app : sphinx.application.Sphinx
            Its setting ``repository_root``, relative to the sources, is added by
            :func:`softmax_book.pages.setup`.
        """
        root = Path(app.srcdir, app.config.repository_root)
        builder = getattr(app, "builder", None)  # Sphinx reads its settings before it has one
        name = FIRST_FORMAT if builder is None else builder.name
        return cls(root, app.config.language or FIRST_LANGUAGE, name)

    def check_root(self) -> None:
        """Check that the root is that of the book's repository, and holds this edition.

        Raises
        ------
        BookError
            If it is not.
        """
        missing = [name for name in ROOT_FILES if not (self.root / name).is_file()]
        if missing:
            raise BookError(
                f"{self.root} is not the repository's root: it has no {', '.join(missing)}. "
                f"Go to the folder that holds them, and run the command there."
            )
        missing = [path.name for path in (self.config, self.toc) if not path.is_file()]
        if missing:
            raise BookError(
                f"There is no edition in the language {self.language!r}: "
                f"{self.shown(self.source)}, where its translated sources are written to, has no "
                f"{', '.join(missing)}. Leave --language out for the one in {FIRST_LANGUAGE!r}."
            )

    # --- sources, the same for all editions ---

    @property
    def package(self) -> Path:
        """The package that the chapters import."""
        return self.root / "src" / "softmax_steps"

    @property
    def measurements(self) -> tuple[Path, ...]:
        """What the benchmarks measured on this machine, where they ran; chapters show it."""
        return tuple(self.root / "build" / "bench" / f"{name}.json" for name in MEASURED)

    @property
    def site_code(self) -> Path:
        """The package that builds the site: this one."""
        return self.root / "src" / "softmax_book"

    @property
    def project_file(self) -> Path:
        """What the book's package is called, and what it needs."""
        return self.root / "pyproject.toml"

    @property
    def equation_tests(self) -> Path:
        """The folder of the equations' tests, which the site shows."""
        return self.root / "tests" / "book" / "equations"

    @property
    def code_licence(self) -> Path:
        """On which terms the code may be used."""
        return self.root / "LICENSE"

    @property
    def text_licence(self) -> Path:
        """On which terms the text may be used."""
        return self.root / "LICENSE-TEXT"

    @property
    def package_json(self) -> Path:
        """What is taken from npm."""
        return self.root / "package.json"

    @property
    def package_lock(self) -> Path:
        """The exact versions of what is taken from npm."""
        return self.root / "package-lock.json"

    @property
    def node_modules(self) -> Path:
        """Where npm puts the packages."""
        return self.root / "node_modules"

    @property
    def styles(self) -> Path:
        """The style sheets of the pages, without the palette's colours and fonts."""
        return self.root / PAGES / "styles"

    # --- sources of this language ---

    @property
    def source(self) -> Path:
        """The folder that Jupyter Book reads: the root, or that of the translated sources.

        These are made from a translation, so they lie in ``build/``, which may be removed.
        """
        first = self.language == FIRST_LANGUAGE
        return self.root if first else self.root / "build" / self.language

    @property
    def config(self) -> Path:
        """The settings of the site."""
        return self.source / "_config.yml"

    @property
    def toc(self) -> Path:
        """The pages in their order."""
        return self.source / TOC

    @property
    def pages(self) -> Path:
        """The folder of the pages' sources."""
        return self.source / PAGES

    @property
    def search_words(self) -> Path:
        """Words that mean the same to the search."""
        return self.pages / "search.yml"

    @property
    def references(self) -> Path:
        """The works that the book cites."""
        return self.pages / "references.bib"

    # --- what a build writes ---

    @property
    def output(self) -> Path:
        """What Jupyter Book writes, and what it remembers."""
        return self.source / "_build"

    @property
    def site(self) -> Path:
        """The built book."""
        return self.output / self.format

    @property
    def downloads(self) -> Path:
        """The pages' sources and notebooks, in the site, for readers to download."""
        return self.site / "_sources"

    @property
    def log(self) -> Path:
        """The log of the last build."""
        return self.output / f"build{self._suffix}.log"

    @property
    def site_record(self) -> Path:
        """What the site was made from."""
        return self.output / f"built_from{self._suffix}.txt"

    @property
    def doctrees(self) -> Path:
        """The pages as Sphinx has read them."""
        return self.output / ".doctrees"

    @property
    def environment(self) -> Path:
        """Sphinx's record of the pages it has read."""
        return self.doctrees / "environment.pickle"

    @property
    def cache(self) -> Path:
        """The remembered outputs of the cells."""
        return self.output / ".jupyter_cache"

    @property
    def cache_record(self) -> Path:
        """What the remembered outputs were made from."""
        return self.cache / "softmax_keys.txt"

    @property
    def front_end(self) -> Path:
        """Files from npm that the site serves; ``html_static_path`` of the settings names it."""
        return self.source / "build" / "front_end"

    @property
    def templates(self) -> Path:
        """Templates that take the place of the theme's."""
        return self.source / "build" / "templates"

    @property
    def figure_font(self) -> Path:
        """A font for the Chinese, Japanese and Korean letters of figures, once one needed it."""
        return self.root / "build" / "fonts" / "wqy-microhei.ttc"

    # --- other forms of the book ---

    @property
    def lite(self) -> Path:
        """The notebooks for the browser, in the site."""
        return self.site / LITE

    @property
    def lite_lock(self) -> Path:
        """The packages that the kernel in the browser can load."""
        return self.lite / "static" / "pyodide" / "pyodide-lock.json"

    @property
    def live_status(self) -> Path:
        """What a plain server answers to the question for live cells."""
        return self.site / "live" / "status"

    @property
    def lite_record(self) -> Path:
        """What the notebooks for the browser were made from."""
        return self.lite / "made_from.txt"

    @property
    def lite_parts(self) -> Path:
        """Parts of ``lite/`` that seldom change, kept from one build to the next."""
        return self.root / "build" / LITE

    @property
    def worksheets(self) -> Path:
        """The worksheets to be printed, and their keys."""
        return self.source / "build" / "worksheets"

    @property
    def notebooks(self) -> Path:
        """The files of the branch that Colab, Binder and JupyterHub read."""
        return self.source / "build" / "notebooks"

    @property
    def offline_zip(self) -> Path:
        """The whole site in one file."""
        language = "" if self.language == FIRST_LANGUAGE else f".{self.language}"
        return self.root / "dist" / f"softmax-step-by-step{language}.zip"

    @property
    def _suffix(self) -> str:
        return "" if self.format == FIRST_FORMAT else f".{self.format}"

    def shown(self, path: Path) -> str:
        """Return a path as messages show it: from the root, with slashes.

        Parameters
        ----------
        path : pathlib.Path
            A file or folder of this edition.
        """
        return path.relative_to(self.root).as_posix()
