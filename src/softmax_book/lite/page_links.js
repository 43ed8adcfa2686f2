// Open the book's pages, and other notebooks, from a notebook's links. JupyterLite itself looks for a
// page among its own files, and shows a list of files in place of a notebook.
const LITE = new URL("./", import.meta.url);
const TARGET = /(?:^|[/=])([\w-]+)\.(html|ipynb)(#.*)?$/;

function open(event) {
  const link = event.target.closest?.(".jp-RenderedMarkdown a[href]");
  const match = link && TARGET.exec(link.getAttribute("href"));
  if (!match || event.button > 1) return; // the right button has a menu
  const [, name, kind, place = ""] = match;
  const path = kind === "html" ? `../book/${name}.html` : `notebooks/index.html?path=${name}.ipynb`;
  event.preventDefault();
  event.stopImmediatePropagation();
  window.open(new URL(path + place, LITE), "_blank", "noopener");
}

for (const kind of ["click", "auxclick"]) document.addEventListener(kind, open, true);
