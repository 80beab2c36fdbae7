//! What loading for both tools shares: files become trees, variables have values, work is counted.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::super::tool::Tool;
use super::super::yaml::{self, Node, Place};
use super::error::{LoadErrorKind, MOST_READS, Problem, ProblemKind, Stop};
use super::interpolate::use_at;
use super::uses::{Form, Use};
use super::{EnvFileReader, Request};
use crate::file;

/// The most work for one project: bytes read and interpolated, and what a service that is taken over costs.
/// A large project needs a hundredth.
const MOST_WORK: usize = 32 << 20;

pub(super) struct Loader<'a> {
    pub tool: Tool,
    pub lookup: &'a dyn Fn(&str) -> Option<&'a str>,
    env_file: EnvFileReader<'a>,
    bounds: &'a [PathBuf],
    pub is_stand_in: &'a dyn Fn(&str) -> bool,
    /// Variables that the tool sets itself. They win.
    pub provided: BTreeMap<&'static str, String>,
    pub files: Vec<PathBuf>,
    pub uses: Vec<Use>,
    pub problems: Vec<Problem>,
    reads: usize,
    /// What is left of the work.
    pub work: usize,
    /// Problems that are noted already: an alias brings one several times.
    known: HashSet<(Place, String)>,
}

/// Variables that count after everything else: of the `.env` beside an included file, of a service's own
/// `environment`.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub layers: Vec<BTreeMap<String, Zeroizing<String>>>,
}

impl Scope {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.layers.iter().find_map(|layer| layer.get(name)).map(|value| value.as_str())
    }
}

impl<'a> Loader<'a> {
    pub(super) fn new(request: &Request<'a>) -> Self {
        Self {
            tool: request.tool,
            lookup: request.lookup,
            env_file: request.env_file,
            bounds: request.bounds,
            is_stand_in: request.is_stand_in,
            provided: BTreeMap::new(),
            files: Vec::new(),
            uses: Vec::new(),
            problems: Vec::new(),
            reads: 0,
            work: MOST_WORK,
            known: HashSet::new(),
        }
    }

    /// The documents of a file.
    pub(super) fn read(&mut self, path: &Path) -> Result<Vec<Node>, Stop> {
        let stop = |kind| Stop::File(path.to_owned(), kind);
        self.reads += 1;
        if self.reads > MOST_READS {
            return Err(stop(LoadErrorKind::Files));
        }
        self.check_bounds(path)?;
        let bytes = read_regular(path).map_err(|error| stop(LoadErrorKind::Read(error)))?;
        if !self.spend(bytes.len()) {
            return Err(stop(LoadErrorKind::Work));
        }
        let known = self.files.iter().position(|file| file == path);
        let file = known.unwrap_or_else(|| {
            self.files.push(path.to_owned());
            self.files.len() - 1
        });
        yaml::parse(&bytes, file, self.tool).map_err(|(place, kind)| Stop::At(place, kind.into()))
    }

    /// What an env file of `include` gives.
    pub(super) fn env_file(&self, path: &Path) -> Result<BTreeMap<String, Zeroizing<String>>, Stop> {
        self.check_bounds(path)?;
        (self.env_file)(path).map_err(|error| Stop::File(path.to_owned(), LoadErrorKind::Read(error)))
    }

    /// An error for a file that is outside, links followed.
    fn check_bounds(&self, path: &Path) -> Result<(), Stop> {
        let is_bound = self.bounds.iter().any(|folder| file::is_below(path, folder));
        if self.bounds.is_empty() || is_bound || !path.exists() {
            return Ok(());
        }
        Err(Stop::File(path.to_owned(), LoadErrorKind::Outside))
    }

    /// Takes from the work that is left; says whether there was as much.
    pub(super) fn spend(&mut self, work: usize) -> bool {
        self.work = self.work.saturating_sub(work);
        self.work > 0
    }

    /// An error when the work is used up.
    pub(super) fn check_work(&self, place: Place) -> Result<(), Stop> {
        if self.work > 0 { Ok(()) } else { Err(Stop::At(place, LoadErrorKind::Work)) }
    }

    /// A variable: what the tool sets, what was given, what the scope has.
    pub(super) fn value<'s>(&'s self, name: &str, scope: &'s Scope) -> Option<&'s str> {
        let provided = self.provided.get(name).map(String::as_str);
        provided.or_else(|| (self.lookup)(name)).or_else(|| scope.get(name))
    }

    /// Whether nobody knows the value of a variable that is set.
    pub(super) fn is_unknown(&self, name: &str) -> bool {
        let set = (self.lookup)(name).is_some_and(|value| !value.is_empty());
        set && !self.provided.contains_key(name) && (self.is_stand_in)(name)
    }

    pub(super) fn problem(&mut self, place: Place, kind: ProblemKind) {
        if self.known.insert((place, kind.to_string())) {
            self.problems.push(Problem { place, kind });
        }
    }

    /// Notes a variable that is read by its bare name; answers the number of the use.
    pub(super) fn bare(
        &mut self,
        name: &str,
        form: Form,
        place: Place,
        steps: &[String],
        scope: &Scope,
    ) -> usize {
        let feeds = steps.get(2).is_some_and(|field| field == "environment");
        let key = feeds.then(|| name.to_owned());
        let has_own_value = scope.get(name).is_some();
        let at = use_at(steps, "", place);
        self.uses.push(Use { variable: name.to_owned(), form, key, has_own_value, ..at });
        self.uses.len() - 1
    }
}

fn read_regular(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    // One more than the parser takes: it says that the file is too large.
    file::read_regular(path, yaml::LARGEST as u64 + 1)
}
