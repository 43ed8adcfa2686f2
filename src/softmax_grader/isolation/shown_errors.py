"""Which words of a student's exception may be shown in feedback on a hidden test.

What a function raises is text of the student's choice, and could hold what the hidden test handed
over. So a text is shown only if Python or NumPy words it that way, with small numbers at most, or
if it is part of the student's own code. Of any other exception only the name is shown.
"""

import builtins
import re
from collections.abc import Iterable

import numpy as np

NUMBER = r"-?\d{1,3}"
SHAPE = r"\((?:\d{1,3}(?:, ?(?:\d{1,3})?)*)?\)"
NAME = r"'([A-Za-z_][\w.]{0,30})'"  # each must occur in the student's code, or be NumPy's
CALLED = r"([A-Za-z_][\w.]{0,40})\(\)"
DTYPE = r"dtype\('[<>=|]?[A-Za-z]{1,11}\d{0,3}'\)"
TYPE = (
    r"(?:numpy\.)?(?:ndarray|float64|float32|int64|bool_?|int|float|str|list|tuple|dict|set|NoneType|"
    r"function|generator|type|range|map|zip|slice|method|builtin_function_or_method)"
)
CORE = r"gufunc (?:core with )?signature \(n\?,k\),\(k,m\?\)->\(n\?,m\?\)"

# As Python and NumPy word it; # stands for a number, () for a shape, '' for a name, <> for a type.
# A line that begins with spaces goes on with the one before it.
WORDINGS = """
'' is not there when your work is graded; NumPy and Python's own modules are
operands could not be broadcast together with shapes () ()
operands could not be broadcast together with shapes () () ()
operands could not be broadcast together with remapped shapes [original->remapped]: () and
  requested shape ()
non-broadcastable output operand with shape () doesn't match the broadcast shape ()
could not broadcast input array from shape () into shape ()
shape mismatch: indexing arrays could not be broadcast together with shapes () ()
shape mismatch: value array of shape () could not be broadcast to indexing result of shape ()
shapes () and () not aligned: # (dim #) != # (dim #)
matmul: Input operand # has a mismatch in its core dimension #, with CORE (size # is different
  from #)
matmul: Input operand # does not have enough dimensions (has #, CORE requires #)
cannot reshape array of size # into shape ()
all the input arrays must have same number of dimensions, but the array at index # has #
  dimension(s) and the array at index # has # dimension(s)
all the input array dimensions except for the concatenation axis must match exactly, but along
  dimension #, the array at index # has size # and the array at index # has size #
setting an array element with a sequence.
setting an array element with a sequence. The requested array has an inhomogeneous shape after #
  dimensions. The detected shape was () + inhomogeneous part.
input operand has more dimensions than allowed by the axis remapping
zero-size array to reduction operation maximum which has no identity
index # is out of bounds for axis # with size #
axis # is out of bounds for array of dimension #
too many indices for array: array is #-dimensional, but # were indexed
boolean index did not match indexed array along dimension #; dimension is # but corresponding
  boolean dimension is #
boolean index did not match indexed array along axis #; size of axis is # but size of
  corresponding boolean axis is #
invalid index to scalar variable.
only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean
  arrays are valid indices
arrays used as indices must be of integer (or boolean) type
only integer scalar arrays can be converted to a scalar index
only length-1 arrays can be converted to Python scalars
only 0-dimensional arrays can be converted to Python scalars
list index out of range
tuple index out of range
list indices must be integers or slices, not <>
tuple indices must be integers or slices, not <>
Cannot cast ufunc '' output from DTYPE to DTYPE with casting rule ''
The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
unsupported operand type(s) for OPERATOR: '<>' and '<>'
ufunc '' not supported for the input types, and the inputs could not be safely coerced to any
  supported types according to the casting rule ''safe''
loop of ufunc does not support argument # of type <> which has no callable UFUNC method
can't multiply sequence by non-int of type '<>'
'<>' object is not subscriptable
'<>' object is not callable
'<>' object is not iterable
'<>' object cannot be interpreted as an integer
'<>' object does not support item assignment
'<>' object has no attribute ''
cannot unpack non-iterable <> object
object of type '<>' has no len()
bad operand type for unary -: '<>'
module 'numpy' has no attribute ''
name '' is not defined
local variable '' referenced before assignment
cannot access local variable '' where it is not associated with a value
CALLED missing # required positional argument: ''
CALLED missing # required positional arguments: '' and ''
CALLED takes # positional argument but # were given
CALLED takes # positional arguments but # was given
CALLED takes # positional arguments but # were given
CALLED got an unexpected keyword argument ''
CALLED got multiple values for argument ''
not enough values to unpack (expected #, got #)
too many values to unpack (expected #)
division by zero
float division by zero
integer division or modulo by zero
math domain error
math range error
cannot convert float NaN to integer
cannot convert float infinity to integer
Integers to negative integer powers are not allowed.
maximum recursion depth exceeded
maximum recursion depth exceeded in comparison
maximum recursion depth exceeded while calling a Python object
"""
STANDS_FOR = {
    re.escape("<>"): TYPE,
    re.escape("()"): SHAPE,
    "#": NUMBER,
    "''": NAME,
    "DTYPE": DTYPE,
    "CORE": CORE,
    "CALLED": CALLED,
    "UFUNC": r"(\w{1,20})",
    "OPERATOR": r"[^\w\s]{1,3}",
}


def _pattern(wording: str) -> re.Pattern[str]:
    text = re.escape(wording).replace(r"\#", "#").replace(re.escape("a.any()"), r"a\.any\(\x29")
    text = text.replace(re.escape("a.all()"), r"a\.all\(\x29").replace(r"len\(\)", r"len\(\x29")
    text = text.replace("''safe''", "'{1,2}safe'{1,2}")
    for mark, stands in STANDS_FOR.items():
        text = text.replace(mark, stands)
    return re.compile(text)


KNOWN = [_pattern(line) for line in WORDINGS.replace("\n  ", " ").strip().splitlines()]
KINDS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
} | {"AxisError", "UFuncTypeError", "LinAlgError"}  # NumPy's own


def may_be_shown(text: str, sources: Iterable[str]) -> bool:
    """Return whether a text tells no more than Python, NumPy or the student's code say anyway.

    Parameters
    ----------
    text : str
        An exception's.
    sources : iterable of str
        The student's cells.

    Returns
    -------
    bool

    Examples
    --------
    >>> may_be_shown("operands could not be broadcast together with shapes (4,3) (4,) ", [])
    True
    >>> may_be_shown("-0.3141592", [])
    False
    """
    sources = list(sources)
    if not text or any(text in source for source in sources):
        return True
    matches = (pattern.fullmatch(text.strip()) for pattern in KNOWN)
    match = next(filter(None, matches), None)
    return match is not None and all(
        hasattr(np, name) or name == "same_kind" or any(name in source for source in sources)
        for name in match.groups()
    )


def kind_shown(name: str, sources: Iterable[str]) -> str:
    """Return an exception's name, or only ``Error`` where the name is no ordinary one.

    Parameters
    ----------
    name : str
    sources : iterable of str
        The student's cells.

    Returns
    -------
    str
    """
    known = name in KINDS or any(re.search(rf"\b{re.escape(name)}\b", s) for s in sources)
    return name if known else "Error"
