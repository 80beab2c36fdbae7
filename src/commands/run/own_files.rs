//! The plaintext env files that the child would read by itself, and what they may not define.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::invocation::{Invocation, OwnEnvFile};
use crate::plaintext::{DOLLAR_HELPER, Reader, UNSET_HELPER, file_values, read_as};
use crate::secret::LARGEST;
use crate::{git, plaintext, words};

use super::values::Values;

/// What the user's own env files hold.
pub(super) struct OwnFiles {
    /// Their paths, the weakest first.
    pub paths: Vec<PathBuf>,
    /// Their texts, one after the other, to be put before ours.
    pub text: Zeroizing<Vec<u8>>,
    reader: Reader,
}

impl OwnFiles {
    /// What they define.
    pub(super) fn values(&self) -> BTreeMap<String, Zeroizing<String>> {
        let values = self.paths.iter().filter_map(|path| file_values(self.reader, path).ok());
        values.flatten().collect()
    }
}

/// Reads the files, and refuses what would quietly beat or blur the sealed values.
pub(super) struct Reading<'a> {
    pub at: At<'a>,
    pub values: &'a Values<'a>,
    /// A `.env` may define managed keys all the same: the sealed values win.
    pub override_dotenv: bool,
}

impl Reading<'_> {
    pub(super) fn read(&self, invocation: &Invocation, add_files: &[PathBuf]) -> Result<OwnFiles, Error> {
        let reader = invocation.front_end().reader();
        let mut own = OwnFiles { paths: Vec::new(), text: Zeroizing::new(Vec::new()), reader };
        for OwnEnvFile { path, named } in invocation.own_env_files(add_files) {
            let shown = self.at.session.relative(&path);
            let bytes = file::read(&path, LARGEST).map_err(|error| {
                let error = Error::io("cannot read the env file", &shown, &error);
                // podman-compose would take it for an empty one, without a word.
                if named { error.hint("it was given with `--env-file` or COMPOSE_ENV_FILES") } else { error }
            })?;
            self.refuse(&bytes, reader, &shown, named)?;
            append(&mut own.text, &bytes);
            own.paths.push(path);
        }
        Ok(own)
    }

    fn refuse(
        &self,
        bytes: &[u8],
        reader: Reader,
        shown: &std::path::Path,
        named: bool,
    ) -> Result<(), Error> {
        let path = shown.display();
        let process = |name: &str| {
            self.at.session.context.raw_variable(name).and_then(|value| value.into_string().ok())
        };
        let reading = read_as(reader, bytes, &process).map_err(|error| {
            Error::new(Exit::Io, format!("{path} cannot be parsed as an env file: {error}"))
        })?;
        let names: BTreeSet<&str> = reading.entries.iter().map(|entry| entry.name.as_str()).collect();
        if let Some(helper) = [UNSET_HELPER, DOLLAR_HELPER].into_iter().find(|helper| names.contains(helper))
        {
            return Err(Error::usage(format!(
                "{path} defines `{helper}`, which the env file of senex-env uses itself"
            )));
        }
        let managed: Vec<&str> = names.iter().copied().filter(|name| self.values.has(name)).collect();
        if managed.is_empty() || named || self.override_dotenv {
            return Ok(());
        }
        let e = self.at.name;
        Err(Error::no(format!(
            "{path} is a plaintext file that defines {}, which `{e}` keeps sealed",
            words::names(&managed)
        ))
        .hint(self.way_out(&reading, &managed, names.len(), &words::quoted(&path.to_string())))
        .hint(format!("`senex-env run -e {e} --override-dotenv …` uses the sealed values this once")))
    }

    /// What becomes of the file: nothing that is sealed is overwritten by what happens to stand there.
    fn way_out(&self, reading: &plaintext::Reading, managed: &[&str], names: usize, path: &str) -> String {
        let e = self.at.name;
        let is_same = |name: &&str| {
            let value = reading.get(name).and_then(|entry| entry.value.as_ref());
            value.is_some_and(|value| self.values.is(name, value))
        };
        match (managed.iter().all(is_same), managed.len() == names) {
            (true, true) if git::is_committed(&self.at.path()) => {
                format!("its values are sealed and committed: `rm {path}`")
            }
            (true, true) => format!("its values are sealed: commit envs/, then `rm {path}`"),
            (true, false) => {
                format!("`senex-env import -e {e} {path}` imports the other values, then `rm {path}`")
            }
            (false, _) => format!(
                "`senex-env import -n -e {e} {path}` shows how it differs; if the sealed values are right, then `rm {path}`"
            ),
        }
    }
}

/// Text after text: without byte order marks, each ending its last line.
fn append(text: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let more = more.strip_prefix(b"\xef\xbb\xbf").unwrap_or(more);
    let mut joined = Zeroizing::new(Vec::with_capacity(text.len() + more.len() + 1));
    joined.extend_from_slice(text);
    joined.extend_from_slice(more);
    if !joined.is_empty() && !joined.ends_with(b"\n") {
        joined.push(b'\n');
    }
    *text = joined;
}
