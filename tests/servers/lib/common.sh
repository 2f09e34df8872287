# shellcheck shell=bash
# What every command here shares: places, words for people, and the record of each server.
#
# A server that runs has a folder of its own in the state directory, with its data, its log and a `record`: the pid, when
# that process was born, the port, the password. A pid alone can belong to another process tomorrow, a pid with its birth
# cannot, so nothing is ever signalled that these scripts did not start.

# Folders that PostgreSQL may have to enter as another user; what holds a password is made with narrower rights.
umask 022

# The names that people type, and before _prepare, _command and _query the names of functions.
readonly KNOWN_SERVERS=(postgres mariadb mysql)

servers_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repository=$(cd "$servers_folder/../.." && pwd)
state=${MIGRATE_TEST_SERVERS:-$repository/target/servers}
# Root's home is closed to other users, so root's cache is the machine's.
if [ "$(id --user)" = 0 ]; then cache=/var/cache; else cache=${XDG_CACHE_HOME:-${HOME:-$repository/target}/.cache}; fi
cache=$(realpath --canonicalize-missing "${MIGRATE_TEST_CACHE:-$cache/cargo-migrate-servers}")

say() { printf '%s\n' "$*" >&2; }

# fail FACT HELP...: says what is wrong and what to type, and ends with code 2.
fail() {
    say "error: $1"
    shift
    local line
    for line in "$@"; do say "help: $line"; done
    exit 2
}

open_state() {
    mkdir -p "$state" || fail "the state directory \`$state\` cannot be made" "set MIGRATE_TEST_SERVERS to a folder that can"
    state=$(cd "$state" && pwd)
}

# with_lock COMMAND...: one command at a time may change what runs. Where a signal cut an earlier one off, what that one had
# begun (an unpacking, the making of data) holds the lock until it has ended: so nothing comes up behind our back.
lock=
with_lock() {
    local code=0
    [ -z "$lock" ] || exec {lock}>&-
    exec {lock}>>"$state/lock"
    flock "$lock"
    "$@" || code=$?
    exec {lock}>&-
    lock=
    return "$code"
}

check_names() {
    local name
    for name in "$@"; do
        case " ${KNOWN_SERVERS[*]} " in
            *" $name "*) ;;
            *) fail "there is no server \`$name\`" "name one of: ${KNOWN_SERVERS[*]}" ;;
        esac
    done
}

variable_of() { printf 'MIGRATE_TEST_%s_URL' "${1^^}"; }

url_of() {
    case $1 in
        postgres) printf 'postgres://migrate:%s@127.0.0.1:%s/postgres' "$3" "$2" ;;
        *) printf 'mysql://migrate:%s@127.0.0.1:%s/mysql' "$3" "$2" ;;
    esac
}

# save_record NAME: puts the array `record` into the server's file, all at once.
declare -A record
save_record() {
    local key file=$state/$1/record
    for key in "${!record[@]}"; do printf '%s=%s\n' "$key" "${record[$key]}"; done >"$file.new"
    mv "$file.new" "$file"
}

# read_record NAME: fills the array `record`; false when there is none.
read_record() {
    record=()
    local key value
    [ -f "$state/$1/record" ] || return 1
    while IFS='=' read -r key value; do
        [ -n "$key" ] && record[$key]=$value
    done <"$state/$1/record"
    return 0
}

# born PID: when the process was born, in clock ticks since boot; nothing when it is dead.
born() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    local -a fields
    read -r -a fields <<<"${stat##*) }"
    [ "${fields[0]}" != Z ] || return 1
    printf '%s' "${fields[19]}"
}

# is_running NAME: the recorded process lives and is the one that was recorded. Leaves `record` filled.
is_running() {
    read_record "$1" || return 1
    [ -n "${record[born]:-}" ] && [ "$(born "${record[pid]}")" = "${record[born]}" ]
}

# write_environment: the file to source for a shell that wants the servers which run.
write_environment() {
    local name variable
    rm -f "$state/env.new"
    touch "$state/env.new"
    chmod 600 "$state/env.new"
    {
        echo "# Written by tests/servers; \`source\` it. Gone stale once the servers are stopped."
        printf 'export MIGRATE_TEST_SERVERS=%q\n' "$state"
        for name in "${KNOWN_SERVERS[@]}"; do
            is_running "$name" || continue
            variable=$(variable_of "$name")
            printf 'export %s=%q # pid %s, port %s\n' "$variable" \
                "$(url_of "$name" "${record[port]}" "${record[password]}")" "${record[pid]}" "${record[port]}"
        done
        printf "export MIGRATE_TEST_CLIENTS=%q # psql, pg_dump, mariadb, mysql, mysqldump\n" "$cache/bin"
    } >>"$state/env.new"
    mv "$state/env.new" "$state/env"
}
