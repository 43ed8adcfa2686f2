"""How a widget's view is drawn anew: as if everything were replaced, and what stands stays."""

import pytest

from softmax_steps.widgets.names import FOLDER

# Pairs of sketches, random but the same each time: drawn over each other and from nothing.
PAIRS = """({ renew, sketch }) => {
  let seed = 1;
  const below = (n) => { seed = (seed * 48271) % 2147483647; return seed % n; };
  const maybe = (value) => (below(2) ? value : undefined);
  const child = (depth) => (depth === 0 || below(3) === 0 ? ["", "a", "b"][below(3)]
    : sketch(["p", "b", "i"][below(3)],
      { class: maybe(`k${below(2)}`), hidden: below(2) === 0, title: maybe(below(3)) },
      ...Array.from({ length: below(4) }, () => child(depth - 1))));
  const wrong = [];
  for (let k = 0; k < 2000; k++) {
    const [first, second] = [0, 1].map(() => Array.from({ length: below(4) }, () => child(2)));
    const [over, anew] = [document.createElement("div"), document.createElement("div")];
    renew(over, ...first);
    renew(over, ...second);
    renew(anew, ...second);
    if (!over.isEqualNode(anew)) wrong.push([over.innerHTML, anew.innerHTML]);
  }
  return wrong.slice(0, 3);
}"""
STAYS = """({ renew, sketch }) => {
  const node = document.createElement("p");
  const drawn = (value) => ["L = ", sketch("b", { class: "loss" }, value), sketch("i", {}, "nats")];
  renew(node, ...drawn("0.5"));
  const before = [...node.childNodes], texts = before.map((part) => part.firstChild ?? part);
  const seen = new MutationObserver(() => {});
  seen.observe(node, { subtree: true, childList: true, characterData: true, attributes: true });
  renew(node, ...drawn("0.25"));
  const changes = seen.takeRecords();
  return [node.textContent, before.every((part, k) => part === node.childNodes[k]),
    changes.map(({ type, target }) => [type, target === texts[1]])];
}"""


KEPT = """({ renew, sketch, keeping }) => {
  const node = document.createElement("p"), keep = keeping(), made = [], seen = [];
  const bold = (word) => keep([word, 1], () => {
    made.push(word);
    return sketch("b", { title: word }, word);
  });
  for (const word of ["a", "a", "b", "b", "a"]) {
    renew(node, bold(word));
    seen.push(node.innerHTML);
  }
  renew(node, sketch("b", {}, "other"));
  renew(node, bold("a"));
  return [made, seen.map((html) => html.at(-5)), node.innerHTML];
}"""
PASSED_OVER = """({ renew, sketch }) => {
  const node = document.createElement("p"), bold = sketch("b", {}, "a");
  renew(node, bold);
  node.firstChild.textContent = "by another hand";
  renew(node, bold);
  return node.textContent;
}"""


@pytest.fixture
def view(chromium):
    page = chromium.new_page()
    source = (FOLDER / "shared" / "view.mjs").read_text("utf-8")
    module = page.evaluate_handle(
        "(text) => import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })))",
        source,
    )
    yield lambda script: page.evaluate(script, module)
    page.close()


def test_what_is_drawn_over_something_else_is_as_if_drawn_from_nothing(view):
    assert view(PAIRS) == []


def test_only_the_text_that_differs_is_set(view):
    assert view(STAYS) == ["L = 0.25nats", True, [["characterData", True]]]


def test_what_is_kept_is_made_once_and_passed_over_until_something_else_was_drawn(view):
    assert view(KEPT) == [["a", "b", "a"], list("aabba"), '<b title="a">a</b>']
    assert view(PASSED_OVER) == "by another hand"
