"""Run the command line: ``python -m softmax_book``."""

import sys

from softmax_book.cli import main

sys.exit(main())
