"""Data: the digits that ship with the package, MNIST, CIFAR-10, and a split into two parts."""

import gzip
import math
import tarfile
import zlib
from importlib import resources
from numbers import Real
from pathlib import Path
from typing import NamedTuple

import numpy as np

from softmax_steps.checks import FLOATS, as_array, plain_array, require_labels
from softmax_steps.download import PublishedFile, fetch

MNIST_ADDRESSES = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def _mnist(name, sha256):
    return PublishedFile(name, sha256, tuple(base + name for base in MNIST_ADDRESSES))


# Images and labels of each part, as Yann LeCun's page published them.
MNIST = {
    "train": (
        _mnist(
            "train-images-idx3-ubyte.gz",
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        _mnist(
            "train-labels-idx1-ubyte.gz",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
    ),
    "test": (
        _mnist(
            "t10k-images-idx3-ubyte.gz",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        _mnist(
            "t10k-labels-idx1-ubyte.gz",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
}

# The binary version: the Python version holds pickles, and loading a pickle runs what is in it.
CIFAR10 = PublishedFile(
    "cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
)
CIFAR10_BATCHES = {
    "train": tuple(f"data_batch_{i}.bin" for i in range(1, 6)),
    "test": ("test_batch.bin",),
}
CIFAR10_FEATURES = 3 * 32 * 32


class Samples(NamedTuple):
    """Images as rows, and their labels: ``X, y = load_digits()``."""

    X: np.ndarray
    y: np.ndarray


class Split(NamedTuple):
    """The two parts of a data set: one to train on, one held out."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray


def load_digits():
    """Load 1797 handwritten digits, 8 × 8 pixels each, that ship with the package.

    Returns
    -------
    Samples
        ``X``, float64, shape (1797, 64): one image per row, row by row from its top
        left pixel; ink from 0 (none) to 1, in steps of 1/16, without a unit.
        ``y``, int, shape (1797,): the digit, 0…9.
        Both are fresh arrays at each call; changing them changes nothing else.

    Examples
    --------
    >>> X, y = load_digits()
    >>> X.shape, y.shape
    ((1797, 64), (1797,))
    >>> X.min(), X.max(), y[:5]
    (np.float64(0.0), np.float64(1.0), array([0, 1, 2, 3, 4]))

    Source: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI
    Machine Learning Repository (1998), https://doi.org/10.24432/C50P49, licence CC BY 4.0;
    the part that scikit-learn bundles. The pixels are divided by 16.
    """
    file = resources.files("softmax_steps").joinpath("digits.npz")
    with file.open("rb") as stream, np.load(stream) as arrays:
        return Samples(arrays["pixels"] / 16.0, arrays["labels"].astype(np.int64))


def load_mnist(split="train", *, folder=None, dtype=np.float32):
    """Load MNIST: handwritten digits of 28 × 28 pixels, 60,000 to train on, 10,000 to test.

    The two published files of the split, 9.9 MB to train on and 1.7 MB to test, are fetched
    once, held against their SHA-256 and kept in your cache folder; after that no network is
    needed.

    Parameters
    ----------
    split : str
        ``"train"`` or ``"test"``.
    folder : str or Path, optional
        A folder of yours that holds the published ``.gz`` files. It is looked in first;
        without it, the folder in the environment variable ``SOFTMAX_STEPS_DATA`` is.
    dtype : numpy floating type
        The type of ``X``: float16, float32 or float64.

    Returns
    -------
    Samples
        ``X``, shape (N, 784): one image per row, row by row from its top left pixel; ink
        from 0 (none) to 1, in steps of 1/255, without a unit.
        ``y``, int, shape (N,): the digit, 0…9.

    Raises
    ------
    OSError
        If the files cannot be fetched; the message names each address, what happened
        there, and how to go on.
    TypeError, ValueError
        If ``split`` or ``dtype`` is unknown, or a file is not what it should be.

    Examples
    --------
    The first call needs the network::

        X, y = load_mnist("test")
        X.shape    # (10000, 784)

    Source: Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten
    digits*; notes 000 and 001 have its shapes.
    """
    _require_split(split)
    dtype = _require_dtype(dtype)
    images_path, labels_path = (fetch(file, folder=folder) for file in MNIST[split])
    images, labels = read_idx(images_path, ndim=3), read_idx(labels_path, ndim=1)
    if len(images) != len(labels):
        raise ValueError(
            f"{images_path.name} holds {len(images)} images but {labels_path.name} holds "
            f"{len(labels)} labels; expected as many. Are they of the same part, train or t10k?"
        )
    y = _as_labels(labels, labels_path)
    return Samples(_as_fractions(images.reshape(len(images), -1), dtype), y)


def read_idx(path, *, ndim=None):
    """Read a gzip-packed IDX file of bytes, the format in which MNIST is published.

    The header holds two zero bytes, the type (8: unsigned bytes), the number of axes, and
    the length of each axis as four bytes, the most significant first. The data follow.

    Parameters
    ----------
    path : str or Path
    ndim : int, optional
        The number of axes the file must have: 3 for images, 1 for labels.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    ValueError
        If the file is not gzip, not IDX, of another type or shape, or cut short.
    """
    path = Path(path)
    try:
        with gzip.open(path) as stream:
            content = stream.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(
            f"{path.name} cannot be unpacked ({error}); expected a whole gzip file. "
            f"Was it unpacked already, or cut off? Fetch it again."
        ) from error
    magic = content[:4]
    if len(magic) < 4 or magic[:3] != b"\x00\x00\x08" or magic[3] not in (1, 2, 3):
        raise ValueError(
            f"{path.name} begins with {magic.hex(' ') or 'nothing'}; expected 00 00 08 and the "
            f"number of axes, 01 to 03: the header of an IDX file of bytes. Is it another file, "
            f"renamed?"
        )
    if ndim is not None and magic[3] != ndim:
        raise ValueError(
            f"{path.name} has {magic[3]} axes; expected {ndim} (images have 3, labels 1). "
            f"Were images and labels swapped?"
        )
    start = 4 + 4 * magic[3]
    if len(content) < start:
        raise ValueError(
            f"{path.name} ends after {len(content)} bytes, within its header of {start}. "
            f"Fetch it again."
        )
    shape = tuple(int(n) for n in np.frombuffer(content, dtype=">u4", count=magic[3], offset=4))
    if 0 in shape:
        raise ValueError(f"{path.name} has shape {shape} and so holds nothing; fetch it again.")
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f"{path.name} holds {len(content) - start} bytes of data but its header says "
            f"{' × '.join(map(str, shape))} = {math.prod(shape)}. Fetch it again."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape).copy()


def load_cifar10(split="train", *, folder=None, dtype=np.float32):
    """Load CIFAR-10: colour photographs of 32 × 32 pixels, 50,000 to train on, 10,000 to test.

    The published binary archive, 170 MB, is fetched once, held against its SHA-256 and
    kept in your cache folder; after that no network is needed.

    Parameters
    ----------
    split : str
        ``"train"`` or ``"test"``.
    folder : str or Path, optional
        A folder of yours that holds ``cifar-10-binary.tar.gz``. It is looked in first;
        without it, the folder in the environment variable ``SOFTMAX_STEPS_DATA`` is.
    dtype : numpy floating type
        The type of ``X``: float16, float32 or float64. The training part takes 614 MB as
        float32.

    Returns
    -------
    Samples
        ``X``, shape (N, 3072): one image per row, first its 1024 red values row by row,
        then green, then blue; from 0 to 1, in steps of 1/255, without a unit.
        ``X[i].reshape(3, 32, 32).transpose(1, 2, 0)`` is what matplotlib shows.
        ``y``, int, shape (N,): 0 airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog,
        6 frog, 7 horse, 8 ship, 9 truck.

    Raises
    ------
    OSError
        If the archive cannot be fetched; the message names the address, what happened
        there, and how to go on.
    TypeError, ValueError
        If ``split`` or ``dtype`` is unknown, or the archive is not what it should be.

    Examples
    --------
    The first call needs the network::

        X, y = load_cifar10("test")
        X.shape    # (10000, 3072)

    Source: A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images* (2009);
    note 003 has its shapes.
    """
    _require_split(split)
    dtype = _require_dtype(dtype)
    path = fetch(CIFAR10, folder=folder)
    records = np.concatenate(_read_cifar10_batches(path, CIFAR10_BATCHES[split]))
    y = _as_labels(records[:, 0], path)
    return Samples(_as_fractions(records[:, 1:], dtype), y)


def _read_cifar10_batches(path, names):
    """Read the named members in one pass; nothing is unpacked onto the disk."""
    batches = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if name in names and member.isfile():
                    batches[name] = archive.extractfile(member).read()
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"{path.name} cannot be unpacked ({error}); expected a whole .tar.gz archive. "
            f"Fetch it again."
        ) from error
    missing = [name for name in names if name not in batches]
    if missing:
        raise ValueError(
            f"{path.name} holds no {', '.join(missing)}; expected the binary version of "
            f"CIFAR-10. Is it the Python or the Matlab version, renamed?"
        )
    size = 1 + CIFAR10_FEATURES
    for name in names:
        if not batches[name] or len(batches[name]) % size:
            raise ValueError(
                f"{name} in {path.name} has {len(batches[name])} bytes; expected a multiple of "
                f"{size}, one label and {CIFAR10_FEATURES} colour values for each image."
            )
    return [np.frombuffer(batches[name], dtype=np.uint8).reshape(-1, size) for name in names]


def _as_labels(labels, path):
    if labels.max() > 9:
        i = int(np.argmax(labels > 9))
        raise ValueError(
            f"{path.name} gives image {i} the label {labels[i]}; expected one of the ten "
            f"classes 0…9. Is it another data set, renamed?"
        )
    return labels.astype(np.int64)


def _as_fractions(pixels, dtype):
    X = pixels.astype(dtype)
    X /= 255
    return X


def _require_split(split):
    if split not in ("train", "test"):
        raise ValueError(
            f"split is {split!r}; expected 'train' or 'test'. For a part to choose λ with, "
            f"load 'train' and use train_validation_split."
        )


def _require_dtype(dtype):
    try:
        float_type = np.dtype(dtype)
    except TypeError:
        float_type = None
    if float_type is None or float_type.type not in FLOATS:
        raise TypeError(
            f"dtype is {dtype!r}; expected np.float16, np.float32 or np.float64, since the "
            f"pixels become fractions between 0 and 1."
        )
    return float_type


def train_validation_split(X, y, *, validation=0.25, rng):
    """Deal the samples at random into a part to train on and a part held out.

    Every sample lands in exactly one part. The draw does not look at the labels: with few
    samples a class may be missing from the smaller part.

    Parameters
    ----------
    X : array_like, shape (N, D)
        One sample per row; at least two.
    y : array_like of int, shape (N,)
        One label per sample, 0 or larger.
    validation : float
        The share held out, between 0 and 1; rounded to whole samples, at least one.
    rng : numpy.random.Generator
        Where the random order comes from; the same seed gives the same split.

    Returns
    -------
    Split
        ``X_train, y_train, X_validation, y_validation``: new arrays. Floating types are
        kept, other numbers become float64.

    Raises
    ------
    TypeError, ValueError
        If samples and labels do not fit together, ``validation`` does not leave a sample
        on each side, or ``rng`` is no generator.

    Examples
    --------
    >>> X, y = load_digits()
    >>> split = train_validation_split(X, y, rng=np.random.default_rng(0))
    >>> split.X_train.shape, split.X_validation.shape
    ((1348, 64), (449, 64))
    """
    X = as_array(X, "X", 2, allow_complex=False, shape_hint="(N, D), one sample per row")
    y = plain_array(y, "y")
    countable = y.size and y.dtype.kind in "iu"
    n_classes = y.shape[1] if y.ndim == 2 else int(y.max()) + 1 if countable else 1
    y = require_labels(y, len(X), max(n_classes, 1), labels_of="the samples in X")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {rng!r}; expected a NumPy random generator. "
            f"np.random.default_rng(0) makes one that deals the same split each time."
        )
    held_out = _count_held_out(validation, len(X))
    order = rng.permutation(len(X))
    ours, theirs = order[held_out:], order[:held_out]
    return Split(X[ours], y[ours], X[theirs], y[theirs])


def _count_held_out(validation, n_samples):
    if not isinstance(validation, Real) or isinstance(validation, bool):
        raise TypeError(f"validation is {validation!r}; expected one number, such as 0.25.")
    if not 0 < validation < 1:
        mend = (
            f"For {validation} samples pass {validation} / len(X)."
            if validation >= 1
            else "Without a held-out part there is nothing to split."
        )
        raise ValueError(
            f"validation is {validation}; expected the share held out, above 0 and below 1. {mend}"
        )
    if n_samples < 2:
        raise ValueError(
            f"X has {n_samples} sample; expected at least 2, one for each part of the split."
        )
    return min(max(round(n_samples * float(validation)), 1), n_samples - 1)
