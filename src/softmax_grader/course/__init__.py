"""A course's folder: where things are, what is set, and the records of what was done."""
