//! What each environment is made of: its compose project, and the plaintext files whose values it takes over.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::environments::{Found, is_guarded};
use super::plaintext::{Obstacle, Place, read};
use crate::compose::Tool;
use crate::compose::model::{Project as Compose, Request};
use crate::error::Error;
use crate::file;
use crate::name::{EnvName, KeyName};
use crate::plaintext::{Doubt, Imported, LeftOut, Reader, file_values};
use crate::project::Project;
use crate::secret::Secret;

/// What the shell gives to everything: it counts before an env file, and stays out of the sealed ones.
const OF_THE_SHELL: [&str; 10] =
    ["DISPLAY", "HOME", "LOGNAME", "OLDPWD", "PATH", "PWD", "SHELL", "SHLVL", "SSH_AUTH_SOCK", "TERM"];

/// One environment.
pub(super) struct Gathered {
    pub name: EnvName,
    /// From the root, in the order of `-f`.
    pub compose: Vec<String>,
    /// As docker compose reads them; why it cannot, in one sentence.
    pub loaded: Option<Result<Compose, String>>,
    /// Files whose values are taken over, the one that counts most first.
    pub taken: Vec<Taken>,
    /// Files that stay as they are.
    pub left: Vec<(PathBuf, Left)>,
    /// Files that services read and another environment takes over: they are gone for this one as well.
    pub taken_elsewhere: Vec<PathBuf>,
}

/// A file whose values are taken over.
pub(super) struct Taken {
    /// From the root.
    pub path: PathBuf,
    pub imported: Imported,
    /// Keys that are not taken: a stronger file gives them another value, or compose reads them and not this file.
    pub dropped: Vec<KeyName>,
    /// Services that read it by `env_file:`.
    pub services: Vec<String>,
    /// Where it leads to, if it is a link.
    pub target: Option<PathBuf>,
}

/// Why a file is not taken over.
pub(super) enum Left {
    Obstacle(Obstacle),
    /// A service reads it, and it gives these keys other values than the environment has.
    Contradicts(Vec<KeyName>),
    /// A service reads it, and it has these names, which no key can have.
    HasNames(Vec<LeftOut>),
    /// A service reads it, and tools read these keys differently.
    Doubtful(Vec<Doubt>),
    /// A service reads it in production, whose values need not be those that lie here.
    OfProduction,
}

impl Gathered {
    /// Reads what belongs to an environment. Nothing is asked and nothing is said.
    /// `named` are the files that belong to an environment by their names.
    pub(super) fn new(place: Place<'_>, found: Found, named: &[PathBuf]) -> Result<Self, Error> {
        let Found { name, compose, plaintext } = found;
        let mut gathered = Self {
            name,
            compose,
            loaded: None,
            taken: Vec::new(),
            left: Vec::new(),
            taken_elsewhere: Vec::new(),
        };
        for path in &plaintext {
            gathered.read(path, place)?;
        }
        gathered.follow_compose_file(place.root);
        gathered.load(place.root);
        gathered.drop_what_differs();
        gathered.add_files_of_services(named, place)?;
        Ok(gathered)
    }

    /// How many values it takes over.
    pub(super) fn values(&self) -> usize {
        self.taken.iter().map(|file| file.imported.entries.len()).sum()
    }

    /// The values that are taken over, those of the strongest file first.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&KeyName, &Secret)> {
        self.taken.iter().flat_map(|file| &file.imported.entries).map(|entry| (&entry.name, &entry.value))
    }

    /// The keys that are not taken over, because tools read them differently.
    pub(super) fn doubts(&self) -> impl Iterator<Item = &Doubt> {
        self.taken.iter().flat_map(|file| &file.imported.doubts)
    }

    /// Whether a file is one of its own.
    pub(super) fn knows(&self, path: &Path) -> bool {
        self.taken.iter().any(|file| file.path == path) || self.left.iter().any(|(left, _)| left == path)
    }

    /// The compose project, if there is one that can be loaded.
    pub(super) fn project(&self) -> Option<&Compose> {
        self.loaded.as_ref()?.as_ref().ok()
    }

    fn read(&mut self, path: &Path, place: Place<'_>) -> Result<(), Error> {
        let root = place.root;
        let whole = root.join(path);
        match read(&whole, place)? {
            Some(Ok(imported)) => {
                let target = whole.is_symlink().then(|| std::fs::canonicalize(&whole).ok()).flatten();
                let target = target.and_then(|target| target.strip_prefix(root).ok().map(Path::to_owned));
                let path = path.to_owned();
                self.taken.push(Taken { path, imported, dropped: Vec::new(), services: Vec::new(), target });
            }
            Some(Err(obstacle)) => self.left.push((path.to_owned(), Left::Obstacle(obstacle))),
            None => {}
        }
        Ok(())
    }

    /// The file that a compose tool reads by itself, or is told to read.
    fn of_the_tool(&self) -> Option<&Taken> {
        let first = self.taken.first()?;
        first.path.parent().is_some_and(|folder| folder.as_os_str().is_empty()).then_some(first)
    }

    /// `COMPOSE_FILE` in the env file names the compose files.
    fn follow_compose_file(&mut self, root: &Path) {
        let value = |wanted: &str| {
            let entries = self.of_the_tool().map(|file| &file.imported.entries)?;
            entries.iter().find(|entry| entry.name.as_str() == wanted).map(|entry| entry.value.expose())
        };
        let separator = value("COMPOSE_PATH_SEPARATOR").unwrap_or(":");
        let Some(files) = value("COMPOSE_FILE").filter(|files| !files.is_empty()) else { return };
        let files: Vec<String> =
            files.split(separator).map(|file| file.trim_start_matches("./").to_owned()).collect();
        if files.iter().all(|file| is_below(Path::new(file)) && root.join(file).is_file()) {
            self.compose = files;
        }
    }

    fn load(&mut self, root: &Path) {
        if self.compose.is_empty() {
            return;
        }
        let files: Vec<PathBuf> = self.compose.iter().map(|file| root.join(file)).collect();
        let entries = self.of_the_tool().into_iter().flat_map(|file| &file.imported.entries);
        let values: BTreeMap<&str, &str> =
            entries.map(|entry| (entry.name.as_str(), entry.value.expose())).collect();
        let loaded = Compose::load(&Request {
            tool: Tool::DockerCompose,
            files: &files,
            bounds: &[Project::repository_of(root).to_owned()],
            project_directory: None,
            project_name: None,
            lookup: &|name| values.get(name).copied(),
            is_stand_in: &|_| false,
            env_file: &|path| file_values(Reader::Compose, path),
        });
        self.loaded = Some(loaded.map_err(|error| {
            let path = file::relative(&error.path, root);
            let line = error.place.map_or(String::new(), |place| format!(" (line {})", place.line));
            format!("{} cannot be read{line}: {}", path.display(), error.kind)
        }));
    }

    /// Compose reads a variable.
    fn reads(&self, key: &KeyName) -> bool {
        self.project().is_some_and(|compose| compose.uses.iter().any(|use_| use_.variable == key.as_str()))
    }

    /// A key has the value of the strongest file that gives one; of what compose reads, that of the file that it
    /// reads.
    fn drop_what_differs(&mut self) {
        let weaker = usize::from(self.of_the_tool().is_some());
        for at in weaker..self.taken.len() {
            self.drop_in(at);
        }
    }

    fn drop_in(&mut self, at: usize) {
        let own = self.taken[at].imported.entries.iter().map(|entry| &entry.name);
        let dropped: Vec<KeyName> = own.filter(|key| self.contradicts(at, key)).cloned().collect();
        let file = &mut self.taken[at];
        file.imported.entries.retain(|entry| !dropped.contains(&entry.name));
        file.dropped = dropped;
    }

    fn contradicts(&self, at: usize, key: &KeyName) -> bool {
        let value = |file: &Taken| {
            let entry = file.imported.entries.iter().find(|entry| entry.name == *key)?;
            Some(entry.value.duplicate())
        };
        let Some(own) = value(&self.taken[at]) else { return false };
        match self.taken[..at].iter().find_map(value) {
            Some(stronger) => !stronger.same_as(&own),
            None => self.reads(key),
        }
    }

    /// What services read by `env_file:` is theirs, and so the environment's; but not what belongs to another one by
    /// its name, nor in production, where other values count than those that lie here.
    fn add_files_of_services(&mut self, named: &[PathBuf], place: Place<'_>) -> Result<(), Error> {
        for (path, services) in self.files_of_services(place.root) {
            let is_new = !self.knows(&path) && place.root.join(&path).is_file();
            match () {
                () if !is_new => {}
                () if named.contains(&path) => self.taken_elsewhere.push(path.clone()),
                () if is_guarded(&self.name) => self.left.push((path.clone(), Left::OfProduction)),
                () => self.read_file_of_services(&path, place)?,
            }
            let Some(at) = self.taken.iter().position(|file| file.path == path) else { continue };
            // The service wants the values of its file: all of them are taken over, or none.
            let Taken { imported, dropped, .. } = &self.taken[at];
            if !imported.left_out.is_empty() {
                let Taken { path, imported, .. } = self.taken.remove(at);
                self.left.push((path, Left::HasNames(imported.left_out)));
            } else if !imported.doubts.is_empty() {
                let Taken { path, imported, .. } = self.taken.remove(at);
                self.left.push((path, Left::Doubtful(imported.doubts)));
            } else if !dropped.is_empty() {
                let Taken { path, dropped, .. } = self.taken.remove(at);
                self.left.push((path, Left::Contradicts(dropped)));
            } else {
                self.taken[at].services = services;
            }
        }
        Ok(())
    }

    fn read_file_of_services(&mut self, path: &Path, place: Place<'_>) -> Result<(), Error> {
        self.read(path, place)?;
        match self.taken.last() {
            Some(last) if last.path == path => self.drop_in(self.taken.len() - 1),
            _ => {}
        }
        Ok(())
    }

    /// The files that services read, from the root, with the services.
    fn files_of_services(&self, root: &Path) -> Vec<(PathBuf, Vec<String>)> {
        let mut named: Vec<(PathBuf, Vec<String>)> = Vec::new();
        let Some(compose) = self.project() else { return named };
        let folder = root.join(Path::new(&self.compose[0]).parent().unwrap_or(Path::new("")));
        for service in &compose.services {
            for env_file in &service.env_files {
                // A service of an `include` has a whole path.
                let whole = folder.join(&env_file.path);
                let Some(path) = whole.strip_prefix(root).ok().and_then(normal) else { continue };
                match named.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, services)) => services.push(service.name.clone()),
                    None => named.push((path, vec![service.name.clone()])),
                }
            }
        }
        named
    }

    /// Takes out what the shell gives to everything. The names.
    pub(super) fn take_out_what_is_the_shells(&mut self) -> Vec<KeyName> {
        let mut out = Vec::new();
        let is_shells = |name: &KeyName| OF_THE_SHELL.contains(&name.as_str());
        for file in &mut self.taken {
            let entries = &mut file.imported.entries;
            out.extend(entries.iter().map(|entry| &entry.name).filter(|name| is_shells(name)).cloned());
            entries.retain(|entry| !is_shells(&entry.name));
        }
        out
    }
}

/// Without `.` and `..`; `None` for what lies above the root, and for absolute paths.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => normal.push(part),
            Component::CurDir => {}
            Component::ParentDir if normal.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

fn is_below(path: &Path) -> bool {
    normal(path).is_some()
}
