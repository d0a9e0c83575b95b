# How the program is started, in its source tree and where it is installed: finding Java, and the start-up cache. Sourced.
# The caller sets program, its own name for messages, and needs: `javac` where the program is also built, else `java`.

oldest=21 # the Java that the programs are compiled for
cached=25 # from this one on, a cache is made with one option (JEP 514)

fail() {
    printf '%s\n' "$@" >&2
    exit 2
}

# The version of the Java in folder $1, from its release file: java is not started. Sets version as in 25.0.3, and feature as in 25; 0 when that is none.
read_version() {
    version='' feature=0
    if [ -x "$1/bin/java" ] && [ -x "$1/bin/$needs" ] && [ -r "$1/release" ]; then
        while IFS= read -r line || [ -n "$line" ]; do
            case $line in
                JAVA_VERSION=*)
                    version=${line#*=}
                    version=${version#\"}
                    version=${version%%[!0-9._+-]*}
                    feature=${version%%[!0-9]*}
                    break
                    ;;
            esac
        done <"$1/release"
        feature=${feature:-0}
    fi
}

is_new_enough() {
    read_version "$1"
    [ "$feature" -ge "$oldest" ]
}

# Takes what the user chose, then the first java on the PATH, then the newest one installed. Sets jdk.
find_jdk() {
    kind=Java
    [ "$needs" = java ] || kind=JDK
    if [ -n "${TURNBUCKLE_JAVA_HOME:-}" ]; then
        jdk=$TURNBUCKLE_JAVA_HOME
        is_new_enough "$jdk" || fail "$program: TURNBUCKLE_JAVA_HOME is $jdk, and that is no $kind $oldest or newer."
        return
    fi
    jdk=${JAVA_HOME:-}
    if [ -n "$jdk" ] && is_new_enough "$jdk"; then return; fi
    on_path=$(command -v java || true)
    if [ -n "$on_path" ]; then
        jdk=$(readlink -f "$on_path" 2>/dev/null || true)
        jdk=${jdk%/bin/java}
        if is_new_enough "$jdk"; then return; fi
    fi
    newest=0
    for home in \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/* /opt/java/* /opt/jvm/* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.local/share/mise/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        read_version "$home"
        if [ "$feature" -ge "$oldest" ] && [ "$feature" -gt "$newest" ]; then
            newest=$feature
            jdk=$home
        fi
    done
    if [ "$newest" -gt 0 ]; then
        read_version "$jdk"
        return
    fi
    # A java on the PATH may be a script that stands for one elsewhere: only it can tell.
    if [ -n "$on_path" ]; then
        jdk=$("$on_path" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
        if is_new_enough "$jdk"; then return; fi
    fi
    fail "$program: needs a $kind, version $oldest or newer, and found none." \
        "Install one (for example Temurin, or your system's openjdk-$oldest-jdk package), or tell where it is:" \
        "TURNBUCKLE_JAVA_HOME or JAVA_HOME names its folder, the one with bin/$needs in it."
}

# ---- the start-up cache: classes as the JVM has them in memory after it loaded and linked them once

# Where the cache of $jar for $jdk is or shall be. Sets cache; empty where there is none: an older Java, or it is switched off.
find_cache() {
    cache=''
    [ "$feature" -ge "$cached" ] && [ "${TURNBUCKLE_AOT:-on}" != off ] || return 0
    # The JDK is part of the name: another one has another cache.
    before=$IFS
    IFS=/
    set -- $jdk
    IFS=-
    name="turnbuckle$*-$version.aot"
    IFS=$before
    cache=${jar%/*}/$name
    if is_fresh; then return; fi
    # A program that another user installed has no room beside it.
    [ -w "${jar%/*}" ] || cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/turnbuckle/$name
}

# Whether the cache is newer than the program and the JDK. The JVM looks again, at every file, and does without what does not fit.
is_fresh() {
    [ -s "$cache" ] && [ "$cache" -nt "$jar" ] && [ "$cache" -nt "$jdk/release" ]
}

# Makes the cache by running what most commands run. One at a time makes it; it appears whole or not at all.
make_cache() {
    mkdir -p "${cache%/*}" 2>/dev/null || return 0
    maker=$(exec sh -c 'echo $PPID')
    until ln -s "$maker" "$cache.making" 2>/dev/null; do
        other=$(readlink "$cache.making" 2>/dev/null) || return 0
        if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then return 0; fi
        rm -f "$cache.making"
    done
    begun=$cache.$maker.begun
    : >"$begun"
    nice -n 10 "$jdk/bin/java" $flags -XX:AOTCacheOutput="$cache.$maker" -cp "$jar" dev.turnbuckle.cli.Main warm-up \
        && [ -s "$cache.$maker" ] && [ ! "$jar" -nt "$begun" ] && mv -f "$cache.$maker" "$cache"
    for old in "${cache%/*}"/turnbuckle-*.aot; do
        [ "$old" -nt "$jar" ] || rm -f "$old"
    done
    rm -f "$cache.$maker" "$cache.$maker.config" "$begun" "$cache.making"
}

# Sets flags, what every start of the program has.
find_flags() {
    flags='--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1'
    # A cache that does not fit is no news to the user, and standard output is not the JVM's.
    flags="$flags -Xlog:disable -Xlog:all=error:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr"
}

# What standard input and output are: asked here, because Java cannot tell. Sets input and output.
find_streams() {
    input=other output=other
    if [ -t 0 ]; then input=terminal; elif [ -p /dev/stdin ]; then input=pipe; elif [ -f /dev/stdin ]; then input=file; fi
    [ ! -t 1 ] || output=terminal
}

# Becomes the program: $jar on $jdk, with the arguments given.
start() {
    find_flags
    find_streams
    find_cache
    use=''
    if [ -n "$cache" ]; then
        if is_fresh; then
            use=$cache
        else
            # Not for this start to wait for, nor to be stopped with it.
            (
                trap '' INT QUIT HUP
                make_cache
            ) </dev/null >/dev/null 2>&1 &
        fi
    fi
    exec "$jdk/bin/java" $flags ${use:+"-XX:AOTCache=$use" "-Dturnbuckle.cache=$use"} \
        -Dturnbuckle.command="$0" -Dturnbuckle.input="$input" -Dturnbuckle.output="$output" -cp "$jar" dev.turnbuckle.cli.Main "$@"
}
