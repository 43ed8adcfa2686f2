"""How Python and NumPy word what they raise, with slots for what differs.

A text that fits a wording is taken apart into its slots, so that it can be said anew with only
those that may be shown. A slot is a word in capitals; :data:`SLOTS` says what may stand for it.
"""

import re
from collections.abc import Iterable

TYPES = (
    *("ndarray", "float64", "float32", "float16", "int64", "int32", "bool", "bool_", "int"),
    *("float", "complex", "str", "bytes", "list", "tuple", "dict", "set", "NoneType", "function"),
    *("generator", "type", "range", "map", "zip", "filter", "enumerate", "slice", "method"),
    *("builtin_function_or_method", "module", "ellipsis", "numpy.float64", "numpy.ndarray"),
)
DTYPES = (
    *("float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "uint64"),
    *("bool", "complex128", "O", "S1", "<U1"),
)
OPERATORS = (
    *("+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^", "<", ">", "<=", ">="),
    *("+=", "-=", "*=", "/=", "//=", "@=", "** or pow()", "divmod()"),
)
RULES = ("no", "equiv", "safe", "same_kind", "unsafe")


def _one_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


SLOTS = {
    "SHAPE": r"\((?:\d{1,9}(?:, ?\d{1,9}){0,40},?)?\)",
    "NUMBER": r"\d{1,9}",
    "INDEX": r"-?\d{1,9}",
    "NAME": r"[^\W\d]\w{0,60}",
    "CALLED": r"(?:[\w.<>]{1,100}\.)?[^\W\d]\w{0,60}",
    "TYPE": r"[^\W\d][\w.]{0,60}",
    "DTYPE": _one_of(DTYPES),
    "OPERATOR": _one_of(OPERATORS),
    "RULE": _one_of(RULES),
}
SLOT = re.compile(r"(?<![A-Za-z])(" + "|".join(SLOTS) + r")(?![A-Za-z])")

# A line that begins with spaces goes on with the one before it.
WORDINGS = """
'NAME' is not there when your work is graded; NumPy and Python's own modules are
operands could not be broadcast together with shapes SHAPE SHAPE
operands could not be broadcast together with shapes SHAPE SHAPE SHAPE
operands could not be broadcast together with remapped shapes [original->remapped]: SHAPE and
  requested shape SHAPE
non-broadcastable output operand with shape SHAPE doesn't match the broadcast shape SHAPE
could not broadcast input array from shape SHAPE into shape SHAPE
shape mismatch: objects cannot be broadcast to a single shape. Mismatch is between arg NUMBER with
  shape SHAPE and arg NUMBER with shape SHAPE.
shape mismatch: indexing arrays could not be broadcast together with shapes SHAPE SHAPE
shape mismatch: value array of shape SHAPE could not be broadcast to indexing result of shape SHAPE
shapes SHAPE and SHAPE not aligned: NUMBER (dim NUMBER) != NUMBER (dim NUMBER)
matmul: Input operand NUMBER has a mismatch in its core dimension NUMBER, with gufunc
  signature (n?,k),(k,m?)->(n?,m?) (size NUMBER is
  different from NUMBER)
matmul: Input operand NUMBER does not have enough dimensions (has NUMBER, gufunc core with signature
  (n?,k),(k,m?)->(n?,m?) requires NUMBER)
cannot reshape array of size NUMBER into shape SHAPE
cannot select an axis to squeeze out which has size not equal to one
all the input arrays must have same number of dimensions, but the array at index NUMBER has NUMBER
  dimension(s) and the array at index NUMBER has NUMBER dimension(s)
all the input array dimensions except for the concatenation axis must match exactly, but along
  dimension NUMBER, the array at index NUMBER has size NUMBER and the array at index NUMBER has size
  NUMBER
all input arrays must have the same shape
zero-dimensional arrays cannot be concatenated
need at least one array to concatenate
need at least one array to stack
setting an array element with a sequence.
setting an array element with a sequence. The requested array has an inhomogeneous shape after
  NUMBER dimensions. The detected shape was SHAPE + inhomogeneous part.
input operand has more dimensions than allowed by the axis remapping
zero-size array to reduction operation NAME which has no identity
attempt to get argmax of an empty sequence
attempt to get argmin of an empty sequence
index INDEX is out of bounds for axis NUMBER with size NUMBER
axis NUMBER is out of bounds for array of dimension NUMBER
too many indices for array: array is NUMBER-dimensional, but NUMBER were indexed
boolean index did not match indexed array along dimension NUMBER; dimension is NUMBER but
  corresponding boolean dimension is NUMBER
boolean index did not match indexed array along axis NUMBER; size of axis is NUMBER but size of
  corresponding boolean axis is NUMBER
invalid index to scalar variable.
only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean
  arrays are valid indices
arrays used as indices must be of integer (or boolean) type
only integer scalar arrays can be converted to a scalar index
only length-1 arrays can be converted to Python scalars
only 0-dimensional arrays can be converted to Python scalars
list index out of range
list assignment index out of range
tuple index out of range
string index out of range
list indices must be integers or slices, not TYPE
tuple indices must be integers or slices, not TYPE
slice indices must be integers or None or have an __index__ method
Cannot cast ufunc 'NAME' output from dtype('DTYPE') to dtype('DTYPE') with casting rule 'RULE'
The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
unsupported operand type(s) for OPERATOR: 'TYPE' and 'TYPE'
'OPERATOR' not supported between instances of 'TYPE' and 'TYPE'
ufunc 'NAME' not supported for the input types, and the inputs could not be safely coerced to any
  supported types according to the casting rule ''safe''
ufunc 'NAME' did not contain a loop with signature matching types (dtype('DTYPE'), dtype('DTYPE'))
  -> None
loop of ufunc does not support argument NUMBER of type TYPE which has no callable NAME method
can only concatenate list (not "TYPE") to list
can only concatenate str (not "TYPE") to str
can't multiply sequence by non-int of type 'TYPE'
'TYPE' object is not subscriptable
'TYPE' object is not callable
'TYPE' object is not iterable
'TYPE' object is not an iterator
'TYPE' object cannot be interpreted as an integer
'TYPE' object does not support item assignment
'TYPE' object has no attribute 'NAME'
cannot unpack non-iterable TYPE object
object of type 'TYPE' has no len()
bad operand type for unary -: 'TYPE'
must be real number, not TYPE
float() argument must be a string or a real number, not 'TYPE'
int() argument must be a string, a bytes-like object or a real number, not 'TYPE'
assignment destination is read-only
output array is read-only
module 'NAME' has no attribute 'NAME'
name 'NAME' is not defined
local variable 'NAME' referenced before assignment
cannot access local variable 'NAME' where it is not associated with a value
CALLED() missing NUMBER required positional argument: 'NAME'
CALLED() missing NUMBER required positional arguments: 'NAME' and 'NAME'
CALLED() takes NUMBER positional argument but NUMBER were given
CALLED() takes NUMBER positional arguments but NUMBER was given
CALLED() takes NUMBER positional arguments but NUMBER were given
CALLED() got an unexpected keyword argument 'NAME'
CALLED() got multiple values for argument 'NAME'
not enough values to unpack (expected NUMBER, got NUMBER)
too many values to unpack (expected NUMBER)
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


def _pattern(wording: str) -> re.Pattern[str]:
    """Return the pattern of a wording, each of its slots a group."""
    texts, slots = SLOT.split(wording)[::2], SLOT.findall(wording)
    pattern = re.escape(texts[0])
    for slot, text in zip(slots, texts[1:], strict=True):
        pattern += f"({SLOTS[slot]})" + re.escape(text)
    return re.compile(pattern)


KNOWN = {
    wording: _pattern(wording) for wording in WORDINGS.replace("\n  ", " ").strip().splitlines()
}
"""The pattern of each wording; its groups are the slots, in order."""
