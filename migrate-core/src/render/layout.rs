//! Expressions as text, in lines as rustfmt with its default settings and a width of 100 breaks
//! them. It knows of no operation; a test compares it with rustfmt itself.
//!
//! The rules: what fits stays on one line, but the arguments of a call, the elements of an array
//! and a chain of methods only up to 60 columns. A single last argument may be broken inside while
//! the call around it stays on its line. What cannot be broken and does not fit makes rustfmt leave
//! the whole statement as it is, so that any form of it will do.

use super::code::{Expr, Method};
use super::literal::width;

/// The width of a line.
pub(super) const MAX_WIDTH: usize = 100;
/// The columns of one level of indentation.
const TAB: usize = 4;
/// Up to this width a chain, the arguments of a call and the elements of an array are on one line.
const SHORT: usize = 60;
/// Up to this width elements share lines.
const SHORT_ELEMENT: usize = 10;

/// A statement at a level of a function, of which 1 is the first, without its indentation. `end`
/// columns follow it.
pub(super) fn statement(expr: &Expr, level: usize, end: usize) -> String {
    let place = Place {
        indent: TAB * level,
        offset: 0,
        width: MAX_WIDTH - TAB * level - end,
        one_line: false,
    };
    let strict = Printer { lenient: false };
    let lenient = Printer { lenient: true };
    strict
        .expr(expr, place)
        .or_else(|| lenient.expr(expr, place))
        .unwrap_or_default()
}

/// Where a text stands and how much room it has.
#[derive(Clone, Copy)]
struct Place {
    /// The indentation of the line.
    indent: usize,
    /// What is on the line before the text.
    offset: usize,
    /// The columns that are left for it.
    width: usize,
    /// Whether no chain in it may be broken between its methods.
    one_line: bool,
}

impl Place {
    fn after(self, columns: usize) -> Option<Place> {
        Some(Place {
            offset: self.offset + columns,
            width: self.width.checked_sub(columns)?,
            ..self
        })
    }

    fn narrower(self, columns: usize) -> Option<Place> {
        let width = self.width.checked_sub(columns)?;
        Some(Place { width, ..self })
    }

    /// A line of its own, one level deeper.
    fn deeper(self) -> Place {
        let indent = self.indent + TAB;
        Place { indent, ..self }.own_line()
    }

    /// A line of its own.
    fn own_line(self) -> Place {
        Place {
            offset: 0,
            width: MAX_WIDTH.saturating_sub(self.indent),
            ..self
        }
    }

    fn reserved(self) -> usize {
        MAX_WIDTH.saturating_sub(self.indent + self.offset + self.width)
    }

    fn line(self) -> String {
        format!("\n{}", " ".repeat(self.indent))
    }
}

/// What holds items: a call or an array.
struct Brackets<'a> {
    before: &'a str,
    open: char,
    close: char,
    /// Whether a comma follows the last item on one line too.
    comma: bool,
}

/// How items are put in lines.
#[derive(Clone, Copy, PartialEq)]
enum Tactic {
    Horizontal,
    Vertical,
    Mixed,
}

struct Printer {
    /// Whether what does not fit is written nevertheless.
    lenient: bool,
}

impl Printer {
    /// An expression at a place; `None` if it does not fit there.
    fn expr(&self, expr: &Expr, place: Place) -> Option<String> {
        match expr {
            Expr::Atom(text) => self.fitting(text.clone(), place),
            Expr::Call(path, args) => {
                let path = path.clone();
                self.items(&Brackets::round(&path), args, place)
            }
            Expr::Array(items) => {
                let brackets = Brackets {
                    open: '[',
                    close: ']',
                    ..Brackets::round("")
                };
                self.items(&brackets, items, place)
            }
            Expr::Tuple(items) => {
                let brackets = Brackets {
                    comma: items.len() == 1,
                    ..Brackets::round("")
                };
                self.items(&brackets, items, place)
            }
            Expr::Chain(root, methods) => self.chain(root, methods, place),
        }
    }

    /// A text whose lines are inside of the width; a long string makes this fail.
    fn fitting(&self, text: String, place: Place) -> Option<String> {
        let mut lines = text.lines();
        let first = width(lines.next().unwrap_or_default());
        let rest: Vec<usize> = lines.map(width).collect();
        let last = rest
            .last()
            .is_none_or(|last| *last <= place.indent + place.offset + place.width);
        let fits = first <= place.width && rest.iter().all(|line| *line <= MAX_WIDTH) && last;
        (fits || self.lenient).then_some(text)
    }

    fn chain(&self, root: &Expr, methods: &[Method], place: Place) -> Option<String> {
        let mut head = self.expr(root, place)?;
        let mut is_block = !matches!(root, Expr::Atom(_)) && head.contains('\n');
        let mut rest = methods;
        // what is called on a short name stays with it
        while width(&head) <= TAB.saturating_sub(place.offset) && !head.contains('\n') {
            let Some((first, others)) = rest.split_first() else {
                break;
            };
            head += &self.method(first, place.after(width(&head))?)?;
            is_block = ends_with_brackets(&head);
            rest = others;
        }
        let Some((last, before)) = rest.split_last() else {
            return self.fitting(head, place);
        };
        let child = match is_block {
            true => place.own_line(),
            false => place.deeper(),
        };
        let mut texts = vec![head];
        for method in before {
            texts.push(self.method(method, child)?);
        }
        let (text, single_line) = self.last_method(last, methods.len(), &texts, place, child)?;
        texts.push(text);
        if !single_line && place.one_line {
            return None;
        }
        let between = match single_line {
            true => String::new(),
            false => child.line(),
        };
        self.fitting(texts.join(&between), place)
    }

    /// The last method of a chain, and whether the chain stays on one line: its last call may be
    /// broken inside.
    fn last_method(
        &self,
        last: &Method,
        count: usize,
        before: &[String],
        place: Place,
        child: Place,
    ) -> Option<(String, bool)> {
        let tries = usize::from(last.tries);
        let extendable = before.first().is_some_and(|head| ends_with_brackets(head));
        let total = match extendable {
            true => before.first().map_or(0, |head| last_line_width(head)),
            false => before.iter().map(|text| width(text)).sum(),
        } + tries;
        let room = match count {
            1 => place.width,
            _ => place.width.min(SHORT),
        }
        .saturating_sub(total);
        let in_one_line = before.iter().all(|text| !text.contains('\n')) && room > 0;
        let own_line = || child.narrower(place.reserved() + tries);
        let fallback = match in_one_line || extendable {
            true => place.narrower(tries)?,
            false => own_line()?,
        };
        if in_one_line || extendable {
            let beside = fallback.after(total).and_then(|at| self.method(last, at));
            if let Some(beside) = beside {
                let lines = beside.lines().count();
                let fits = first_line_width(&beside) <= room;
                if fits && lines >= 5 {
                    return Some((beside, in_one_line));
                }
                return match self.method(last, own_line()?) {
                    Some(own) if !fits || own.lines().count() < lines => Some((own, false)),
                    Some(_) => Some((beside, fits && in_one_line)),
                    None => Some((beside, fits && in_one_line)),
                };
            }
        }
        Some((self.method(last, fallback)?, false))
    }

    fn method(&self, method: &Method, place: Place) -> Option<String> {
        let before = format!(".{}", method.name);
        let place = place.narrower(usize::from(method.tries))?;
        let text = self.items(&Brackets::round(&before), &method.args, place)?;
        Some(match method.tries {
            true => text + "?",
            false => text,
        })
    }

    /// Items in brackets.
    fn items(&self, brackets: &Brackets<'_>, items: &[Expr], place: Place) -> Option<String> {
        let used = width(brackets.before);
        let one_line_width = place.width.saturating_sub(used + 2);
        let one_line = place
            .after(used + 1)
            .and_then(|at| at.narrower(1))
            .unwrap_or(Place { width: 0, ..place });
        let nested = place.deeper();
        let nested = Place {
            width: nested.width.saturating_sub(1),
            ..nested
        };
        let Some((last, first)) = items.split_last() else {
            return Some(brackets.around(""));
        };
        let mut texts: Vec<Option<String>> =
            first.iter().map(|item| self.expr(item, nested)).collect();
        let overflowed = self.overflowed(brackets, items, &texts, one_line);
        let first_line = |text: &String| text.lines().next().unwrap_or_default().to_owned();
        let usual = |texts: &[Option<String>]| {
            let limit = one_line_width.min(SHORT);
            let total: usize = texts.iter().flatten().map(|text| width(text)).sum();
            let total = total + 2 * texts.len().saturating_sub(1);
            let several = texts.iter().flatten().any(|text| text.contains('\n'));
            match total <= limit && !several {
                true => Tactic::Horizontal,
                false => Tactic::Vertical,
            }
        };
        let own = || self.expr(last, nested);
        let stub = match &overflowed {
            Some(text) => Some(first_line(text)),
            None => own(),
        };
        texts.push(stub);
        let mut tactic = usual(&texts);
        let at = texts.len() - 1;
        match overflowed {
            Some(text) if tactic == Tactic::Horizontal => {
                let broken_once = items.len() == 1 && text.matches('\n').count() == 1;
                let own = own().filter(|own| broken_once && !own.contains('\n'));
                texts[at] = Some(own.unwrap_or(text));
            }
            _ => {
                texts[at] = own();
                let alone = (items.len() == 1 && one_line_width != 0)
                    .then(|| texts[at].as_ref())
                    .flatten();
                let fits = |text: &String| !text.contains('\n') && width(text) <= one_line_width;
                tactic = match alone.is_some_and(fits) {
                    true => Tactic::Horizontal,
                    false => usual(&texts),
                };
                let short = |text: &String| text.len() <= SHORT_ELEMENT;
                if tactic == Tactic::Vertical
                    && items.iter().all(Expr::is_simple)
                    && texts.iter().flatten().all(short)
                {
                    tactic = Tactic::Mixed;
                }
            }
        }
        let texts: Vec<String> = texts.into_iter().collect::<Option<_>>()?;
        let mut inner = joined(&texts, tactic, nested);
        if brackets.comma && tactic == Tactic::Horizontal {
            inner.push(',');
        }
        let room = place.width.saturating_sub(last_line_width(brackets.before));
        Some(
            match tactic == Tactic::Horizontal && first_line_width(&inner) < room {
                true => brackets.around(&inner),
                false => brackets.around(&format!("{}{inner}{}", nested.line(), place.line())),
            },
        )
    }

    /// The last item as it may be broken inside while the items before it stay on the line.
    fn overflowed(
        &self,
        brackets: &Brackets<'_>,
        items: &[Expr],
        before: &[Option<String>],
        one_line: Place,
    ) -> Option<String> {
        let last = items.last()?;
        let with_callee = items.len() == 1 && width(brackets.before) < TAB;
        if !with_callee && (items.len() != 1 || matches!(last, Expr::Atom(_))) {
            return None;
        }
        let is_chain = matches!(last, Expr::Chain(..));
        let at = Place {
            width: match last {
                Expr::Call(..) => one_line.width.min(SHORT),
                _ => one_line.width,
            },
            one_line: one_line.one_line || (is_chain && !with_callee),
            ..one_line
        };
        let offset: usize = before.iter().flatten().map(|text| 2 + width(text)).sum();
        self.expr(last, at.after(offset)?)
    }
}

impl<'a> Brackets<'a> {
    fn round(before: &'a str) -> Brackets<'a> {
        Brackets {
            before,
            open: '(',
            close: ')',
            comma: false,
        }
    }

    fn around(&self, inner: &str) -> String {
        format!("{}{}{inner}{}", self.before, self.open, self.close)
    }
}

fn joined(texts: &[String], tactic: Tactic, nested: Place) -> String {
    match tactic {
        Tactic::Horizontal => texts.join(", "),
        Tactic::Vertical => texts.join(&format!(",{}", nested.line())) + ",",
        Tactic::Mixed => {
            let mut text = String::new();
            let mut column = 0;
            for item in texts {
                let takes = width(item) + 1;
                if column > 0 && column + 1 + takes > nested.width {
                    text += &nested.line();
                    column = 0;
                } else if column > 0 {
                    text.push(' ');
                    column += 1;
                }
                text += item;
                text.push(',');
                column += takes;
            }
            text
        }
    }
}

/// Whether the last line has only closing brackets, so that something may follow on it.
fn ends_with_brackets(text: &str) -> bool {
    let last = text.lines().last().unwrap_or_default();
    text.contains('\n') && last.trim().chars().all(|sign| ")]}?".contains(sign))
}

fn first_line_width(text: &str) -> usize {
    width(text.lines().next().unwrap_or_default())
}

fn last_line_width(text: &str) -> usize {
    width(text.lines().last().unwrap_or_default())
}
