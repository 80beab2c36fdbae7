//! A child command, understood: which compose tool it starts, which files it names, and where ours go.
//!
//! Nothing here runs the command. Facts about the tools are measured against Docker Compose 5,
//! podman-compose 1.0.3 to 1.6.0 and docker-compose 1.29.2.

pub(crate) mod discovery;
mod engine;
mod env_files;
pub(crate) mod environment_choice;
mod front_end;
mod global_options;
mod options;
mod placeholder;
mod provider;
mod scale;
mod starter;
mod variables;
mod version;
mod wrapper;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

pub(crate) use engine::Engine;
pub(crate) use env_files::{EnvFileSupport, EnvFiles, OwnEnvFile};
pub(crate) use front_end::FrontEnd;
use options::{Grammar, NONE, Scan, scan};
pub(crate) use starter::Starter;
use variables::View;
pub(crate) use variables::{EnvironmentDrop, Surroundings};
pub(crate) use version::Version;

/// A child command, understood.
pub(crate) struct Invocation {
    argv: Vec<OsString>,
    front_end: FrontEnd,
    /// Where the options of the compose tool begin.
    options_at: usize,
    options: Scan,
    files: Vec<ComposeFile>,
    gives_files: bool,
    env_files: Vec<PathBuf>,
    dot_env_disabled: bool,
    cwd: PathBuf,
    dropped: Option<EnvironmentDrop>,
    assigned: Vec<OsString>,
    user: Option<OsString>,
}

/// Compose files to add, for [`Invocation::with`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Files<'a> {
    /// In front, where the command names none itself.
    pub before: &'a [PathBuf],
    /// Behind every other, so that it is merged last.
    pub behind: Option<&'a Path>,
}

/// A compose file that a command names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComposeFile {
    /// As it was written.
    pub given: PathBuf,
    /// Absolute, links followed; where the file is missing, only absolute.
    pub path: PathBuf,
}

impl Invocation {
    /// Reads a command line. May start `podman-compose --version` when nothing beside the program tells
    /// its version.
    pub(crate) fn parse(argv: &[OsString], surroundings: Surroundings<'_>) -> Self {
        let mut view = View::new(surroundings);
        let (program, user) = wrapper::unwrap(argv, &mut view);
        let (front_end, options_at) = front_end::recognize(argv, program, &view);
        follow_project_dir(front_end, &mut view);

        let options = if front_end == FrontEnd::DockerStackDeploy {
            scan_among_operands(argv, options_at, &STACK_DEPLOY)
        } else {
            scan(argv, options_at, global_options::of(front_end))
        };
        let (files, gives_files) = files(front_end, &options, &view);
        let env_files = env_files(front_end, &options, &view);
        let disabled = view.get("COMPOSE_DISABLE_ENV_FILE");
        Self {
            argv: argv.to_vec(),
            front_end,
            options_at,
            options,
            files,
            gives_files,
            env_files,
            // The spellings of Go's `strconv.ParseBool`.
            dot_env_disabled: disabled
                .is_some_and(|v| ["1", "t", "T", "true", "TRUE", "True"].iter().any(|yes| v == *yes)),
            assigned: view.set.into_iter().filter_map(|(name, value)| value.map(|_| name)).collect(),
            dropped: view.dropped,
            cwd: view.cwd,
            user,
        }
    }

    /// What kind of program it starts.
    pub(crate) fn front_end(&self) -> FrontEnd {
        self.front_end
    }

    /// The compose files it names: by `-f`, else by `COMPOSE_FILE`. Standard input (`-`) is not among
    /// them.
    pub(crate) fn files(&self) -> &[ComposeFile] {
        &self.files
    }

    /// Whether the command line itself names compose files (standard input included), so that none may
    /// be added.
    pub(crate) fn gives_files(&self) -> bool {
        self.gives_files
    }

    /// The env files it names: by `--env-file` in any form, else (Docker Compose) by
    /// `COMPOSE_ENV_FILES`. As written.
    pub(crate) fn env_files(&self) -> &[PathBuf] {
        &self.env_files
    }

    /// `--project-directory`, as written.
    pub(crate) fn project_directory(&self) -> Option<&Path> {
        if !self.front_end.is_compose() {
            return None;
        }
        let named = self.options.values("--project-directory").last();
        named.or_else(|| self.options.values("--workdir").last()).map(Path::new)
    }

    /// The working directory of the program: wrappers may change it.
    pub(crate) fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The compose subcommand, `up` or `config`.
    pub(crate) fn subcommand(&self) -> Option<&OsStr> {
        let word = self.argv.get(self.options.operand)?;
        self.front_end.is_compose().then_some(word)
    }

    /// The wrapper that takes the process environment away (`sudo` without `-E`, `env -i`), if one does.
    /// Values that go through the environment would not arrive.
    pub(crate) fn drops_environment(&self) -> Option<&EnvironmentDrop> {
        self.dropped.as_ref()
    }

    /// The user that a wrapper switches to. Everybody but root is unable to read an env file of mode
    /// 0600, and podman-compose takes such a file for an empty one.
    pub(crate) fn switches_to_user(&self) -> Option<&OsStr> {
        self.user.as_deref()
    }

    /// Variables that a wrapper sets for the program (`env A=b …`), sorted. They beat an env file.
    pub(crate) fn assigned_variables(&self) -> &[OsString] {
        &self.assigned
    }

    /// Whether an argument holds the placeholder `{}`. Behind a compose subcommand it belongs to somebody
    /// else (`exec web find … -exec … {} ;`).
    pub(crate) fn has_placeholder(&self) -> bool {
        self.argv[..self.placeholders_end()].iter().any(|argument| placeholder::is_in(argument))
    }

    /// The command with `path` for every placeholder. Words stay as many, and in their order.
    fn with_placeholder(&self, path: &Path) -> Vec<OsString> {
        let end = self.placeholders_end();
        let fill = |(index, argument): (usize, &OsString)| {
            if index < end && placeholder::is_in(argument) {
                placeholder::fill(argument, path.as_os_str())
            } else {
                argument.clone()
            }
        };
        self.argv.iter().enumerate().map(fill).collect()
    }

    fn placeholders_end(&self) -> usize {
        if self.front_end.is_compose() { self.options.operand } else { self.argv.len() }
    }

    /// The command with compose files and our env file added.
    ///
    /// Everything goes to the beginning of the compose options, in front of options that may be unknown
    /// to us, but for what has to come behind the files that the user names; the user's own `--env-file`
    /// are taken out, for `env` says them again where they count.
    pub(crate) fn with(&self, files: Files<'_>, env: EnvFiles<'_>) -> Vec<OsString> {
        let words = match env {
            EnvFiles::InPlace(ours) => self.with_placeholder(ours),
            EnvFiles::Several { .. } | EnvFiles::One(_) | EnvFiles::Unchanged => self.argv.clone(),
        };
        if !self.front_end.is_compose() {
            return words;
        }
        let mut argv = words[..self.options_at].to_vec();
        let mut add = |option: &str, path: &Path| argv.extend([option.into(), path.into()]);
        if !self.gives_files {
            files.before.iter().map(PathBuf::as_path).chain(files.behind).for_each(|file| add("-f", file));
        }
        match env {
            EnvFiles::Several { theirs, ours } => {
                theirs.iter().for_each(|file| add("--env-file", file));
                add("--env-file", ours);
            }
            EnvFiles::One(ours) => add("--env-file", ours),
            EnvFiles::InPlace(_) | EnvFiles::Unchanged => {}
        }
        let keeps_theirs = matches!(env, EnvFiles::InPlace(_) | EnvFiles::Unchanged);
        let replaced = |index: usize| {
            let mut theirs = self.options.options.iter().filter(|option| option.name == "--env-file");
            !keeps_theirs && theirs.any(|option| option.at.contains(&index))
        };
        let named = self.options.options.iter().filter(|option| option.name == "--file");
        let last_named = named.map(|option| option.at.end).next_back();
        for (index, argument) in words.into_iter().enumerate().skip(self.options_at) {
            if !replaced(index) {
                argv.push(argument);
            }
            if let Some(behind) = files.behind.filter(|_| last_named == Some(index + 1)) {
                argv.extend(["-f".into(), behind.into()]);
            }
        }
        argv
    }
}

/// podman-compose goes to `COMPOSE_PROJECT_DIR` before it looks at anything (1.0.4 and later).
fn follow_project_dir(front_end: FrontEnd, view: &mut View<'_>) {
    let follows = match front_end.engine() {
        Some(Engine::PodmanCompose(version)) => {
            version.is_none_or(|version| version >= env_files::FIRST_WITH_OPTION)
        }
        Some(Engine::DockerCompose | Engine::DockerComposeV1) | None => false,
    };
    if !follows {
        return;
    }
    if let Some(folder) = view.get("COMPOSE_PROJECT_DIR") {
        let folder = view.cwd.join(folder);
        if folder.is_dir() {
            view.cwd = folder;
        }
    }
}

/// The compose files that are named, and whether options name them.
fn files(front_end: FrontEnd, options: &Scan, view: &View<'_>) -> (Vec<ComposeFile>, bool) {
    if front_end == FrontEnd::DockerStackDeploy {
        // pflag's `strings`: several, separated by commas.
        let lists = options.values("--compose-file").flat_map(|l| l.as_bytes().split(|b| *b == b','));
        let given: Vec<PathBuf> = lists.map(|file| PathBuf::from(OsStr::from_bytes(file))).collect();
        return (resolve(&given, view), !given.is_empty());
    }
    if !front_end.is_compose() {
        return (Vec::new(), false);
    }
    let given: Vec<PathBuf> = options.values("--file").map(PathBuf::from).collect();
    if !given.is_empty() {
        return (resolve(&given, view), true);
    }
    let separator = view.get("COMPOSE_PATH_SEPARATOR").unwrap_or_else(|| OsString::from(":"));
    let listed = view.get("COMPOSE_FILE").map(|list| split(&list, &separator)).unwrap_or_default();
    let mut files = resolve(&listed, view);
    if front_end.is_podman_compose() {
        files.retain(|file| file.path.exists());
    }
    (files, false)
}

fn split(list: &OsStr, separator: &OsStr) -> Vec<PathBuf> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    let (bytes, separator) = (list.as_bytes(), separator.as_bytes());
    while at < bytes.len() {
        if bytes[at..].starts_with(separator) {
            parts.push(&bytes[start..at]);
            at += separator.len();
            start = at;
        } else {
            at += 1;
        }
    }
    parts.push(&bytes[start..]);
    parts.into_iter().map(|part| PathBuf::from(OsStr::from_bytes(part))).collect()
}

fn resolve(given: &[PathBuf], view: &View<'_>) -> Vec<ComposeFile> {
    let named = given.iter().filter(|file| !file.as_os_str().is_empty() && *file != Path::new("-"));
    let resolved = named.map(|file| {
        let path = view.cwd.join(file);
        ComposeFile { given: file.clone(), path: path.canonicalize().unwrap_or(path) }
    });
    resolved.collect()
}

fn env_files(front_end: FrontEnd, options: &Scan, view: &View<'_>) -> Vec<PathBuf> {
    if !front_end.is_compose() {
        return Vec::new();
    }
    let given: Vec<PathBuf> = options.values("--env-file").map(PathBuf::from).collect();
    let reads_list = match front_end.engine() {
        Some(Engine::DockerCompose) => true,
        Some(Engine::DockerComposeV1 | Engine::PodmanCompose(_)) | None => false,
    };
    if !given.is_empty() || !reads_list {
        return given;
    }
    let listed = view.get("COMPOSE_ENV_FILES").map(|list| split(&list, OsStr::new(","))).unwrap_or_default();
    listed.into_iter().filter(|file| !file.as_os_str().is_empty()).collect()
}

/// Options of a command that takes them between its operands as well: `deploy STACK -c FILE`.
fn scan_among_operands(argv: &[OsString], from: usize, grammar: &Grammar) -> Scan {
    let mut all = scan(argv, from, grammar);
    while all.operand < argv.len() && argv[all.operand - 1] != "--" {
        let more = scan(argv, all.operand + 1, grammar);
        all.options.extend(more.options);
        all.operand = more.operand;
    }
    all
}

const STACK_DEPLOY: Grammar = Grammar {
    valued: &[
        ("--compose-file", 'c'),
        ("--resolve-image", NONE),
        ("--namespace", NONE),
        ("--bundle-file", NONE),
    ],
    flags: &[("--detach", 'd'), ("--prune", NONE), ("--quiet", 'q'), ("--with-registry-auth", NONE)],
    abbreviations: false,
    operands: &[],
};

#[cfg(test)]
mod tests;
