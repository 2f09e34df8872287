//! The text of a target into its parts.
//!
//! It must not look at a graph. An id may contain `-`, but never ends in `-` and digits, so that
//! steps are always recognised.

use std::str::FromStr;

use super::{Point, Target, TargetError};

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Target, TargetError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TargetError::Empty);
        }
        if text.contains(':') {
            return Err(TargetError::Range {
                text: text.to_owned(),
            });
        }
        let (branch, rest) = match text.split_once('@') {
            Some((branch, rest)) => (Some(branch), rest),
            None => (None, text),
        };
        if branch == Some("") || rest.is_empty() || rest.contains('@') {
            return Err(TargetError::Malformed {
                text: text.to_owned(),
            });
        }
        let (point, steps) = match steps(rest) {
            Some((left, steps)) => (left, Some(steps)),
            None => (rest, None),
        };
        let point = match point {
            "" => Point::Here,
            "head" => Point::Head,
            "heads" => Point::Heads,
            "base" => Point::Base,
            "current" => Point::Current,
            name => Point::Name(name.to_owned()),
        };
        if point == Point::Here && steps == Some(0) {
            return Err(TargetError::NoSteps {
                text: text.to_owned(),
            });
        }
        Ok(Target {
            text: text.to_owned(),
            branch: branch.map(str::to_owned),
            point,
            steps,
        })
    }
}

/// `x+2` into `x` and 2. More steps than fit are as many as fit: no history is that long.
fn steps(text: &str) -> Option<(&str, i64)> {
    let sign = text.rfind(['+', '-'])?;
    let digits = &text[sign + 1..];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let steps = digits.parse().unwrap_or(i64::MAX);
    Some((
        &text[..sign],
        if text[sign..].starts_with('-') {
            -steps
        } else {
            steps
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, Point, Option<i64>) {
        let target: Target = text.parse().unwrap();
        (target.branch, target.point, target.steps)
    }

    fn name(name: &str) -> Point {
        Point::Name(name.to_owned())
    }

    #[test]
    fn every_form() {
        assert_eq!(parts("head"), (None, Point::Head, None));
        assert_eq!(parts("heads"), (None, Point::Heads, None));
        assert_eq!(parts("base"), (None, Point::Base, None));
        assert_eq!(parts("ae10"), (None, name("ae10"), None));
        assert_eq!(parts("+1"), (None, Point::Here, Some(1)));
        assert_eq!(parts("-12"), (None, Point::Here, Some(-12)));
        assert_eq!(parts("ae10+2"), (None, name("ae10"), Some(2)));
        assert_eq!(parts("head-1"), (None, Point::Head, Some(-1)));
        assert_eq!(
            parts("app@head-2"),
            (Some("app".into()), Point::Head, Some(-2))
        );
        assert_eq!(parts("app@+1"), (Some("app".into()), Point::Here, Some(1)));
        assert_eq!(parts("app@base"), (Some("app".into()), Point::Base, None));
        assert_eq!(parts("add-phone"), (None, name("add-phone"), None));
        assert_eq!(parts("add-phone-2"), (None, name("add-phone"), Some(-2)));
        assert_eq!(parts("v1.2"), (None, name("v1.2"), None));
        assert_eq!(
            parts("+99999999999999999999"),
            (None, Point::Here, Some(i64::MAX))
        );
    }

    #[test]
    fn what_is_no_target() {
        let error = |text: &str| text.parse::<Target>().unwrap_err();
        assert_eq!(error(" "), TargetError::Empty);
        assert_eq!(error("a:b"), TargetError::Range { text: "a:b".into() });
        assert_eq!(error("+0"), TargetError::NoSteps { text: "+0".into() });
        for text in ["@head", "app@", "a@b@c"] {
            assert_eq!(error(text), TargetError::Malformed { text: text.into() });
        }
    }
}
