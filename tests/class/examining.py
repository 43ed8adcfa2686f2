"""Helper: a student's cell and a test, examined."""

from softmax_grader.cells import defined_names
from softmax_grader.marking.examiner import examine


def printed(source, test, **more):
    """Return what a test prints that runs after a student's cell."""
    plan = {
        "cells": [
            {"role": "student", "source": source, "functions": defined_names(source)},
            {"role": "test", "source": test, "points": 1},
        ],
        **more,
    }
    output = examine(plan)["cells"][1]["outputs"][0]
    return output.get("text", "") or output["evalue"]
