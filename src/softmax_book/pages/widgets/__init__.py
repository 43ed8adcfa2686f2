"""The widgets on a static page: the book's own views, and the core widgets of ipywidgets."""
