//! The name that was probably meant, when a name is not there.
//!
//! It only compares texts. It must not know what a name stands for.

/// The most similar of `names`, if one is similar enough to be a slip of the finger; or the only
/// one that starts with `name`.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.is_empty() {
        return None;
    }
    let mut limit = name.chars().count().max(3) / 3;
    let mut best = None;
    let mut longer = None;
    let mut several = false;
    for candidate in names {
        if candidate.starts_with(name) && candidate != name {
            several |= longer.is_some();
            longer = Some(candidate);
        }
        if let Some(distance) = distance(name, candidate, limit) {
            if best.is_none() || distance < limit {
                best = Some(candidate);
            }
            limit = distance;
        }
    }
    if several || name.len() < 2 {
        best
    } else {
        longer.or(best)
    }
}

/// How many insertions, deletions, substitutions and swaps of neighbours turn `a` into `b`, if at
/// most `limit`.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (a, b) = without_common_ends(&a, &b);
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = before.clone();
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let substituted = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substituted.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().all(|distance| *distance > limit) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().filter(|distance| *distance <= limit)
}

/// What is left without the beginning and the end that both have: timestamps have much in common.
fn without_common_ends<'a>(mut a: &'a [char], mut b: &'a [char]) -> (&'a [char], &'a [char]) {
    while let ([first, rest_a @ ..], [other, rest_b @ ..]) = (a, b)
        && first == other
    {
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., last], [rest_b @ .., other]) = (a, b)
        && last == other
    {
        (a, b) = (rest_a, rest_b);
    }
    (a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_found() {
        let near = |name| {
            nearest(
                name,
                ["20261118170210", "20261121093000", "add_users", "ad"].into_iter(),
            )
        };
        assert_eq!(near("20261118170201"), Some("20261118170210"));
        assert_eq!(near("2026112109300"), Some("20261121093000"));
        assert_eq!(near("add_user"), Some("add_users"));
        assert_eq!(near("add_usres"), Some("add_users"));
        assert_eq!(
            near("20261118"),
            Some("20261118170210"),
            "the only one that begins so"
        );
        assert_eq!(near("202611"), None, "two begin so");
        assert_eq!(near("zebra"), None);
        assert_eq!(near(""), None);
    }

    #[test]
    fn distances() {
        assert_eq!(distance("ab", "ba", 3), Some(1));
        assert_eq!(distance("kitten", "sitting", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 2), None);
        assert_eq!(distance("", "abc", 3), Some(3));
        assert_eq!(distance("abc", "abc", 0), Some(0));
        assert_eq!(distance("aab", "ab", 1), Some(1));
        assert_eq!(distance("xaby", "xbay", 1), Some(1));
    }
}
