# Completes `cargo migrate` in bash. Written by `cargo migrate completions bash`.

_cargo_migrate() {
    local at=1 word
    if [[ ${COMP_WORDS[0]##*/} == cargo ]]; then
        [[ ${COMP_WORDS[1]} == +* ]] && at=2
        if [[ ${COMP_WORDS[at]} != migrate || $COMP_CWORD -le $at ]]; then
            _cargo_migrate_others "$@"
            return
        fi
        at=$((at + 1))
    fi
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        COMPREPLY+=("$word")
    done < <(cargo-migrate complete -- "${COMP_WORDS[@]:at:COMP_CWORD-at+1}" 2>/dev/null)
}

# The function that completed `cargo` before.
_cargo_migrate_find() {
    if [[ $(complete -p cargo 2>/dev/null) =~ -F\ ([^ ]+) && ${BASH_REMATCH[1]} != _cargo_migrate ]]; then
        _cargo_migrate_before=${BASH_REMATCH[1]}
    fi
}

# The other commands of cargo.
_cargo_migrate_others() {
    if [[ -z $_cargo_migrate_before ]]; then
        # bash-completion loads it when it is needed first
        complete -r cargo
        if declare -F _comp_load >/dev/null; then
            _comp_load cargo
        elif declare -F _completion_loader >/dev/null; then
            _completion_loader cargo
        fi
        _cargo_migrate_find
        complete -o bashdefault -o default -F _cargo_migrate cargo
    fi
    if [[ -n $_cargo_migrate_before ]] && declare -F "$_cargo_migrate_before" >/dev/null; then
        "$_cargo_migrate_before" "$@"
    elif [[ $COMP_CWORD -eq 1 && migrate == "${COMP_WORDS[1]}"* ]]; then
        COMPREPLY=(migrate)
    fi
}

_cargo_migrate_find
complete -o bashdefault -o default -F _cargo_migrate cargo cargo-migrate
