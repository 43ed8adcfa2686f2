# Make this shell and what it starts independent of the caller's settings. Read with
#
#   . ./scripts/own_settings.sh
#
# in the repository's root. What becomes of each setting says building/environment.txt.
# shellcheck shell=sh

unset -f awk locale printf # functions that bash has taken from its environment
unset IFS
set +aCvx # options that bash has taken from its environment
umask u+rwx

table=src/softmax_book/building/environment.txt
# The names that do not pass, each with its verb.
settings=$(awk '
    /^[^#]/ { name[++count] = toupper($1); verb[count] = $2 }
    END {
        for (given in ENVIRON) {
            for (line = 1; line <= count; line++) {
                start = name[line]
                ending = sub(/[*]$/, "", start)
                capital = toupper(given)
                if (capital == start || (ending && index(capital, start) == 1)) {
                    if (verb[line] != "keep") print verb[line] "=" given
                    break
                }
            }
        }
    }' "$table") || {
    echo "$table cannot be read: run make in the folder of the book, which holds it." >&2
    exit 1
}

set -f
for setting in $settings; do
    name=${setting#*=}
    case $setting in
        *=BASH_FUNC_*%%)
            name=${name#BASH_FUNC_}
            unset -f "${name%"%%"}"
            ;;
        *=SHELLOPTS | *=BASHOPTS) ;; # cannot be unset here: scripts/recipe.sh does
        *=*[!A-Za-z0-9_]*) ;;        # no name for a shell, which does not pass it on
        folder=*)
            eval "folder=\${$name}"
            # shellcheck disable=SC2154 # set by eval
            { [ -d "$folder" ] && [ -w "$folder" ]; } || unset "$name"
            ;;
        *) unset "$name" ;;
    esac
done
set +f

# macOS has had C.UTF-8 only since version 13.
for name in en_US.UTF-8 C.UTF-8; do
    [ "$(LC_ALL=$name locale charmap 2>/dev/null || true)" != UTF-8 ] || LC_ALL=$name
done
LC_ALL=${LC_ALL:-C.UTF-8}
export LC_ALL
unset name setting settings table folder
