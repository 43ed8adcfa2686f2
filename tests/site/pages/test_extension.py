"""The one list of what a page gets."""

from types import SimpleNamespace

import pytest

from softmax_book.pages import extension


@pytest.fixture
def written(monkeypatch):
    """What is written before any page is."""
    written = []
    for module, name in ((extension.styles, "write_styles"), (extension.views, "write_views")):
        monkeypatch.setattr(module, name, lambda app, name=name: written.append(name))
    return written


def events_of(builder):
    """Return what is called at which event, in order, for a builder of this name."""
    listeners = []
    app = SimpleNamespace(
        builder=SimpleNamespace(name=builder, format="html", search=True),
        connect=lambda event, handler, priority: listeners.append((priority, event, handler)),
    )
    extension.set_up_website(app)
    extension.write_shared_files(app)
    return [(event, handler) for _, event, handler in sorted(listeners, key=lambda each: each[0])]


@pytest.mark.parametrize("builder", ["epub", "singlehtml", "linkcheck"])
def test_other_formats_get_nothing_of_the_website(builder, written):
    assert events_of(builder) == []
    assert written == []


def test_the_order_of_the_list_is_the_order_of_the_calls(written):
    names = [
        handler.__name__ for event, handler in events_of("html") if event == "html-page-context"
    ]
    assert names == [
        "offer_download",
        "offer_package",
        "offer_services",
        "name_downloads",
        "name_licences",
        "describe",
        "fetch_face",
        "add_cards",
        "add_widgets",
        "add_core_widgets",
        "add_button",
        "add_questions",
        "add_overview",
        "add_scripts",
        "add_search",
    ]
    assert written == ["write_styles", "write_views"]
