"""Live cells: ``make live`` serves the book and a Python kernel from one loopback origin.

``run`` is one run of it; ``server`` serves the site and the kernels; ``page/`` is what the page
loads when its reader presses the button.
"""
