"""Running a widget's own JavaScript, in Node and in Chromium, to hold it against the package."""

import json
from urllib.parse import urlsplit

import pytest

from softmax_steps.widgets.names import FOLDER

from ...node import run_node

# Numbers cross as JSON, which carries every float64 exactly, but for inf and nan.
PLAIN = """(_, v) => ArrayBuffer.isView(v) ? Array.from(v)
  : typeof v === "number" && !Number.isFinite(v) ? String(v) : v"""


def run_in_node(module, body, data):
    program = f"""
    import * as view from {json.dumps((FOLDER / f"{module}.mjs").as_uri())};
    import {{ readFileSync }} from "node:fs";
    const data = JSON.parse(readFileSync(0, "utf8"));
    console.log(JSON.stringify((() => {{ {body} }})(), {PLAIN}));
    """
    return run_node(program, data)


@pytest.fixture(scope="module")
def views_page(chromium):
    """A page whose only neighbours are the views' modules."""

    def answer(route):
        path = urlsplit(route.request.url).path.removeprefix("/")
        if path.endswith(".mjs"):
            text = (FOLDER / path).read_text("utf-8")
            route.fulfill(body=text, content_type="text/javascript; charset=utf-8")
        else:
            route.fulfill(body="<!doctype html><title>views</title>", content_type="text/html")

    page = chromium.new_page()
    page.route("**/*", answer)
    page.goto("http://127.0.0.1/")
    yield page
    page.close()


def run_on(page):
    def run(module, body, data):
        answer = page.evaluate(
            f"""async ([module, data]) => {{
              const view = await import(`/${{module}}.mjs`);
              return JSON.stringify(((data) => {{ {body} }})(JSON.parse(data)), {PLAIN});
            }}""",
            [module, json.dumps(data)],
        )
        return json.loads(answer)

    return run


@pytest.fixture(scope="module", params=["node", "chromium"])
def in_javascript(request):
    """Return ``run(module, body, data)``: what ``body`` returns, in Node and in the browser.

    ``body`` is JavaScript that sees ``data`` and the module's exports as ``view``.
    """
    if request.param == "node":
        return run_in_node
    return run_on(request.getfixturevalue("views_page"))
