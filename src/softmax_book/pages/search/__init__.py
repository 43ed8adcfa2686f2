"""The search of the book: its index, made from the built pages, and the box that asks it."""
