//! Which editor, and how it is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::desk::At;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::run::{Plan, RunError, find_program};

/// What is started when no variable says.
const FALLBACK: &str = "vi";

/// The words of an editor's command line, without the file.
pub(super) struct Editor {
    words: Vec<String>,
    variable: Option<&'static str>,
}

impl Editor {
    /// The editor of `SENEX_EDITOR`, VISUAL or EDITOR, else vi, for which there must be a terminal.
    pub(super) fn choose(at: At<'_>) -> Result<Self, Error> {
        let Some((variable, line)) = at.session.context.editor() else {
            if !at.session.ui.can_prompt() {
                return Err(Error::usage("an editor needs a terminal")
                    .hint(format!("`senex-env set -e {} KEY` reads a value from standard input", at.name)));
            }
            return Ok(Self { words: vec![FALLBACK.to_owned()], variable: None });
        };
        let words = line.to_str().and_then(shlex::split).filter(|words| !words.is_empty());
        match words {
            Some(words) => Ok(Self { words, variable: Some(variable) }),
            None => Err(Error::usage(format!("{variable} is not a valid command line"))
                .hint(format!("`export {variable}=nano`"))),
        }
    }

    /// The editor on a file. Nobody's shell comes in between.
    pub(super) fn plan(&self, file: &Path) -> Plan {
        let mut args: Vec<OsString> = self.words[1..].iter().map(OsString::from).collect();
        if self.is_vim() {
            // No swap file, no history of what was typed or yanked, no backup, no undo file elsewhere.
            let options = ["-n", "-i", "NONE", "-c", "silent! set noundofile nobackup nowritebackup"];
            args.extend(options.map(OsString::from));
        }
        args.push(file.into());
        Plan { program: OsString::from(&self.words[0]), args, set: Vec::new(), remove: Vec::new() }
    }

    /// How it ends when the editor was not started.
    pub(super) fn not_started(&self, why: &RunError, at: At<'_>) -> Result<Exit, Error> {
        match why {
            RunError::NotFound { .. } | RunError::CannotExecute { .. } => {
                let named = self.variable.map_or(String::new(), |variable| format!(" ({variable})"));
                Err(Error::new(Exit::Io, format!("the editor{named}: {why}"))
                    .hint("`export SENEX_EDITOR=nano` chooses another"))
            }
            why => error::run(why, at.name).map_err(|error| error.exiting(Exit::Io)),
        }
    }

    /// By the name of the program itself: `vi` is a link to some vim on most machines.
    fn is_vim(&self) -> bool {
        let path = find_program(&self.words[0]).unwrap_or_else(|| PathBuf::from(&self.words[0]));
        let path = std::fs::canonicalize(&path).unwrap_or(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ["vim", "nvim", "gvim"].iter().any(|vim| name.starts_with(vim))
    }
}
