"""Run the command: ``python -m softmax_book.live``."""

import sys

from softmax_book.live.command import main

sys.exit(main())
