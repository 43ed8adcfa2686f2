"""The form of all pages."""


def test_a_place_in_the_book_becomes_a_link_where_the_book_is_known():
    from softmax_grader.reports.page import link_to_book

    place = "Chapter 5, λ or λ/2", "book/05_regularization.html#lambda"
    assert link_to_book(*place, "") == "Chapter 5, λ or λ/2"
    linked = link_to_book(*place, "https://a.example/b/")
    assert 'href="https://a.example/b/book/05_regularization.html#lambda"' in linked
    assert "<a" not in link_to_book("x", "javascript:alert(1)", "https://a.example")
    assert "<a" not in link_to_book(*place, "javascript:alert(1)")
