"""The class: assignments released, collected, graded in a sandbox, and answered with feedback.

``softmax-class`` is the command; :mod:`softmax_grader.commands.softmax_class` lists its steps.
nbgrader's notebook format, gradebook and folders are the base, so nbgrader and its formgrader open
the same course. What is added is that student code never runs where the tests, the gradebook or
another student's work can be reached.

The rooms, from the ground up; each imports those before it only:

``text``, ``cells``, ``staleness``
    Text made harmless; a notebook's cells; what has changed since.
``course``, ``isolation``
    The course's folder and records; the walls between student code and everything else.
``variants``
    Numbers and conventions of a student's own, drawn from the id.
``intake``, ``marking``
    From what was handed in to one clean notebook; from that to points and named slips.
``gradebook``
    Everything that goes through nbgrader.
``reports``, ``demonstration``
    What students and teachers read; a made-up class.
``commands``
    ``softmax-class`` and what the Makefile calls.
"""
