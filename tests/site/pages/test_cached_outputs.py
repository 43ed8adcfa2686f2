import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import JupyterCacheBase
from nbformat import v4

from softmax_book.expected import UnexpectedError
from softmax_book.pages.cached_outputs import forget_looks, without_looks

KEY, MERGE = "create_hashed_notebook", "merge_match_into_notebook"
BEFORE = {"tags": ["hide-input"], "figure": {"alt": "A line falls.", "caption": "One run."}}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache that holds the outputs of one cell."""
    for name in (KEY, MERGE):  # put back as they were after the test
        monkeypatch.setattr(JupyterCacheBase, name, getattr(JupyterCacheBase, name))
    forget_looks()
    cache = get_cache(tmp_path)
    executed = page(BEFORE)
    executed.cells[1].outputs = [v4.new_output("stream", text="2\n")]
    cache.cache_notebook_bundle(CacheBundleIn(executed, "page.md"), check_validity=False)
    return cache


def page(metadata, code="1 + 1"):
    text, cell = v4.new_markdown_cell("Text."), v4.new_code_cell(code, metadata=metadata)
    return v4.new_notebook(cells=[text, cell])


@pytest.mark.parametrize(
    "metadata",
    [
        BEFORE,
        {**BEFORE, "figure": {"alt": "A line falls to zero."}},
        {**BEFORE, "tags": ["remove-input", "hide-output"]},
        {},
    ],
)
def test_the_look_of_a_cell_runs_nothing_and_is_that_of_the_page(cache, metadata):
    _, shown = cache.merge_match_into_notebook(page(metadata))
    assert shown.cells[1].outputs[0].text == "2\n"
    assert shown.cells[1].metadata == metadata


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (BEFORE, "1 + 2"),
        ({**BEFORE, "tags": ["hide-input", "raises-exception"]}, "1 + 1"),
        ({**BEFORE, "tags": ["skip-execution"]}, "1 + 1"),
        ({**BEFORE, "mystnb": {"number_source_lines": True}}, "1 + 1"),  # not known to be harmless
    ],
)
def test_what_may_change_a_run_runs_the_page_again(cache, metadata, code):
    with pytest.raises(KeyError):
        cache.match_cache_notebook(page(metadata, code))


def test_the_notebook_that_comes_in_is_as_it_was():
    notebook = page(BEFORE)
    without_looks(notebook)
    assert notebook.cells[1].metadata == BEFORE


@pytest.mark.parametrize("name", [KEY, MERGE, "match_cache_notebook", "cache_notebook_bundle"])
def test_another_jupyter_cache_is_heard_of(monkeypatch, name):
    for each in (KEY, MERGE):  # put back as they were after the test
        monkeypatch.setattr(JupyterCacheBase, each, getattr(JupyterCacheBase, each))
    monkeypatch.setattr(JupyterCacheBase, name, lambda self, notebook: None)
    with pytest.raises(UnexpectedError, match=r"cached_outputs.*expected"):
        forget_looks()
