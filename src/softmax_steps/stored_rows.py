"""Rows that lie in files and need not fit into memory: ``.npy``, zarr, parquet, mapped arrays.

Each kind is read by its own library, a block of rows at a time, in order.
"""

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from softmax_steps.checks import FLOATS, plain_array, require_count

BLOCK = 2**23  # bytes read at a time where nothing else is asked for


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Samples in storage: their ``shape`` (N, D), and what reads them.

    ``blocks()`` goes through them and gives pairs of arrays, ``X`` (B, D) of a floating type and
    ``y`` (B,); ``labels()`` gives the ``y`` alone. ``name`` is for messages.
    """

    name: str
    shape: tuple[int, int]
    blocks: Callable
    labels: Callable

    def __repr__(self):
        return f"StoredRows({self.name}: {self.shape[0]} samples, {self.shape[1]} features)"


def open_rows(X, y=None, *, label=None, rows_at_once=None, scale=None):
    """Open rows that lie in files, to go through them without loading them.

    Parameters
    ----------
    X : str, Path or array, shape (N, D)
        A ``.npy`` file, a folder ``.zarr`` with one array, a ``.parquet`` file or a folder of
        them; or an array that is not loaded, such as a ``numpy.memmap`` or a zarr array.
    y : str, Path or array_like of int, shape (N,)
        The labels: a file of the same kinds (``.npy`` or ``.zarr``), or an array.
    label : str, optional
        For parquet, instead of ``y``: the column with the labels. All other columns are features,
        in their order; a column of lists of one length is as many features.
    rows_at_once : int, optional
        The rows of a block; without it about 8 MB, and for zarr whole chunks.
    scale : float, optional
        What each number is multiplied by as it is read, such as 1/255 for images of bytes.

    Returns
    -------
    StoredRows
        Integers become float32 as they are read if they have one or two bytes, else float64.

    Raises
    ------
    ImportError
        If the library that reads such a file is not installed.
    OSError
        If there is no such file.
    TypeError, ValueError
        If it does not hold a matrix of numbers and a label for each row.

    Examples
    --------
    >>> X, y = np.arange(12).reshape(6, 2), [0, 1, 0, 1, 0, 1]
    >>> rows = open_rows(X, y, rows_at_once=4)
    >>> [X.shape for X, y in rows.blocks()]
    [(4, 2), (2, 2)]
    """
    if rows_at_once is not None:
        rows_at_once = require_count(rows_at_once, "rows_at_once")
    if isinstance(X, str | Path) and _kind(X) == "parquet":
        return _parquet_rows(_parquet_files(Path(X)), y, label, rows_at_once, scale)
    if label is not None:
        raise TypeError(
            f"label is {label!r}, but {_name(X)} has no named columns; expected the labels as y."
        )
    return _array_rows(X, y, rows_at_once, scale)


def _name(X):
    return str(X) if isinstance(X, str | Path) else f"an array ({type(X).__name__})"


def _kind(path):
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"There is no {path}; expected a .npy or .parquet file, or a folder .zarr. "
            f"Is the path relative to another folder?"
        )
    if path.is_dir() and any(path.glob("*.parquet")):
        return "parquet"
    kind = path.suffix.lstrip(".").lower()
    if kind not in ("npy", "zarr", "parquet"):
        raise ValueError(
            f"{path} is of a kind that is not read here; expected .npy, .zarr or .parquet. "
            f"np.save writes an array as .npy."
        )
    return kind


# --- arrays: .npy, zarr, and what is given as an array ---


def _array_rows(X, y, rows_at_once, scale):
    name = _name(X)
    X = _open_array(X, "X", 2)
    if y is None:
        raise TypeError("y was left out; expected the labels, as a file or an array.")
    y = _open_array(y, "y", 1)
    N, D = X.shape
    if y.shape[0] != N:
        raise ValueError(
            f"y has {y.shape[0]} labels for {N} rows of {name}; expected one label per row. "
            f"Do the two files belong together?"
        )
    rows = rows_at_once or _block_rows(X)

    def spans():
        return ((start, min(start + rows, N)) for start in range(0, N, rows))

    def blocks():
        for start, stop in spans():
            yield _as_floats(X[start:stop], scale), np.asarray(y[start:stop])
            _let_go(X)

    def labels():
        return (np.asarray(y[start:stop]) for start, stop in spans())

    return StoredRows(name, (N, D), blocks, labels)


def _open_array(value, name, ndim):
    """Return something with shape and dtype whose slices of rows are arrays."""
    if isinstance(value, str | Path):
        value = _NpyFile(value) if _kind(value) == "npy" else _open_zarr(value)
    elif not (hasattr(value, "shape") and hasattr(value, "dtype")):
        value = plain_array(value, name)
    if len(value.shape) != ndim or 0 in value.shape:
        raise ValueError(
            f"{name} has shape {tuple(value.shape)}; expected "
            f"{'(N, D), one sample per row' if ndim == 2 else '(N,), one label per row'}."
        )
    if np.dtype(value.dtype).kind not in ("biuf" if ndim == 2 else "iu"):
        raise TypeError(
            f"{name} holds {value.dtype} values; expected "
            f"{'numbers' if ndim == 2 else 'integer labels 0…C−1'}."
        )
    return value


class _NpyFile:
    """A .npy file of which blocks of rows are read, and nothing stays in memory.

    A mapped file would count as resident memory once it was read, and end the program where the
    file is shorter than it says.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            mapped = np.load(path, mmap_mode="r", allow_pickle=False)
            self.shape, self.dtype, self.offset = mapped.shape, mapped.dtype, mapped.offset
        except (ValueError, EOFError) as error:
            raise ValueError(
                f"{path} cannot be read ({error}); expected a whole .npy file of numbers. Was it "
                f"cut short on the way?"
            ) from error
        self.mapped = None if mapped.flags.c_contiguous else mapped  # each column in one piece

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        if self.mapped is not None:
            return np.array(self.mapped[rows])
        start, stop, _ = rows.indices(len(self))
        block = np.empty((stop - start, *self.shape[1:]), self.dtype)
        row_bytes = block.nbytes // len(block)
        with self.path.open("rb", buffering=0) as stream:
            stream.seek(self.offset + start * row_bytes)
            rest = memoryview(block).cast("B")
            while len(rest):
                got = stream.readinto(rest)
                if not got:
                    raise ValueError(
                        f"{self.path} ends within its row {stop - len(rest) // row_bytes - 1} "
                        f"of {len(self)}; expected a whole file. Is it still being written?"
                    )
                rest = rest[got:]
        return block


def _open_zarr(path):
    try:
        import zarr
    except ImportError as error:
        raise ImportError(
            f"{path} is read by zarr, which is not installed. Install it with "
            f"python -m pip install zarr."
        ) from error
    opened = zarr.open(path, mode="r")
    if not hasattr(opened, "dtype"):
        raise ValueError(
            f"{path} is a group of arrays: {', '.join(sorted(opened.array_keys()))}; expected one "
            f"array. Pass zarr.open(…)[name]."
        )
    return opened


def _block_rows(X):
    """Return how many rows make a block of about 8 MB; for chunked arrays, of whole chunks."""
    rows = max(1, BLOCK // (X.shape[1] * np.dtype(X.dtype).itemsize))
    chunk = (getattr(X, "chunks", None) or [1])[0]
    return max(rows // chunk, 1) * chunk


def _let_go(X):
    """Give back the memory of the rows that were read from a mapped array; the file keeps them."""
    mapped = getattr(X, "mapped", X)
    if getattr(mapped, "mode", None) not in ("r", "r+", "w+"):  # "c" has changes of its own
        return
    while mapped is not None and not isinstance(mapped, mmap.mmap):
        mapped = mapped.base
    if mapped is not None and hasattr(mapped, "madvise"):
        mapped.madvise(mmap.MADV_DONTNEED)


def _as_floats(block, scale):
    block = np.asarray(block)
    if block.dtype.type not in FLOATS:
        narrow = block.dtype.kind in "biu" and block.dtype.itemsize <= 2
        block = block.astype(np.float32 if narrow else np.float64)
    return block if scale is None else block * block.dtype.type(scale)


# --- parquet ---


def _parquet_files(path):
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def _parquet_rows(paths, y, label, rows_at_once, scale):
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ImportError(
            f"{paths[0]} is read by pyarrow, which is not installed. Install it with "
            f"python -m pip install pyarrow."
        ) from error
    name = str(paths[0]) if len(paths) == 1 else str(paths[0].parent)
    columns = pq.read_schema(paths[0]).names
    if y is not None or label not in columns:
        came = "y was passed" if y is not None else f"label is {label!r}"
        raise ValueError(
            f"{came}; expected label, the name of the column of {name} that holds the labels, one "
            f"of {', '.join(columns[:12])}{', …' if len(columns) > 12 else ''}."
        )
    features = [column for column in columns if column != label]
    if not features:
        raise ValueError(f"{name} has no column beside {label!r}; expected features.")
    N = sum(pq.read_metadata(path).num_rows for path in paths)
    if N == 0:
        raise ValueError(f"{name} has no rows; expected at least one.")

    def read(wanted, rows):
        for path in paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=rows, columns=wanted):
                    if len(batch):
                        yield batch

    first = next(read(features, 1))
    D = _matrix(first, features).shape[1]
    rows = rows_at_once or max(1, BLOCK // (8 * D))

    def blocks():
        for batch in read(columns, rows):
            X = _as_floats(_matrix(batch, features), scale)
            yield X, batch.column(label).to_numpy(zero_copy_only=False)

    def labels():
        return (b.column(label).to_numpy(zero_copy_only=False) for b in read([label], rows))

    return StoredRows(name, (N, D), blocks, labels)


def _matrix(batch, features):
    """Return the features of a batch as a matrix; a column of lists of one length is several."""
    parts = []
    for feature in features:
        column = batch.column(feature)
        if hasattr(column.type, "list_size"):
            part = column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
        else:
            part = column.to_numpy(zero_copy_only=False)[:, np.newaxis]
        if part.dtype.kind not in "biuf":
            raise TypeError(
                f"The column {feature!r} holds {column.type} values; expected numbers, or lists "
                f"of numbers that all have one length. Leave it out, or make it numbers first."
            )
        parts.append(part)
    return parts[0] if len(parts) == 1 else np.hstack(parts)
