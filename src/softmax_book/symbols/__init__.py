"""The symbols of the book: one table, the letters of its formulas, their values in the example.

``table.toml`` is the one list. The page on notation, the card that a formula's letters open, and
the test that holds every displayed equation to the list are made from it.
"""
