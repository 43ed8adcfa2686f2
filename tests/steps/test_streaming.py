"""Rows in blocks give what they give at once, in memory that does not grow with them."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from softmax_steps import fit, load_digits, loss_and_gradient, streaming
from softmax_steps.stored_rows import open_rows


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@given(
    seed=st.integers(0, 2**32 - 1),
    rows_at_once=st.integers(1, 40),
    dtype=st.sampled_from(["float64", "float32"]),
    strength=st.sampled_from([0.0, 0.1]),
    with_bias=st.booleans(),
)
def test_blocks_of_any_size_give_the_loss_and_gradient_of_the_whole(
    seed, rows_at_once, dtype, strength, with_bias
):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(37, 5)).astype(dtype), rng.integers(0, 3, 37)
    W = rng.normal(size=(5, 3)).astype(dtype)
    b = rng.normal(size=3).astype(dtype) if with_bias else None
    rows = open_rows(X, y, rows_at_once=rows_at_once)
    ours = streaming.loss_and_gradient(rows, W, b, strength=strength, progress=False)
    whole = loss_and_gradient(X, y, W, b, strength=strength)
    tolerance = 20 * float(np.finfo(dtype).eps)
    assert ours.loss == pytest.approx(whole.loss, rel=tolerance)
    for mine, theirs in ((ours.dW, whole.dW), (ours.db, whole.db)):
        assert mine.dtype == dtype
        assert np.abs(mine - theirs).max() < tolerance * max(np.abs(theirs).max(), 1)


def test_the_fit_over_blocks_of_bytes_is_that_of_the_whole(tmp_path, capsys):
    X, y = load_digits()
    np.save(tmp_path / "X.npy", (X * 16).astype(np.uint8))
    np.save(tmp_path / "y.npy", y.astype(np.uint8))
    rows = open_rows(tmp_path / "X.npy", tmp_path / "y.npy", rows_at_once=500, scale=1 / 16)
    ours, whole = streaming.fit(rows, strength=0.01), fit(X, y, strength=0.01)
    assert ours.W.dtype == np.float64
    assert np.abs(ours.W - whole.W).max() < 1e-4
    assert np.abs(ours.b - whole.b).max() < 1e-4
    shown = capsys.readouterr()
    assert f"pass {ours.passes}: 100%" in shown.out
    assert "1.80k/1.80k" in shown.out
    assert f"loss {ours.loss:.4f}" in shown.out
    assert shown.err == ""
    warm = streaming.fit(rows, strength=0.01, n_classes=10, initial=ours, progress=False)
    assert warm.passes <= 3


def test_one_pass_shows_its_bar(capsys):
    rows = open_rows(np.zeros((50, 2)), np.zeros(50, int), rows_at_once=20)
    streaming.loss_and_gradient(rows, np.zeros((2, 2)))
    assert "50.0/50.0" in capsys.readouterr().out


def test_a_bad_entry_is_named_with_the_rows_of_its_block():
    X, y = np.zeros((50, 2)), np.arange(50) % 2
    X[33, 1] = np.nan
    rows = open_rows(X, y, rows_at_once=20)
    for wrong in (
        lambda: streaming.loss_and_gradient(rows, np.zeros((2, 2)), progress=False),
        lambda: streaming.fit(rows, strength=0.1, progress=False),
    ):
        with pytest.raises(ValueError, match=r"In rows 20…39 of an array .*: X\[13, 1\] is nan"):
            wrong()
    y[21] = 7
    with pytest.raises(ValueError, match=r"In rows 20…39 .*: y\[1\] is 7; expected a label in 0…1"):
        streaming.fit(rows, strength=0.1, n_classes=2, progress=False)


def test_arrays_in_memory_are_sent_to_the_other_function():
    with pytest.raises(TypeError, match=r"expected StoredRows. Open files with"):
        streaming.fit(np.zeros((2, 2)), strength=0.1)


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """250 MB of rows, twice: read by their path, and mapped by the caller."""
    script = """
        import resource, sys
        import numpy as np
        from softmax_steps import streaming
        from softmax_steps.stored_rows import open_rows

        X = np.lib.format.open_memmap("X.npy", "w+", np.float32, (80_000, 784))  # a sparse file
        X[0] = X[-1] = 1
        X.flush()
        y = np.arange(len(X), dtype=np.uint8) % 2
        W, b = np.zeros((784, 2), np.float32), np.zeros(2, np.float32)
        peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        streaming.loss_and_gradient(open_rows(X[:5000], y[:5000]), W, b, progress=False)
        before = peak()
        for rows in (open_rows("X.npy", y), open_rows(X, y)):
            print(streaming.loss_and_gradient(rows, W, b, progress=False).loss)
        unit = 1 if sys.platform == "darwin" else 1024
        print((peak() - before) * unit)
        optional = {"scipy", "sklearn", "zarr", "pyarrow", "dask", "tqdm"} & set(sys.modules)
        assert not optional, optional  # each only where it is used
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=tmp_path,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    first, second, growth = map(float, result.stdout.split())
    assert first == second == pytest.approx(np.log(2), rel=1e-6)
    assert growth < 60e6
