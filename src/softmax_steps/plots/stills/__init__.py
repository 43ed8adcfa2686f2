"""The widgets as still pictures: what a page shows where no script runs.

One module for each widget, under the widget's module name, with one function ``draw_NAME``.
"""
