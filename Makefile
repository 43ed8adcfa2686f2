# Every command of this repository; `make help` lists them. No step comes before them: those that
# need packages set up .venv themselves, once, and again when the pins change.

# Each line below runs in an environment of its own, whatever the caller's shell, pip or Python has
# been told; and in this folder alone: from another one, make -f finds no scripts/recipe.sh.
override SHELL := scripts/recipe.sh
override .SHELLFLAGS := -c
.NOTPARALLEL:

PYTHON ?=
PYODIDE_DIST ?=
export PYTHON PYODIDE_DIST
# What was given to make itself: a PORT in the environment was not meant for the book.
given = $(if $(filter command,$(origin $(1))),$($(1)))

.DEFAULT_GOAL := help
.PHONY: help book live site offline notebooks class test test-quick bench bench-loss bench-fit bench-stream bench-site bench-class lint clean clean-all

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile
	@echo
	@echo 'make book PYTHON=python3.12      choose the Python that .venv is made with'
	@echo 'make test ARGS="-x -k softmax"   give pytest arguments'
	@echo 'make bench-loss PYTHONPATH=DIR   find peers there too, such as PyTorch'
	@echo 'make live OPEN=0 PORT=8800       open no browser; serve on another port'
	@echo 'make offline PYODIDE_DIST=FOLDER put NumPy for the browser in, from a copy of Pyodide'

book:  ## Set up .venv and build the website, every cell run
	@sh scripts/make_venv.sh book
	@.venv/bin/python -m softmax_book build

live:  ## Set up .venv and serve the book with live cells: edit them, run them
	@sh scripts/make_venv.sh live
	@.venv/bin/python -m softmax_book live $(if $(filter 0,$(call given,OPEN)),--no-open) $(if $(call given,PORT),--port $(PORT))

site:  ## Build all that is published: the book, and its notebooks that run in the browser
	@sh scripts/make_venv.sh class
	@.venv/bin/python -m softmax_book build
	@.venv/bin/python -m softmax_grader.commands.release_for_students build/lite/assignments
	@.venv/bin/python -m softmax_book lite --assignments build/lite/assignments

offline: site  ## Pack the site into one zip, for a classroom without internet
	@.venv/bin/python -m softmax_book offline

notebooks:  ## Write the chapters as notebooks for Colab, Binder and JupyterHub into build/notebooks
	@sh scripts/make_venv.sh book
	@.venv/bin/python -m softmax_book notebooks --check
	@.venv/bin/python -m softmax_book build
	@.venv/bin/python -m softmax_book notebooks build/notebooks

class:  ## Set up .venv and grade a made-up class, from release to the file of grades
	@sh scripts/make_venv.sh class
	@.venv/bin/python -m softmax_grader.commands.demonstrate

# Two processes share the processors: threads that wait for each other would only take their time.
test:  ## Set up .venv and run all tests, chapters and website included
	@sh scripts/make_venv.sh test
	@echo "Running the tests: the package, its docstrings, the equations, every chapter, the website."
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	  .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(call given,ARGS) || { status=$$?; \
	  echo "The tests did not pass: 'short test summary info' above lists what failed."; \
	  echo "One of them again: make test ARGS=\"-x -k part_of_its_name\""; exit $$status; }
	@echo "The tests passed. What each one holds: tests/; how to change the book: CONTRIBUTING.md."

test-quick:  ## Run the tests that need no browser, no built website and no class: under a minute
	@sh scripts/make_venv.sh test
	@.venv/bin/python -m pytest -q -n auto --dist loadfile \
	  -m "not browser and not class and not live and not site" \
	  --ignore=tests/browser --ignore=tests/class $(call given,ARGS)
	@echo "These tests passed. All of them, as for a change that is handed in: make test"

bench: bench-loss bench-fit bench-stream bench-site bench-class  ## Run every benchmark

bench-loss:  ## Time the loss and its gradient beside NumPy and others; into build/bench/loss.json
	@sh scripts/make_venv.sh test
	@PYTHONPATH="$(call given,PYTHONPATH)" .venv/bin/python benchmarks/loss_and_gradient.py $(call given,ARGS)

bench-fit:  ## Time fit beside scikit-learn, at the same error; into build/bench/fit.json
	@sh scripts/make_venv.sh test
	@.venv/bin/python benchmarks/fitting.py

bench-stream:  ## Stream 20 GB, and a step on a cluster; into build/bench/stream.json
	@sh scripts/make_venv.sh test
	@.venv/bin/python benchmarks/more_than_memory.py

bench-site:  ## Weigh and time the pages in Chromium, beside a default book; into build/bench/site.json
	@sh scripts/make_venv.sh test
	@.venv/bin/python -m benchmarks.site

bench-class:  ## Time the grading of 200 made-up submissions; into build/bench/class.json
	@sh scripts/make_venv.sh test
	@.venv/bin/python benchmarks/classroom.py

lint:  ## Check the form of the code: layout, imports, packages, types, Python and JavaScript
	@sh scripts/make_venv.sh test
	@.venv/bin/python scripts/lint.py $(call given,ARGS)

clean:  ## Remove what the commands made, except .venv
	@rm -rf _build build dist .pytest_cache .hypothesis .ruff_cache .mypy_cache \
	  .import_linter_cache src/*.egg-info
	@find src tests scripts book -name __pycache__ -prune -exec rm -rf {} +
	@find book -name .ipynb_checkpoints -prune -exec rm -rf {} +
	@echo "Removed _build, build, dist and the caches. The sources and .venv are as they were."

clean-all: clean  ## Remove .venv and node_modules too
	@rm -rf .venv node_modules
	@echo "Removed .venv and node_modules. The next make sets up anew."
