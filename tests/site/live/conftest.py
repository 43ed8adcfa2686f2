import tempfile
from pathlib import Path

import pytest

from softmax_book.pages.policy import with_policy

from .serving import ALONE, Live, Visitor, free_port


def serve_alone(folder, *, minutes=120, orphan=600, **environment):
    """Serve a small site, with a symbolic link that leads out of it, from a folder."""
    site, front_end, own = (folder / name for name in ("site", "front_end", "own"))
    for path in (site / "book", front_end, own):
        path.mkdir(parents=True)
    (folder / "secret.txt").write_text("secret")
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"/><title>Toy</title></head>'
        "<body><script>window.known = 1</script></body></html>"
    )
    (site / "book" / "index.html").write_text(with_policy(page))
    (site / "bare.html").write_text(page)
    (site / "lite" / "notebooks").mkdir(parents=True)
    (site / "lite" / "notebooks" / "index.html").write_text(page)
    (site / "data.json").write_text("{}")
    (site / "leak.txt").symlink_to(folder / "secret.txt")
    (site / "out").symlink_to(folder)
    (site / "inside.json").symlink_to(site / "data.json")
    (front_end / "page.js").write_text("export const start = 1;")
    home = folder / "home"
    # What the learner has told their own matplotlib.
    settings = home / ".config" / "matplotlib" / "matplotlibrc"
    settings.parent.mkdir(parents=True)
    settings.write_text("font.size: 40\n")
    return Live(
        *("-c", ALONE, site, front_end, own, free_port(), minutes, orphan),
        HOME=home,
        TMPDIR=folder,
        MATPLOTLIBRC=settings,
        MPLCONFIGDIR=folder / "nowhere",
        **environment,
    )


@pytest.fixture(scope="module")
def live():
    """One server for the probes of a module, in a folder that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="live-") as folder:
        server = serve_alone(Path(folder))
        try:
            yield server.wait_for_link()
        finally:
            server.stop()


@pytest.fixture
def stranger(live):
    return Visitor(live)


@pytest.fixture
def learner(live):
    return Visitor(live).enter()
