import pytest

from ..conftest import ToyBook, with_own_package
from ..page_reader import read_pages


@pytest.fixture(scope="session")
def pages(site):
    """Every page of the built site."""
    pages = read_pages(site)
    assert len(pages) > 10
    return pages


# What the tests of this folder look for in a page, each in its own place; a build takes seconds.
SAMPLE = """\
| symbol | meaning | code | unit |
|---|---|---|---|
| $X$ | the samples of Chapter 2 | `X` | none |

| a | b |
|---|---|
| 1 | in `Chapter 2` |

```{code-cell} ipython3
---
tags: [hide-input]
figure:
  alt: >-
    It rises to {end}: "up" & on
    the next line.
  caption: Up.
---
import matplotlib.pyplot as plt
from softmax_steps.notebook import show

figure, ax = plt.subplots()
show(figure, values={"end": "1.00"})
```

```{code-cell} ipython3
from IPython.display import display
display({'application/vnd.jupyter.widget-view+json': {'model_id': 'abc'},
         'text/html': '<p>the picture</p>', 'text/plain': 'plain'}, raw=True)
```
"""


@pytest.fixture(scope="session")
def sample(tmp_path_factory, site):
    """A built book of one page, whose repository has a name; leave it as it is.

    Its site held a page of a chapter that has left the book.
    """
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("sample")
        with_own_package(patch, root)
        book = ToyBook(root)
        book.set_config('\n  url: ""', "\n  url: https://github.com/name/book")
        book.write_page(SAMPLE)
        (book.edition.site / "book").mkdir(parents=True)
        (book.edition.site / "book" / "old.html").write_text("<p>old</p>")
        book.build()
    return book
