"""What is handed in."""

import pytest

from ..courses import RIGHT, solve
from ..handing_in import as_bytes


@pytest.fixture
def right(course):
    return as_bytes(solve(course, **RIGHT))
