# Completes `cargo migrate` in PowerShell. Written by `cargo migrate completions powershell`.

Register-ArgumentCompleter -Native -CommandName 'cargo', 'cargo-migrate' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $program = [System.IO.Path]::GetFileNameWithoutExtension($words[0])
    $words = @($words | Select-Object -Skip 1)
    if ($program -eq 'cargo') {
        if ($words.Count -gt 0 -and $words[0].StartsWith('+')) {
            $words = @($words | Select-Object -Skip 1)
        }
        if ($words.Count -eq 0 -or $words[0] -ne 'migrate') {
            return
        }
        $words = @($words | Select-Object -Skip 1)
        if ($words.Count -eq 0 -and $wordToComplete -ne '') {
            return
        }
    }
    # an empty word is not passed to a program by every version
    $arguments = @('complete')
    if ($wordToComplete -eq '') {
        $arguments += '--next'
    }
    $arguments += '--'
    $arguments += $words
    & cargo-migrate @arguments 2>$null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if (-not $about) { $about = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
    }
}
