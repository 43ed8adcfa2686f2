"""Every colour and every font of the book: change one here, and all that shows it follows.

matplotlib's style, the pictures, the site's and the widgets' style sheets and the reports of the
grader take theirs from here. Only the two drawn logos write theirs again, and a test compares them.
"""

# Lines, bars and markers: Okabe and Ito's colours, told apart by readers who are colour-blind. The
# same in both themes.
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#aa4499"
OCHRE = "#997700"
SKY = "#56a0d3"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY)
CLASSES = (BLUE, ORANGE, GREEN)

#: Of a value from below 0 to above it: ColorBrewer's RdBu, from blue by nearly white to red.
SIGNED = (
    *("#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0"),
    "#f7f7f7",
    *("#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f"),
)
#: What a colour map stands for, and matplotlib's name for it; the first is made of ``SIGNED``.
MAPS = {
    "signed": "softmax_steps.signed",
    "ink": "gray_r",
    "share": "Blues",
    "mistakes": "Oranges",
    "other": "cividis",
}
#: What a colour stands for, in pictures and widgets alike.
ROLES = {
    "data": BLUE,
    "penalty": ORANGE,
    "total": GREEN,
    "training": PURPLE,
    "held-out": OCHRE,
    "score": OCHRE,
    "control": BLUE,
}

#: A figure's letters and lines. A page replaces exactly these values by its own of the same name.
FIGURE = {"ink": "#24292f", "muted": "#6e7781", "grid": "#d0d7de", "paper": "#ffffff"}
# Letters and edges on a coloured ground, which is the same in both themes: not replaced.
DARK_ON_COLOUR, LIGHT_ON_COLOUR = "#010101", "#fefefe"

#: The site's colours: name to value in the light and in the dark theme.
PAGE = {
    "ink": ("#24292f", "#dde3ea"),
    "muted": ("#5d6670", "#9aa5b1"),
    "grid": ("#d0d7de", "#38424d"),
    "paper": ("#ffffff", "#10141a"),
    "accent": ("#0067a3", "#6fb7ea"),
    "tint": ("#eef5fa", "#18242f"),
    "surface": ("#f5f7f9", "#1b2129"),
    "line": ("#dfe4e9", "#303944"),
    "warn": ("#b34a00", "#f0a36b"),
    "warn-tint": ("#fdf3ec", "#2a2019"),
    "good": ("#00704f", "#5cc8a4"),
    "bad": ("#b3261e", "#ff9d94"),
}
#: The site's colours on printed paper, in either theme.
PRINT = {
    "ink": "#000000",
    "muted": "#444444",
    "grid": "#d0d7de",
    "paper": "#ffffff",
    "accent": "#0067a3",
    "tint": "#f5f7f9",
    "surface": "#f5f7f9",
    "line": "#d0d7de",
    "warn-tint": "#f5f7f9",
}
#: The colours of the two logos, ``book/assets/*.svg``.
LOGO = {"ground": BLUE, "line": FIGURE["paper"], "point": "#f0c05a"}
#: The colours of the grader's reports: name to value in the light and in the dark theme.
REPORT = {
    "ink": ("#24292f", "#e6edf3"),
    "muted": ("#57606a", "#9198a1"),
    "paper": ("#ffffff", "#14181e"),
    "line": ("#d0d7de", "#3d444d"),
    "soft": ("#f6f8fa", "#1d232b"),
    "good": ("#1a7f37", "#4ac26b"),
    "bad": ("#b3261e", "#ff8a80"),
    "bar": (BLUE, "#56b4e9"),
}

# Where the text's face does not come in time, one that the reader's system has takes its place,
# spread or squeezed to its mean width of English letters: family to width.
_STAND_INS = {
    ("Times New Roman", "Liberation Serif", "Nimbus Roman"): 1.056,
    ("Noto Serif",): 0.88,
    ("DejaVu Serif",): 0.825,
}
#: The face of the text: Times' descendant for mathematics, beside Computer Modern's formulas. The
#: site serves these files, which npm brings.
PROSE = "STIX Two Text"
PROSE_FILES = {style: f"stix-two-text-latin-wght-{style}.woff2" for style in ("normal", "italic")}
#: Font stacks. A figure's letters become the page's; its widths are measured with DejaVu Sans.
FONTS = {
    "text": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, '
    "sans-serif",
    "code": 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", '
    '"Liberation Mono", monospace',
    "prose": f'"{PROSE}", '
    + "".join(f'"{PROSE} as {names[0]}", ' for names in _STAND_INS)
    + "Georgia, serif",
    "maths": 'KaTeX_Main, "STIX Two Text", "Latin Modern Roman", Cambria, "Times New Roman", serif',
    "maths-italic": 'KaTeX_Math, "STIX Two Text", "Latin Modern Math", Cambria, "Times New Roman", '
    "serif",
    "figure": "DejaVu Sans",
    "report": "system-ui, sans-serif",
}


def theme(colours, index):
    """Return the colours of one theme.

    Parameters
    ----------
    colours : dict of str to (str, str)
        Name to value in the light and in the dark theme, such as ``PAGE``.
    index : int
        0 for the light theme, 1 for the dark one.

    Returns
    -------
    dict of str to str
    """
    return {name: values[index] for name, values in colours.items()}


def css_rule(selector, values, *, prefix="--"):
    """Return a rule of CSS that sets custom properties.

    Parameters
    ----------
    selector : str
        For what, such as ``"html"``.
    values : dict of str to str
        Name to value.
    prefix : str
        Begins each property's name.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> css_rule("html", {"ink": "black", "paper": "white"}, prefix="--sms-")
    'html{--sms-ink:black;--sms-paper:white}'
    """
    return f"{selector}{{{';'.join(f'{prefix}{name}:{value}' for name, value in values.items())}}}"


def widget_css():
    """Return the rule that gives a widget its colours and fonts, wherever it is shown."""
    return css_rule(
        ".sms-widget",
        {
            **{f"figure-{name}": value for name, value in FIGURE.items()},
            **ROLES,
            **{"dark-on-colour": DARK_ON_COLOUR, "white": FIGURE["paper"]},
            **{f"class-{k}": colour for k, colour in enumerate(CLASSES)},
            **{f"{name}-font": FONTS[name] for name in ("code", "maths", "maths-italic")},
        },
    )


def font_faces():
    """Return the rules that name the served files of the text's face, and what stands in for it.

    Returns
    -------
    str
        CSS for a style sheet that has the files beside it, in ``fonts/``.
    """
    # A face that comes late would move the lines that are being read: it is kept for the next page.
    # Of Latin letters: for others the browser takes a face of its own, and fetches nothing.
    letters = "U+0000-00FF,U+0131,U+0152-0153,U+02C6,U+02DC,U+2000-206F,U+2212"
    faces = [
        f'@font-face{{font-family:"{PROSE}";font-style:{style};font-weight:400 700;'
        f'font-display:optional;src:url("fonts/{file}") format("woff2");unicode-range:{letters}}}'
        for style, file in PROSE_FILES.items()
    ]
    ascent, descent = 0.762, 0.238  # of the face itself
    for names, width in _STAND_INS.items():
        sources = ",".join(f'local("{name}")' for name in names)
        faces.append(
            f'@font-face{{font-family:"{PROSE} as {names[0]}";src:{sources};'
            f"size-adjust:{width:.1%};ascent-override:{ascent / width:.1%};"
            f"descent-override:{descent / width:.1%};line-gap-override:0%}}"
        )
    return "\n".join(faces)


def page_css():
    """Return the rules that give a page of the book its colours and fonts, in each theme."""
    light, dark = theme(PAGE, 0), theme(PAGE, 1)
    # Without scripts no theme is chosen, and the page follows the system.
    unchosen = css_rule('html[data-theme="auto"]', dark, prefix="--sms-")
    printed = css_rule("html[data-theme]", PRINT, prefix="--sms-")
    fonts = {"font": FONTS["text"], "prose-font": FONTS["prose"], "code-font": FONTS["code"]}
    fonts["white"] = FIGURE["paper"]
    return "\n".join(
        [
            font_faces(),
            css_rule("html", {**fonts, "black": PRINT["ink"]}, prefix="--sms-"),
            css_rule('html,html[data-theme="light"]', light, prefix="--sms-"),
            css_rule('html[data-theme="dark"]', dark, prefix="--sms-"),
            f"@media (prefers-color-scheme:dark){{{unchosen}}}",
            f"@media print{{{printed}}}",
        ]
    )


def plain_page_css():
    """Return the rule for the pages outside the book's frame, which follow the system's theme."""
    light, dark = PAGE["accent"]
    values = {"font": FONTS["text"], "accent": f"light-dark({light},{dark})"}
    return css_rule(":root", values, prefix="--sms-")
