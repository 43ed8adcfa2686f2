"""Which chapters must run again because the code they import has changed.

Jupyter Book remembers a chapter's outputs by the text of its cells alone: after a change in
``src/softmax_steps`` it would go on showing the old numbers. So each chapter gets a key made from
the modules it imports, directly or through another, and a chapter whose key has changed loses its
remembered outputs before the build.
"""

import ast
import json
import re
from importlib import metadata
from pathlib import Path

from softmax_book.building.file_hash import hash_files

PACKAGE = "softmax_steps"
# A cell's output may change with these as well.
LIBRARIES = ("numpy", "matplotlib", "ipywidgets")
CACHE = Path("_build", ".jupyter_cache")
KEYS = CACHE / "softmax_keys.json"
BUILT_FROM = Path("_build", "built_from.txt")
ENVIRONMENT = Path("_build", ".doctrees", "environment.pickle")
# A cell's metadata, which may stand before the code between lines of "---", is no code.
CELL = re.compile(
    r"^```\{code-cell\}[^\n]*\n(?:---\n.*?^---\n)?(.*?)^```", re.MULTILINE | re.DOTALL
)


def read_modules(package_dir):
    """Read every module of a package.

    Parameters
    ----------
    package_dir : pathlib.Path
        The folder of the package, for instance ``src/softmax_steps``.

    Returns
    -------
    dict of str to str
        Dotted module name to source text.
    """
    modules = {}
    for path in sorted(package_dir.rglob("*.py")):
        parts = (package_dir.name, *path.relative_to(package_dir).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = path.read_text("utf-8")
    return modules


def imported_modules(source, modules):
    """Return the names of the modules that a piece of Python imports, anywhere in it.

    Parameters
    ----------
    source : str
        Python code.
    modules : collection of str
        The modules that count; others, such as numpy, are left out.

    Returns
    -------
    set of str
        With each module its parent packages, because Python runs those first.
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = (name.split(".") for name in names)
    lineage = {".".join(part[:k]) for part in parts for k in range(1, len(part) + 1)}
    return lineage & set(modules)


def everything_imported(source, modules):
    """Return the modules that a piece of Python imports, directly or through another.

    Parameters
    ----------
    source : str
        Python code.
    modules : dict of str to str
        Module name to source text, as :func:`read_modules` gives it.

    Returns
    -------
    set of str
    """
    found, waiting = set(), imported_modules(source, modules)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= imported_modules(modules[name], modules) - found
    return found


def chapter_code(text):
    """Return the code of a chapter's cells, without cell options and notebook commands.

    Parameters
    ----------
    text : str
        A MyST notebook.

    Returns
    -------
    str
        Python that can be parsed; a cell that cannot be is left out, as running it will tell.
    """
    pieces = []
    for cell in CELL.findall(text):
        lines = [line for line in cell.splitlines() if not line.startswith((":", "%", "!"))]
        piece = "\n".join(lines)
        try:
            ast.parse(piece)
        except SyntaxError:
            continue
        pieces.append(piece)
    return "\n".join(pieces)


def chapter_keys(root):
    """Return a key for each chapter that has code: it changes when the chapter must run again.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    dict of str to str
        The chapter's path, as ``book/03_softmax.md``, to a hash.
    """
    package_dir = root / "src" / PACKAGE
    modules = read_modules(package_dir)
    # The digits, the figure style; of the code, what a chapter imports is added below.
    common = hash_files(root, (path for path in package_dir.rglob("*") if path.suffix != ".py"))
    common.update(_versions())

    keys = {}
    for path in sorted((root / "book").glob("*.md")):
        text = path.read_text("utf-8")
        if not CELL.search(text):
            continue
        key = common.copy()
        for name in sorted(everything_imported(chapter_code(text), modules)):
            key.update(f"{name}\n{modules[name]}".encode())
        keys[path.relative_to(root).as_posix()] = key.hexdigest()
    return keys


def site_key(root):
    """Return a hash of what shapes every page: the settings, the site's own code, the tests shown.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    str
    """
    paths = [root / "_config.yml", root / "_toc.yml"]
    paths += (root / "src" / "softmax_book").rglob("*")
    paths += (root / "src" / PACKAGE).rglob("*.py")  # the reference page quotes it
    paths += (root / "tests" / "book" / "equations").glob("*.py")
    return hash_files(root, paths).hexdigest()


def book_key(root):
    """Return a hash of everything that a build reads: it changes when the site must be built anew.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    str
    """
    paths = [root / "package-lock.json", *(root / "book").rglob("*")]
    paths += (root / "src" / PACKAGE).rglob("*")  # the digits, the widgets' views
    key = hash_files(root, paths)
    key.update(site_key(root).encode() + _versions())
    return key.hexdigest()


def forget_site(root):
    """Before a build: the site that stands counts as out of date until the build has ended well."""
    (root / BUILT_FROM).unlink(missing_ok=True)


def remember_site(root, key):
    """After a build: note what the site was made from, as :func:`book_key` gave it before."""
    (root / BUILT_FROM).write_text(key, "utf-8")


def is_current(root):
    """Say whether the site that stands was made from the sources as they are now."""
    record = root / BUILT_FROM
    return record.is_file() and record.read_text("utf-8") == book_key(root)


def _versions():
    return "\n".join(f"{library} {_version(library)}" for library in LIBRARIES).encode()


def _version(library):
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "none"


def stale_chapters(keys, remembered):
    """Return the chapters whose remembered outputs were made by other code.

    Parameters
    ----------
    keys, remembered : dict of str to str
        The keys of now and of the last build.

    Returns
    -------
    list of str
    """
    return sorted(name for name, key in keys.items() if remembered.get(name) != key)


def forget_stale_outputs(root):
    """Before a build: drop the remembered outputs that the code of now would not give.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    list of str
        The chapters that will run again for this reason.
    """
    record = root / KEYS
    remembered = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    keys, page_key = chapter_keys(root), site_key(root)
    stale = stale_chapters(keys, remembered.get("chapters", {}))
    if stale and (root / CACHE).is_dir():
        _drop_records(root, stale)
    if stale or remembered.get("site") != page_key:
        forget_pages(root)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"site": page_key, "chapters": keys}, indent=1), "utf-8")
    return [name for name in stale if name in remembered.get("chapters", {})]


def forget_pages(root):
    """Have every page read anew: from the remembered outputs, so no chapter runs for it.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    """
    (root / ENVIRONMENT).unlink(missing_ok=True)


def _drop_records(root, stale):
    from jupyter_cache import get_cache

    cache = get_cache(root / CACHE)
    paths = {(root / name).resolve() for name in stale}
    for entry in cache.list_cache_records():
        if Path(entry.uri).resolve() in paths:
            cache.remove_cache(entry.pk)
