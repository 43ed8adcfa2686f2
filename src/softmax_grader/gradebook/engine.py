"""One way into the gradebook for all of nbgrader's steps.

Each of nbgrader's steps opens the gradebook anew, a dozen times for a submission, with an engine of
its own; SQLAlchemy then compiles every statement again, which took most of the time that grading
waits for the gradebook. Here all of them share the engine, and what it has compiled.
"""

import functools
from typing import Any

import nbgrader.api
import sqlalchemy
from sqlalchemy.pool import NullPool


@functools.lru_cache(maxsize=8)
def shared_engine(url: str, **options: Any) -> sqlalchemy.Engine:
    """Return the engine for a database, the same one each time.

    It keeps no connection: who closes a gradebook has closed its file, and who opens one sees the
    file that is there then, also where another has taken its place.

    Parameters
    ----------
    url : str
        Of a database in a file.
    **options
        Those of ``sqlalchemy.create_engine``.

    Returns
    -------
    sqlalchemy.Engine
    """
    return sqlalchemy.create_engine(url, poolclass=NullPool, **options)


def share_engines() -> None:
    """Let every gradebook that this process opens from now on take the shared engine."""
    nbgrader.api.create_engine = shared_engine
