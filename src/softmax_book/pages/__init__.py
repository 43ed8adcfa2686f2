"""What a page gets while Sphinx writes it, and after."""
