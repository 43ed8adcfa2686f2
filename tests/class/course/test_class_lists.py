"""Class lists as Canvas, Moodle and spreadsheets write them."""

import pytest

from softmax_grader.course.class_lists import read_class_list
from softmax_grader.course.folder import CourseError
from softmax_grader.course.roster import Person

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Assignment 1 (12345),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,30,(read only)
"Doe, Jane",4711,u-17,jdoe,"Lab A and Lab B",12,40
"Ng, Wei",4712,u-18,wng,Lab B,,0
"Student, Test",999,,8c1a5f0e8c1a5f0e8c1a5f0e8c1a5f0e8c1a5f0e,Lab A,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 101,Jane Doe,jane@x.org,Submitted for grading,,30,Yes,\
"Tuesday, 1 December 2026, 11:58 PM",-,
Participant 102,Wei Ng,wei@x.org,No submission,,30,Yes,-,-,
"""
GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert "
    "werden,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
    'Teilnehmer/in101,Jürgen Groß,j@x.de,Abgegeben,,30,Ja,"Dienstag, 1. Dezember 2026, 23:58",-,\n'
)


@pytest.fixture
def read(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "class.csv"
        path.write_bytes(text.encode(encoding))
        return read_class_list(path)

    return read


def test_canvas_gradebook_without_its_own_rows_and_its_test_student(read):
    listed = read("\ufeff" + CANVAS)
    assert listed.kind == "canvas"
    assert [(p.id, p.shown, p.sis_user_id, p.login, p.section) for p in listed.people] == [
        ("4711", "Jane Doe", "u-17", "jdoe", "Lab A and Lab B"),
        ("4712", "Wei Ng", "u-18", "wng", "Lab B"),
    ]
    assert listed.remarks == ["Canvas's test student was passed over"]


@pytest.mark.parametrize(
    ("text", "name"), [(WORKSHEET, "Jane Doe"), (GERMAN, "Jürgen Groß")], ids=["English", "German"]
)
def test_moodles_worksheet_in_its_language(read, text, name):
    listed = read(text)
    assert listed.kind == "moodle"
    assert (listed.people[0].id, listed.people[0].shown) == ("101", name)
    columns = ["id", "name", "email", "grade", "submitted", "graded", "comments"]
    assert [listed.places[column] for column in columns] == [0, 1, 2, 4, 7, 8, 9]


def test_a_worksheet_that_is_marked_blind_has_no_names(read):
    listed = read("Identifier,Status,Grade,Maximum Grade\nParticipant 7,Submitted,,10\n")
    assert (listed.kind, listed.people) == ("moodle", [Person("7")])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("First name,Last name,ID number,Email address,Groups\nZoë,Ng,17,z@x.org,red\n", "utf-8"),
        ("Vorname;Nachname;Matrikelnummer;E-Mail;Gruppe\nZoë;Ng;17;z@x.org;red\n", "cp1252"),
        ("Prénom\tNom\tNuméro d'étudiant\tCourriel\tGroupe\nZoë\tNg\t17\tz@x.org\tred\n", "utf-16"),
        ("sep=;\nNombre;Apellidos;Matrícula;Correo;Grupo\nZoë;Ng;17.0;z@x.org;red\n", "utf-8-sig"),
        ("名,姓,学号,邮箱,小组\nZoë,Ng,17,z@x.org,red\n", "utf-16-le"),
        ("Course 7,,,,\nnome,cognome,matricola,email,gruppo\n\nZoë,Ng,17,z@x.org,red\n", "utf-8"),
        ("Voornaam|Achternaam|Studentnummer|E-mailadres|Groep\nZoë|Ng|17|z@x.org|red\n", "utf-8"),
    ],
    ids=["Moodle", "German", "French", "Spanish", "Chinese", "titled", "Dutch"],
)
def test_any_table_with_headings(read, text, encoding):
    listed = read(text, encoding)
    assert listed.people == [
        Person("17", first_name="Zoë", last_name="Ng", email="z@x.org", group="red")
    ]


def test_an_encoding_that_the_file_does_not_tell_is_told(read):
    assert "was read as Windows-1252" in read("id,name\n1,Zoë\n", "cp1252").remarks[0]
    with pytest.raises(CourseError, match="save it as CSV UTF-8"):
        read("学号,姓名\n1,王伟\n", "gbk")


def test_the_email_address_serves_where_there_is_no_id(read):
    listed = read("First name,Last name,Email address,ID number\nZoë,Ng,z@x.org,\n")
    assert listed.people[0].id == "z@x.org"
    assert listed.remarks == ["it has no ids: the email address serves for it"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "id,name\n1,A\n,B\n1,C\n",
            r"class.csv, line 3: no id; line 4: the id 1 stands in line 2 too. Nothing was read",
        ),
        ('id,name\n1,"A\nB"\n,C\n', "line 4: no id"),
        ("id,name\n1.2E+07,A\n", "line 2: the id 1.2E.07 was rounded by a spreadsheet"),
        ("id,name,group\n1,Doe, Jane,red\n", "line 2: more cells than headings: 1, Doe, Jane, red"),
        ("s001,Jane\ns002,Wei\n", "no row of headings was found"),
        ("name,colour\nJane,red\n", "no row of headings|no column of ids"),
        ("id,name\n", "has headings and no student"),
        ("\n\n", "is empty"),
        ("PK\x03\x04rest", "save it as CSV first"),
    ],
)
def test_what_cannot_be_read_is_said_by_line(read, text, reason):
    with pytest.raises(CourseError, match=reason):
        read(text)
