"""A table of three or more columns carries the names of its columns into its cells."""

import re


def test_a_wide_table_is_marked_and_its_cells_say_what_they_are(sample):
    page = sample.read_page()
    wide, narrow = re.findall(r"<table .*?</table>", page, re.DOTALL)
    assert 'class="sms-stacks table"' in wide
    assert re.findall(r'<span class="sms-label">(.*?)</span>', wide) == ["code ", "unit "]
    assert "sms-" not in narrow
    # A number stays in the line of what it numbers, and code stays as it is.
    assert "the samples of Chapter\N{NO-BREAK SPACE}2" in wide
    assert "Chapter 2" in re.sub(r"<[^>]*>", "", narrow)
