"""The book in other forms: notebooks, branches for hosted Jupyters, a zip."""
