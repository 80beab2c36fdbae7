//! The surroundings of the process: the only place that reads environment variables.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Working directory and environment variables. Tests make one of their own.
pub struct Context {
    /// The working directory.
    pub directory: PathBuf,
    lookup: Box<Lookup>,
}

/// Answers what a variable holds.
type Lookup = dyn Fn(&str) -> Option<OsString>;

/// Goes to another working directory, for this process and those that it starts.
///
/// # Errors
/// When it is none.
pub(crate) fn enter(directory: &Path) -> std::io::Result<()> {
    std::env::set_current_dir(directory)
}

impl Context {
    /// Of this process.
    ///
    /// # Errors
    /// When the working directory is gone.
    pub fn of_process() -> std::io::Result<Self> {
        Ok(Self { directory: std::env::current_dir()?, lookup: Box::new(|name| std::env::var_os(name)) })
    }

    /// With variables from elsewhere.
    pub fn new(directory: PathBuf, lookup: impl Fn(&str) -> Option<OsString> + 'static) -> Self {
        Self { directory, lookup: Box::new(lookup) }
    }

    /// A variable; one that is set but empty counts as not set.
    pub fn variable(&self, name: &str) -> Option<OsString> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// A variable as it is, even empty.
    pub fn raw_variable(&self, name: &str) -> Option<OsString> {
        (self.lookup)(name)
    }

    /// Every variable as it is, by name.
    pub fn variables(&self) -> &dyn Fn(&str) -> Option<OsString> {
        &*self.lookup
    }

    /// The home directory.
    pub fn home(&self) -> Option<PathBuf> {
        self.variable("HOME").map(PathBuf::from).or_else(std::env::home_dir)
    }

    /// The command line of the editor, and the variable that names it.
    pub fn editor(&self) -> Option<(&'static str, OsString)> {
        ["SENEX_EDITOR", "VISUAL", "EDITOR"].into_iter().find_map(|name| Some((name, self.variable(name)?)))
    }

    /// `$XDG_CONFIG_HOME`, else `~/.config`; on macOS `~/Library/Application Support`.
    pub fn config_home(&self) -> Option<PathBuf> {
        if let Some(path) =
            self.variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute())
        {
            return Some(path);
        }
        let below = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        self.home().map(|home| home.join(below))
    }

    /// `$XDG_DATA_HOME`, else `~/.local/share`; on macOS `~/Library/Application Support`.
    pub fn data_home(&self) -> Option<PathBuf> {
        let named = self.variable("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let below = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
        named.or_else(|| self.home().map(|home| home.join(below)))
    }

    /// A path as the user would write it: `~` for the home directory.
    pub fn shown(&self, path: &Path) -> String {
        match self.home().and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }
}
