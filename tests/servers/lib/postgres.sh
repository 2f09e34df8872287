# shellcheck shell=bash
# PostgreSQL 15: how its data is made, how it is run, how it is asked.

# PostgreSQL refuses to run as root. For root, `identity` is the prefix that makes it somebody else: in a user namespace,
# where the same files are its own, or, where those are forbidden, as `nobody`, who must be able to enter the folders.
postgres_identity() {
    identity=()
    [ "$(id --user)" = 0 ] || return 0
    identity=(unshare --user --map-user=65534 --map-group=65534)
    "${identity[@]}" true 2>/dev/null && return 0
    identity=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    mkdir -p "$1"
    chown -R 65534:65534 "$1"
    "${identity[@]}" test -w "$1" -a -x "$bookworm/usr/lib/postgresql/15/bin/postgres" ||
        fail "PostgreSQL refuses to run as root, and \`nobody\` cannot enter \`$1\` or \`$bookworm\`" \
            "run this as an ordinary user, or set MIGRATE_TEST_SERVERS and MIGRATE_TEST_CACHE to folders that everyone can enter"
}

# postgres_prepare FOLDER PASSWORD
postgres_prepare() {
    local identity
    printf '%s\n' "$2" >"$1/password"
    postgres_identity "$1"
    "${identity[@]}" "$bookworm/usr/lib/postgresql/15/bin/initdb" --pgdata="$1/data" --username=migrate --pwfile="$1/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
}

# postgres_command FOLDER PORT fast|durable: sets `command`.
postgres_command() {
    local identity
    postgres_identity "$1"
    # Full pages stay on: a killed server can leave half a page even when the machine lives.
    command=("${identity[@]}" "$bookworm/usr/lib/postgresql/15/bin/postgres" -D "$1/data" -h 127.0.0.1 -p "$2" -k ''
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
