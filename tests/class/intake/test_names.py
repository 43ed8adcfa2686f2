"""What a name tells, as an LMS gives it or a student."""

import time

import pytest

from softmax_grader.intake.names import KNOWN, copy_number, id_in, lms_of


@pytest.mark.parametrize(
    ("lms", "name", "student", "own"),
    [
        ("moodle", "One Student_4711_assignsubmission_file_", "4711", ""),
        ("moodle", "Group A-One Student_4711_assignsubmission_file_", "4711", ""),
        ("moodle", "Participant_4711_assignsubmission_file_", "4711", ""),
        ("moodle", "One Student_4711_assignsubmission_onlinetext_", "4711", ""),
        (
            "moodle",
            "One Student_4711_assignsubmission_file_x_4712_assignsubmission_file_.ipynb",
            "4711",
            "x_4712_assignsubmission_file_.ipynb",
        ),
        ("canvas", "studentone_4711_81_mini-1.ipynb", "4711", "mini-1.ipynb"),
        ("canvas", "studentone_LATE_4711_81_mini.ipynb", "4711", "mini.ipynb"),
        ("canvas", "studentone_4711_81_LATE_4712_82_x.ipynb", "4711", "LATE_4712_82_x.ipynb"),
        ("canvas", "anon_x3F9q_81_mini.ipynb", "x3F9q", "mini.ipynb"),
        ("canvas", "anon_LATE_x3F9q_81_mini.ipynb", "x3F9q", "mini.ipynb"),
        ("canvas", "LATE_4711_81_mini.ipynb", "4711", "mini.ipynb"),
        (
            "blackboard",
            "A 1_s001_attempt_2026-11-20-14-03-22_s002_attempt_2026-11-21-14-03-22_x.ipynb",
            "s001",
            "s002_attempt_2026-11-21-14-03-22_x.ipynb",
        ),
    ],
)
def test_an_lmss_id_stands_before_the_students_own_words(lms, name, student, own):
    match = KNOWN[lms].fullmatch(name)
    assert (match["id"], match["own"] or "") == (student, own)


@pytest.mark.parametrize(
    "name",
    ["4712_attempt_2.ipynb", "x_4712_assignsubmission_file.ipynb/", "a_b_12_assignsubmission_x"],
)
def test_what_only_resembles_an_lmss_name_is_none(name):
    assert not any(known.fullmatch(name) for known in KNOWN.values())


def test_a_name_of_65535_characters_is_read_at_once():
    start = time.process_time()
    for text in ("_" * 65_535, "a_" * 32_000, "1" * 65_535, "(1)" * 20_000):
        for known in KNOWN.values():
            known.fullmatch(text[:255])
        id_in(text[:255], "mini")
        copy_number(text[:255])
    assert time.process_time() - start < 1


@pytest.mark.parametrize("copy", ["(1)", " (1)", "-2", " (copy)", " - Copy", " copy 3", " (2) (1)"])
def test_a_copy_of_the_assignments_file_names_nobody(copy):
    assert id_in(f"a1_forward{copy}", "a1_forward") == (None, False)
    assert copy_number(f"a1_forward{copy}") > 0


def test_the_lms_is_in_the_record():
    assert lms_of({"sender": {"lms": "canvas"}}) == "Canvas"
    assert lms_of({"sender": {"lms": None}, "file": "One_1_assignsubmission_file_/x.ipynb"}) is None
    assert lms_of({"file": "One_1_assignsubmission_file_/x.ipynb"}) == "Moodle"  # an older record
