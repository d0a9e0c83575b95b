# Installs the built program below a folder: bin/turnbuckle, lib/turnbuckle, completion scripts. Sourced by `turnbuckle` of
# the source tree, which has set root, jdk, target and jar.

usage() {
    cat <<END
Usage: ./turnbuckle install [--prefix DIR]
Installs the turnbuckle command: DIR/bin/turnbuckle, with what it needs in
DIR/lib/turnbuckle, and completions for bash and zsh below DIR/share.
      --prefix DIR   The folder; ${HOME:-~}/.local when not given.
To remove it, delete DIR/bin/turnbuckle and DIR/lib/turnbuckle.
END
}

# From the words after `install`. Sets prefix.
read_prefix() {
    prefix=${HOME:-}/.local
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help)
                usage
                exit 0
                ;;
            --prefix=*) prefix=${1#*=} ;;
            --prefix)
                [ $# -gt 1 ] || fail "$program install: --prefix names a folder; give it"
                prefix=$2
                shift
                ;;
            *) fail "$program install: unknown: $1" "Try '$program install --help'." ;;
        esac
        shift
    done
    [ -n "$prefix" ] || fail "$program install: --prefix is empty; name a folder"
}

# Beside the old one first, then in its place: what runs keeps the files that it has open.
copy_program() {
    new=$prefix/lib/.turnbuckle.$$
    mkdir -p "$new" "$prefix/bin"
    cp -p "$jar" "$new/turnbuckle.jar"
    cp -pR "$target/lib" "$new/lib"
    cp "$root/turnbuckle-cli/src/main/sh/java.sh" "$new/java.sh"
    rm -rf "$prefix/lib/turnbuckle"
    mv "$new" "$prefix/lib/turnbuckle"
    cp "$root/turnbuckle-cli/src/main/sh/turnbuckle" "$prefix/bin/.turnbuckle.$$"
    chmod 755 "$prefix/bin/.turnbuckle.$$"
    mv -f "$prefix/bin/.turnbuckle.$$" "$prefix/bin/turnbuckle"
}

# Where the shells look by themselves when DIR is a usual one.
write_completions() {
    bash=$prefix/share/bash-completion/completions zsh=$prefix/share/zsh/site-functions
    mkdir -p "$bash" "$zsh"
    "$prefix/bin/turnbuckle" completion bash >"$bash/turnbuckle"
    "$prefix/bin/turnbuckle" completion zsh >"$zsh/_turnbuckle"
}

install_program() {
    read_prefix "$@"
    mkdir -p "$prefix" 2>/dev/null && [ -w "$prefix" ] \
        || fail "$program install: cannot write to $prefix; name another folder with --prefix"
    prefix=$(CDPATH='' cd -- "$prefix" && pwd -P)
    copy_program
    jar=$prefix/lib/turnbuckle/turnbuckle.jar
    find_flags
    find_cache
    [ -z "$cache" ] || (make_cache) >/dev/null 2>&1 </dev/null
    TURNBUCKLE_AOT=off write_completions
    echo "installed $prefix/bin/turnbuckle"
    case :${PATH:-}: in
        *:"$prefix/bin":*) ;;
        *) echo "$prefix/bin is not on your PATH: add it, for example with  export PATH=\"$prefix/bin:\$PATH\"" ;;
    esac
}
