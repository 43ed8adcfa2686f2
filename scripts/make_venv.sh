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
#
# Nothing here depends on the caller's settings, and nothing outside this folder is touched: each
# path is absolute, below a root that was found to be the book's. What is half made is known by
# .venv/unfinished, and made anew. Of two runs at once, one waits.

set -eu
unset -f cd pwd dirname cat rm mkdir 2>/dev/null # functions that bash has taken from its environment
unset CDPATH # else cd may land in another project
cd -- "$(dirname -- "$0")/.."
. ./scripts/own_settings.sh
root=$(pwd -P)
venv=$root/.venv python=$root/.venv/bin/python log=$root/.venv/setup.log

OLDEST=11 NEWEST=13 # of Python 3; the versions on which constraints.txt is tested

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

[ "$root" != / ] && [ -f "$root/scripts/make_venv.sh" ] && [ -f "$root/constraints.txt" ] ||
    stop "$root is not the folder of the book, or has a name that ends with a line break: rename it."

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

# --- what stands in .venv ---

# What .venv was made from: the three files that set it up, and where the checkout stands
# (the package is installed from there, so a checkout that has moved needs it done again).
case "${PINS:-exact}" in
    exact) versions='the exact versions of constraints.txt' pins='-c constraints.txt' ;;
    none) versions='the newest versions' pins='--upgrade --upgrade-strategy eager' ;;
    *) stop "PINS=$PINS is unknown: it is 'none', for the newest versions, or not set." ;;
esac
wanted=$(cat pyproject.toml requirements.txt constraints.txt | cksum; echo "$root"; echo "$pins")

is_usable() { # does .venv hold a whole environment, of the Python that is asked for?
    [ ! -e "$venv/unfinished" ] || return 1
    [ "$("$python" -c 'import pip, sys; print(sys.version_info >= (3, 11))' 2>/dev/null)" = True ] ||
        return 1
    [ -z "${PYTHON:-}" ] || [ "$(minor "$PYTHON")" = "$(minor "$python")" ]
}

has() { [ "$(cat "$venv/ready-$1" 2>/dev/null)" = "$wanted" ]; }

fits() { # does .venv hold what $1 needs?
    has "$1" || has test || { [ "$1" = book ] && { has class || has live; }; }
}

# --- what changes it ---

remove_venv() {
    [ "$venv" = "$(pwd -P)/.venv" ] || stop "$venv is not in this folder: it was not removed."
    [ ! -e "$venv" ] || [ -e "$venv/unfinished" ] || [ -f "$venv/pyvenv.cfg" ] ||
        [ -z "$(ls -A "$venv")" ] ||
        stop "$venv is no virtual environment and holds files: move it away and run make again."
    error=$(rm -rf -- "$venv" 2>&1) || cannot_write "$error"
}

cannot_write() { # $1 is the system's reason
    case $1 in
        *'No space left'*) stop "The disk is full: $what needs about 1 GB in $root. Free some space" \
            "and run make again." ;;
    esac
    stop "$venv cannot be written ($(printf '%s\n' "$1" | tail -n 1)): copy the folder to a place" \
        "where you may write, and run make there."
}

take_lock() { # $1 is a Python. The lock ends with this script, however it ends
    exec 9<scripts/make_venv.sh
    lock='
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | (0 if sys.argv[1:] else fcntl.LOCK_NB))
except BlockingIOError:
    sys.exit(75)
except OSError:
    pass  # a file system without locks
'
    status=0
    "$1" -c "$lock" || status=$?
    if [ $status = 75 ]; then
        echo "Another run is setting up .venv in this folder: waiting for it."
        "$1" -c "$lock" wait
    fi
}

interrupted() {
    trap '' INT TERM HUP
    # What pip was at may be half done; what was there before it installed anything is whole.
    if [ "$fresh" = yes ]; then
        remove_venv
    elif ! grep -q '^Installing collected' "$log" 2>/dev/null; then
        rm -f -- "$venv/unfinished"
    fi
    echo >&2
    echo "Stopped before .venv was ready: run make again to set it up." >&2
    exit 130
}

if is_usable && fits "$1"; then
    exit 0
fi
base=$python
is_usable || base=$(choose_python) || exit 1
take_lock "$base"
if is_usable && fits "$1"; then
    exit 0 # another run has made it
fi
[ ! -L .venv ] || stop ".venv is a link to $(cd -P .venv 2>/dev/null && pwd || echo nowhere), outside" \
    "this folder perhaps: remove the link and run make again."

fresh=no
trap interrupted INT TERM HUP
if is_usable; then
    error=$( (rm -f -- "$venv"/ready-* && : >"$venv/unfinished") 2>&1) || cannot_write "$error"
    echo "Bringing .venv up to date for $what with $versions."
else
    base=$(choose_python) || exit 1
    [ "$(minor "$base")" -le $NEWEST ] || echo "Python 3.$(minor "$base") is newer than the versions" \
        "tested here (3.$OLDEST to 3.$NEWEST); trying it."
    remove_venv
    fresh=yes
    error=$( (mkdir -- "$venv" && : >"$venv/unfinished") 2>&1) || cannot_write "$error"
    echo "Setting up .venv (Python 3.$(minor "$base")) for $what with $versions;" \
        "about 2 minutes the first time."
    reason=$("$base" -m venv "$venv" 2>&1) || {
        # What Python runs to put pip there fails without a reason where the disk is full.
        error=$( (cat pyproject.toml constraints.txt >"$venv/room") 2>&1) || reason=$error
        remove_venv
        case $reason in *'No space left'*) cannot_write "$reason" ;; esac
        stop "Python 3.$(minor "$base") could not make .venv: $(printf '%s\n' "$reason" | tail -n 1)"
    }
fi

# The settings of distutils in the home folder could send what is built elsewhere.
kind=$1
# shellcheck disable=SC2086 # the options are several words
set -- $pins --config-settings=--global-option=--no-user-cfg -r requirements.txt ${extras:+-e "$extras"}
error=$( (: >"$log") 2>&1) || cannot_write "$error"
exec 3>&1 4>"$log"
# One dot for each package that pip looks at. What became of it comes through the pipe, for the log
# may not hold all of it: the disk may be full.
outcome=$(
    {
        "$python" -I src/softmax_book/building/run_pip.py install \
            --disable-pip-version-check --no-input "$@" 2>&1 &&
            echo "pip has succeeded"
    } | while IFS= read -r line; do
        printf '%s\n' "$line" >&4 2>/dev/null || true # before it is shown: interrupted() reads it
        case $line in
            Collecting*) printf . >&3 ;;
            Installing\ collected*) printf ' installing ' >&3 && echo installing ;;
            *'No space left on device'*) echo full ;;
            'pip has succeeded') echo succeeded ;;
        esac
    done
) || true
echo
case $outcome in
    *succeeded*)
        error=$({
            printf '%s\n' "$wanted" >"$venv/ready-$kind.new" &&
                mv -f -- "$venv/ready-$kind.new" "$venv/ready-$kind" &&
                rm -f -- "$venv/unfinished"
        } 2>&1) || cannot_write "$error"
        echo ".venv is ready: $("$python" --version)."
        exit 0
        ;;
    *full*)
        [ "$fresh" = no ] || remove_venv
        cannot_write 'No space left on device'
        ;;
    *installing*) ;; # what pip has left may be half done
    *) rm -f -- "$venv/unfinished" ;;
esac
tail -n 25 "$log" >&2
stop "pip could not set up .venv: its last lines are above, all of them in .venv/setup.log. If the" \
    "network failed, run make again. To begin anew: make clean-all."
