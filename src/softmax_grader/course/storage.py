"""What to tell when the disk or the gradebook does not take what is written."""

import errno

ROOM = "Make room, then give the same command again: what was done is kept"
IN_USE = "close formgrader, or wait for the other command, and give the same command again"
OF_THE_DISK = {
    errno.ENOSPC: f"there is no space left on the disk. {ROOM}",
    errno.EDQUOT: f"you have used up your share of the disk. {ROOM}",
    errno.EFBIG: f"the file would be larger than is allowed here. {ROOM}",
    errno.EROFS: "the disk is read-only, nothing can be written there",
}
OF_THE_GRADEBOOK = {
    "database or disk is full": OF_THE_DISK[errno.ENOSPC],
    "disk I/O error": f"the disk does not take what is written. {ROOM}",
    "database is locked": f"another program is writing into it: {IN_USE}",
    "readonly database": "it cannot be written: look at whose it is, and at its permissions",
    "unable to open database file": "it, or its folder, cannot be opened: look at the permissions",
}


def storage_trouble(error: BaseException) -> str | None:
    """Return what a failed write is told as.

    Parameters
    ----------
    error : Exception
        Also one of sqlite3 or SQLAlchemy, neither of which is imported here.

    Returns
    -------
    str or None
        One line: the file, what is wrong, and what to do. None for any other error.
    """
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, OSError) and reason.errno in OF_THE_DISK:
            where = reason.filename2 or reason.filename or "a file"
            return f"{where} was not written: {OF_THE_DISK[reason.errno]}"
        if _is_of_a_database(reason):
            for words, told in OF_THE_GRADEBOOK.items():
                if words in str(reason):
                    return f"the gradebook, gradebook.db: {told}"
        reason = reason.__cause__ or reason.__context__
    if _is_of_a_database(error):
        return f"the gradebook, gradebook.db, cannot be used: {str(error).splitlines()[0]}"
    return None


def _is_of_a_database(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in ("sqlalchemy", "sqlite3")
