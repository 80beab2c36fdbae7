//! Numbers, spans, time zones, versions and other forms with a grammar of their own.

use super::is_wordlike;

/// Yes or no, or which encryption of a connection.
pub(super) fn boolean(value: &str) -> bool {
    const WORDS: &str = " true false yes no y n on off null none nil undefined enabled disabled auto default tls ssl starttls ";
    !value.contains(' ') && WORDS.contains(&format!(" {} ", value.to_ascii_lowercase()))
}

/// How many digits a number has: whole or with a point, with a sign, a percentage.
pub(super) fn digits(value: &str) -> Option<usize> {
    let number = value.strip_prefix(['-', '+']).unwrap_or(value);
    let number = number.strip_suffix('%').unwrap_or(number);
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fine = all_digits(whole) && rest.is_none_or(all_digits) && whole.len() <= 20;
    fine.then(|| if rest.is_some() { 1 } else { whole.len() })
}

/// `30s`, `1h30m`, `1.5 hours`, `512m`, `10MB`, `1GiB`, `P1D`.
pub(super) fn span(value: &str) -> bool {
    const UNITS: [&str; 42] = [
        "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hr",
        "hrs", "hour", "hours", "d", "day", "days", "w", "week", "weeks", "month", "months", "y", "year",
        "years", "b", "k", "kb", "kib", "ki", "mb", "mib", "mi", "g", "gb", "gib", "gi", "t", "tb", "px",
    ];
    let value = value.strip_prefix(['-', '+']).unwrap_or(value);
    // So many in a minute.
    if let Some((number, unit)) = value.split_once('/') {
        return digits(number).is_some() && UNITS.contains(&unit);
    }
    let mut rest = value;
    let mut units = 0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        if number == 0 || number > 12 {
            return is_iso_span(value);
        }
        let after = rest[number..].trim_start();
        let unit = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        if !UNITS.contains(&after[..unit].to_ascii_lowercase().as_str()) {
            return false;
        }
        units += 1;
        rest = after[unit..].trim_start();
    }
    (1..=4).contains(&units)
}

/// `P1D`, `PT15M`
fn is_iso_span(value: &str) -> bool {
    value.len() <= 12
        && value.strip_prefix('P').is_some_and(|rest| {
            rest.bytes().any(|byte| byte.is_ascii_digit())
                && rest.bytes().all(|byte| byte.is_ascii_digit() || b"YMDTHSW".contains(&byte))
        })
}

/// Anything else with a grammar.
pub(super) fn is_form(value: &str) -> bool {
    is_time_zone(value)
        || is_version(value)
        || is_region(value)
        || is_locale(value)
        || is_log_level(value)
        || is_image(value)
        || is_schedule(value)
        || is_numbers(value)
        || is_colour(value)
        || is_resource_name(value)
        || ["*", "**", "-", "[]", "{}"].contains(&value)
}

fn is_time_zone(value: &str) -> bool {
    const AREAS: [&str; 11] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Brazil",
        "Etc",
        "Europe",
        "Indian",
    ];
    const ALONE: [&str; 12] =
        ["UTC", "GMT", "CET", "EET", "MET", "WET", "EST", "MST", "HST", "Etc/UTC", "Etc/GMT", "Z"];
    let is_place = |text: &str| {
        text.split('/').all(|part| {
            part.starts_with(|c: char| c.is_ascii_uppercase())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-+".contains(&byte))
                && part.len() <= 24
        })
    };
    ALONE.contains(&value)
        || value.split_once('/').is_some_and(|(area, rest)| {
            (AREAS.contains(&area) || ["Pacific", "US", "Canada", "Mexico", "Chile"].contains(&area))
                && is_place(rest)
        })
}

/// `1.2.3`, `v2`, `16-alpine`, `8.0.36-debian`, `^1.2`; what follows the numbers are words.
fn is_version(value: &str) -> bool {
    let value = value.trim_start_matches(['^', '~', '=', '>', '<', 'v', 'V', ' ']);
    let numbers = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (numbers, rest) = value.split_at(numbers);
    let parts: Vec<&str> = numbers.split('.').collect();
    let has_numbers = parts.iter().all(|part| (1..=8).contains(&part.len())) && parts.len() <= 5;
    let words = rest.strip_prefix(['-', '+', '_']);
    has_numbers
        && (rest.is_empty()
            || words.is_some_and(|words| {
                words.len() <= 32
                    && words.split(['-', '.', '+', '_']).all(|word| !word.is_empty() && is_wordlike(word))
            }))
}

/// `eu-west-1`, `us-east-1a`, `europe-west1`, `us-gov-west-1`.
fn is_region(value: &str) -> bool {
    const AREAS: [&str; 17] = [
        "us",
        "eu",
        "ap",
        "sa",
        "ca",
        "me",
        "af",
        "il",
        "cn",
        "mx",
        "europe",
        "asia",
        "australia",
        "northamerica",
        "southamerica",
        "africa",
        "fra",
    ];
    const SIDES: [&str; 11] = [
        "north",
        "south",
        "east",
        "west",
        "central",
        "northeast",
        "southeast",
        "northwest",
        "southwest",
        "gov",
        "iso",
    ];
    let mut parts = value.split('-');
    let area = parts.next().unwrap_or_default();
    let is_side = |part: &str| {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        SIDES.contains(&word) || part.len() <= 2 && part.starts_with(|c: char| c.is_ascii_digit())
    };
    let sides: Vec<&str> = parts.collect();
    AREAS.contains(&area) && (1..=3).contains(&sides.len()) && sides.into_iter().all(is_side)
}

/// `en`, `en_US`, `de-CH`, `en_US.UTF-8`.
fn is_locale(value: &str) -> bool {
    let (locale, charset) = value.split_once('.').map_or((value, None), |(locale, set)| (locale, Some(set)));
    let (language, country) =
        locale.split_once(['_', '-']).map_or((locale, None), |(language, country)| (language, Some(country)));
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    language.len() == 2
        && letters(language)
        && country.is_none_or(|country| [2, 4].contains(&country.len()) && letters(country))
        && charset.is_none_or(|set| ["UTF-8", "utf8", "UTF8", "utf-8"].contains(&set))
}

fn is_log_level(value: &str) -> bool {
    const LEVELS: [&str; 12] = [
        "trace",
        "debug",
        "verbose",
        "info",
        "notice",
        "warn",
        "warning",
        "error",
        "critical",
        "alert",
        "emergency",
        "fatal",
    ];
    LEVELS.iter().any(|level| level.eq_ignore_ascii_case(value))
}

/// `ghcr.io/getsentry/relay:nightly`, `postgres:16-alpine`, `registry.example.com/app@sha256:…`. A name and a word
/// with a colon between are as likely a user and a password.
fn is_image(value: &str) -> bool {
    let (name, digest) =
        value.split_once("@sha256:").map_or((value, None), |(name, digest)| (name, Some(digest)));
    let slash = name.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match name[slash..].split_once(':') {
        Some((last, tag)) => (&name[..slash + last.len()], Some(tag)),
        None => (name, None),
    };
    let is_name = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
            && !super::super::random::is_random(part)
    };
    let parts: Vec<&str> = name.split('/').collect();
    let (registry, path) = match parts.as_slice() {
        [first, rest @ ..] if !rest.is_empty() && first.contains(['.', ':']) => (Some(*first), rest),
        all => (None, all),
    };
    let has_registry = registry.is_some_and(super::address::is_host_and_port);
    let is_tag = |tag: &str| {
        let stable =
            ["latest", "stable", "edge", "nightly", "main", "master", "alpine", "slim", "dev", "release"];
        stable.contains(&tag) || is_version(tag) && tag.bytes().any(|byte| b".-v".contains(&byte))
    };
    let is_digest = |digest: &str| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.iter().all(|part| is_name(part))
        && registry.is_none_or(|_| has_registry)
        && digest.is_none_or(is_digest)
        && match tag {
            Some(tag) => is_tag(tag) || has_registry && is_wordlike(tag),
            None => has_registry || digest.is_some(),
        }
}

/// `0 3 * * *`, `*/5 * * * *`, `@daily`.
fn is_schedule(value: &str) -> bool {
    let fields: Vec<&str> = value.split_whitespace().collect();
    let is_field = |field: &&str| {
        field
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"*/,-?LW#".contains(&byte) || byte.is_ascii_uppercase())
            && field.len() <= 16
    };
    let named = ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@reboot"];
    named.contains(&value)
        || (5..=7).contains(&fields.len()) && fields.iter().all(is_field) && value.contains(['*', '/', '?'])
}

/// `8000-8010`, `9000:9000`, `53/udp`, `12:30`, `1024x768`, `1/10`, `2024-01-31`.
fn is_numbers(value: &str) -> bool {
    let value = value.strip_suffix("/tcp").or_else(|| value.strip_suffix("/udp")).unwrap_or(value);
    let parts: Vec<&str> = value.split(['-', ':', 'x', '/']).collect();
    let is_number =
        |part: &&str| (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_port = value.len() <= 5 && parts.len() == 1;
    (2..=3).contains(&parts.len()) && parts.iter().all(is_number) && value.len() <= 17
        || is_port && is_number(&value)
}

/// `arn:aws:iam::123456789012:role/service`
fn is_resource_name(value: &str) -> bool {
    value.starts_with("arn:aws")
        && value.split([':', '/', '-', '_']).all(|word| word.is_empty() || is_wordlike(word))
}

fn is_colour(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|rest| {
        [3, 6, 8].contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
