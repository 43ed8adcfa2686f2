"""Variants: numbers and conventions of a student's own, drawn from the id.

``rule``
    The draw itself, as it also stands in the students' notebook.
``choices``
    What an assignment lets be drawn, read from its source and checked.
"""
