//! Which references of a value nobody could answer.

use std::cell::RefCell;

use zeroize::Zeroizing;

use crate::plaintext::helpers::UNSET_HELPER;
use crate::plaintext::read::reading::Process;
use crate::plaintext::text::Text;

/// Collects the first name that was looked up in vain.
pub(in crate::plaintext) struct Unresolved {
    first: RefCell<Option<String>>,
    /// The name that is defined, if its own default is in the text: `K=${K:-default}`. Where the shell has a value,
    /// that counts whatever the file says, so the file says the default.
    own: Option<String>,
}

impl Unresolved {
    /// For the value of `name`, written as `text`.
    pub(in crate::plaintext) fn of(name: &str, text: &str) -> Self {
        let has_default = [":-", "-"].iter().any(|sign| text.contains(&format!("${{{name}{sign}")));
        Self { first: RefCell::new(None), own: has_default.then(|| name.to_owned()) }
    }

    /// Passes `found` on, and remembers `wanted` if it is nothing; but for the helper of our own files,
    /// which is known to be unset.
    pub(in crate::plaintext) fn note<'a>(&self, wanted: &str, found: Option<Text<'a>>) -> Option<Text<'a>> {
        if found.is_none() && wanted != UNSET_HELPER && self.own.as_deref() != Some(wanted) {
            self.first.borrow_mut().get_or_insert_with(|| wanted.to_owned());
        }
        found
    }

    pub(in crate::plaintext) fn into_first(self) -> Option<String> {
        self.first.into_inner()
    }
}

/// The process's value of a variable, wiped after use.
pub(in crate::plaintext) fn of_process<'a>(process: &Process<'_>, name: &str) -> Option<Text<'a>> {
    process(name).map(|value| Text::Made(Zeroizing::new(value)))
}

#[cfg(test)]
mod tests {
    use crate::plaintext::read::{compose_go, python};

    #[test]
    fn a_default_of_its_own_needs_no_shell() {
        let text = "K=${K:-d}\nL=${K},${L:-}\nM=${N:-d}\nO=${O}\n";
        let told = |reading: crate::plaintext::read::Reading| -> Vec<(Option<String>, Option<String>)> {
            let entries = reading.entries.iter();
            entries
                .map(|entry| {
                    let value = entry.value.as_ref().map(|value| value.expose().to_owned());
                    (value, entry.unresolved.clone())
                })
                .collect()
        };
        let expected = [("d", None), ("d,", None), ("d", Some("N")), ("", Some("O"))]
            .map(|(value, unresolved)| (Some(value.to_owned()), unresolved.map(str::to_owned)));
        let compose = compose_go::read(text, &|_| None).map_err(|_| "it is read").expect("it is read");
        assert_eq!(told(compose), expected);
        assert_eq!(told(python::read(text, &|_| None)), expected);
    }
}
