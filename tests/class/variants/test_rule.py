"""A draw is the same everywhere, spread evenly, and that of one name tells nothing of another."""

import subprocess
import sys
from collections import Counter

from softmax_grader.variants.rule import draw


def test_a_draw_is_these_numbers_for_ever():
    """Worked out with sha256sum; another number would change what a class has worked with."""
    assert [draw(f"s00{k}", "a4 temperature", 6) for k in range(8)] == [3, 0, 5, 4, 2, 1, 3, 1]
    assert draw("Zoë Ünal", "a4 mean", 1000) == draw("zoëünal", "a4 mean", 1000) == 771


def test_a_fresh_python_with_other_hashes_draws_the_same():
    code = "from softmax_grader.variants.rule import draw; print(draw('s003', 'a4 temperature', 6))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == str(draw("s003", "a4 temperature", 6))


def test_blanks_and_capitals_do_not_count():
    assert {draw(text, "x", 10**9) for text in ("s005", "S005", " s005 ", "s 005")} == {
        draw("s005", "x", 10**9)
    }


def test_draws_are_spread_evenly():
    """Of 6000 ids each of 6 options has 1000, within 4.5 standard deviations of 29."""
    counts = Counter(draw(f"id {k}", "temperature", 6) for k in range(6000))
    assert set(counts) == set(range(6))
    assert all(abs(count - 1000) < 130 for count in counts.values())


def test_two_names_are_drawn_apart():
    pairs = Counter((draw(f"id {k}", "one", 3), draw(f"id {k}", "other", 2)) for k in range(6000))
    assert len(pairs) == 6
    assert all(abs(count - 1000) < 130 for count in pairs.values())
