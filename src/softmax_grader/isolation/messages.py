"""What travels between a test and a student's code: JSON beside arrays in NumPy's own format.

Nothing here can carry code. No pickle is read or written, each size is bounded, and whatever
arrives becomes one of Python's own plain values or a plain array. This file is used on both sides
of the sandbox; what the student's side sends is believed to be nothing but a value.
"""

import io
import json
import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

MAX_JSON = 2**20  # bytes of one message without its arrays
MAX_ARRAYS = 2**24  # bytes of all its arrays together
MAX_ENTRIES = 1000  # of a dict: keys chosen to collide take the square of their number
MAX_DEPTH = 20
HEAD = struct.Struct(">II")
ARRAY_KINDS = "biufcSU"  # no objects, no records, no dates


class MessageError(Exception):
    """A message that does not hold what a message may hold."""


def pack(
    value: object,
    arrays: list[bytes],
    special: Callable[[Any], dict | None] | None = None,
    depth: int = 0,
) -> Any:
    """Return a value as something that JSON can hold; arrays are appended to `arrays` as bytes.

    Parameters
    ----------
    value : object
        None, a number, text, an array, or a list, tuple or dict of such.
    arrays : list of bytes
        Receives the arrays.
    special : callable, optional
        Called with anything else; returns a dict in its place, or None.
    depth : int
        How deep in the whole value this one is nested.

    Returns
    -------
    object
        None, a bool, a number, text, or a dict with one entry.

    Raises
    ------
    MessageError
        If there is something that cannot travel.
    """
    if depth > MAX_DEPTH:
        raise MessageError(f"a value is nested more than {MAX_DEPTH} deep")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is complex:
        return {"complex": [value.real, value.imag]}
    if isinstance(value, np.ndarray | np.generic):
        plain = np.asarray(value)
        if type(plain) is not np.ndarray or plain.dtype.kind not in ARRAY_KINDS:
            raise MessageError(f"an array of dtype {plain.dtype} cannot be handed over")
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, plain, allow_pickle=False)
        arrays.append(buffer.getvalue())
        return {"scalar" if isinstance(value, np.generic) else "array": len(arrays) - 1}
    for kind, name in ((list, "list"), (tuple, "tuple")):
        if isinstance(value, kind):
            return {name: [pack(part, arrays, special, depth + 1) for part in value]}
    if isinstance(value, dict):
        pairs = [[pack(x, arrays, special, depth + 1) for x in pair] for pair in value.items()]
        return {"dict": pairs}
    stand_in = special(value) if special else None
    if stand_in is None:
        raise MessageError(f"a value of type {type(value).__name__} cannot be handed over")
    return stand_in


def unpack(
    packed: Any,
    arrays: list[bytes],
    special: Callable[[str, Any], Any] | None = None,
    depth: int = 0,
) -> Any:
    """Return the value that :func:`pack` packed; the reverse, and as strict.

    Parameters
    ----------
    packed : object
        What JSON held.
    arrays : list of bytes
        The arrays that came with it.
    special : callable, optional
        Called with a name that is not known here: ``special(name, content)``.
    depth : int
        How deep in the whole value this one is nested.

    Returns
    -------
    object

    Raises
    ------
    MessageError
        If there is something that a message may not hold.
    """
    if depth > MAX_DEPTH:
        raise MessageError(f"a value is nested more than {MAX_DEPTH} deep")
    if packed is None or type(packed) in (bool, int, float, str):
        return packed
    if type(packed) is not dict or len(packed) != 1:
        raise MessageError("a value is malformed")
    ((name, content),) = packed.items()
    if name in ("array", "scalar"):
        if type(content) is not int or not 0 <= content < len(arrays):
            raise MessageError("an array is missing")
        array = read_array(arrays[content])
        if name == "scalar" and array.shape != ():
            raise MessageError("a single number has a shape")
        return array[()] if name == "scalar" else array
    if name in ("list", "tuple", "dict", "complex") and type(content) is not list:
        raise MessageError("a value is malformed")
    if name in ("list", "tuple"):
        parts = [unpack(part, arrays, special, depth + 1) for part in content]
        return parts if name == "list" else tuple(parts)
    if name == "dict":
        if len(content) > MAX_ENTRIES:
            raise MessageError(f"a dict has more than {MAX_ENTRIES} entries")
        try:
            return {
                unpack(key, arrays, special, depth + 1): unpack(part, arrays, special, depth + 1)
                for key, part in content
            }
        except (TypeError, ValueError) as error:
            raise MessageError("a dict is malformed") from error
    if name == "complex":
        if len(content) != 2 or {type(part) for part in content} - {float, int}:
            raise MessageError("a complex number is malformed")
        return complex(*content)
    if special is None:
        raise MessageError(f"a value of unknown kind {str(name)[:20]!r}")
    return special(name, content)


def read_array(data: bytes) -> np.ndarray:
    """Return the array in the bytes of a ``.npy`` file.

    The header is believed only where it agrees with the bytes that are there: nothing is
    allocated because a header asks for it.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    numpy.ndarray
        A plain one, of any shape, writable.

    Raises
    ------
    MessageError
        If it is no such file, or holds anything but numbers and text.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            header = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            header = np.lib.format.read_array_header_2_0(stream)
        else:
            raise MessageError("an array is in a version of the format that is not used here")
        shape, fortran, dtype = header
    except MessageError:
        raise
    except Exception as error:  # a header can be wrong in more ways than can be listed
        raise MessageError("an array's header is malformed") from error
    if dtype.kind not in ARRAY_KINDS or dtype.itemsize == 0 or dtype.subdtype is not None:
        raise MessageError(f"an array of dtype {str(dtype)[:40]} cannot be handed over")
    if len(shape) > MAX_DEPTH or any(type(n) is not int or n < 0 for n in shape):
        raise MessageError("an array's shape is malformed")
    count, extent = 1, dtype.itemsize
    for n in shape:
        count *= n
        extent *= max(n, 1)
    if extent > MAX_ARRAYS:  # an empty array can still have an axis that fills the memory
        raise MessageError("an array's shape is too large")
    body = data[stream.tell() :]
    if count * dtype.itemsize != len(body):
        raise MessageError("an array's header and its bytes disagree")
    array = np.frombuffer(body, dtype=dtype, count=count).reshape(
        shape, order="F" if fortran else "C"
    )
    return array.copy()  # its own, writable


def to_bytes(message: dict, arrays: Iterable[bytes] = ()) -> bytes:
    """Return one message: its two sizes, the JSON, the arrays.

    Parameters
    ----------
    message : dict
        What JSON can hold.
    arrays : iterable of bytes

    Returns
    -------
    bytes

    Raises
    ------
    MessageError
        If it is too large.
    """
    arrays = list(arrays)
    text = json.dumps({**message, "sizes": [len(part) for part in arrays]}).encode()
    total = sum(len(part) for part in arrays)
    if len(text) > MAX_JSON or total > MAX_ARRAYS:
        raise MessageError(
            f"a message of {(len(text) + total) / 1e6:.1f} MB is too large to be handed over"
        )
    return b"".join([HEAD.pack(len(text), total), text, *arrays])


def from_stream(read: Callable[[int], bytes]) -> tuple[dict, list[bytes]]:
    """Read one message.

    Parameters
    ----------
    read : callable
        ``read(n)`` returns exactly n bytes or raises.

    Returns
    -------
    message : dict
    arrays : list of bytes

    Raises
    ------
    MessageError
        If it is too large, or malformed.
    """
    size, total = HEAD.unpack(read(HEAD.size))
    if size > MAX_JSON or total > MAX_ARRAYS:
        raise MessageError(f"a message of {(size + total) / 1e6:.1f} MB is too large")
    text, body = read(size), read(total)
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError("a message is not JSON") from error
    sizes = message.get("sizes") if type(message) is dict else None
    if type(sizes) is not list or any(type(n) is not int or n < 0 for n in sizes):
        raise MessageError("a message is malformed")
    if sum(sizes) != total:
        raise MessageError("a message's sizes disagree")
    arrays, start = [], 0
    for n in sizes:
        arrays.append(body[start : start + n])
        start += n
    return message, arrays
