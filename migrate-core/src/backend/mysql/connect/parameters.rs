//! The query of a `mysql://` URL: the parameters that diesel reads, and whether they ask for
//! encryption. Text only.

use super::for_diesel;
use crate::backend::DatabaseUrl;
use crate::error::ConnectError;
use crate::url::decoded;

/// The parameters that diesel reads. It ignores all others.
pub(crate) const KNOWN: [&str; 5] = ["unix_socket", "ssl_mode", "ssl_ca", "ssl_cert", "ssl_key"];

/// The values of `ssl_mode`.
const MODES: [&str; 5] = [
    "disabled",
    "preferred",
    "required",
    "verify_ca",
    "verify_identity",
];

/// The result of parsing the parameters of a URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) encryption: Encryption,
    /// The `ssl_mode` that asks for it.
    pub(super) mode: &'static str,
}

/// The encryption that a URL asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// None, or whatever the server offers.
    AsItComes,
    /// An encrypted connection, without verification.
    Required,
    /// An encrypted connection to a verified server. A client that verifies refuses the URL without
    /// a trusted authority.
    Verified {
        /// That URL, for diesel.
        without_authority: String,
    },
}

impl Parameters {
    /// Parses them, and refuses what diesel would ignore.
    pub(super) fn of(url: &DatabaseUrl) -> Result<Parameters, ConnectError> {
        let address = for_diesel(url.as_secret_str());
        let without_fragment = address.split('#').next().unwrap_or_default();
        let (place, query) = without_fragment
            .split_once('?')
            .unwrap_or((without_fragment, ""));
        let mut mode = "preferred";
        let mut others = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let key = decoded(&key.replace('+', " "));
            if !KNOWN.contains(&key.as_str()) {
                let url = url.clone();
                return Err(ConnectError::UnknownParameter {
                    url,
                    key: shown(key),
                });
            }
            if key == "ssl_mode" {
                let value = decoded(&value.replace('+', " "));
                // diesel uses the last of two
                mode = MODES
                    .into_iter()
                    .find(|mode| mode.eq_ignore_ascii_case(&value))
                    .ok_or_else(|| ConnectError::UnknownSslMode { url: url.clone() })?;
            }
            if key != "ssl_ca" {
                others.push(parameter);
            }
        }
        let encryption = match mode {
            "required" => Encryption::Required,
            "verify_ca" | "verify_identity" => Encryption::Verified {
                without_authority: format!("{place}?{}", others.join("&")),
            },
            _ => Encryption::AsItComes,
        };
        Ok(Parameters { encryption, mode })
    }
}

/// A key as it may be printed: a text that does not look like one may be a secret.
fn shown(key: String) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    match key.len() <= 40 && key.chars().all(is_plain) {
        true => key,
        false => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Result<Parameters, ConnectError> {
        Parameters::of(&format!("mysql://u:p@h/d{query}").parse().unwrap())
    }

    #[test]
    fn what_a_url_asks_for() {
        let verified = |without: &str| Encryption::Verified {
            without_authority: without.to_owned(),
        };
        for (query, mode, encryption) in [
            ("", "preferred", Encryption::AsItComes),
            ("?", "preferred", Encryption::AsItComes),
            ("?unix_socket=/run/a?b", "preferred", Encryption::AsItComes),
            ("?ssl_mode=disabled", "disabled", Encryption::AsItComes),
            ("?ssl_mode=REQUIRED", "required", Encryption::Required),
            ("?ssl%5Fmode=Required&", "required", Encryption::Required),
            (
                "?ssl_mode=disabled&ssl_mode=required",
                "required",
                Encryption::Required,
            ),
            ("?ssl_mode=required#x", "required", Encryption::Required),
            (
                "?ssl_mode=verify_ca&ssl_ca=/a.pem&ssl_key=/k",
                "verify_ca",
                verified("mysql://u:p@h/d?ssl_mode=verify_ca&ssl_key=/k"),
            ),
            (
                "?ssl_ca=/a.pem&ssl_mode=VERIFY_IDENTITY",
                "verify_identity",
                verified("mysql://u:p@h/d?ssl_mode=VERIFY_IDENTITY"),
            ),
        ] {
            let found = parameters(query).unwrap();
            assert_eq!(found, Parameters { encryption, mode }, "{query}");
        }
    }

    #[test]
    fn what_diesel_would_pass_over_is_refused_by_name() {
        for (query, name) in [
            ("?ssl-mode=REQUIRED", "`ssl-mode`"),
            ("?sslmode=require", "`sslmode`"),
            ("?ssl_mode=required&foo", "`foo`"),
            ("?SSL_MODE=required", "`SSL_MODE`"),
            ("?database=x", "`database`"),
            ("?pass word=x", "`…`"),
        ] {
            let error = parameters(query).unwrap_err();
            assert!(
                error
                    .to_string()
                    .ends_with(&format!("unknown parameter {name}")),
                "{error}"
            );
            assert_eq!(
                error.help().map(|help| help.to_string()).as_deref(),
                Some(
                    "the parameters are `unix_socket`, `ssl_mode`, `ssl_ca`, `ssl_cert`, `ssl_key`"
                )
            );
        }
        let error = parameters("?ssl_mode=verify").unwrap_err();
        assert!(matches!(error, ConnectError::UnknownSslMode { .. }));
        assert!(
            error
                .help()
                .unwrap()
                .to_string()
                .contains("`verify_identity`")
        );
    }
}
