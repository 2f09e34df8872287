# Completes `cargo migrate` in fish. Written by `cargo migrate completions fish`.

function __cargo_migrate_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -e words[1]
    if string match -q -- '+*' $words[1]
        set -e words[1]
    end
    if test "$words[1]" = migrate
        set -e words[1]
    end
    set -l found (cargo-migrate complete -- $words "$last" 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path "$last"
    end
end

function __cargo_migrate_is_meant
    set -l words (commandline -opc)
    set -e words[1]
    if string match -q -- '+*' $words[1]
        set -e words[1]
    end
    test "$words[1]" = migrate
end

complete -c cargo -n __cargo_migrate_is_meant -k -f -a '(__cargo_migrate_complete)'
complete -c cargo-migrate -k -f -a '(__cargo_migrate_complete)'
