//! Which references of a value nobody could answer.

use std::cell::RefCell;

use zeroize::Zeroizing;

use crate::plaintext::helpers::UNSET_HELPER;
use crate::plaintext::read::reading::Process;
use crate::plaintext::text::Text;

/// Collects the first name that was looked up in vain.
#[derive(Default)]
pub(in crate::plaintext) struct Unresolved(RefCell<Option<String>>);

impl Unresolved {
    /// Passes `found` on, and remembers `wanted` if it is nothing; but for the helper of our own files,
    /// which is known to be unset.
    pub(in crate::plaintext) fn note<'a>(&self, wanted: &str, found: Option<Text<'a>>) -> Option<Text<'a>> {
        if found.is_none() && wanted != UNSET_HELPER {
            self.0.borrow_mut().get_or_insert_with(|| wanted.to_owned());
        }
        found
    }

    pub(in crate::plaintext) fn into_first(self) -> Option<String> {
        self.0.into_inner()
    }
}

/// The process's value of a variable, wiped after use.
pub(in crate::plaintext) fn of_process<'a>(process: &Process<'_>, name: &str) -> Option<Text<'a>> {
    process(name).map(|value| Text::Made(Zeroizing::new(value)))
}
