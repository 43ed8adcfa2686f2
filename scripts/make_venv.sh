#!/bin/sh
# Make .venv, or bring it up to date, with the exact versions of constraints.txt.
#
#   sh scripts/make_venv.sh book    what builds the website and runs the chapters
#   sh scripts/make_venv.sh live    the same, and what serves the chapters with live cells
#   sh scripts/make_venv.sh class   what builds the website, and what grades a class
#   sh scripts/make_venv.sh test    all of these, and what the tests need
#
# Called by make, so nobody has to. It does nothing when .venv already fits. PYTHON names the
# interpreter; without it the newest tested one is taken. PINS=none takes the newest versions that
# pyproject.toml allows, to hear of an upgrade before it hurts. The first line that tells what is
# missing is the only one: a missing Python is not the place for a traceback.

set -eu
cd "$(dirname "$0")/.."

OLDEST=11 NEWEST=13 # of Python 3; the versions on which constraints.txt is tested

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

minor() { # 13 for Python 3.13; nothing where $1 does not run or is Python 2
    "$1" -c 'import sys; print(sys.version_info[1] if sys.version_info[0] == 3 else "")' 2>/dev/null || true
}

can_make_venv() { # Debian ships ensurepip apart from Python
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

without_venv() {
    stop "Python 3.$(minor "$1") is here but cannot make a virtual environment: install its venv" \
        "module (Debian, Ubuntu: sudo apt install python3.$(minor "$1")-venv) and run make again."
}

choose_python() { # prints the interpreter that .venv shall be made with
    if [ -n "${PYTHON:-}" ]; then
        found=$(minor "$PYTHON")
        [ -n "$found" ] || stop "PYTHON=$PYTHON does not run, or is not Python 3: give the path of" \
            "a Python 3.$OLDEST to 3.$NEWEST."
        [ "$found" -ge $OLDEST ] || stop "PYTHON=$PYTHON is Python 3.$found, too old: give the path" \
            "of a Python 3.$OLDEST to 3.$NEWEST."
        can_make_venv "$PYTHON" || without_venv "$PYTHON"
        echo "$PYTHON"
        return
    fi
    seen='' newer='' bare=''
    for candidate in python3.13 python3.12 python3.11 python3 python; do
        found=$(minor "$candidate")
        [ -n "$found" ] || continue
        seen="Python 3.$found"
        [ "$found" -ge $OLDEST ] || continue
        if ! can_make_venv "$candidate"; then
            bare=${bare:-$candidate}
        elif [ "$found" -le $NEWEST ]; then
            echo "$candidate"
            return
        else
            newer=${newer:-$candidate}
        fi
    done
    if [ -n "$newer" ]; then
        echo "$newer"
        return
    fi
    [ -z "$bare" ] || without_venv "$bare"
    stop "Python 3.$OLDEST, 3.12 or 3.$NEWEST is needed, and ${seen:-no Python 3} was found: install" \
        "one (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python@3.13;" \
        "Windows: see README.md) or name it: make book PYTHON=/path/to/python3.12"
}

case "${1:-}" in
    book) extras='' what='the website' ;;
    class) extras='.[class]' what='the website and the class' ;;
    live) extras='.[live]' what='the website and live cells' ;;
    test) extras='.[class,live,test]' what='the website, the class and the tests' ;;
    *) stop "usage: sh scripts/make_venv.sh book|live|class|test" ;;
esac

# What .venv was made from: the three files that set it up, and where the checkout stands
# (the package is installed from there, so a checkout that has moved needs it done again).
case "${PINS:-exact}" in
    exact) versions='the exact versions of constraints.txt' pins='-c constraints.txt' ;;
    none) versions='the newest versions' pins='--upgrade --upgrade-strategy eager' ;;
    *) stop "PINS=$PINS is unknown: it is 'none', for the newest versions, or not set." ;;
esac
wanted=$(cat pyproject.toml requirements.txt constraints.txt | cksum; pwd -P; echo "$pins")
python=.venv/bin/python
has() { [ "$(cat ".venv/ready-$1" 2>/dev/null)" = "$wanted" ]; }

usable=$($python -c 'import pip, sys; print(sys.version_info >= (3, 11))' 2>/dev/null || true)
if [ -n "${PYTHON:-}" ] && [ "$(minor "$PYTHON")" != "$(minor $python)" ]; then
    usable=False # another Python is asked for by name: .venv is made anew with it
fi
if [ "$usable" = True ]; then
    if has "$1" || has test || { [ "$1" = book ] && { has class || has live; }; }; then
        exit 0
    fi
    rm -f .venv/ready-*
    echo "Bringing .venv up to date for $what with $versions."
else
    base=$(choose_python) || exit 1
    [ "$(minor "$base")" -le $NEWEST ] || echo "Python 3.$(minor "$base") is newer than the versions" \
        "tested here (3.$OLDEST to 3.$NEWEST); trying it."
    echo "Setting up .venv (Python 3.$(minor "$base")) for $what with $versions;" \
        "about 2 minutes the first time."
    rm -rf .venv
    "$base" -m venv .venv || stop "Python 3.$(minor "$base") could not make .venv: its error is above."
fi

log=.venv/setup.log
# shellcheck disable=SC2086 # the options are several words
set -- "$1" $pins -r requirements.txt ${extras:+-e "$extras"}
kind=$1
shift
# One dot for each package that pip looks at.
{ $python -m pip install --disable-pip-version-check --no-input "$@" 2>&1 || echo "pip failed"; } |
    tee $log | while IFS= read -r line; do
    case $line in
        Collecting*) printf . ;;
        Installing\ collected*) printf ' installing ' ;;
    esac
done
echo
if [ "$(tail -n 1 $log)" = "pip failed" ]; then
    tail -n 25 $log >&2
    stop "pip could not set up .venv: its last lines are above, all of them in $log. If the network" \
        "failed, run make again. To begin anew: make clean-all."
fi
printf '%s\n' "$wanted" >".venv/ready-$kind"
echo ".venv is ready: $($python --version)."
