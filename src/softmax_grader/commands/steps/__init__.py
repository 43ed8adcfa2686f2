"""The steps of ``softmax-class``, one module each.

A step has its line of help, ``HELP``; what it reads and writes, with an example, ``ABOUT``;
``add_options``, which adds its arguments to a parser; and ``run``, which takes what was parsed and
returns the exit code, or None for 0.
"""
