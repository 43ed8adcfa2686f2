from softmax_book.pages.outputs import is_sentences

from ...pages.test_outputs import OTHERS, SENTENCES


def test_the_live_page_tells_sentences_as_the_built_page_does(in_node):
    texts = [*SENTENCES, *OTHERS]
    told = in_node("sentences", "return data.map(page.isSentences);", texts)
    assert told == [is_sentences(text) for text in texts]
