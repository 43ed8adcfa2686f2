"""What turns the sources into the website: the build, and the Sphinx extensions it uses."""
