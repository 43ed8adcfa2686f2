"""The class: assignments released, collected, graded in a sandbox, and answered with feedback.

``softmax-class`` is the command; :mod:`softmax_grader.command` lists what it can do. nbgrader's
notebook format, gradebook and folders are the base, so nbgrader and its formgrader open the same
course. What is added is that student code never runs where the tests, the gradebook or another
student's work can be reached.
"""
