# What the scripts that start programs from this source tree share: building when something changed.
# Sourced. The caller sets root, the top folder; program, its own name for messages; module, the folder of the Maven module
# that it starts; artifact, how that module's jar is called. find_program sets jdk, target and jar.

needs=javac
. "$root/turnbuckle-cli/src/main/sh/java.sh"

# Whether the program is there and nothing it is made from has changed since. A deleted file changes its folder.
is_built() {
    [ -f "$jar" ] && [ -z "$(find "$root/pom.xml" "$root"/turnbuckle-*/pom.xml "$root"/turnbuckle-*/src/main \
        "$root/$module/pom.xml" "$root/$module/src/main" -newer "$jar" -print)" ]
}

# One builds, others that are started meanwhile wait for it. The lock is a link that names its owner's process.
lock() {
    mkdir -p "$root/target"
    until ln -s "$$" "$root/target/building" 2>/dev/null; do
        builder=$(readlink "$root/target/building" || true)
        if [ -n "$builder" ] && ! kill -0 "$builder" 2>/dev/null; then rm -f "$root/target/building"; else sleep 1; fi
    done
    trap 'rm -f "$root/target/building"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

build() {
    command -v mvn >/dev/null || fail "$program: is not built yet, and Maven, which builds it, is not on the PATH." \
        "Install Maven 3.8 or newer (your system's package is called maven)."
    lock
    if is_built; then return; fi
    why='its sources changed'
    [ -f "$jar" ] || why='first time, about a minute'
    echo "building $program ($why) …" >&2
    log=$root/target/$module-build.log
    started=$root/target/$module-build.started
    : >"$started"
    rm -rf "$jar" "${target:?}/lib"
    built=0
    (cd "$root" && JAVA_HOME=$jdk mvn -B -q -Dquick -pl "$module" -am package) >"$log" 2>&1 </dev/null || built=$?
    # The compiler ran without its checks. Without a note of what it compiled, Maven's next build compiles again, with them.
    rm -rf "$root"/turnbuckle-*/target/maven-status "$target/maven-status"
    if [ "$built" -ne 0 ]; then
        rm -f "$jar"
        said=$(sed -n 's/^.*\[ERROR\] //p' "$log" | sed '/\[Help 1\]$/q' | tail -n 20)
        [ -n "$said" ] || said=$(tail -n 20 "$log")
        printf '%s\n' "$said" "$program: could not be built; the whole log is $log" >&2
        exit 1
    fi
    # As old as the build's start: what was edited during it is newer.
    touch -r "$started" "$jar"
}

# The program, built: $jar, which names what it needs in $target/lib.
find_program() {
    find_jdk
    target=$root/$module/target
    jar=$target/$artifact-0.1.0-SNAPSHOT.jar
    is_built || (build)
}
