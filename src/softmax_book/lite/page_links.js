// A notebook's link to a page of the book opens that page. The app looks for every link among its
// own notebooks, where the book's pages are not.
const HOME = new URL("../", import.meta.url); // this file lies in lite/
const PAGE = /(?:^|\/)([\w-]+\.html)(#[^?]*)?$/;

function openPage(event) {
  const link = event.target.closest?.(".jp-RenderedMarkdown a[href]");
  const found = link && PAGE.exec(link.getAttribute("href"));
  if (!found) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  window.open(new URL(`book/${found[1]}${found[2] ?? ""}`, HOME), "_blank", "noopener");
}

for (const kind of ["click", "auxclick"]) document.addEventListener(kind, openPage, true);
