"""Lists of a class as they come: Canvas's gradebook, Moodle's worksheet, any table."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from softmax_grader.course.folder import CourseError, safe_id
from softmax_grader.course.roster import Person
from softmax_grader.course.tables import Table, plain_heading, read_table
from softmax_grader.text import one_line

#: What the columns are called, without capitals, accents, blanks and signs. A heading that stands
#: for two things, as the French *nom*, has the one that is usual beside the others.
HEADINGS = {
    "id": """id idnumber studentid studentnumber studentno studentidnumber userid sid uid
        matriculationnumber matrikelnummer matrikelnr matrnr matnr matrikel idnummer
        numerodetudiant numeroetudiant numetudiant netudiant idetudiant
        numerodidentification numerodeid numerodeidentificacion
        expediente matricula matricola numerodematricula numerodimatricola studentnummer
        studentennummer studienummer stamnummer nummer number indeks nralbumu
        学号 學號 学籍番号 学生番号 학번 номерстудента""",
    "login": """login loginid username user benutzername anmeldename kennung nomdutilisateur
        usuario nombredeusuario nomeutente nomedeusuario gebruikersnaam anvandarnamn netid
        用户名 使用者名称 ユーザ名 имяпользователя""",
    "first_name": """firstname firstnames givenname givennames forename vorname vornamen prenom
        prenoms nombre nombres nome voornaam voornamen fornavn fornamn imie imiona 名 名字 имя""",
    "last_name": """lastname lastnames surname surnames familyname nachname familienname zuname nom
        nomdefamille apellido apellidos cognome sobrenome apelido achternaam etternavn efternavn
        efternamn nazwisko 姓 фамилия""",
    "name": """name student fullname studentname names vollstandigername studierende studierender
        nomcomplet nomprenom nometprenom nombrecompleto nombreyapellidos nomecompleto nomecognome
        nomeecognome volledigenaam fulltnamn imieinazwisko etudiant estudiante studente estudante
        姓名 氏名 全名 名前 이름 фио""",
    "section": """section sections sektion seccion sezione secao sectie class klasse classe clase
        turma klas cohort kohorte tutorial tutorium ubung ubungsgruppe lab
        班 班级 班級 クラス 반""",
    "group": """group groups gruppe gruppen groupe groupes grupo grupos gruppo gruppi groep groepen
        grupp grupper grupa team teams equipe equipo 组 小组 分组 組 グループ 조 группа группы""",
    "sis_user_id": "sisuserid sisid",
    "canvas_id": "canvasid canvasuserid",
}
FIELD_OF = {heading: name for name, text in HEADINGS.items() for heading in text.split()}
MAIL = re.compile(r"e?mail|courriel|correo|邮件|邮箱|郵件|メール|이메일|почт")
MOODLE_ID = re.compile(r"(\D{2,}?)\s*(\d+)")
MOODLE_GRADE = {
    *("grade", "bewertung", "note", "calificacion", "valutazione", "punteggio", "nota"),
    *("avaliacao", "classificacao", "cijfer", "beoordeling", "betyg", "karakter", "ocena"),
    *("成绩", "评分", "評点", "성적", "оценка"),
}
CANVAS_COLUMN = re.compile(r".+ \(\d+\)")


@dataclass(frozen=True)
class ClassList:
    """What stands in a class list.

    Parameters
    ----------
    kind : {'canvas', 'moodle', 'table'}
        Canvas's gradebook, Moodle's grading worksheet, or any other table.
    people : list of Person
        With the ids that the list has; of a worksheet, Moodle's numbers, which are good for one
        assignment only.
    head : list of str
    rows : list of list of str
        One for each of the people, with the cells as they came.
    places : dict
        From a name, such as *email*, to the number of its column.
    remarks : list of str
        What was passed over.
    """

    kind: str
    people: list[Person]
    head: list[str]
    rows: list[list[str]]
    places: dict[str, int]
    remarks: list[str] = field(default_factory=list)


def read_class_list(path: str | Path) -> ClassList:
    """Read a class list of any of the known forms.

    Parameters
    ----------
    path : path

    Returns
    -------
    ClassList

    Raises
    ------
    CourseError
        If a student has no id, or an id stands there twice; it names the lines, and all of them.
    """
    path = Path(path)
    table = read_table(path)
    start = _head_row(table)
    head = table.rows[start]
    rows, lines = table.rows[start + 1 :], table.lines[start + 1 :]
    if not rows:
        raise CourseError(f"{path.name} has headings and no student")
    rows = [[*row, *[""] * (len(head) - len(row))] for row in rows]
    places = _places(head)
    remarks: list[str] = []
    if not table.is_sure:
        remarks.append("it is no UTF-8 and was read as Windows-1252: look at names with accents")
    if _is_canvas(head, rows):
        kind = "canvas"
        places = _canvas_places(head)
        rows, lines = _without_canvas_rows(rows, lines, places, remarks)
    elif _is_worksheet(head, rows):
        kind = "moodle"
        places = _worksheet_places(head)
    else:
        kind = "table"
        _choose_id(path, head, rows, places, remarks)
    people: list[Person] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for row, line in zip(rows, lines, strict=True):
        person, problem = _person(row, places, kind)
        if any(row[len(head) :]):
            problem = f"more cells than headings: {one_line(', '.join(row), 60)}"
        if not problem and person.id in seen:
            problem = f"the id {person.id} stands in line {seen[person.id]} too"
        if problem:
            problems.append(f"line {line}: {problem}")
            continue
        seen[person.id] = line
        people.append(person)
    if problems:
        more = f"; and {len(problems) - 12} more" if len(problems) > 12 else ""
        raise CourseError(f"{path.name}, {'; '.join(problems[:12])}{more}. Nothing was read")
    if not people:
        raise CourseError(f"{path.name} has headings and no student")
    return ClassList(kind, people, head, rows, places, remarks)


def _head_row(table: Table) -> int:
    """Return which row has the headings: a title may stand above them."""
    for number, row in enumerate(table.rows[:10]):
        fields = {_field_of(text) for text in row} - {""}
        if len(fields) > 1 or fields & {"id", "login", "email"}:
            return number
        if _is_worksheet(row, table.rows[number + 1 : number + 2]):
            return number
    seen = ", ".join(one_line(text, 30) for text in table.rows[0][:8])
    raise CourseError(
        f"no row of headings was found (the first row is: {seen}); expected headings such as "
        f"id, first name, last name, email, section, group"
        + ("" if table.is_sure else "; if its letters look wrong, save it as CSV UTF-8")
    )


def _field_of(text: str) -> str:
    plain = plain_heading(text)
    if plain in FIELD_OF:
        return FIELD_OF[plain]
    return "email" if MAIL.search(plain) else ""


def _places(head: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for number, text in enumerate(head):
        name = _field_of(text)
        if name:
            places.setdefault(name, number)
    return places


def _is_canvas(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    plain = [plain_heading(text) for text in head]
    sis = {"sisuserid", "sisloginid", "integrationid"} & set(plain)
    if plain[:2] == ["student", "id"] and ("section" in plain or sis):
        return True
    has_columns = any(CANVAS_COLUMN.fullmatch(text) for text in head)
    possible = any(plain_heading(row[0]) == "pointspossible" for row in rows[:3])
    return has_columns and (possible or bool(sis))


def _canvas_places(head: Sequence[str]) -> dict[str, int]:
    plain = [plain_heading(text) for text in head]
    known = {
        "name": ("student",),
        "id": ("id",),
        "sis_user_id": ("sisuserid",),
        "login": ("sisloginid",),
        "section": ("section",),
    }
    places = {
        name: next(plain.index(text) for text in texts if text in plain)
        for name, texts in known.items()
        if any(text in plain for text in texts)
    }
    return {"name": 0, "id": 1, **places}


def _without_canvas_rows(
    rows: list[list[str]], lines: list[int], places: dict[str, int], remarks: list[str]
) -> tuple[list[list[str]], list[int]]:
    """Return the students: above them stand Canvas's own rows, below them its test student."""
    first = next((k for k, row in enumerate(rows) if row[places["id"]]), len(rows))
    kept = []
    for row, line in zip(rows[first:], lines[first:], strict=True):
        name, sis = row[places["name"]], places.get("sis_user_id")
        if name == "Student, Test" and (sis is None or not row[sis]):
            remarks.append("Canvas's test student was passed over")
        else:
            kept.append((row, line))
    return [row for row, _ in kept], [line for _, line in kept]


def _is_worksheet(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether all begin as ``Participant 123``, and there is a column of grades."""
    marks = [MOODLE_ID.fullmatch(row[0]) for row in rows]
    words = {match[1] for match in marks if match}
    known = any(plain_heading(text) in MOODLE_GRADE for text in head)
    return bool(rows) and all(marks) and len(words) == 1 and known


def _worksheet_places(head: Sequence[str]) -> dict[str, int]:
    places = {name: number for name, number in _places(head[1:]).items() if name != "id"}
    places = {"id": 0, **{name: number + 1 for name, number in places.items()}}
    named = {"name", "first_name", "last_name"} & set(places)
    if not named and places.get("email", 0) > 1:  # marked blind, it has neither
        places["name"] = 1
    plain = [plain_heading(text) for text in head]
    places["grade"] = next(k for k, text in enumerate(plain) if text in MOODLE_GRADE)
    # Last modified (submission), Last modified (grade): the same words, in whatever language.
    dated = [(k, match[1]) for k, text in enumerate(head) if (match := _TWO_PARTS.fullmatch(text))]
    for (k, one), (m, other) in itertools.pairwise(dated):
        if one == other:
            places |= {"submitted": k, "graded": m}
    last = places.get("graded", len(head))
    if last + 1 < len(head):
        places["comments"] = last + 1
    return places


_TWO_PARTS = re.compile(r"(.*\S)\s*[（(].+[)）]")


def _choose_id(
    path: Path,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    places: dict[str, int],
    remarks: list[str],
) -> None:
    """Let another column serve for the id where none of them is one, or it is empty."""
    if "id" in places and any(row[places["id"]] for row in rows):
        return
    for other, words in (("login", "the login"), ("email", "the email address")):
        if other in places and any(row[places[other]] for row in rows):
            places["id"] = places[other]
            remarks.append(f"it has no ids: {words} serves for it")
            return
    seen = ", ".join(one_line(text, 30) for text in head[:8])
    raise CourseError(f"{path.name} has no column of ids (it has: {seen}); expected one called id")


def _person(row: Sequence[str], places: dict[str, int], kind: str) -> tuple[Person, str]:
    """Return a student, and what is wrong with the row; '' if nothing is."""
    names = [name for name in Person.__dataclass_fields__ if name in places]
    cells = {name: one_line(row[places[name]], 120) for name in names}
    text = re.sub(r"^(\d+)\.0+$", r"\1", cells["id"])  # 4711 that was a number in a spreadsheet
    if not text:
        return Person(""), "no id"
    if re.fullmatch(r"\d[.,]?\d*E\+\d+", text):
        return Person(""), f"the id {text} was rounded by a spreadsheet: make that column text"
    if kind == "moodle":
        match = MOODLE_ID.fullmatch(text)
        text = match[2] if match else text
    if "," in cells.get("name", "") and "last_name" not in cells:
        last, _, first = cells.pop("name").partition(",")
        cells |= {"last_name": last.strip(), "first_name": first.strip()}
    person = Person(**{**cells, "id": safe_id(text)[0]})
    if kind == "canvas":
        person = Person(**{**cells, "id": safe_id(text)[0], "canvas_id": text})
    return person, ""
