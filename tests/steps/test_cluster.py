"""Rows on a cluster of real processes give what they give on one machine, also when one dies."""

import os
import signal
import sys
import time
from threading import Thread
from types import SimpleNamespace

import dask
import dask.array as da
import numpy as np
import pytest
from dask import delayed
from distributed import Client, LocalCluster
from threadpoolctl import threadpool_limits

from softmax_steps import cluster, fit, load_digits, loss_and_gradient

from ..waiting import PATIENCE, wait_until


@pytest.fixture(scope="module")
def client():
    dask.config.set({"distributed.comm.timeouts.connect": PATIENCE})
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
        ) as local,
        Client(local) as client,
    ):
        yield client


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def problem():
    X, y = load_digits()
    rng = np.random.default_rng(0)
    return X, y, rng.normal(size=(64, 10)), rng.normal(size=10)


def assert_same(ours, whole):
    assert ours.loss == pytest.approx(whole.loss, rel=1e-13)
    assert np.abs(ours.dW - whole.dW).max() < 1e-14
    assert np.abs(ours.db - whole.db).max() < 1e-14


def test_a_worker_killed_in_mid_step_loses_nothing(client, problem, tmp_path):
    X, y, W, b = problem
    sign = tmp_path / "at_work"

    def read(number, X):
        """Give a part; the first worker that comes to part 7 says so, and waits for its end."""
        if number == 7 and not sign.exists():
            (tmp_path / "new").write_text(str(os.getpid()))
            (tmp_path / "new").rename(sign)
            while True:
                time.sleep(1)
        return X

    def kill():
        wait_until(sign.exists)
        killed.append(int(sign.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    killed, workers = [], {info["name"] for info in client.scheduler_info()["workers"].values()}
    pids = set(client.run(os.getpid).values())
    cuts = np.array_split(np.arange(len(X)), 20)
    parts = [
        da.from_delayed(delayed(read)(number, X[rows]), (len(rows), 64), X.dtype)
        for number, rows in enumerate(cuts)
    ]
    watcher = Thread(target=kill)
    watcher.start()
    try:
        ours = cluster.loss_and_gradient(
            da.concatenate(parts), y, W, b, strength=0.1, client=client
        )
    finally:
        sign.touch()  # had nobody come so far, the thread would wait
        watcher.join()
    assert len(workers) == 2
    assert killed[0] in pids
    assert_same(ours, loss_and_gradient(X, y, W, b, strength=0.1))


def test_an_array_and_parts_and_futures_give_the_whole(client, problem):
    X, y, W, b = problem
    rows = da.from_array(X, chunks=(450, -1))
    whole = loss_and_gradient(X, y, W, b, strength=0.1)
    assert_same(cluster.loss_and_gradient(rows, y, W, b, strength=0.1, client=client), whole)
    labels = da.from_array(y, chunks=700)  # cut in another way
    assert_same(cluster.loss_and_gradient(rows, labels, W, b, strength=0.1), whole)
    parts = [(delayed(X[part]), delayed(y[part])) for part in (slice(0, 9), slice(9, None))]
    assert_same(cluster.loss_and_gradient(parts, W=W, b=b, strength=0.1), whole)
    kept = client.scatter([(X[part], y[part]) for part in (slice(0, 900), slice(900, None))])
    futures = [(client.submit(_first, pair), client.submit(_second, pair)) for pair in kept]
    assert_same(cluster.loss_and_gradient(futures, W=W, b=b, strength=0.1), whole)


def _first(pair):
    return pair[0]


def _second(pair):
    return pair[1]


def test_no_knot_of_the_tree_adds_more_than_a_few_and_the_model_is_one_task(problem):
    X, y, W, b = problem
    asked = []

    class Here:
        """In a client's place: computes in this process."""

        def compute(self, tree):
            asked.append(tree)
            return SimpleNamespace(result=lambda: tree.compute(scheduler="synchronous"))

    rows = da.from_array(X, chunks=(20, -1))  # 90 parts
    parts = cluster._require_parts(rows, y)
    ours = cluster._one_step(Here(), parts, W, b, 0.1)
    assert_same(ours, loss_and_gradient(X, y, W, b, strength=0.1))
    graph = asked[0].__dask_graph__()
    names = [str(key).split("-")[0] for key in graph]
    assert names.count("_part") == 90
    assert names.count("add_sums") == 12 + 2 + 1
    assert names.count("_Model") == 1


def test_the_fit_is_that_of_one_machine_and_prints_where_to_watch(client, problem, capsys):
    X, y, *_ = problem
    X, y = X[:600], y[:600]
    rows = client.persist(da.from_array(X, chunks=(200, -1)))
    ours = cluster.fit(rows, y, strength=0.1)
    whole = fit(X, y, strength=0.1)
    assert np.abs(ours.W - whole.W).max() < 1e-8
    assert np.abs(ours.b - whole.b).max() < 1e-8
    shown = capsys.readouterr()
    first, _ = shown.out.split("\n", 1)
    assert first == f"Dask's dashboard, to watch the machines at work: {client.dashboard_link}"
    assert f"loss {ours.loss:.4f}" in shown.out
    assert cluster.fit(rows, y, strength=0.1, initial=ours, progress=False).passes <= 3
    assert capsys.readouterr().out == ""


def test_the_compiled_kernel_gives_the_same_on_a_cluster(client, problem, monkeypatch):
    pytest.importorskip("numba", reason="the extra softmax-steps[compiled] brings it")
    X, y, W, b = problem
    rows = da.from_array(X[:600], chunks=(200, -1))
    ours = cluster.loss_and_gradient(rows, y[:600], W, b, strength=0.1, kernel="numba")
    assert_same(ours, loss_and_gradient(X[:600], y[:600], W, b, strength=0.1))
    ours, plain = (
        cluster.fit(
            rows,
            y[:600],
            strength=0.1,
            tolerance=1e-7,
            progress=False,
            client=client,
            kernel=kernel,
        )
        for kernel in ("numba", "numpy")
    )
    assert np.abs(ours.W - plain.W).max() < 1e-6
    with pytest.raises(ValueError, match="kernel is 'jax'"):
        cluster.fit(rows, y[:600], strength=0.1, kernel="jax")
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r"needs numba.*softmax-steps\[compiled\]"):
        cluster.loss_and_gradient(rows, y[:600], W, b, kernel="numba")


def test_without_bokeh_or_dashboard_it_says_so(client, monkeypatch):
    monkeypatch.setattr(client, "run_on_scheduler", lambda function: False)
    assert "since bokeh is not installed where it runs" in cluster.dashboard_line(client)
    monkeypatch.setattr(client, "scheduler_info", lambda: {"services": {}})
    assert "without a dashboard" in cluster.dashboard_line(client)


def test_a_bad_entry_is_named_with_its_part(client, problem):
    X, y, W, b = problem
    X = X[:50].copy()
    X[33, 1] = np.nan
    rows = da.from_array(X, chunks=(20, -1))
    for wrong in (
        lambda: cluster.loss_and_gradient(rows, y[:50], W, b),
        lambda: cluster.fit(rows, y[:50], strength=0.1, progress=False),
    ):
        with pytest.raises(ValueError, match=r"In part 1 of the rows, .*: X\[13, 1\] is nan"):
            wrong()


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (np.zeros((4, 2)), [0, 1, 0, 1], TypeError, "X is a ndarray; expected a Dask array"),
        ([[0.0, 1.0]], [0], TypeError, "X is a list; expected its parts as pairs"),
        (da.zeros((4, 2), chunks=(2, 1)), [0, 1, 0, 1], ValueError, r"X.rechunk\(\{1: -1\}\)"),
        (da.zeros((4, 2)), [0, 1], ValueError, r"y has shape \(2,\) for 4 rows of X"),
        (da.zeros((4, 2))[da.zeros(4) == 0], [0], ValueError, "compute_chunk_sizes"),
    ],
)
def test_a_wrong_call_says_what_came_and_how_to_mend_it(client, X, y, error, message):
    with pytest.raises(error, match=message):
        cluster.loss_and_gradient(X, y, np.zeros((2, 2)))


def test_a_client_must_be_one(client):
    with pytest.raises(TypeError, match=r"client is a str; expected a distributed.Client"):
        cluster.loss_and_gradient(da.zeros((4, 2)), [0] * 4, np.zeros((2, 2)), client="tcp://")


def test_without_a_cluster_it_says_how_to_make_one(client, monkeypatch):
    def no_client():
        raise ValueError("No global client found and no address provided")

    monkeypatch.setattr("distributed.get_client", no_client)
    with pytest.raises(ValueError, match=r"There is no cluster.*client = Client\(\)"):
        cluster.loss_and_gradient(da.zeros((4, 2)), [0] * 4, np.zeros((2, 2)))


def test_without_dask_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r"need Dask.*pip install dask distributed"):
        cluster.loss_and_gradient(np.zeros((4, 2)), [0] * 4, np.zeros((2, 2)))
