"""The theme's style sheets, served without what no page uses."""

import gzip
import re

import pytest

from softmax_book.pages.lighter_styles import LIVE_SCRIPTS, SHEETS


def selectors_of(style):
    """Return a style sheet's selectors, one by one, without blanks."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    heads = re.findall(r"(?:^|[{};])([^{};@]+)\{", style)
    return {re.sub(r"\s+", "", one) for head in heads for one in head.split(",")}


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_page_or_its_scripts_use_is_still_styled(name, pages, site):
    whole, served = SHEETS[name].read_text("utf-8"), (site / "_static" / name).read_text("utf-8")
    files = [page.path for page in pages]
    files += [*site.glob("_static/**/*.js"), *LIVE_SCRIPTS.rglob("*.js")]
    words = {w for file in files for w in re.findall(r"[\w-]+", file.read_text("utf-8"))}
    named = {one: set(re.findall(r"(?<![:\w-])[\w-]+", one)) for one in selectors_of(whole)}
    plain = (one for one in named if not {"(", ")"} & set(one))
    used = {one for one in plain if named[one] and named[one] <= words}
    assert len(used) > 20
    assert used - selectors_of(served) == set()
    assert selectors_of(served) < selectors_of(whole)


def test_the_theme_weighs_less_than_half(site):
    name = "styles/pydata-sphinx-theme.css"
    served, whole = (site / "_static" / name).read_bytes(), SHEETS[name].read_bytes()
    assert len(gzip.compress(served)) < len(gzip.compress(whole)) / 2
    # What is told by attributes and states stays: the dark theme, focus, high contrast.
    for part in ("html[data-theme=dark]", ":focus-visible", "--pst-color-primary", "@media print"):
        assert part in served.decode(), part
