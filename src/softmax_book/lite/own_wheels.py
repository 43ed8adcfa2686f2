"""The book's own code as wheels, for the kernel in the browser."""

from pathlib import Path

from softmax_book.edition import Edition
from softmax_book.exports.package import package_files, write_package, write_wheel

KERNEL_START = Path(__file__).parent / "kernel_start"
# The kernel asks for jedi, 1.7 MB that guess what a name may be. Without it, completion looks at
# the living objects, which suits a notebook. A wheel without a module stands in for it.
STAND_INS = ("jedi",)


def own_wheels(edition: Edition, folder: Path) -> list[Path]:
    """Write the wheels of the book's own code.

    Parameters
    ----------
    edition : Edition
    folder : pathlib.Path
        The folder to write to; it exists.

    Returns
    -------
    list of pathlib.Path
        ``softmax_steps``, which needs all that a chapter imports, what the kernel runs first, and
        the stand-ins. Neither what builds the site nor what grades the class is there.

    Raises
    ------
    BookError
        If the sources are not there.
    """
    package = write_package(edition, folder)
    version = package.name.split("-")[1]
    return [
        package,
        write_wheel(folder, "kernel-start", version, package_files(KERNEL_START)),
        *(write_wheel(folder, name, "0", {}) for name in STAND_INS),
    ]
