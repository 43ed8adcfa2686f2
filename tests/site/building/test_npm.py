"""Files from npm: fetched at locked versions, checked, bundled."""

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from softmax_book.building.npm import (
    LOCALLY,
    FrontEndError,
    bundle,
    copy_katex,
    copy_text_font,
    environment_with,
    fetch_on_demand,
    fetch_packages,
    find_node,
)
from softmax_steps.palette import font_faces

ROOT = Path(__file__).parents[3]


def test_offline_and_without_a_package_the_command_says_so(tmp_path, monkeypatch):
    (tmp_path / "package.json").write_text('{"dependencies": {"katex": "0.16.22"}}')
    (tmp_path / "npm").write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
    (tmp_path / "npm").chmod(0o755)
    with pytest.raises(
        FrontEndError, match=r"could not be fetched: katex\. Is this machine offline"
    ):
        fetch_packages(tmp_path, tmp_path)


HARMFUL = """\
global=true
location=global
dry-run=true
force=true
package-lock=false
package-lock-only=true
bin-links=false
omit[]=optional
registry=https://mirror.example/npm/
"""


@pytest.mark.parametrize("options", [[], LOCALLY], ids=["settings", "options"])
def test_of_the_users_settings_npm_takes_the_registry_and_nothing_that_harms(
    tmp_path, monkeypatch, options
):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".npmrc").write_text(HARMFUL)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "package.json").write_text("{}")
    if not options:  # scripts/lint.py runs npm without them
        shutil.copy(ROOT / ".npmrc", tmp_path / "book" / ".npmrc")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("npm_config_registry", raising=False)
    monkeypatch.setenv("npm_config_prefix", str(tmp_path / "elsewhere"))
    environment = environment_with(find_node())
    npm = shutil.which("npm", path=environment["PATH"])
    run = subprocess.run(
        [npm, *options, "config", "list", "--json"],
        cwd=tmp_path / "book",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(run.stdout)
    wanted = {
        **{"global": False, "location": "project", "dry-run": False, "force": False},
        **{"package-lock": True, "package-lock-only": False, "bin-links": True},
        "registry": "https://mirror.example/npm/",
    }
    assert {name: found[name] for name in wanted} == wanted
    assert options or found["include"] == ["optional"]
    assert "elsewhere" not in run.stdout


def packing_npm(folder, content):
    """Write a program npm that packs one file; return the hash of the archive."""
    archive_file = folder / "packed.tgz"
    with tarfile.open(archive_file, "w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    (folder / "npm").write_text(f'#!/bin/sh\ncp "{archive_file}" "$4/pack-1.tgz"\n')
    (folder / "npm").chmod(0o755)
    return base64.b64encode(hashlib.sha512(archive_file.read_bytes()).digest()).decode()


@pytest.mark.parametrize("is_intact", [True, False])
def test_a_package_on_demand_is_taken_only_if_its_hash_is_the_locked_one(tmp_path, is_intact):
    digest = packing_npm(tmp_path, b'{"version": "1.0.0"}')
    locked = {"version": "1.0.0", "integrity": f"sha512-{digest if is_intact else 'other'}"}
    (tmp_path / "package.json").write_text(json.dumps({"onDemand": {"@a/b": locked}}))
    (tmp_path / "node_modules").mkdir()
    description = tmp_path / "node_modules" / "@a" / "b" / "package.json"
    if is_intact:
        fetch_on_demand(tmp_path, tmp_path, "@a/b")
        assert description.is_file()
        (tmp_path / "npm").unlink()
        fetch_on_demand(tmp_path, tmp_path, "@a/b")  # installed: npm is not run
    else:
        with pytest.raises(FrontEndError, match="expects other: it was not used"):
            fetch_on_demand(tmp_path, tmp_path, "@a/b")
        assert not description.exists()
    assert not list((tmp_path / "node_modules").glob("tmp*")), "a temporary folder is left"


def test_katex_is_the_version_that_its_renderer_was_made_for(pytestconfig):
    from sphinxcontrib.katex import katex_version

    package = json.loads((pytestconfig.rootpath / "package.json").read_text())
    lock = json.loads((pytestconfig.rootpath / "package-lock.json").read_text())
    assert package["dependencies"]["katex"] == katex_version
    assert lock["packages"]["node_modules/katex"]["version"] == katex_version
    assert not any("resolved" in entry for entry in lock["packages"].values())


def test_katex_is_served_with_woff2_fonts_alone(tmp_path):
    copy_katex(ROOT, tmp_path / "katex")
    style = (tmp_path / "katex" / "katex.min.css").read_text("utf-8")
    assert ".woff2)" in style
    assert ".ttf" not in style
    assert {path.suffix for path in (tmp_path / "katex" / "fonts").iterdir()} == {".woff2"}


@pytest.fixture
def modules(tmp_path):
    for name in ("one", "two"):
        code = f'import {{ shared }} from "./shared.js";\nconsole.log(shared, "{name}");\n'
        (tmp_path / f"{name}.js").write_text(code)
    (tmp_path / "shared.js").write_text('export const shared = "said once";\n')
    return tmp_path


def test_entry_points_are_bundled_into_files_of_their_own_names(modules):
    entry_points = {"first": modules / "one.js", "second": modules / "two.js"}
    bundle(ROOT, entry_points, modules / "out", splitting=False)
    files = {path.name: path.read_text("utf-8") for path in (modules / "out").iterdir()}
    assert sorted(files) == ["first.js", "second.js"]
    assert all("said once" in text and "import" not in text for text in files.values())


def test_what_entry_points_share_is_split_off(modules):
    bundle(ROOT, [modules / "one.js", modules / "two.js"], modules / "out")
    texts = [path.read_text("utf-8") for path in (modules / "out").iterdir()]
    assert len(texts) == 3
    assert sum("said once" in text for text in texts) == 1


def test_options_win_over_the_common_ones(modules):
    bundle(
        ROOT,
        modules / "one.js",
        modules,
        splitting=False,
        options=["--outdir=" + str(modules / "other"), "--format=iife"],
    )
    assert (modules / "other" / "one.js").read_text("utf-8").startswith("(()=>{")


def test_a_module_that_is_not_there_is_named(modules):
    (modules / "one.js").write_text('import "./nowhere.js";\n')
    with pytest.raises(FrontEndError, match=r"could not be bundled(.|\n)*nowhere\.js"):
        bundle(ROOT, modules / "one.js", modules / "out")


def test_the_texts_face_is_copied_as_the_style_sheet_names_it(tmp_path):
    copy_text_font(ROOT, tmp_path / "fonts")
    named = re.findall(r'url\("fonts/([^"]*)"\)', font_faces())
    files = {file.name: file.stat().st_size for file in (tmp_path / "fonts").iterdir()}
    assert sorted(files) == sorted(named)
    assert sum(files.values()) < 62_000, "within a page's budget"
