//! A finding in words, and as JSON. Never a value.

use serde::Serialize;

use super::values::Values;
use crate::error::Error;
use crate::git::scan::{Hit, Kind, Leak, Needle};
use crate::ui::Ui;
use crate::words;

/// What a scan tells of one leak.
#[derive(Serialize)]
pub(crate) struct Finding {
    /// `value`, `private-identity`, `plaintext-env`, `sealed-file`.
    pub kind: &'static str,
    /// What `[scan.allow]` calls it: the key, else the kind.
    pub what: String,
    /// Environments in which the key has this value.
    pub environments: Vec<String>,
    /// How it is written there.
    pub encoding: Option<&'static str>,
    pub path: String,
    pub line: Option<usize>,
    /// The oldest commit that has it.
    pub commit: Option<String>,
    #[serde(skip)]
    pub text: String,
}

#[derive(Serialize)]
struct Report<'a> {
    findings: &'a [Finding],
    not_searched: Vec<&'a str>,
    not_opened: Vec<&'a str>,
    /// Contents that this clone does not hold.
    not_read: usize,
}

impl Finding {
    /// A sealed file that is none helps nobody.
    pub(crate) fn can_be_allowed(&self) -> bool {
        self.kind != "sealed-file"
    }

    /// "path:line: what it is, where from".
    pub(crate) fn sentence(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let commit = self.commit.as_ref().map(|commit| format!(" (since {commit})")).unwrap_or_default();
        format!("{}{line}: {}{commit}", self.path, self.text)
    }
}

pub(crate) fn finding(leak: &Leak, values: &Values) -> Finding {
    let base = |kind: &'static str, text: String| Finding {
        kind,
        what: kind.to_owned(),
        environments: Vec::new(),
        encoding: None,
        path: leak.origin.path.clone(),
        line: None,
        commit: leak.origin.commit.clone(),
        text,
    };
    match leak.kind {
        Kind::PlaintextEnv => base("plaintext-env", "a plaintext env file".to_owned()),
        Kind::Hit(Hit { needle: Needle::Value(number), encoding, line }) => {
            let (key, environments) = values.name(number);
            let environments: Vec<String> = environments.iter().map(ToString::to_string).collect();
            let text = format!("the value of `{key}` in {}, {encoding}", words::list(&environments));
            Finding {
                what: key.to_string(),
                environments,
                encoding: Some(encoding),
                line: Some(line),
                ..base("value", text)
            }
        }
        Kind::Hit(Hit { needle, line, .. }) => {
            let what = if needle == Needle::AgeIdentity { "a private age identity" } else { "a private key" };
            Finding { line: Some(line), ..base("private-identity", what.to_owned()) }
        }
    }
}

pub(crate) fn json(findings: &[Finding], not_read: usize, values: &Values, ui: &Ui) -> Result<(), Error> {
    let report = Report {
        findings,
        not_searched: values.not_searched().collect(),
        not_opened: values.closed().collect(),
        not_read,
    };
    ui.json("scan", &report)
}
