# shellcheck shell=bash
# PostgreSQL 15: how its data is made, how it is run, how it is asked.

# PostgreSQL refuses to run as root. For root, `identity` is the prefix that makes it another user: in a user namespace,
# where the same files are its own, or, where those are forbidden (as in many containers), as `nobody`. Who cannot enter the
# folder, as nobody can where root has cloned into its home, has the data elsewhere. Sets `identity`, and `data`.
postgres_identity() {
    identity=() data=$1/data
    [ "$(id --user)" = 0 ] || return 0
    identity=(unshare --user --map-user=65534 --map-group=65534)
    "${identity[@]}" true 2>/dev/null && return 0
    identity=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    "${identity[@]}" test -x "$bookworm/usr/lib/postgresql/15/bin/postgres" ||
        fail "PostgreSQL refuses to run as root, and \`nobody\` cannot enter \`$bookworm\`" \
            "run this as an ordinary user, or set MIGRATE_TEST_CACHE to a folder that everyone can enter"
    local elsewhere
    elsewhere=/var/tmp/cargo-migrate-servers-$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)
    [ ! -L "$data" ] || data=$(readlink "$data")
    if [ ! -e "$data" ]; then
        rm -rf "$elsewhere"
        mkdir -m 700 "$elsewhere"
        chown 65534:65534 "$elsewhere"
        ln -s "$elsewhere" "$data"
        data=$elsewhere
    fi
}

# postgres_prepare FOLDER PASSWORD
postgres_prepare() {
    local identity data
    postgres_identity "$1"
    # it may be a user who can enter neither the folder that this is called in, nor the one with the password
    cd /
    # shellcheck disable=SC2016 # its own arguments
    printf '%s\n' "$2" | "${identity[@]}" bash -c '
        umask 077
        cat >"$2.password"
        code=0
        "$1" --pgdata="$2" --username=migrate --pwfile="$2.password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 \
            --no-sync || code=$?
        rm "$2.password"
        exit "$code"' initdb "$bookworm/usr/lib/postgresql/15/bin/initdb" "$data"
}

# postgres_command FOLDER PORT fast|durable: sets `command`.
postgres_command() {
    local identity data
    postgres_identity "$1"
    # Full pages stay on: a killed server can leave half a page even when the machine lives.
    command=("${identity[@]}" "$bookworm/usr/lib/postgresql/15/bin/postgres" -D "$data" -h 127.0.0.1 -p "$2" -k ''
        -c max_connections=300 -c jit=off -c timezone=UTC -c log_timezone=UTC)
    if [ "$3" = fast ]; then command+=(-c fsync=off); fi
}

# postgres_query PORT PASSWORD SQL
postgres_query() {
    PGPASSWORD=$2 PGCONNECT_TIMEOUT=5 "$bookworm/usr/lib/postgresql/15/bin/psql" --no-psqlrc --tuples-only --no-align \
        --host=127.0.0.1 --port="$1" --username=migrate --dbname=postgres --command="$3"
}

# shellcheck disable=SC2034 # asked for by name
readonly POSTGRES_RELEASE=bookworm POSTGRES_VERSION='SHOW server_version' POSTGRES_STOP=INT # "fast": it ends the sessions and writes a checkpoint
