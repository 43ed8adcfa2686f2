"""Signs that only look like Python's: which are found, what is meant, and what is left alone."""

import base64

import pytest

from softmax_book.live.run import PAGE

from ....node import run_node

# What was pasted, and what Python is to read.
MENDED = [
    ("for i in range(2):\n\u00a0\u00a0print(i)", "for i in range(2):\n  print(i)"),
    ("\ufeffx = 1", "x = 1"),
    ("x\u200b = 1", "x = 1"),
    ("a\u3000= 1", "a = 1"),
    ("x＝1，2", "x=1,2"),
    ("print（x）；y：int ＝ ［１，２］", "print(x);y:int = [1,2]"),
    ("print(“你好，世界”)", 'print("你好，世界")'),
    ("s = ‘it is’", "s = 'it is'"),
    ('s = “a "quoted" word”', "s = 'a \"quoted\" word'"),
    ("s = “a”＋“b”", 's = "a"+"b"'),
    ("x − 1 – 2", "x - 1 - 2"),
    ("a ≤ b ≠ c × d", "a <= b != c * d"),
    ("x[…, 0]", "x[..., 0]"),
    ('f("，")，1', 'f("，"),1'),
    ('"""\n，＝\u00a0\n"""，', '"""\n，＝\u00a0\n""",'),
    ("r'\\'，", "r'\\'，"),  # the string has no end: all of it is text
]
# Text, or what Python reads as it is.
LEFT = [
    "print('你好，世界：“好”')",
    "# 注释，＝\u00a0“x”",
    "名字 = 1",
    "s = '''\n\u00a0，\n'''",
    "s = 'a\\'，b'",
    'f"{x}，"',
    "é = ñ + ｘ",
]


def find(codes):
    """Return what is found in each code, and each code as it is then mended."""
    script = (PAGE.parent / "lookalikes.js").read_text("utf-8")
    module = base64.b64encode(script.encode()).decode()
    program = f"""
    import {{ readFileSync }} from "node:fs";
    import {{ findLookAlikes, nameSigns }} from "data:text/javascript;base64,{module}";
    const mend = (code, found) => {{
      let text = "", end = 0;
      for (const {{ from, to, insert }} of found.filter((each) => each.insert !== null)) {{
        text += code.slice(end, from) + insert;
        end = to;
      }}
      return text + code.slice(end);
    }};
    console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((code) => {{
      const found = findLookAlikes(code);
      return {{ found, names: nameSigns(found), mended: mend(code, found) }};
    }})));
    """
    return run_node(program, codes)


def test_what_is_surely_meant_is_put_in_its_place():
    results = find([code for code, _ in MENDED])
    assert [each["mended"] for each in results] == [meant for _, meant in MENDED]


def test_text_and_what_python_reads_is_left_alone():
    assert [each["found"] for each in find(LEFT)] == [[]] * len(LEFT)


@pytest.mark.parametrize(("code", "meant"), [pair for pair in MENDED if "…" not in pair[0]])
def test_what_was_mended_can_be_compiled(code, meant):
    if not code.endswith("'，"):
        compile(meant, "cell", "exec")


def test_what_is_not_sure_is_only_named():
    (quote, long_dash, both) = find(["it’s", "a — b", "s = “a \" ' b”"])
    assert [each["mended"] for each in (quote, long_dash, both)] == [
        "it’s",
        "a — b",
        "s = “a \" ' b”",
    ]
    assert quote["names"] == "a curly quote ’ (U+2019)"
    assert long_dash["names"] == "a long dash — (U+2014)"
    (many,) = find(["a\u00a0＝\u2003，１"])
    assert many["names"] == "a non-breaking space (U+00A0), ＝ (U+FF1D), U+2003 and others"
