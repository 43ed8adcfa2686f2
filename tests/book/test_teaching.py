"""The page for teachers: its times are the chapters' own, and its plans add up."""

import re
from pathlib import Path

from softmax_book.sources import chapters

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "teaching.md").read_text("utf-8")


def test_the_timings_are_the_chapters_own():
    rows = re.findall(r"^\|[^|]*\| \[(\d+ · [^\]]+)\]\((\S+)\) \| (\d+) \|$", PAGE, re.M)
    listed = [(file, title) for title, file, _ in rows]
    titles = [(f"{page.name}.md", page.title) for page in chapters(ROOT)]
    assert listed == titles, "the table of lessons in book/teaching.md"
    for _, file, minutes in rows:
        chapter = (ROOT / "book" / file).read_text("utf-8")
        assert re.search(rf"\*\*Time\*\*\D*{minutes} minutes", chapter), file


def test_a_lecture_takes_the_minutes_that_its_heading_says():
    heading, table = re.search(
        r"^\*\*One lecture, (\d+) minutes\.(.*?)^\*\*", PAGE, re.M | re.S
    ).groups()
    minutes = re.findall(r"^\| (\d+) min \|", table, re.M)
    assert len(minutes) >= 5
    assert sum(map(int, minutes)) == int(heading)
