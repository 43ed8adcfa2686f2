"""Nothing but plain values travels between a test and a student."""

import struct

import numpy as np
import pytest

from softmax_grader.isolation import messages


def message(value, arrays=(), **more):
    return messages.to_bytes({"id": 1, "value": value, **more}, list(arrays))


def reader(data):
    def read(n):
        nonlocal data
        if len(data) < n:
            raise EOFError
        part, data = data[:n], data[n:]
        return part

    return read


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -2.5, float("inf"), "λ", 1 + 2j, [1, [2.0, "x"]], (1, (2,)), {"a": [1], 2: ()}],
)
def test_a_plain_value_travels_as_it_is(value):
    arrays = []
    packed = messages.pack(value, arrays)
    sent, blobs = messages.from_stream(reader(messages.to_bytes({"value": packed}, arrays)))
    got = messages.unpack(sent["value"], blobs)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.zeros((0, 3)),
        np.array(["λ", "b"]),
        np.array([True, False]),
        np.array([1, 2], dtype=">i2"),
        np.float32(2.5),
        np.array(3),
    ],
    ids=str,
)
def test_an_array_travels_as_it_is(array):
    arrays = []
    got = messages.unpack(messages.pack(array, arrays), arrays)
    assert type(got) is type(array)
    assert got.dtype == array.dtype
    assert np.shape(got) == np.shape(array)
    assert np.array_equal(got, array)


@pytest.mark.parametrize(
    "value",
    [
        *[object(), {1, 2}, b"x", lambda: 0, np.array([None])],
        *[np.zeros(2, [("a", "f8")]), np.array(["2020"], "M8[D]")],
    ],
    ids=["object", "set", "bytes", "function", "objects", "records", "dates"],
)
def test_what_is_no_plain_value_does_not_travel(value):
    with pytest.raises(messages.MessageError):
        messages.pack(value, [])


NPY = b"\x93NUMPY\x01\x00"


def npy(header, body=b""):
    header = header.encode().ljust(117) + b"\n"
    return NPY + struct.pack("<H", len(header)) + header + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        NPY + b"\xff\xff",
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", b"x" * 8),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }", b"x" * 8),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n."),
        npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", b"x" * 8),
        npy("{'descr': '|S0', 'fortran_order': False, 'shape': (9,), }"),
        npy("{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (1,), }", b"x" * 16),
        npy("__import__('os').system('true')"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", b"x" * 8),
        npy("(" * 100),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 1000000000), }"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + "(1," * 9 + ")" * 9 + "}"),
        b"\x93NUMPY\x03\x00" + b"\xff" * 8,
    ],
)
def test_a_malicious_array_is_refused(data):
    with pytest.raises(messages.MessageError):
        messages.read_array(data)


@pytest.mark.parametrize(
    "packed",
    [
        {"array": 0},
        {"array": -1},
        {"array": True},
        {"function": 0},
        {"generator": {}},
        {"a": 1, "b": 2},
        {},
        {"list": 3},
        {"dict": [[1]]},
        {"dict": [[{"list": []}, 1]]},
        {"complex": ["1", 2]},
        {"dict": [[k * (2**61 - 1), 0] for k in range(40_000)]},  # keys that all have one hash
    ],
    ids=lambda packed: str(packed)[:40],
)
def test_a_malformed_value_is_refused(packed):
    with pytest.raises(messages.MessageError):
        messages.unpack(packed, [])


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", 2**32 - 1, 0),
        struct.pack(">II", 4, 2**31) + b"null",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 13, 0) + b'{"sizes":[-1]',
        struct.pack(">II", 14, 0) + b'{"sizes":[-1]}',
        struct.pack(">II", 13, 1) + b'{"sizes":[3]}x',
        struct.pack(">II", 200_000, 0) + b"[" * 200_000,
        struct.pack(">II", 3, 0) + b"\xff\xfe\xfd",
    ],
)
def test_a_malformed_message_is_refused(data):
    with pytest.raises((messages.MessageError, EOFError)):
        messages.from_stream(reader(data))
