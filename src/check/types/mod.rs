//! What the types of the project file mean: [`fits`], a judge for each.
//!
//! A judge answers with a text of this program, never with anything of the value.

mod django;
mod encoded;
mod host;
mod hosts;
mod numbers;
mod text;
mod urls;

use std::fmt;

use crate::project::ValueType;

/// Why a value is not of its type: words that are the same for every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfit(&'static str);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a value, which is not empty, is of a type.
///
/// # Errors
/// [`Unfit`] says what is wrong, in words that follow "it".
pub(crate) fn fits(kind: ValueType, value: &str) -> Result<(), Unfit> {
    match kind {
        ValueType::AgeIdentity => encoded::age_identity(value),
        ValueType::Base64 => encoded::base64(value),
        ValueType::Bool => numbers::boolean(value),
        ValueType::DjangoSecretKey => django::secret_key(value),
        ValueType::Dsn => urls::dsn(value),
        ValueType::Duration => numbers::duration(value),
        ValueType::Email => hosts::email(value),
        ValueType::FernetKey => django::fernet_key(value),
        ValueType::Hex => encoded::hex(value),
        ValueType::HostList => hosts::host_list(value),
        ValueType::Int => numbers::int(value),
        ValueType::Json => encoded::json(value),
        ValueType::OriginList => hosts::origin_list(value),
        ValueType::Password => text::password(value),
        ValueType::Path => text::path(value),
        ValueType::Pem => encoded::pem(value),
        ValueType::Port => numbers::port(value),
        ValueType::PostgresName => text::postgres_name(value),
        ValueType::PostgresUrl => urls::postgres_url(value),
        ValueType::RedisUrl => urls::redis_url(value),
        ValueType::Regex => text::regex(value),
        ValueType::Url => urls::url(value),
        ValueType::Uuid => encoded::uuid(value),
    }
}

fn unless(fine: bool, otherwise: &'static str) -> Result<(), Unfit> {
    if fine { Ok(()) } else { Err(Unfit(otherwise)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    pub(super) fn table(kind: ValueType, good: &[&str], bad: &[&str]) {
        for value in good {
            assert_eq!(fits(kind, value), Ok(()), "{kind}: {value:?}");
        }
        for value in bad {
            assert!(fits(kind, value).is_err(), "{kind}: {value:?} fits");
        }
    }

    #[test]
    fn types_reject_common_typing_mistakes() {
        for kind in ValueType::ALL {
            if matches!(kind, ValueType::Regex) {
                continue; // it is a regular expression, after all
            }
            for value in [" ", "x y\u{0}", "\u{1b}[2J", "é\n"] {
                assert!(fits(kind, value).is_err(), "{kind}: {value:?} fits");
            }
        }
    }

    #[test]
    fn types_never_panic() {
        let pieces =
            ["", "a", ":", "//", "@", "[", "]", "%", "é", "-----BEGIN ", "-----", "\n", ",", ".", "\\", "{"];
        for kind in ValueType::ALL {
            for first in pieces {
                for second in pieces {
                    for third in pieces {
                        let _ = fits(kind, &format!("{first}{second}{third}"));
                    }
                }
            }
        }
    }
}
