import json

import pytest

from softmax_book.expected import UnexpectedError
from softmax_book.pages.widgets.core_widgets import (
    STATE,
    VIEW,
    needed_models,
    shown_identities,
    take_state,
)

ELEMENT = f'<script type="{VIEW}">{{"model_id": "1"}}</script>'


class Script:
    def __init__(self, **attributes):
        self.attributes = attributes


def test_the_views_of_a_page_are_read():
    assert shown_identities(f"<p>{ELEMENT}</p>", "a page") == ["1"]


def test_a_view_that_is_written_otherwise_is_an_error():
    other = ELEMENT.replace("<script type", "<script id='a' type")
    with pytest.raises(UnexpectedError, match="a page, myst-nb's widget views"):
        shown_identities(other, "a page")


def test_the_state_is_taken_out_of_the_pages_scripts():
    state = json.dumps({"state": {}, "text": "</script>"})
    written = Script(type=STATE, body=state.replace("</script>", r"<\/script>"))
    scripts = [written, Script(), object()]
    assert take_state(scripts) == [state]
    assert written not in scripts
    assert len(scripts) == 2


def test_what_a_view_is_made_of_is_needed_and_what_links_it():
    models = {
        "box": {"model_name": "VBoxModel", "state": {"children": ["IPY_MODEL_a", "IPY_MODEL_b"]}},
        "a": {"model_name": "IntSliderModel", "state": {}},
        "b": {"model_name": "IntTextModel", "state": {}},
        "link": {"model_name": "LinkModel", "state": {"ends": ["IPY_MODEL_a", "IPY_MODEL_b"]}},
        "other": {"model_name": "LinkModel", "state": {"ends": ["IPY_MODEL_a", "IPY_MODEL_c"]}},
    }
    for model in models.values():
        model["model_module"] = "@jupyter-widgets/controls"
    assert sorted(needed_models(models, ["box"])) == ["a", "b", "box", "link"]
    models["b"]["model_module"] = "anywidget"
    with pytest.raises(ValueError, match="a widget of anywidget stands inside a widget"):
        needed_models(models, ["box"])


def test_a_slider_that_needs_a_kernel_shows_the_picture_it_carries(sample):
    page = sample.read_page()
    assert "<p>the picture</p>" in page
    assert "require" not in page
