//! The compiler's tokens, as the shared parser reads them.

use migrate_source::{Kind, Token};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// The tokens with groups opened up.
pub(crate) fn flatten(stream: TokenStream) -> Vec<Token<'static, Span>> {
    let mut tokens = Vec::new();
    push_all(stream, &mut tokens);
    tokens
}

fn push_all(stream: TokenStream, tokens: &mut Vec<Token<'static, Span>>) {
    for tree in stream {
        let token = match tree {
            TokenTree::Group(group) => {
                push_group(&group, tokens);
                continue;
            }
            TokenTree::Ident(ident) => token(Kind::Ident, ident.to_string(), ident.span()),
            TokenTree::Literal(literal) => {
                token(Kind::Literal, literal.to_string(), literal.span())
            }
            TokenTree::Punct(punct) => token(
                Kind::Punct(punct.as_char()),
                punct.as_char().to_string(),
                punct.span(),
            ),
        };
        tokens.push(token);
    }
}

fn push_group(group: &Group, tokens: &mut Vec<Token<'static, Span>>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ('(', ')'),
        Delimiter::Bracket => ('[', ']'),
        Delimiter::Brace => ('{', '}'),
        // what a macro has put in the place of `$x`
        Delimiter::None => return push_all(group.stream(), tokens),
    };
    tokens.push(token(Kind::Open(open), open.to_string(), group.span_open()));
    push_all(group.stream(), tokens);
    tokens.push(token(
        Kind::Close(close),
        close.to_string(),
        group.span_close(),
    ));
}

fn token(kind: Kind, text: String, span: Span) -> Token<'static, Span> {
    Token {
        kind,
        text: text.into(),
        span,
    }
}
