# shellcheck shell=bash
# Starts, stops, kills and restarts servers. Who may be stopped is decided by the `owner` in a server's record: `start` for
# servers that a person asked for, `with` for those that live as long as a call of `with`.

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

free_port() {
    local port
    # Below what the kernel gives to outgoing connections.
    port=$((20000 + RANDOM % 12000))
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 12000)); done
    printf '%s' "$port"
}

# start_servers OWNER fast|durable NAME...: starts those that do not run, side by side; false when one of them fails. The
# processes that do it are in `starting`.
start_servers() {
    local owner=$1 settings=$2 name code=0 pid
    shift 2
    starting=()
    for name in "$@"; do
        if is_running "$name" && [ -n "${record[version]:-}" ]; then
            reuse_server "$name" "$owner" "$settings"
        else
            # Interruptible, unlike other things that run beside a script: what was launched is on record.
            (
                trap - INT TERM HUP
                start_server "$name" "$owner" "$settings"
            ) &
            starting+=("$!")
        fi
    done
    for pid in "${starting[@]}"; do wait "$pid" || code=2; done
    write_environment
    return "$code"
}

reuse_server() {
    [ "${record[settings]}" = "$3" ] ||
        say "note: $1 runs with \`${record[settings]}\` settings; stop it to have it \`$3\`"
    if [ "$2" = start ] && [ "${record[owner]}" != start ]; then
        record[owner]=start
        save_record "$1"
    fi
    say "$1 ${record[version]} on port ${record[port]} (running already)"
}

# A server starts with new data: what an earlier run left behind cannot matter.
start_server() {
    local name=$1 folder=$state/$1 release=${1^^}_RELEASE started=$EPOCHREALTIME attempt
    need_release "${!release}"
    # Prepared by a start that was cut off.
    stop_server "$name"
    rm -rf "$folder"
    mkdir -m 700 "$folder"
    record=([owner]=$2 [settings]=$3 [password]=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n'))
    ("${name}_prepare" "$folder" "${record[password]}") >"$folder/log" 2>&1 || server_failed "$name"
    for attempt in 1 2 3 4 5; do
        record[port]=$(free_port)
        launch "$name"
        if wait_until_it_answers "$name"; then
            say "$name ${record[version]} on port ${record[port]} ($(seconds_since "$started") s)"
            return
        fi
        # Another process took the port first: another port may work.
        grep --quiet --ignore-case -E 'address already in use|another .* server running on port' "$folder/log" || break
        [ "$attempt" -lt 5 ] && : >"$folder/log"
    done
    server_failed "$name"
}

server_failed() {
    tail -n 20 "$state/$1/log" >&2
    stop_server "$1"
    fail "$1 did not start; \`$state/$1/log\` tells more" "tests/servers/start $1"
}

# launch NAME: runs the server in a session of its own, so that Ctrl-C is not for it, and puts it on record.
launch() {
    local name=$1 folder=$state/$1
    local -a command
    "${name}_command" "$folder" "${record[port]}" "${record[settings]}"
    unset 'record[version]'
    (
        # Before it becomes the server: whatever happens to us, it can be found.
        record[pid]=$BASHPID record[born]=$(born "$BASHPID")
        save_record "$name"
        close_locks
        # A user other than root may not be allowed to enter the current folder.
        cd /
        exec setsid "${command[@]}"
    ) </dev/null >>"$folder/log" 2>&1 &
    record[pid]=$! record[born]=$(born "$!") || true
}

# A server that kept a lock's file open would hold the lock for as long as it runs.
close_locks() {
    local file
    for file in /proc/self/fd/*; do
        file=${file##*/}
        [ "$file" -le 2 ] || eval "exec $file>&-"
    done
}

# wait_until_it_answers NAME: false when it died, or has not answered a query after a minute.
wait_until_it_answers() {
    local name=$1 question=${1^^}_VERSION deadline=$((SECONDS + 60)) version
    while [ "$SECONDS" -lt "$deadline" ]; do
        if version=$("${name}_query" "${record[port]}" "${record[password]}" "${!question}" 2>/dev/null); then
            record[version]=${version%% *}
            save_record "$name"
            return 0
        fi
        [ -n "$(born "${record[pid]}")" ] || return 1
        sleep 0.05
    done
    return 1
}

# stop_servers NAME...
stop_servers() {
    local name pid code=0
    local -a stopping=()
    for name in "$@"; do
        stop_server "$name" &
        stopping+=("$!")
    done
    for pid in "${stopping[@]}"; do wait "$pid" || code=2; done
    write_environment
    return "$code"
}

# stop_server NAME: in order, or after ten seconds by force, leaving its log. Nothing happens when it does not run.
stop_server() {
    local name=$1 signal=${1^^}_STOP
    is_running "$name" || return 0
    signal_server "$name" "${!signal}" || signal_server "$name" KILL || fail "$name (pid ${record[pid]}) does not stop"
    # PostgreSQL's data can be a link to where it had to be
    rm -rf "$state/$name/record" "$(readlink --canonicalize "$state/$name/data")" "$state/$name/data"
}

# kill_server NAME: as when the power of that server alone goes out.
kill_server() {
    is_running "$1" || fail "$1 does not run" "tests/servers/start $1"
    signal_server "$1" KILL || fail "$1 (pid ${record[pid]}) does not die"
    say "$1 killed (pid ${record[pid]})"
}

# restart_server NAME: on the port and with the data that it had, whether it runs or was killed.
restart_server() {
    local name=$1 signal=${1^^}_STOP started=$EPOCHREALTIME attempt
    read_record "$name" || fail "$name was not started" "tests/servers/start $name"
    if is_running "$name"; then
        signal_server "$name" "${!signal}" || signal_server "$name" KILL || fail "$name (pid ${record[pid]}) does not stop"
    fi
    # It is dead, but PostgreSQL believes this file until the exit code of the dead process has been read.
    rm -f "$state/$name/data/postmaster.pid"
    for attempt in 1 2 3; do
        launch "$name"
        if wait_until_it_answers "$name"; then
            say "$name ${record[version]} on port ${record[port]} ($(seconds_since "$started") s)"
            return
        fi
        [ "$attempt" = 3 ] || sleep 0.5
    done
    tail -n 20 "$state/$name/log" >&2
    fail "$name did not come back; \`$state/$name/log\` tells more" "tests/servers/start $name"
}

# signal_server NAME SIGNAL: signals the recorded process; false when it still lives after ten seconds. KILL goes to its
# children too: PostgreSQL's would otherwise live on for a moment and hold the data directory.
signal_server() {
    local name=$1 pid=${record[pid]} deadline=$((SECONDS + 10))
    local -a pids=("$pid")
    if [ "$2" = KILL ]; then read -r -a pids <<<"$pid $(cat "/proc/$pid/task/"*/children 2>/dev/null | tr '\n' ' ')"; fi
    kill -s "$2" "${pids[@]}" 2>/dev/null || true
    for pid in "${pids[@]}"; do
        while [ -n "$(born "$pid")" ]; do
            [ "$SECONDS" -lt "$deadline" ] || return 1
            sleep 0.02
        done
    done
}
