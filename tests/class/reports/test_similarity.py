"""Copies are found, and common answers are not."""

from softmax_grader.reports.similarity import runs_of, similar_pairs


def test_copies_are_found_and_common_answers_are_not():
    common = ("code", "def f(x):\n    return x - x.max(axis=1, keepdims=True)\n")
    texts = [
        f"My own thought number {k} says {' '.join(str(k * j) for j in range(20))}"
        for k in range(2, 9)
    ]
    class_of = {f"s{k}": [common, ("markdown", text)] for k, text in enumerate(texts)}
    assert similar_pairs(class_of, []) == []
    class_of["s9"] = class_of["s3"]
    assert [(one, two) for _, one, two in similar_pairs(class_of, [])] == [("s3", "s9")]


def test_a_flood_of_words_is_compared_in_part():
    flood = [("markdown", " ".join(f"w{k}x{j}" for j in range(4000))) for k in range(100)]
    assert len(runs_of(flood)) < 100_000
