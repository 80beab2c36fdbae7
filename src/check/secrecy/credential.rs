//! Signs of a credential in a value, whatever its name.

use std::fmt;

use super::name::{Guard, Told};
use super::{may_be_read, plain, random, shapes};

/// What makes a value look like a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The name holds a secret word.
    Name,
    /// `user:password@` before a host.
    Userinfo,
    /// `?token=…`, `;Password=…`, `"private_key": "…"`.
    Parameter,
    /// The path of a URL is the secret: a webhook, an unguessable part.
    Path,
    /// The shape of a known token; whose it is.
    Shape(&'static str),
    /// Chance has made it.
    Random,
}

impl fmt::Display for Sign {
    /// Words that follow "it looks like a credential: ".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("by its name"),
            Self::Userinfo => f.write_str("a password stands before the host"),
            Self::Parameter => f.write_str("a parameter in it is a secret by its name"),
            Self::Path => f.write_str("the path of the URL is a secret"),
            Self::Shape(what) => write!(f, "it has the shape of {what}"),
            Self::Random => f.write_str("a part of it is random"),
        }
    }
}

/// The first sign of a credential in a value.
pub(super) fn sign(value: &str) -> Option<Sign> {
    if let Some(what) = shapes::known(value) {
        return Some(Sign::Shape(what));
    }
    if value.split(|c: char| c.is_whitespace() || c == ',').any(has_userinfo) {
        return Some(Sign::Userinfo);
    }
    if parameters(value).any(is_secret_parameter) || has_secret_flag(value) {
        return Some(Sign::Parameter);
    }
    if urls(value).any(has_secret_path) {
        return Some(Sign::Path);
    }
    let is_digest = value.contains("@sha256:");
    (!is_digest && !plain::is_uuid(value) && random::is_random(value)).then_some(Sign::Random)
}

/// `scheme://user:password@host`, `user:password@tcp(host)`, `jdbc:oracle:thin:user/password@host`.
fn has_userinfo(word: &str) -> bool {
    const ADDRESSES: [&str; 5] = ["mailto", "sip", "sips", "xmpp", "acct"];
    let (scheme, rest) = word.split_once("://").map_or((None, word), |(scheme, rest)| (Some(scheme), rest));
    let authority = match scheme {
        Some(_) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => rest,
    };
    let Some((userinfo, host)) = authority.rsplit_once('@') else { return false };
    if host.starts_with("sha256:") || userinfo.is_empty() || host.is_empty() {
        return false;
    }
    let (user, password) =
        userinfo.split_once(':').map_or((userinfo, None), |(user, password)| (user, Some(password)));
    match password {
        _ if scheme.is_none() && user == "jdbc" => userinfo.contains('/'),
        _ if scheme.is_none() && ADDRESSES.contains(&user) => false,
        Some(password) => !password.is_empty() && !is_reference(password),
        // The key of Sentry's DSN is a user without a password.
        None => scheme.is_some() && (user.len() >= 16 || random::is_random(user)),
    }
}

fn is_reference(text: &str) -> bool {
    text.starts_with('$') || text.starts_with("{{") || text.starts_with('<') && text.ends_with('>')
}

/// Everything of the form `name=value` or `"name": value`.
fn parameters(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.match_indices(['=', ':']).filter_map(|(at, sign)| {
        let before = value[..at].trim_end();
        let is_quoted = before.ends_with(['"', '\'']);
        if sign == ":" && !is_quoted {
            return None;
        }
        let before = before.trim_end_matches(['"', '\'']);
        let start =
            before.rfind(|c: char| !(c.is_alphanumeric() || "_-. ".contains(c))).map_or(0, |at| at + 1);
        let after = value[at + 1..].trim_start().trim_start_matches(['"', '\'']);
        let end = after.find(['&', ';', ',', '"', '\'', '}', '\n']).unwrap_or(after.len());
        Some((before[start..].trim(), after[..end].trim()))
    })
}

fn is_secret_parameter((name, value): (&str, &str)) -> bool {
    let told = Told::of(name.rsplit(' ').next().unwrap_or(name));
    !value.is_empty()
        && !is_reference(value)
        && told.secret == Some(Guard::Always)
        && !may_be_read(&told, value)
}

/// `--requirepass hunter2`
fn has_secret_flag(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    words.windows(2).any(|pair| {
        pair[0].starts_with("--") && !pair[1].starts_with('-') && is_secret_parameter((pair[0], pair[1]))
    })
}

/// Host and path of every URL.
fn urls(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.match_indices("://").map(|(at, sign)| {
        let rest = &value[at + sign.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || ",;\"'".contains(c)).unwrap_or(rest.len());
        let path = rest[..end].find('/').unwrap_or(end);
        (&rest[..path], &rest[path..end])
    })
}

/// Who has the address may use it.
fn has_secret_path((host, path): (&str, &str)) -> bool {
    const HOSTS: [&str; 5] = ["hooks.", "hc-ping.com", "maker.ifttt.com", "chat.googleapis.com", "ntfy.sh"];
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if segments.is_empty() {
        return false;
    }
    let names_hook = |segment: &&str| {
        let segment = segment.to_ascii_lowercase();
        ["webhook", "hook", "incomingwebhook"]
            .iter()
            .any(|word| segment.trim_end_matches(['s', '2', 'b']) == *word)
    };
    // `/webhooks` is a page; what follows it is whose.
    let hook = segments.iter().position(names_hook).is_some_and(|at| at + 1 < segments.len());
    hook || HOSTS.iter().any(|known| host.starts_with(known)) || segments.iter().any(|part| is_token(part))
}

fn is_token(segment: &str) -> bool {
    let is_bot = segment.starts_with("bot") && segment.contains(':');
    is_bot || plain::is_uuid(segment) || random::is_random(segment)
}
