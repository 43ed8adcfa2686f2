"""Live cells: ``make live`` serves the book and a Python kernel from one loopback origin.

``button`` puts the button on the chapters while the site is built; ``command`` is what ``make
live`` runs; ``server`` serves the site and the kernels; ``front_end`` bundles ``page/``, what the
page loads when its reader presses the button.
"""
