"""Rows in files come as they are in memory, block by block, whatever the kind of file."""

import builtins

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr

from softmax_steps.stored_rows import open_rows

N, D = 23, 3


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, D)).astype(np.float32), rng.integers(0, 4, N)


def as_npy(folder, X, y):
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y.astype(np.uint8))
    return {"X": folder / "X.npy", "y": str(folder / "y.npy")}


def as_fortran_npy(folder, X, y):
    np.save(folder / "X.npy", np.asfortranarray(X))
    return {"X": folder / "X.npy", "y": y}


def as_map(folder, X, y):
    np.save(folder / "X.npy", X)
    return {"X": np.load(folder / "X.npy", mmap_mode="r"), "y": y}


def as_zarr(folder, X, y):
    for name, array in (("X", X), ("y", y)):
        stored = zarr.create_array(
            folder / f"{name}.zarr", shape=array.shape, chunks=(5, *X.shape[1:])[: array.ndim],
            dtype=array.dtype,
        )  # fmt: skip
        stored[:] = array
    return {"X": folder / "X.zarr", "y": folder / "y.zarr"}


def as_parquet(folder, X, y):
    table = pa.table({"one": X[:, 0], "two": X[:, 1], "digit": y, "three": X[:, 2]})
    pq.write_table(table, folder / "all.parquet", row_group_size=9)
    return {"X": folder / "all.parquet", "label": "digit"}


def as_parquet_folder(folder, X, y):
    lists = pa.FixedSizeListArray.from_arrays(pa.array(X.ravel()), D)
    table = pa.table({"pixels": lists, "digit": y})
    for number, rows in enumerate((slice(0, 10), slice(10, N))):
        part = table.slice(rows.start, rows.stop - rows.start)
        pq.write_table(part, folder / f"part-{number}.parquet")
    return {"X": folder, "label": "digit"}


@pytest.mark.parametrize(
    "store", [as_npy, as_fortran_npy, as_map, as_zarr, as_parquet, as_parquet_folder]
)
@pytest.mark.parametrize("rows_at_once", [None, 1, 7])
def test_each_kind_gives_the_rows_in_their_order(tmp_path, data, store, rows_at_once):
    X, y = data
    rows = open_rows(**store(tmp_path, X, y), rows_at_once=rows_at_once)
    assert rows.shape == (N, D)
    assert repr(rows).endswith(": 23 samples, 3 features)")
    for _ in range(2):  # as often as one likes
        blocks = list(rows.blocks())
        assert np.array_equal(np.vstack([block for block, _ in blocks]), X)
        assert np.array_equal(np.concatenate([labels for _, labels in blocks]), y)
        assert np.array_equal(np.concatenate(list(rows.labels())), y)
    assert {block.dtype for block, _ in blocks} == {np.dtype(np.float32)}
    assert max(len(block) for block, _ in blocks) <= (rows_at_once or N)


@pytest.mark.parametrize(
    ("came", "becomes"),
    [("uint8", "float32"), ("int16", "float32"), ("int32", "float64"), ("float16", "float16")],
)
def test_numbers_become_a_type_that_holds_them_and_are_scaled(came, becomes):
    X = np.arange(12, dtype=came).reshape(4, 3)
    ((block, _),) = open_rows(X, [0, 1, 0, 1], scale=0.5).blocks()
    assert block.dtype == becomes
    assert np.array_equal(block, X / 2)
    assert X[3, 2] == 11


def test_blocks_of_a_zarr_array_are_whole_chunks(tmp_path):
    X = zarr.create_array(tmp_path / "X.zarr", shape=(20, 2), chunks=(6, 2), dtype="f4")
    rows = open_rows(X, np.zeros(20, int))
    assert [len(block) for block, _ in rows.blocks()] == [20]
    big = zarr.create_array(tmp_path / "B.zarr", shape=(9000, 1000), chunks=(700, 1000), dtype="f4")
    blocks = open_rows(big, np.zeros(9000, int)).blocks()
    assert len(next(blocks)[0]) == 1400  # 8 MB are 2097 rows: two chunks of 700


def test_changes_of_a_copy_on_write_map_are_kept(tmp_path):
    np.save(tmp_path / "X.npy", np.zeros((4, 1000)))
    X = np.load(tmp_path / "X.npy", mmap_mode="c")
    X += 1
    rows = open_rows(X, [0, 1, 0, 1], rows_at_once=2)
    for _ in range(2):
        assert all((block == 1).all() for block, _ in rows.blocks())


def test_a_file_that_was_cut_short_is_told(tmp_path):
    path = tmp_path / "X.npy"
    np.save(path, np.zeros((100, 10)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-4000])
    with pytest.raises(ValueError, match=r"X.npy cannot be read .* cut short on the way"):
        open_rows(path, np.zeros(100, int))
    path.write_bytes(whole)
    rows = open_rows(path, np.zeros(100, int), rows_at_once=100)
    path.write_bytes(whole[:-4000])  # while it is read: no signal ends the program
    with pytest.raises(ValueError, match=r"ends within its row 49 of 100"):
        list(rows.blocks())


X4, Y4 = np.zeros((4, 2)), np.array([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("X", "y", "options", "error", "message"),
    [
        ("nowhere.npy", Y4, {}, FileNotFoundError, "There is no nowhere.npy"),
        (__file__, Y4, {}, ValueError, "expected .npy, .zarr or .parquet"),
        (X4, None, {}, TypeError, "y was left out"),
        (X4, Y4[:3], {}, ValueError, "y has 3 labels for 4 rows of an array"),
        (X4[0], Y4, {}, ValueError, r"X has shape \(2,\); expected \(N, D\)"),
        (X4, X4, {}, ValueError, r"y has shape \(4, 2\); expected \(N,\)"),
        (X4[:0], Y4[:0], {}, ValueError, r"X has shape \(0, 2\)"),
        (X4.astype(str), Y4, {}, TypeError, "X holds <U32 values; expected numbers"),
        (X4, Y4 / 1, {}, TypeError, "y holds float64 values; expected integer labels"),
        (X4, Y4, {"label": "digit"}, TypeError, "label is 'digit', but an array"),
        (X4, Y4, {"rows_at_once": 0}, ValueError, "rows_at_once is 0"),
    ],
)
def test_a_wrong_call_says_what_came_and_what_was_expected(X, y, options, error, message):
    with pytest.raises(error, match=message):
        open_rows(X, y, **options)


def test_parquet_without_its_label_or_with_words_is_refused(tmp_path):
    path = tmp_path / "X.parquet"
    pq.write_table(pa.table({"a": [1.0], "name": ["x"], "digit": [1]}), path)
    with pytest.raises(ValueError, match=r"label is None; expected label.*one of a, name, digit"):
        open_rows(path)
    with pytest.raises(ValueError, match="y was passed; expected label"):
        open_rows(path, [1])
    with pytest.raises(TypeError, match="column 'name' holds string values"):
        open_rows(path, label="digit")
    pq.write_table(pa.table({"digit": [1]}), path)
    with pytest.raises(ValueError, match="no column beside 'digit'"):
        open_rows(path, label="digit")
    pq.write_table(pa.table({"a": pa.array([], "f8"), "digit": pa.array([], "i8")}), path)
    with pytest.raises(ValueError, match="has no rows"):
        open_rows(path, label="digit")


def test_a_zarr_group_names_its_arrays(tmp_path):
    group = zarr.create_group(tmp_path / "all.zarr")
    group.create_array("pixels", shape=(4, 2), dtype="f4")
    with pytest.raises(ValueError, match="a group of arrays: pixels"):
        open_rows(tmp_path / "all.zarr", Y4)


@pytest.mark.parametrize(("kind", "library"), [("zarr", "zarr"), ("parquet", "pyarrow")])
def test_without_its_library_a_file_says_what_to_install(tmp_path, monkeypatch, kind, library):
    path = tmp_path / f"X.{kind}"
    path.mkdir() if kind == "zarr" else path.touch()
    real = builtins.__import__

    def without(name, *args, **options):
        if name.startswith(library):
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=f"read by {library}.*pip install {library}"):
        open_rows(path, Y4)
