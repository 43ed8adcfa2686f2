import pytest
from myst_nb.core import render
from myst_nb.core.utils import coalesce_streams
from nbformat import v4

from softmax_book.pages.streams import join_before_rendering, join_pieces

PRINTED = "(1797, 1797) mean 2.908\n(1797,)      mean 0.934\n\nend\n"


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


@pytest.mark.parametrize("cut", range(1, len(PRINTED)))
def test_a_page_shows_what_was_printed_wherever_it_was_cut(cut, monkeypatch):
    monkeypatch.setattr(render, "coalesce_streams", coalesce_streams)
    join_before_rendering()
    (whole,) = render.coalesce_streams([stream(PRINTED[:cut]), stream(PRINTED[cut:])])
    assert whole["text"] == PRINTED


def test_streams_stay_apart_and_other_outputs_in_their_place():
    picture = v4.new_output("display_data", {"text/plain": "a picture"})
    pieces = [stream("a"), stream("!", "stderr"), picture, stream("b\n")]
    joined = join_pieces(pieces)
    assert [output.get("text") for output in joined] == ["ab\n", "!", None]
    assert joined[2] is picture
    assert pieces[0]["text"] == "a"  # what came in is as it was
