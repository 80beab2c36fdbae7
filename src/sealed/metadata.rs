//! The `sops_` lines (`stores/metadata.go`, flattened by `stores/flatten.go`).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::data_key::LARGEST_WRAPPED;
use super::rule::Rule;
use super::value::{Kind, SealedValue};
use super::{Error, StrictRule, WrappedKey, line};
use crate::recipient::Recipient;

/// The version of the format that we write; the first one whose files look like ours.
const FORMAT_VERSION: &str = "3.9.0";

/// Metadata, understood. Everything here is public.
#[derive(Clone)]
pub(super) struct Metadata {
    pub wrapped_keys: Vec<WrappedKey>,
    /// RFC 3339, UTC, whole seconds: the associated data of the MAC.
    pub last_modified: String,
    pub mac: SealedValue,
    pub rule: Rule,
    pub mac_only_encrypted: bool,
    pub version: String,
}

/// One raw metadata line, name without `sops_`.
pub(super) struct RawLine<'a> {
    pub number: usize,
    pub name: &'a str,
    pub value: &'a str,
}

impl Metadata {
    /// Reads the lines; the strictest reading of any `sops` release, and stricter.
    pub(super) fn parse(raw: &[RawLine<'_>]) -> Result<Self, Error> {
        let mut lines: BTreeMap<&str, (usize, String)> = BTreeMap::new();
        for RawLine { number, name, value } in raw {
            if value.ends_with('\r') {
                return Err(Error::CrLf);
            }
            if lines.insert(name, (*number, line::unescape(value))).is_some() {
                let what = format!("duplicate metadata line `sops_{name}`");
                return Err(Error::strict(StrictRule::KnownMetadata, *number, what));
            }
        }
        refuse_other_key_types(&lines)?;
        let wrapped_keys = take_recipients(&mut lines)?;
        let mut take = |name: &str| lines.remove(name).filter(|(_, text)| !text.is_empty());
        let metadata = |name: &str, line, problem| Error::Metadata { name: name.to_owned(), line, problem };

        let (at, text) = take("lastmodified").ok_or_else(|| metadata("lastmodified", 0, "is missing"))?;
        let last_modified =
            normal_time(&text).ok_or_else(|| metadata("lastmodified", at, "is not a valid time"))?;
        let (at, text) = take("mac").ok_or_else(|| metadata("mac", 0, "is missing"))?;
        let mac = SealedValue::parse(&text, Kind::Str, at)?;
        let (at, version) = take("version").ok_or_else(|| metadata("version", 0, "is missing"))?;
        if semver::Version::parse(version.strip_prefix('v').unwrap_or(&version)).is_err() {
            return Err(metadata("version", at, "is not a valid version"));
        }
        let mac_only_encrypted = match take("mac_only_encrypted") {
            None => false,
            Some((_, text)) if text == "true" => true,
            Some((at, _)) => return Err(metadata("mac_only_encrypted", at, "is not `true`")),
        };
        if let Some((at, text)) = take("shamir_threshold")
            && !matches!(text.as_str(), "0" | "0.0")
        {
            return Err(Error::strict(StrictRule::NoKeyGroups, at, "its data key is split between groups"));
        }
        let rule = take_rule(&mut lines)?;
        // An empty line is an absent one, to `sops` and here.
        if let Some((name, (at, _))) = lines.iter().find(|(_, (_, text))| !text.is_empty()) {
            let what = format!("unknown metadata line `sops_{name}`");
            return Err(Error::strict(StrictRule::KnownMetadata, *at, what));
        }
        Ok(Self { wrapped_keys, last_modified, mac, rule, mac_only_encrypted, version })
    }

    /// The same for other recipients and another rule. The MAC stays, and fits no more.
    pub(super) fn with(&self, wrapped_keys: Vec<WrappedKey>, rule: Rule) -> Self {
        Self {
            wrapped_keys,
            rule,
            last_modified: self.last_modified.clone(),
            mac: self.mac.clone(),
            mac_only_encrypted: self.mac_only_encrypted,
            version: self.version.clone(),
        }
    }

    /// The lines in the order in which SOPS writes them: sorted by name, bytewise.
    pub(super) fn write(&self, out: &mut String) {
        let mut mac = String::new();
        self.mac.write(Kind::Str, &mut mac);
        let mut lines = vec![
            ("lastmodified".to_owned(), self.last_modified.clone()),
            ("mac".to_owned(), mac),
            ("version".to_owned(), self.version.clone()),
            (self.rule.metadata_name().to_owned(), self.rule.text().to_owned()),
        ];
        if self.mac_only_encrypted {
            lines.push(("mac_only_encrypted".to_owned(), "true".to_owned()));
        }
        for (index, WrappedKey { recipient, armored }) in self.wrapped_keys.iter().enumerate() {
            lines.push((format!("age__list_{index}__map_recipient"), recipient.clone()));
            lines.push((format!("age__list_{index}__map_enc"), armored.clone()));
        }
        lines.sort_unstable();
        for (name, value) in lines {
            out.push_str("sops_");
            out.push_str(&name);
            out.push('=');
            out.push_str(&line::escape(&value));
            out.push('\n');
        }
    }

    /// The time now, as `sops_lastmodified` has it.
    pub(super) fn now() -> String {
        let seconds = Timestamp::now().as_second();
        Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
    }

    pub(super) fn format_version() -> String {
        FORMAT_VERSION.to_owned()
    }
}

/// SOPS parses the time and formats it anew before it serves as associated data: fractions are dropped
/// and any offset becomes `Z`. Lower-case letters and blanks are refused, as SOPS refuses them.
fn normal_time(text: &str) -> Option<String> {
    if text.bytes().any(|byte| byte.is_ascii_lowercase() || byte == b' ') || !text.contains('T') {
        return None;
    }
    let time: Timestamp = text.parse().ok()?;
    // SOPS keeps the offset; only a zero one becomes `Z`, and nothing else is ever written.
    if !text.ends_with('Z') && !text.ends_with("+00:00") && !text.ends_with("-00:00") {
        return None;
    }
    Some(Timestamp::from_second(time.as_second()).ok()?.to_string())
}

/// On `rotate`, `sops` sends the new data key to whatever server such a line names.
fn refuse_other_key_types(lines: &BTreeMap<&str, (usize, String)>) -> Result<(), Error> {
    for (name, (at, text)) in lines {
        if name.starts_with("key_groups__") {
            return Err(Error::strict(StrictRule::NoKeyGroups, *at, "its data key is split between groups"));
        }
        let kind = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp"].into_iter().find(|kind| {
            name.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        });
        if let Some(kind) = kind
            && !text.is_empty()
        {
            let what = format!("it is also wrapped for `{kind}`; senex-env supports only age recipients");
            return Err(Error::strict(StrictRule::AgeRecipients, *at, what));
        }
    }
    Ok(())
}

fn take_recipients(lines: &mut BTreeMap<&str, (usize, String)>) -> Result<Vec<WrappedKey>, Error> {
    // No more lines than the file has can be asked for, so a hostile index costs nothing.
    let count = lines.keys().filter(|name| name.starts_with("age__list_")).count().div_ceil(2);
    let mut wrapped = Vec::with_capacity(count);
    for index in 0..count {
        let mut field = |field: &str| lines.remove(format!("age__list_{index}__map_{field}").as_str());
        let (Some((at, recipient)), Some((_, armored))) = (field("recipient"), field("enc")) else {
            let what = "its list of recipients has gaps";
            return Err(Error::strict(StrictRule::ListIndex, 0, what));
        };
        if let Err(error) = Recipient::parse(&recipient) {
            return Err(Error::strict(StrictRule::AgeRecipients, at, format!("invalid recipient: {error}")));
        }
        wrapped.push(WrappedKey::of_file(recipient, armored).ok_or_else(|| {
            let what =
                format!("a wrapped data key is larger than the {LARGEST_WRAPPED} bytes of one recipient");
            Error::strict(StrictRule::WrappedKey, at, what)
        })?);
    }
    if wrapped.is_empty() {
        return Err(Error::strict(StrictRule::AgeRecipients, 0, "it has no age recipient"));
    }
    Ok(wrapped)
}

fn take_rule(lines: &mut BTreeMap<&str, (usize, String)>) -> Result<Rule, Error> {
    let mut found: Option<Rule> = None;
    let names: Vec<&str> = lines.keys().copied().filter(|name| name.contains("encrypted_")).collect();
    for name in names {
        let (at, text) = &lines[name];
        if text.is_empty() {
            continue;
        }
        if let Some(rule) = Rule::from_metadata(name, text, *at)? {
            if found.is_some() {
                return Err(Error::Metadata {
                    name: name.to_owned(),
                    line: *at,
                    problem: "is a second rule",
                });
            }
            found = Some(rule);
            lines.remove(name);
        }
    }
    Ok(found.unwrap_or_else(Rule::default_of_sops))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_offset_and_fractions_are_the_same_second() {
        for text in ["2026-11-23T15:05:46Z", "2026-11-23T15:05:46+00:00", "2026-11-23T15:05:46.25Z"] {
            assert_eq!(normal_time(text).as_deref(), Some("2026-11-23T15:05:46Z"), "{text}");
        }
    }

    #[test]
    fn other_spellings_of_a_time_are_refused() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23t15:05:46z",
            "2026-11-23 15:05:46Z",
            "2026-11-23T15:05:46Z\r",
            "now",
        ] {
            assert_eq!(normal_time(text), None, "{text}");
        }
    }

    #[test]
    fn huge_list_index_allocates_nothing() {
        let raw = [
            RawLine { number: 1, name: "age__list_3000000__map_recipient", value: "age1x" },
            RawLine { number: 2, name: "age__list_3000000__map_enc", value: "x" },
        ];
        assert!(matches!(Metadata::parse(&raw), Err(Error::Strict { rule: StrictRule::ListIndex, .. })));
    }

    #[test]
    fn vault_addresses_are_refused_by_name() {
        let raw =
            [RawLine { number: 4, name: "hc_vault__list_0__map_vault_address", value: "http://attacker" }];
        let error = Metadata::parse(&raw).err().expect("refused");
        assert!(matches!(error, Error::Strict { rule: StrictRule::AgeRecipients, line: 4, .. }));
    }
}
