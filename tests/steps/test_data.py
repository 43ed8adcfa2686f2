import gzip
import hashlib
import io
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets
from hypothesis import given
from hypothesis import strategies as st

from softmax_steps import (
    data,
    download,
    load_cifar10,
    load_digits,
    load_mnist,
    train_validation_split,
)
from softmax_steps.data import read_idx
from softmax_steps.download import PublishedFile

# --- the digits that ship with the package ---------------------------------------------


def test_the_digits_are_scikit_learns_divided_by_16():
    X, y = load_digits()
    theirs = sklearn.datasets.load_digits()
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert np.array_equal(16 * X, theirs.data)
    assert np.array_equal(y, theirs.target)


def test_changing_the_digits_changes_nothing_for_the_next_caller():
    X, y = load_digits()
    X[:] = -1
    y[:] = -1
    again = load_digits()
    assert again.X.min() == 0
    assert again.y.min() == 0


# --- the split --------------------------------------------------------------------------


@given(
    n=st.integers(2, 60),
    share=st.floats(0.001, 0.999),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_sample_lands_in_one_part_with_its_own_label(n, share, seed):
    X = np.arange(n * 3.0).reshape(n, 3)
    y = np.arange(n)
    split = train_validation_split(X, y, validation=share, rng=np.random.default_rng(seed))
    ours, theirs = split.y_train, split.y_validation
    assert len(theirs) == min(max(round(share * n), 1), n - 1)
    assert np.array_equal(np.sort(np.concatenate([ours, theirs])), y)
    assert np.array_equal(split.X_train, X[ours])
    assert np.array_equal(split.X_validation, X[theirs])


def test_the_same_seed_deals_the_same_split_and_another_seed_another():
    X, y = load_digits()
    one, same, other = (
        train_validation_split(X, y, rng=np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert np.array_equal(one.X_train, same.X_train)
    assert not np.array_equal(one.X_train, other.X_train)


def test_the_split_keeps_the_type_and_leaves_its_input_alone():
    X = np.ones((4, 2), dtype=np.float32)
    y = np.array([0, 1, 0, 1], dtype=np.int8)
    split = train_validation_split(X, y, validation=0.5, rng=np.random.default_rng(0))
    split.X_train[:] = 5
    split.X_validation[:] = 5
    split.y_train[:] = 5
    assert split.X_train.dtype == np.float32
    assert split.y_train.dtype == np.int8
    assert X.max() == 1
    assert y.max() == 1


X4, Y4 = np.ones((4, 2)), np.array([0, 1, 2, 1])


@pytest.mark.parametrize(
    ("X", "y", "options", "error", "message"),
    [
        (X4, Y4[:3], {}, ValueError, "3 labels .* 4 rows"),
        (X4, Y4 - 1, {}, ValueError, r"y\[0\] is -1"),
        (X4, Y4 / 2, {}, TypeError, "y holds float64"),
        (X4, np.eye(3)[Y4], {}, ValueError, "one-hot"),
        (X4, np.array([]), {}, ValueError, "holds no labels"),
        (X4[0], Y4, {}, ValueError, r"shape \(2,\)"),
        (X4[:0], Y4[:0], {}, ValueError, "holds no numbers"),
        (X4.astype(object), Y4, {}, TypeError, "object"),
        (X4[:1], Y4[:1], {}, ValueError, "at least 2"),
        (X4, Y4, {"validation": 0}, ValueError, "above 0"),
        (X4, Y4, {"validation": 2}, ValueError, r"pass 2 / len\(X\)"),
        (X4, Y4, {"validation": float("nan")}, ValueError, "nan"),
        (X4, Y4, {"validation": "half"}, TypeError, "'half'"),
        (X4, Y4, {"rng": 0}, TypeError, "default_rng"),
        (X4, Y4, {"rng": np.random}, TypeError, "default_rng"),
    ],
)
def test_a_wrong_call_of_the_split_says_what_came_and_how_to_mend_it(X, y, options, error, message):
    with pytest.raises(error, match=message):
        train_validation_split(X, y, **{"rng": np.random.default_rng(0), **options})


# --- MNIST ------------------------------------------------------------------------------

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "mnist"


def idx(array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A reader's folder; no test below may reach for the network."""
    monkeypatch.setenv(download.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(download, "_cache_folder", lambda: pytest.fail("not in the folder"))
    return tmp_path


def publish(folder, name, content):
    """Write a small file and treat it as the published one."""
    (folder / name).write_bytes(content)
    return PublishedFile(name, hashlib.sha256(content).hexdigest(), ())


IMAGES = np.random.default_rng(0).integers(0, 256, size=(5, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 0, 9, 1, 1], dtype=np.uint8)


@pytest.fixture
def mnist(folder, monkeypatch):
    """Publish small files as both parts of MNIST."""

    def publish_both(images=None, labels=None, pack=gzip.compress):
        files = (
            publish(folder, "images.gz", pack(idx(IMAGES) if images is None else images)),
            publish(folder, "labels.gz", pack(idx(LABELS) if labels is None else labels)),
        )
        monkeypatch.setattr(data, "MNIST", {"train": files, "test": files})

    return publish_both


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_mnist_is_one_row_of_fractions_for_each_image(mnist, dtype):
    mnist()
    X, y = load_mnist("test", dtype=dtype)
    assert X.dtype == dtype
    assert y.dtype == np.int64
    assert X.shape == (5, 784)
    assert np.array_equal(X, (IMAGES.reshape(5, 784) / dtype(255)).astype(dtype))
    assert np.array_equal(y, LABELS)
    X[:], y[:] = 7, 7  # what we return belongs to the caller


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"pack": bytes}, "cannot be unpacked .*whole gzip file"),
        ({"pack": lambda raw: gzip.compress(raw)[:-20]}, "cannot be unpacked"),
        ({"pack": lambda raw: gzip.compress(raw)[:60] + bytes(99)}, "cannot be unpacked"),
        ({"images": b""}, "begins with nothing"),
        ({"images": b"PK\3\4" + bytes(99)}, "begins with 50 4b 03 04; expected 00 00 08"),
        ({"images": b"\0\0\x0d\3" + bytes(99)}, "begins with 00 00 0d 03"),
        ({"images": b"\0\0\x08\0" + bytes(99)}, "begins with 00 00 08 00"),
        ({"images": idx(LABELS), "labels": idx(IMAGES)}, "1 axes; expected 3 .* swapped"),
        ({"images": idx(IMAGES)[:10]}, "ends after 10 bytes, within its header of 16"),
        ({"images": idx(IMAGES)[:-1]}, "3919 bytes .* 5 × 28 × 28 = 3920"),
        ({"images": idx(IMAGES) + b"1"}, "3921 bytes .* 5 × 28 × 28 = 3920"),
        ({"images": idx(IMAGES[:0])}, r"shape \(0, 28, 28\) and so holds nothing"),
        ({"labels": idx(LABELS[:4])}, "5 images but labels.gz holds 4 labels"),
        ({"labels": idx(LABELS + 1)}, "labels.gz gives image 2 the label 10"),
    ],
)
def test_a_file_that_is_not_mnist_is_refused_by_name(mnist, files, message):
    mnist(**files)
    with pytest.raises(ValueError, match=message):
        load_mnist("test")


@pytest.mark.parametrize("load", [load_mnist, load_cifar10])
def test_a_wrong_call_is_refused_before_anything_is_fetched(folder, load):
    with pytest.raises(ValueError, match="'valid'; expected 'train' or 'test'"):
        load("valid")
    for dtype in (np.uint8, "pixels", complex):
        with pytest.raises(TypeError, match=r"expected np\.float16"):
            load("train", dtype=dtype)


@given(shape=st.lists(st.integers(1, 6), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_an_idx_file_of_any_shape_is_read_back(tmp_path_factory, shape, seed):
    array = np.random.default_rng(seed).integers(0, 256, size=shape, dtype=np.uint8)
    path = tmp_path_factory.getbasetemp() / "any.gz"
    path.write_bytes(gzip.compress(idx(array)))
    pixels = read_idx(path)
    assert np.array_equal(pixels, array)
    assert pixels.flags.writeable


def test_the_idx_reader_on_the_real_test_set():
    # Packed anew, so not the published .gz; the SHA-256 are those of the published contents.
    paths = [SHARED / "t10k-images-idx3-ubyte.gz", SHARED / "t10k-labels-idx1-ubyte.gz"]
    if missing := [path.name for path in paths if not path.exists()]:
        pytest.skip(f"needs {' and '.join(missing)} in shared/data/mnist beside the repository")
    contents = [
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ]
    for path, sha256 in zip(paths, contents, strict=True):
        assert hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() == sha256
    images, labels = read_idx(paths[0], ndim=3), read_idx(paths[1], ndim=1)
    assert images.shape == (10_000, 28, 28)
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(labels).tolist() == counts
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    # A digit's ink lies inside; were rows and their bytes out of step, it would wander out.
    assert images[:, 8:20, 8:20].mean() > 10 * images[:, :2].mean()


def test_a_file_packed_anew_is_refused_by_load_mnist():
    if not (SHARED / "t10k-images-idx3-ubyte.gz").exists():
        pytest.skip("needs t10k-images-idx3-ubyte.gz in shared/data/mnist beside the repository")
    with pytest.raises(ValueError, match="packed anew"):
        load_mnist("test", folder=SHARED)


def test_every_published_file_has_a_full_hash_and_a_safe_address():
    for file in (*data.MNIST["train"], *data.MNIST["test"], data.CIFAR10):
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.addresses
        for address in file.addresses:
            assert address.startswith("https://")
            assert address.endswith("/" + file.name)


# --- CIFAR-10 ---------------------------------------------------------------------------


def batch(labels, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (len(labels), 3072), dtype=np.uint8)
    return np.hstack([np.array(labels, dtype=np.uint8)[:, np.newaxis], pixels])


def archive(members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def cifar10(folder, monkeypatch):
    def publish_archive(content):
        monkeypatch.setattr(data, "CIFAR10", publish(folder, "cifar-10-binary.tar.gz", content))

    return publish_archive


def test_cifar10_is_one_row_of_fractions_for_each_image_in_the_order_of_the_batches(cifar10):
    batches = {f"data_batch_{i}.bin": batch([i, i + 1], seed=i) for i in (3, 1, 2, 5, 4)}
    batches["test_batch.bin"] = batch([9], seed=9)
    cifar10(archive({name: rows.tobytes() for name, rows in batches.items()} | {"readme": b"x"}))
    X, y = load_cifar10()
    assert y.tolist() == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]
    assert X.dtype == np.float32
    assert np.array_equal(X[2:4], batches["data_batch_2.bin"][:, 1:] / np.float32(255))
    X, y = load_cifar10("test", dtype=np.float64)
    assert y.tolist() == [9]
    assert np.array_equal(X, batches["test_batch.bin"][:, 1:] / 255)


GOOD = batch([1, 2]).tobytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "cannot be unpacked"),
        (archive({"test_batch.bin": GOOD})[:-400], "cannot be unpacked"),
        (gzip.compress(b"gzip, but no tar", mtime=0), "cannot be unpacked"),
        (archive({"test_batch": GOOD}), r"holds no test_batch\.bin; .*Python"),
        (archive({"test_batch.bin": GOOD[:-1]}), "6145 bytes; expected a multiple of 3073"),
        (archive({"test_batch.bin": b""}), "0 bytes; expected a multiple of 3073"),
        (archive({"test_batch.bin": batch([1, 10]).tobytes()}), "gives image 1 the label 10"),
    ],
)
def test_an_archive_that_is_not_cifar10_is_refused(cifar10, content, message):
    cifar10(content)
    with pytest.raises(ValueError, match=message):
        load_cifar10("test")
