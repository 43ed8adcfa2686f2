"""Measure the website in Chromium: ``make bench-site`` prints a table and writes site.json.

Each part is a module with ``measure(browser, site)``, which returns rows: dicts with ``name``,
``goal`` (None where there is none; at most this is wanted), ``value`` and ``unit``, and where it
was measured ``default``, the same number of a default Jupyter Book page. The command fails only
where a number could not be measured: a goal that is missed is to be read, beside the number.
``python -m benchmarks.site live_cells`` measures that part alone.
"""

import json
import os
import platform
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.chromium import FLAGS, NO_CHROMIUM, find_chromium

from benchmarks import lite, live_cells, pages
from softmax_book.building.site import build_site
from softmax_book.edition import BookError, Edition

PARTS = (pages, live_cells, lite)
ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "site.json"


def table(rows):
    """Return the rows as text, one line each."""
    cells = [("what", "measured", "goal", "", "default page")]
    for row in rows:
        value, goal, default = row["value"], row["goal"], row.get("default")
        met = "" if goal is None else "met" if value <= goal else "MISSED"
        shown = [f"{value} {row['unit']}".strip(), "" if goal is None else f"≤ {goal}", met]
        cells.append((row["name"], *shown, "" if default is None else str(default)))
    widths = [max(len(line[k]) for line in cells) for k in range(5)]
    lines = [
        "  ".join(
            text.ljust(width) if k == 0 else text.rjust(width)
            for k, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def main():
    """Run the parts; return 0 if every number could be measured."""
    known = [part.__name__.rpartition(".")[2] for part in PARTS]
    wanted = sys.argv[1:] or known
    unknown = set(wanted) - set(known)
    if unknown:
        print(
            f"no part {', '.join(sorted(unknown))}: there are {', '.join(known)}", file=sys.stderr
        )
        return 2
    program = find_chromium()
    if program is None:
        print(NO_CHROMIUM, file=sys.stderr)
        return 1
    try:
        site = build_site(Edition(ROOT), say=print).site
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    rows, failed = [], []
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        version = browser.version
        for name, part in zip(known, PARTS, strict=True):
            if name not in wanted:
                continue
            print(f"Measuring: {name} …", flush=True)
            try:
                rows += part.measure(browser, site)
            except Exception as error:  # the other parts' numbers are still wanted
                failed.append(name)
                print(f"{name} could not be measured: {error}", file=sys.stderr)
        browser.close()
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "chromium": version,
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load_before": load,
    }
    RESULT.write_text(json.dumps({**facts, "rows": rows}, indent=1, ensure_ascii=False), "utf-8")
    print(f"\n{table(rows)}\n\nWritten to {RESULT.relative_to(ROOT).as_posix()}.")
    if load is not None and load > 0.5 * (os.cpu_count() or 1):
        print(f"The machine was busy before the start (load {load:.1f}): times are too long.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
