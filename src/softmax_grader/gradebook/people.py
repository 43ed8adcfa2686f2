"""The class's names in nbgrader's gradebook, for formgrader and for the files of grades."""

from nbgrader.api import Gradebook, Student

from softmax_grader.course.folder import Course
from softmax_grader.course.roster import known_people


def put_people(course: Course) -> None:
    """Bring the roster's names into the gradebook, where there is one.

    Where names are switched off, they are taken out of it, and formgrader shows ids only. A name
    that only the gradebook has stays there.

    Parameters
    ----------
    course : Course
    """
    if not (course.root / "gradebook.db").is_file():
        return
    people = known_people(course)
    if not people:
        return
    with Gradebook(course.db_url, course.id) as gradebook:
        known = {student.id: student for student in gradebook.students}
        changed = False
        for person in people.values():
            last = person.last_name or ("" if person.first_name else person.name)
            names = {"first_name": person.first_name, "last_name": last, "email": person.email}
            names = {name: text for name, text in names.items() if text}
            student = known.get(person.id)
            if student is None:
                gradebook.db.add(Student(id=person.id, **(names if course.names else {})))
                changed = True
                continue
            for name, text in names.items():
                now = getattr(student, name)
                wanted = text if course.names else None if now == text else now
                if now != wanted:
                    setattr(student, name, wanted)
                    changed = True
        if changed:
            gradebook.db.commit()
