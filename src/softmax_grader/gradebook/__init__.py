"""Everything that goes through nbgrader: its release, its grading, its gradebook."""
