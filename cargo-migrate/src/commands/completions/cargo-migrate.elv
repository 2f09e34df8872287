# Completes `cargo migrate` in elvish. Written by `cargo migrate completions elvish`.

use str

fn cargo-migrate-words {|words|
    var found = [(try { e:cargo-migrate complete -- $@words 2>/dev/null | from-lines } catch e { })]
    for line $found {
        var parts = [(str:split &max=2 "\t" $line)]
        if (== (count $parts) 2) {
            edit:complex-candidate $parts[0] &display=$parts[0]'  '$parts[1]
        } else {
            put $parts[0]
        }
    }
}

set edit:completion:arg-completer[cargo-migrate] = {|@words|
    cargo-migrate-words $words[1..]
}

# what completed `cargo` before
var cargo-before = $nil
if (has-key $edit:completion:arg-completer cargo) {
    set cargo-before = $edit:completion:arg-completer[cargo]
}

set edit:completion:arg-completer[cargo] = {|@words|
    if (and (> (count $words) 2) (eq $words[1] migrate)) {
        cargo-migrate-words $words[2..]
    } elif (not-eq $cargo-before $nil) {
        $cargo-before $@words
    } else {
        put migrate
    }
}
