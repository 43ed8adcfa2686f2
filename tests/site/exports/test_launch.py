"""The chapters in Colab, Binder and a JupyterHub: links, the branch's files, the first cell."""

import html
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager

from softmax_book.building.own_folder import MARK
from softmax_book.cli import main
from softmax_book.exports.launch import services, write_branch
from softmax_book.exports.notebooks import INSTALL_ID, NEEDED, Book, to_notebook

URL = "https://github.com/name/book"
ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / ".github" / "workflows" / "publish.yml"
# Declared beside what the first cell looks for: another one of them brings it, or the two data sets
# that are fetched need it.
WITH_OTHERS = {"pooch", "requests", "urllib3", "traitlets"}
SERVICES = re.compile(r"colab\.research|mybinder|git-pull")


def test_the_first_cell_looks_for_what_the_package_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["book"]]
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in declared}
    assert set(NEEDED) == names - WITH_OTHERS | {"softmax_steps"}
    assert names >= WITH_OTHERS


def test_a_hub_is_told_what_to_pull_and_what_to_open():
    address = urlsplit(
        services(f"{URL}.git/", "01_score", hub="https://hub.example/")["JupyterHub"]
    )
    assert (address.hostname, address.path) == ("hub.example", "/hub/user-redirect/git-pull")
    assert parse_qs(address.query) == {
        "repo": [URL],
        "branch": ["notebooks"],
        "urlpath": ["lab/tree/book/01_score.ipynb"],
    }


def test_binder_knows_gitlab_and_colab_does_not():
    links = services("https://gitlab.com/group/name/book", "01_score")
    assert list(links) == ["Binder"]
    assert "/v2/gl/group%2Fname%2Fbook/notebooks?" in links["Binder"]


def test_no_page_links_elsewhere_as_long_as_no_repository_is_set(site):
    pages = sorted((site / "book").glob("*.html"))
    assert pages
    assert [page.name for page in pages if SERVICES.search(page.read_text("utf-8"))] == []


def test_naming_a_repository_makes_the_links_and_the_branch(toy_book, monkeypatch, capsys):
    folder = toy_book.root / "build" / "notebooks"
    monkeypatch.chdir(toy_book.root)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("")
    (folder / "old.ipynb").write_text("{}")
    for arguments in (["build/notebooks"], ["--check"]):
        assert main(["notebooks", *arguments]) == 1
        assert "repository.url in _config.yml is empty" in capsys.readouterr().err

    toy_book.set_config('\n  url: ""', f"\n  url: {URL}")
    toy_book.set_config('\n    jupyterhub_url: ""', "\n    jupyterhub_url: https://hub.example")
    toy_book.set_config('\n  baseurl: ""', "\n  baseurl: https://name.example/book/")
    assert main(["notebooks", "build/notebooks"]) == 1  # not built yet
    assert "make book" in capsys.readouterr().err
    assert (folder / "old.ipynb").exists()  # what could not be renewed is not lost
    assert main(["notebooks", "--check"]) == 0
    toy_book.write_page("See [the functions](api.md).\n\n```{code-cell} ipython3\n1 + 1\n```\n")
    (toy_book.root / "book" / "api.md").write_text(
        "---\nmyst:\n  html_meta:\n    description: Functions.\n---\n# Functions\n"
    )
    (toy_book.root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/api\n"
    )
    toy_book.build()
    page = html.unescape(toy_book.read_page())
    for address in services(URL, "index", hub="https://hub.example").values():
        assert f'href="{address}"' in page
    without_cells = toy_book.edition.site / "book" / "api.html"
    assert not SERVICES.search(without_cells.read_text())

    assert write_branch(toy_book.edition, folder) == ["index.ipynb"]
    assert sorted(path.name for path in folder.iterdir()) == [
        *(MARK, "README.md", "index.ipynb", "requirements.txt")
    ]
    assert (folder / "requirements.txt").read_text() == f"softmax-steps[book] @ git+{URL}\n"
    notebook = nbformat.read(folder / "index.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "[the functions](https://name.example/book/book/api.html)" in text
    assert f"git+{URL}" in text


def test_a_book_without_a_repository_is_told_so_before_it_is_built():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = makefile.split("\nnotebooks:")[1].split("\n\n")[0]
    commands = re.findall(r"-m softmax_book (.+)", recipe)
    assert commands == ["notebooks --check", "build", "notebooks build/notebooks"]


@pytest.mark.parametrize("kind", ["folder", "project", "file", "link"])
def test_notebooks_empties_no_folder_that_it_has_not_written(
    toy_book, tmp_path, monkeypatch, capsys, kind
):
    """A project of the reader's own may need the book's package, too."""
    own = tmp_path / "thesis"
    own.mkdir()
    (own / "thesis.ipynb").write_text("years")
    if kind == "project":
        (own / "requirements.txt").write_text(f"softmax-steps[book] @ git+{URL}\n")
    (tmp_path / "link").symlink_to(own, target_is_directory=True)
    given = {"file": own / "thesis.ipynb", "link": tmp_path / "link"}.get(kind, own)
    toy_book.set_config('\n  url: ""', f"\n  url: {URL}")
    chapter = toy_book.edition.downloads / "book" / "index.ipynb"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("{}")
    monkeypatch.chdir(toy_book.root)
    assert main(["notebooks", str(given)]) == 1
    assert "would be emptied, and this command has not made it" in capsys.readouterr().err
    assert (own / "thesis.ipynb").read_text() == "years"


# --- the first cell ---

WHEEL = "softmax_steps-0.1.0-py3-none-any.whl"


def install_cell(repository="", **known):
    notebook = to_notebook("# Title\n", Book(title="The book", repository=repository, **known))
    (cell,) = [cell for cell in notebook.cells if cell.id == INSTALL_ID]
    return cell.source


def run_cell(code, tmp_path, *, present, pip=None):
    """Run a first cell where the packages `present` are there, and no others of the book's."""
    packages = tmp_path / "packages"
    packages.mkdir(exist_ok=True)
    for name in present:
        (packages / f"{name}.py").write_text("")
    plain = TransformerManager().transform_cell(code)
    plain = plain.replace("get_ipython()", "shell")
    (tmp_path / "cell.py").write_text(f"{STAND_IN}{plain}")
    return subprocess.run(
        [sys.executable, "-S", "-I", tmp_path / "cell.py", packages, pip or "-"],
        capture_output=True,
        text=True,
        check=False,
    )


# A shell without site-packages; its pip makes modules, or fails.
STAND_IN = """\
import sys
from pathlib import Path
sys.path.append(sys.argv[1])
class shell:
    def run_line_magic(kind, line):
        print("%" + kind, line)
        for name in sys.argv[2].split(","):
            Path(sys.argv[1], name + ".py").write_text("")
"""


@pytest.mark.parametrize("repository", ["", URL])
def test_where_nothing_is_missing_the_first_cell_says_nothing(tmp_path, repository):
    ran = run_cell(install_cell(repository), tmp_path, present=NEEDED)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_dependency_that_the_kernel_lacks_is_named(tmp_path):
    ran = run_cell(install_cell(), tmp_path, present=[n for n in NEEDED if n != "anywidget"])
    assert ran.returncode == 1
    error = ran.stderr.splitlines()[-1]
    assert error.startswith("ModuleNotFoundError: This kernel lacks anywidget. In a copy of")
    # In double quotes the Command Prompt of Windows takes it too.
    assert 'python -m pip install -e ".[book]"  with' in error
    assert "'." not in error


def test_who_has_the_notebook_alone_is_told_where_the_package_is(tmp_path):
    ran = run_cell(install_cell(wheel=WHEEL), tmp_path, present=["numpy"])
    assert ran.returncode == 1
    error = ran.stderr.splitlines()[-1]
    assert f"downloaded from offers the book's package too, {WHEEL}. Put it beside" in error
    assert f"run  %pip install {WHEEL}  in a cell" in error
    assert "copy of the book" not in error


def test_the_first_cell_installs_from_the_site_that_served_it(tmp_path):
    cell = install_cell(URL, site="https://book.example/softmax/", wheel=WHEEL)
    ran = run_cell(cell, tmp_path, present=["numpy"], pip=",".join(NEEDED))
    assert ran.returncode == 0, ran.stderr
    address = f"https://book.example/softmax/_sources/book/{WHEEL}"
    assert ran.stdout.splitlines()[1] == f'%pip install --quiet "{address}"'
    path_alone = install_cell(URL, site="/softmax/", wheel=WHEEL)
    assert path_alone == install_cell(URL, wheel=WHEEL) == install_cell(URL)


def test_the_first_cell_installs_the_package_where_it_is_missing(tmp_path):
    ran = run_cell(install_cell(URL), tmp_path, present=["numpy"], pip=",".join(NEEDED))
    assert ran.returncode == 0, ran.stderr
    first, second = ran.stdout.splitlines()
    assert first.startswith("This kernel lacks matplotlib, ipywidgets, anywidget, tqdm, softmax")
    assert second == f'%pip install --quiet "softmax-steps[book] @ git+{URL}"'


def test_an_install_that_failed_names_what_is_still_missing(tmp_path):
    ran = run_cell(install_cell(URL), tmp_path, present=["numpy"], pip="tqdm")
    assert ran.returncode == 1
    assert "Still missing: matplotlib, ipywidgets, anywidget, softmax_steps." in ran.stderr


# --- the workflow ---


def test_the_workflow_pushes_the_notebooks_and_only_that_job_may_write():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    jobs = workflow["jobs"]
    writes = {name for name, job in jobs.items() if "write" in str(job.get("permissions"))}
    assert writes == {"deploy", "notebooks"}
    assert jobs["notebooks"]["permissions"] == {"contents": "write"}
    assert not any("checkout" in step.get("uses", "") for step in jobs["notebooks"]["steps"])
    assert jobs["notebooks"]["if"] == "needs.build.outputs.notebooks == 'yes'"


def test_the_workflows_push_makes_a_branch_of_one_commit(tmp_path):
    workflow = yaml.safe_load(WORKFLOW.read_text())
    script = workflow["jobs"]["notebooks"]["steps"][-1]["run"]
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    for text in ("first", "second"):
        folder = tmp_path / text
        folder.mkdir()
        (folder / "01_score.ipynb").write_text(text)
        subprocess.run(
            ["bash", "-euc", script],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "GITHUB_ACTOR": "name",
                "GITHUB_SHA": "abc",
                "TOKEN": "secret",
                "REPOSITORY": str(remote),
            },
            check=True,
        )
    log = ["git", "-C", remote, "log", "--format=%s", "notebooks"]
    assert subprocess.run(log, capture_output=True, text=True, check=True).stdout == (
        "Notebooks of abc\n"
    )
    shown = ["git", "-C", remote, "show", "notebooks:01_score.ipynb"]
    assert subprocess.run(shown, capture_output=True, text=True, check=True).stdout == "second"
