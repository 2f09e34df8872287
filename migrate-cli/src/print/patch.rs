//! A unified difference, applied to a text: `patch_file` of `diesel.toml`. Pure.

/// One place of a difference.
struct Hunk {
    /// The line at which it begins, from 0.
    at: usize,
    before: Vec<String>,
    after: Vec<String>,
}

/// The text after the patch; or what does not fit.
pub(super) fn apply(text: &str, patch: &str) -> Result<String, String> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut moved: isize = 0;
    for (number, hunk) in hunks(patch)?.iter().enumerate() {
        let wanted = hunk.at.saturating_add_signed(moved);
        let fits = |at: usize| {
            let there = lines.get(at..at + hunk.before.len());
            there.is_some_and(|there| there == hunk.before)
        };
        let places = (0..=lines.len()).filter(|at| fits(*at));
        let at = places
            .min_by_key(|at| at.abs_diff(wanted))
            .ok_or_else(|| format!("its place {} is not in the text", number + 1))?;
        lines.splice(at..at + hunk.before.len(), hunk.after.iter().cloned());
        let length = |lines: &[String]| isize::try_from(lines.len()).unwrap_or(isize::MAX);
        moved += length(&hunk.after) - length(&hunk.before);
    }
    Ok(lines.concat())
}

fn hunks(patch: &str) -> Result<Vec<Hunk>, String> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut left = (0, 0);
    // whether the line before is one of the old text, and of the new one
    let mut last = (false, false);
    for line in patch.split_inclusive('\n') {
        if left == (0, 0) {
            if let Some(header) = line.strip_prefix("@@ -") {
                let (at, count, more) = range(header).ok_or("its header is not understood")?;
                hunks.push(Hunk {
                    at: at.saturating_sub(1),
                    before: Vec::new(),
                    after: Vec::new(),
                });
                left = (count, more);
            }
            if line.starts_with('\\') {
                without_end(&mut hunks, last);
            }
            continue;
        }
        let Some(hunk) = hunks.last_mut() else {
            continue;
        };
        // an empty line may have lost its space
        let text = match line.trim_end_matches(['\r', '\n']) {
            "" => line.to_owned(),
            _ => line.get(1..).unwrap_or_default().to_owned(),
        };
        let (old, new) = match line.chars().next() {
            Some('-') => (true, false),
            Some('+') => (false, true),
            Some(' ' | '\n' | '\t') => (true, true),
            Some('\\') => {
                without_end(&mut hunks, last);
                continue;
            }
            _ => return Err("a line of it begins with another sign".to_owned()),
        };
        last = (old, new);
        if old {
            hunk.before.push(text.clone());
            left.0 = usize::checked_sub(left.0, 1).ok_or("its counts are wrong")?;
        }
        if new {
            hunk.after.push(text);
            left.1 = usize::checked_sub(left.1, 1).ok_or("its counts are wrong")?;
        }
    }
    match left {
        (0, 0) if !hunks.is_empty() => Ok(hunks),
        _ => Err("it has no whole difference in the unified form".to_owned()),
    }
}

/// The last line of the old text, of the new one, or of both has no end.
fn without_end(hunks: &mut [Hunk], (old, new): (bool, bool)) {
    let Some(hunk) = hunks.last_mut() else {
        return;
    };
    for (lines, is_meant) in [(&mut hunk.before, old), (&mut hunk.after, new)] {
        if let Some(last) = lines.last_mut().filter(|_| is_meant) {
            *last = last.trim_end_matches('\n').to_owned();
        }
    }
}

/// `12,3 +12,4 @@`: where it begins, and how many lines it has before and after.
fn range(header: &str) -> Option<(usize, usize, usize)> {
    let (old, rest) = header.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let part = |text: &str| -> Option<(usize, usize)> {
        match text.split_once(',') {
            Some((at, count)) => Some((at.parse().ok()?, count.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    let (at, before) = part(old)?;
    Some((at, before, part(new)?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_needs_no_space() {
        let patch = "@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n";
        assert_eq!(apply("a\n\nb\n", patch).unwrap(), "a\n\nc\n");
    }

    #[test]
    fn a_patch_is_applied_where_its_lines_are() {
        let text = "a\nb\nc\nd\n";
        let patch = "--- x\n+++ y\n@@ -2,2 +2,3 @@\n b\n-c\n+C\n+D\n";
        assert_eq!(apply(text, patch).unwrap(), "a\nb\nC\nD\nd\n");
        assert_eq!(
            apply("0\n0\na\nb\nc\n", patch).unwrap(),
            "0\n0\na\nb\nC\nD\n"
        );
        assert!(apply("a\nb\nx\n", patch).is_err());
        assert!(apply(text, "nothing").is_err());
        let end = "@@ -4 +4 @@\n-d\n+e\n\\ No newline at end of file\n";
        assert_eq!(apply("a\nb\nc\nd\n", end).unwrap(), "a\nb\nc\ne");
    }
}
