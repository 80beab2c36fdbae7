//! What stops a compose project, in our own words.

use std::path::PathBuf;

use super::super::yaml::{Place, YamlError};

/// The most files that are read for one project. A circle of includes ends here at the latest.
pub(super) const MOST_READS: usize = 1000;

/// A compose project that cannot be loaded, with the place in it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", position(.path, *.place))]
pub struct LoadError {
    /// The file.
    pub path: PathBuf,
    /// The place in it, where one is to blame.
    pub place: Option<Place>,
    /// What is wrong.
    pub kind: LoadErrorKind,
}

fn position(path: &std::path::Path, place: Option<Place>) -> String {
    match place {
        Some(place) => format!("{}:{}:{}", path.display(), place.line, place.column),
        None => path.display().to_string(),
    }
}

/// Why a compose project cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadErrorKind {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] std::io::Error),
    /// It is outside the repository, or a link that leads out of it.
    #[error("it is outside the repository, so it is not read")]
    Outside,
    /// It is no YAML that the tool reads.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// Something else than a mapping where compose wants one.
    #[error("expected a mapping")]
    NotAMapping,
    /// Nothing where podman-compose wants a list.
    #[error("expected a list")]
    NotAList,
    /// Something other than text in a list of `KEY=value`.
    #[error("expected text; quote it")]
    NotText,
    /// A field that is not what the schema of Docker Compose wants.
    #[error("expected {}", .0.wanted())]
    Shape(super::shape::Shape),
    /// A name of a service that Docker Compose does not accept.
    #[error("a service name may only contain letters, digits, `.`, `_` and `-`")]
    ServiceName,
    /// Files without any content.
    #[error("the compose file is empty")]
    Empty,
    /// A value that cannot be merged with the value of an earlier file.
    #[error("{}", merge(.earlier))]
    Merge {
        /// Where the earlier value stands: file, line, column.
        earlier: (PathBuf, usize, usize),
    },
    /// The service that `extends` names does not exist.
    #[error("`extends` names a service that does not exist")]
    ExtendsUnknown,
    /// A service of the same file is extended by one that others depend on or extend. podman-compose
    /// 1.6.0 fails at that.
    #[error("a service that others depend on or extend cannot extend one of the same file")]
    ExtendsDependents,
    /// Services that extend each other.
    #[error("services extend each other in a circle")]
    ExtendsCircle,
    /// Files that include each other.
    #[error("files include each other in a circle")]
    IncludeCircle,
    /// More files than a project has.
    #[error("more than {} files are read, with `include` and `extends`", MOST_READS)]
    Files,
    /// More text than a project has, values put in and services taken over included.
    #[error("the project becomes too large with its variables, includes and extensions")]
    Work,
    /// A tag where podman-compose 1.6.0 cannot read it.
    #[error("`!reset` and `!override` are not allowed here")]
    TagHere,
    /// No file was given.
    #[error("no compose file was given")]
    NoFile,
}

fn merge(earlier: &(PathBuf, usize, usize)) -> String {
    let (path, line, column) = earlier;
    let path = path.display();
    format!("it cannot merge this with the value at {path}:{line}:{column}, which has a different type")
}

/// The error as it is inside the loader: files are numbers there.
pub(super) enum Stop {
    At(Place, LoadErrorKind),
    Merge { here: Place, earlier: Place },
    File(PathBuf, LoadErrorKind),
}

/// Something that the tool would stop at, found on the way. Loading goes on, so that all are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
}

/// See [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// `${X:?}` without a value.
    #[error("`{variable}` is required here and has no value")]
    Missing {
        /// The variable.
        variable: String,
    },
    /// `${` that is no reference.
    #[error("`${{` does not start a valid variable reference; write `$$` for a dollar sign")]
    Malformed,
    /// A number or a boolean is wanted, and what variables made is none.
    #[error("expected a number or boolean here, but {} did not produce one", list(.variables))]
    Unfit {
        /// The variables that made the text.
        variables: Vec<String>,
    },
    /// An image that is empty, with no `build` beside it (Docker Compose).
    #[error("the image is empty: {} produced nothing", list(.variables))]
    NoImage {
        /// The variables that made the text.
        variables: Vec<String>,
    },
    /// A name for one container where there are several (Docker Compose).
    #[error("a container name is for one container, and there are several replicas")]
    ContainerName,
}

fn list(variables: &[String]) -> String {
    variables.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
