#!/bin/sh
# Take the newest version of every npm package of package.json, to hear of an upgrade before it
# hurts: changes package.json and package-lock.json. For .github/workflows/canary.yml.
#
# KaTeX is taken in the version that its renderer, a Python package, was made for. The packages of
# onDemand stay: Pyodide must be the one that JupyterLite's kernel was made for, and has a hash.

set -eu
unset CDPATH
cd -- "$(dirname -- "$0")/.."
. ./scripts/own_settings.sh

PATH="$(.venv/bin/python -c 'from softmax_book.building.npm import find_node; print(find_node())'):$PATH"
katex=$(.venv/bin/python -c 'from sphinxcontrib.katex import katex_version; print(katex_version)')
newest=$(node -p "Object.keys(require('./package.json').dependencies)
    .filter((name) => name !== 'katex').map((name) => name + '@latest').join(' ')")

# shellcheck disable=SC2086 # one word for each package
npm install --save-exact --ignore-scripts $newest "katex@$katex"
git --no-pager diff --stat -- package.json
