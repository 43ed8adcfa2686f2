"""The commands: ``softmax-class``, and the two that the Makefile calls."""
