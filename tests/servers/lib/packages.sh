# shellcheck shell=bash
# Gets the servers' programs out of Debian's packages, without installing anything.
#
# apt, with a state of its own, works out and downloads the packages of one Debian release and checks their signatures;
# they are unpacked into the cache, and each program is run by the dynamic linker that lies beside it. So no root is needed,
# no service is started behind anyone's back, the machine's own packages stay as they are, and the versions are the same on
# every Debian and Ubuntu. What was fetched stays as it is: delete the cache's folder to fetch newer packages.
#
# Only the client libraries that the tests link against come from the machine itself: see need_libraries.

readonly BOOKWORM_PACKAGES=(postgresql-15 mariadb-server-core mariadb-client-core)
readonly BOOKWORM_PROGRAMS=(usr/lib/postgresql/15/bin/{postgres,initdb,psql,pg_dump} usr/sbin/mariadbd usr/bin/mariadb)
readonly SID_PACKAGES=(mysql-server-core mysql-client-core)
readonly SID_PROGRAMS=(usr/sbin/mysqld usr/bin/{mysql,mysqldump})
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

bookworm=$cache/bookworm
sid=$cache/sid

# need_release bookworm|sid: after it, the programs of that release can be run. Whoever comes second waits for the first.
need_release() {
    local -n packages=${1^^}_PACKAGES programs=${1^^}_PROGRAMS
    local content="${packages[*]} ${programs[*]}" lock
    mkdir -p "$cache/bin" || fail "the folder \`$cache\` cannot be made" "set MIGRATE_TEST_CACHE to one that can"
    exec {lock}>>"$cache/$1.lock"
    flock "$lock"
    if [ "$(cat "$cache/$1/.complete" 2>/dev/null)" != "$content" ]; then
        fetch_release "$1" "${packages[@]}"
        wrap_programs "$cache/$1" "${programs[@]}"
        printf '%s' "$content" >"$cache/$1/.complete"
    fi
    exec {lock}>&-
}

# The mirror that this machine's own apt uses for Debian.
debian_mirror() {
    if [ -n "${MIGRATE_TEST_DEBIAN_MIRROR:-}" ]; then
        printf '%s' "$MIGRATE_TEST_DEBIAN_MIRROR"
    else
        # apt knows the origin only of the indexes that it has; where it has none yet, the address must do.
        # shellcheck disable=SC2016 # apt's own variables
        {
            apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE)' 'Created-By: Packages'
            apt-get indextargets --no-release-info --format '||$(SITE)' 'Created-By: Packages'
        } | awk -F'|' '$1 == "Debian" && $2 == "Debian" && !known { known = $3 }
                       $3 ~ /\/debian\/?$/ && !likely { likely = $3 }
                       END { print known ? known : likely }'
    fi
}

# fetch_release RELEASE PACKAGE...: downloads the packages with all that they need and unpacks what a server can use.
fetch_release() {
    local release=$1 root=$cache/$1 apt=$cache/$1.apt log=$cache/$1.log tool mirror started=$EPOCHREALTIME
    shift
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null || fail "\`$tool\` is not on this machine: only Debian and its relatives can fetch the servers" \
            "run servers of your own, and set MIGRATE_TEST_POSTGRES_URL, MIGRATE_TEST_MARIADB_URL and MIGRATE_TEST_MYSQL_URL to administrators of them"
    done
    [ -f "$KEYRING" ] || fail "Debian's signing keys are not at \`$KEYRING\`" "apt-get install debian-archive-keyring"
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || fail "apt's configuration names no mirror of Debian" "set MIGRATE_TEST_DEBIAN_MIRROR to the address of one"

    say "fetching $* and what they need from Debian $release (once, into \`$cache\`)"
    rm -rf "$root" "$apt"
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$root"/usr/{bin,sbin,lib,lib64}
    write_apt_configuration "$apt" "$release" "$mirror"
    {
        apt-get --config-file "$apt/apt.conf" update &&
            apt-get --config-file "$apt/apt.conf" install --yes --download-only "$@" &&
            unpack "$apt/archives" "$root"
    } >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        fail "the packages $* of Debian $release cannot be had; \`$log\` tells more" \
            "run servers of your own, and set their MIGRATE_TEST_…_URL variables"
    }
    rm -rf "$apt"
    say "fetched $* in $(seconds_since "$started") s"
}

# An apt that knows one release only, believes that nothing is installed, and leaves the machine's own state alone. The
# machine's settings for reaching the mirror (proxies, credentials) stay in force.
write_apt_configuration() {
    local apt=$1 architecture
    architecture=$(dpkg --print-architecture)
    : >"$apt/status"
    echo "deb [signed-by=$KEYRING arch=$architecture] $3 $2 main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<END
#clear APT::Architectures;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "$(id --user --name)";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
END
}

# Libraries and the servers themselves; not the administration around them, nor the compiler behind PostgreSQL's JIT.
unpack() {
    local folder package
    for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$2/$folder"; done
    for package in "$1"/*.deb; do
        case ${package##*/} in
            libllvm* | libz3* | libperl*) continue ;;
            lib* | zlib1g_* | postgresql-[0-9]* | postgresql-client-[0-9]* | mariadb-server-core_* | mariadb-client-core_* | \
                mysql-server-core_* | mysql-client-core_*) ;;
            *) continue ;;
        esac
        # Older packages have /lib as a folder: it must not replace the link.
        dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner --keep-directory-symlink -C "$2" || return 1
    done
}

# wrap_programs ROOT PROGRAM...: puts a script in each program's place that runs it with the libraries of its own release.
# In its place, because PostgreSQL finds its files and its other programs from where it was called.
wrap_programs() {
    local root=$1 program linker libraries
    shift
    linker=$(find "$root/usr/lib64" "$root/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
    libraries=$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -n 1)")
    for program in "$@"; do
        mv "$root/$program" "$root/$program.elf"
        printf '#!/bin/bash\nexec %q --argv0 %q --library-path %q %q "$@"\n' \
            "$linker" "$root/$program" "$libraries" "$root/$program.elf" >"$root/$program"
        chmod 755 "$root/$program"
        "$root/$program" --version >>"$cache/${root##*/}.log" 2>&1 ||
            fail "\`$root/$program\` does not run; \`$cache/${root##*/}.log\` tells why" "rm -r '$root', and try again"
        case $program in
            *bin/initdb | */postgres | *sbin/*) ;;
            *) ln -sf "$root/$program" "$cache/bin/" ;;
        esac
    done
}

# need_libraries: what `cargo` links the tests against: installed when it may, else said.
need_libraries() {
    local -a missing=()
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
    pkg-config --exists libmariadb 2>/dev/null || pkg-config --exists mysqlclient 2>/dev/null || missing+=(libmariadb-dev)
    [ ${#missing[@]} -gt 0 ] || return 0
    local -a install=(apt-get install --yes --no-install-recommends "${missing[@]}")
    local log=$state/libraries.log
    if [ "$(id --user)" != 0 ]; then
        fail "what the tests are linked against is not installed: ${missing[*]}" "sudo ${install[*]}"
    fi
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # A machine's list of packages can be missing or old: only then is it worth an update.
    install+=(--option DPkg::Lock::Timeout=300)
    "${install[@]}" >"$log" 2>&1 </dev/null || { apt-get update && "${install[@]}"; } >>"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        fail "${missing[*]} cannot be installed; \`$log\` tells more" "${install[*]}"
    }
}
