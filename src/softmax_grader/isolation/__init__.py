"""The walls between a student's code and everything else.

Only :mod:`~softmax_grader.isolation.inside` runs student code, in a process that sees none of the
rest. All other modules are trusted: they build the walls (``bubblewrap``, ``seccomp``), start and
stop the process (``handle``), call what runs in it (``session``), and decide which of its errors
may be told (``shown_errors``). ``messages`` is what both sides speak.
"""
