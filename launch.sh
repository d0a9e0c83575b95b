# What the scripts that start programs from this source tree share: finding a JDK, and building when something changed.
# Sourced. The caller sets root, the top folder; program, its own name for messages; module, the folder of the Maven module
# that it starts; artifact, how that module's jar is called. find_program sets jdk and target.

oldest=21 # the Java that the programs are compiled for

fail() {
    printf '%s\n' "$@" >&2
    exit 2
}

# The feature version of the JDK in folder $1, from its release file: java is not started. Sets feature, 0 when that is no JDK.
read_feature() {
    feature=0
    if [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
        while IFS= read -r line || [ -n "$line" ]; do
            case $line in
                JAVA_VERSION=*)
                    line=${line#*=}
                    line=${line#\"}
                    feature=${line%%[!0-9]*}
                    break
                    ;;
            esac
        done <"$1/release"
        feature=${feature:-0}
    fi
}

is_new_enough() {
    read_feature "$1"
    [ "$feature" -ge "$oldest" ]
}

# Takes what the user chose, then the first java on the PATH, then the newest one installed. Sets jdk.
find_jdk() {
    if [ -n "${TURNBUCKLE_JAVA_HOME:-}" ]; then
        jdk=$TURNBUCKLE_JAVA_HOME
        is_new_enough "$jdk" || fail "$program: TURNBUCKLE_JAVA_HOME is $jdk, and that is no JDK $oldest or newer."
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
        read_feature "$home"
        if [ "$feature" -ge "$oldest" ] && [ "$feature" -gt "$newest" ]; then
            newest=$feature
            jdk=$home
        fi
    done
    if [ "$newest" -gt 0 ]; then return; fi
    # A java on the PATH may be a script that stands for one elsewhere: only it can tell.
    if [ -n "$on_path" ]; then
        jdk=$("$on_path" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
        if is_new_enough "$jdk"; then return; fi
    fi
    fail "$program: needs a JDK, version $oldest or newer, and found none." \
        "Install one (for example Temurin, or your system's openjdk-$oldest-jdk package), or tell where it is:" \
        "TURNBUCKLE_JAVA_HOME or JAVA_HOME names its folder, the one with bin/javac in it."
}

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

# The program, built: its classes are in $target/classes, what they need in $target/lib.
find_program() {
    find_jdk
    target=$root/$module/target
    jar=$target/$artifact-0.1.0-SNAPSHOT.jar
    is_built || (build)
}
