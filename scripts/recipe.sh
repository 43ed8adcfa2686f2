#!/bin/sh
# The shell of the Makefile: runs a line of it in the book's folder, whatever the caller's settings.
#
# It stands in the Makefile as a path from the book's folder, so make -f from any other folder
# finds no shell, and removes nothing there.

unset CDPATH
. ./scripts/own_settings.sh || exit 1
exec env -u SHELLOPTS -u BASHOPTS /bin/sh "$@"
