"""A page that a test opens knows nothing of the tests before, though the browser does."""

KEEP = """async () => {
  localStorage.setItem("mine", "1");
  sessionStorage.setItem("mine", "1");
  document.cookie = "mine=1";
  await (await caches.open("mine")).put("/mine", new Response("1"));
  await new Promise((done) => { indexedDB.open("mine").onsuccess = done; });
}"""
KEPT = """async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie,
  ...await caches.keys(), ...(await indexedDB.databases()).map((each) => each.name),
].filter(Boolean)"""


def test_what_one_test_leaves_the_next_does_not_find(contexts, served):
    def open_page():
        page = contexts.open_page(served)
        page.goto(f"{served}404.html")
        return page

    first = open_page()
    first.evaluate(KEEP)
    assert len(first.evaluate(KEPT)) == 5
    second = open_page()  # of the same test: another reader
    assert second.context is not first.context
    assert second.evaluate(KEPT) == []
    second.evaluate(KEEP)
    used = {first.context, second.context}
    contexts.take_back()
    for _ in range(2):
        page = open_page()
        assert page.context in used
        assert {other.url for other in page.context.pages if other is not page} == {"about:blank"}
        assert page.evaluate(KEPT) == []
        page.close()
    contexts.take_back()
