//! What loading for both tools shares: files become trees, and trees are interpolated with every use noted.

use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::super::interpolation::{self, Event, Operator};
use super::super::tool::Tool;
use super::super::yaml::{self, Content, Node, Place, Scalar, Tag};
use super::casts::{self, Cast};
use super::error::{LoadErrorKind, Problem, ProblemKind, Stop};
use super::uses::{Form, Use};
use super::{EnvFileReader, Request};

/// The most files that are read for one project. A circle of includes ends here at the latest.
pub(super) const MOST_READS: usize = 1000;

pub(super) struct Loader<'a> {
    pub tool: Tool,
    lookup: &'a dyn Fn(&str) -> Option<&'a str>,
    pub env_file: EnvFileReader<'a>,
    names_only: bool,
    /// Variables that the tool sets itself. They win.
    pub provided: BTreeMap<&'static str, String>,
    pub files: Vec<PathBuf>,
    pub uses: Vec<Use>,
    pub problems: Vec<Problem>,
    reads: usize,
    /// Problems that are noted already: an alias brings one several times.
    known: HashSet<(Place, String)>,
}

/// What a text would be without a variable.
#[derive(Clone, Copy)]
struct Without<'w> {
    name: &'w str,
    template: &'w str,
    scope: &'w Scope,
    wanted: Option<Cast>,
}

/// Variables that count after everything else: of the `.env` beside an included file, of a service's own
/// `environment`.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub layers: Vec<BTreeMap<String, Zeroizing<String>>>,
}

impl Scope {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.layers.iter().find_map(|layer| layer.get(name)).map(|value| value.as_str())
    }
}

impl<'a> Loader<'a> {
    pub fn new(request: &Request<'a>) -> Self {
        Self {
            tool: request.tool,
            lookup: request.lookup,
            env_file: request.env_file,
            names_only: request.names_only,
            provided: BTreeMap::new(),
            files: Vec::new(),
            uses: Vec::new(),
            problems: Vec::new(),
            reads: 0,
            known: HashSet::new(),
        }
    }

    /// The documents of a file.
    pub fn read(&mut self, path: &Path) -> Result<Vec<Node>, Stop> {
        let stop = |kind| Stop::File(path.to_owned(), kind);
        self.reads += 1;
        if self.reads > MOST_READS {
            return Err(stop(LoadErrorKind::Files));
        }
        let bytes = read_bounded(path).map_err(|error| stop(LoadErrorKind::Read(error)))?;
        let known = self.files.iter().position(|file| file == path);
        let file = known.unwrap_or_else(|| {
            self.files.push(path.to_owned());
            self.files.len() - 1
        });
        yaml::parse(&bytes, file, self.tool).map_err(|(place, kind)| Stop::At(place, kind.into()))
    }

    /// A variable: what the tool sets, what was given, what the scope has.
    pub fn value<'s>(&'s self, name: &str, scope: &'s Scope) -> Option<&'s str> {
        let provided = self.provided.get(name).map(String::as_str);
        provided.or_else(|| (self.lookup)(name)).or_else(|| scope.get(name))
    }

    /// Interpolates a tree in place. `steps` leads to it from the top of the project.
    pub fn interpolate(&mut self, node: &mut Node, steps: &mut Vec<String>, scope: &Scope) {
        let podman = self.tool == Tool::PodmanCompose;
        if podman && matches!(node.tag, Tag::Reset | Tag::Override) {
            return; // the one is dropped, the other's constructor keeps the raw text
        }
        let place = node.place;
        match &mut node.content {
            Content::Scalar(scalar) => self.scalar(scalar, place, steps, scope),
            Content::Sequence(items) => {
                steps.push("[]".to_owned());
                items.iter_mut().for_each(|item| self.interpolate(item, steps, scope));
                steps.pop();
            }
            Content::Mapping(entries) => {
                let own = if podman { self.own_environment(entries, scope) } else { None };
                let scope = own.as_ref().unwrap_or(scope);
                for (key, value) in entries {
                    steps.push(key.scalar.text.to_string());
                    if podman {
                        self.scalar(&mut key.scalar, key.place, steps, scope);
                    }
                    self.interpolate(value, steps, scope);
                    steps.pop();
                }
            }
        }
    }

    /// podman-compose sees what `environment` sets in everything beside it (`rec_subs`): each value by
    /// itself is interpolated with what is outside, and then counts where nothing outside does.
    fn own_environment(&mut self, entries: &yaml::Mapping, scope: &Scope) -> Option<Scope> {
        let environment = yaml::find(entries, "environment").filter(|node| node.tag == Tag::None)?;
        let mut layer = BTreeMap::new();
        for (key, value) in environment.mapping()? {
            let Some(scalar) = value.scalar().filter(|scalar| !scalar.is_null()) else { continue };
            let name = key.scalar.text.as_str();
            let mut missing = Vec::new();
            let outside = |other: &str| if other == name { None } else { self.value(other, scope) };
            let text = interpolation::evaluate(&scalar.text, self.tool, &outside, &mut |event| {
                if let Event::Missing(reference) = event {
                    missing.push(reference);
                }
            });
            if missing.is_empty() {
                layer.insert(name.to_owned(), text);
            } else if self.value(name, scope).is_none() {
                for reference in missing {
                    let place = place_in(scalar, reference.at, value.place);
                    self.problem(place, ProblemKind::Missing { variable: reference.name.to_owned() });
                }
            }
        }
        let mut own = scope.clone();
        own.layers.push(layer);
        Some(own)
    }

    fn scalar(&mut self, scalar: &mut Scalar, place: Place, steps: &[String], scope: &Scope) {
        if !scalar.text.contains('$') {
            return;
        }
        let (text, events) = self.evaluate(&scalar.text, scope, None);
        let wanted = casts::at(steps).filter(|_| self.tool == Tool::DockerCompose);
        let first = self.uses.len();
        for event in &events {
            match event {
                Event::Reference { reference, .. } if self.provided.contains_key(reference.name) => {}
                Event::Reference { reference, evaluated } => {
                    let without = Without { name: reference.name, template: &scalar.text, scope, wanted };
                    let (fails_without, empties_image) = self.without(&without, &events);
                    let found = Use {
                        variable: reference.name.to_owned(),
                        form: Form::Reference {
                            operator: reference.operator,
                            empty_is_unset: reference.empty_is_unset,
                        },
                        evaluated: *evaluated,
                        has_own_value: self.has_own_value(reference, steps, scope),
                        fails_without,
                        empties_image,
                        ..use_at(steps, &scalar.text, place_in(scalar, reference.at, place))
                    };
                    scalar.uses.push(self.uses.len());
                    self.uses.push(found);
                }
                Event::Missing(reference) => {
                    let variable = reference.name.to_owned();
                    self.problem(place_in(scalar, reference.at, place), ProblemKind::Missing { variable });
                }
                Event::Malformed(malformed) => {
                    self.problem(place_in(scalar, malformed.at, place), ProblemKind::Malformed);
                }
            }
        }
        let variables: Vec<String> = self.uses[first..]
            .iter()
            .filter(|found| found.evaluated)
            .map(|found| found.variable.clone())
            .collect();
        let blank = |name: &String| self.value(name, scope).is_none_or(str::is_empty);
        let known = !self.names_only || variables.iter().all(blank);
        if known && wanted.is_some_and(|wanted| wanted.is_immediate() && !wanted.fits(&text)) {
            self.problem(place, ProblemKind::Unfit { variables });
        }
        scalar.text = text;
        scalar.plain = false;
    }

    /// The text of a template, one variable left out if need be, and what was on the way.
    fn evaluate<'t>(
        &self,
        template: &'t str,
        scope: &Scope,
        without: Option<&str>,
    ) -> (Zeroizing<String>, Vec<Event<'t>>) {
        let lookup = |name: &str| if without == Some(name) { None } else { self.value(name, scope) };
        let mut events = Vec::new();
        let text = interpolation::evaluate(template, self.tool, &lookup, &mut |event| events.push(event));
        (text, events)
    }

    /// What becomes of a text when one variable is unset: whether the tool fails, whether an image is gone.
    fn without(&self, question: &Without<'_>, events: &[Event<'_>]) -> (bool, bool) {
        let Without { name, template, scope, wanted } = *question;
        let blames = |event: &Event<'_>| matches!(event, Event::Missing(reference) if reference.name == name);
        if self.value(name, scope).is_none() && events.iter().any(blames) {
            return (true, false);
        }
        let stops = |events: &[Event<'_>]| events.iter().any(|e| !matches!(e, Event::Reference { .. }));
        let (text, without) = self.evaluate(template, scope, Some(name));
        let fails = stops(&without) && !stops(events);
        let unfit = wanted.is_some_and(|wanted| !wanted.fits(&text));
        let immediate = wanted.is_some_and(Cast::is_immediate);
        (fails || (unfit && immediate), unfit && !immediate)
    }

    /// Whether the tool finds a value when nobody gives one. A required reference inside `environment` is
    /// interpolated before that `environment` counts.
    fn has_own_value(
        &self,
        reference: &interpolation::Reference<'_>,
        steps: &[String],
        scope: &Scope,
    ) -> bool {
        let inside = steps.len() == 4 && steps[0] == "services" && steps[2] == "environment";
        let early = inside
            && self.tool == Tool::PodmanCompose
            && reference.operator == Operator::Required
            && (self.lookup)(&steps[3]).is_none();
        let layers = &scope.layers[..scope.layers.len().saturating_sub(usize::from(early))];
        layers.iter().any(|layer| layer.contains_key(reference.name))
    }

    pub fn problem(&mut self, place: Place, kind: ProblemKind) {
        if self.known.insert((place, kind.to_string())) {
            self.problems.push(Problem { place, kind });
        }
    }

    /// Notes a variable that is read by its bare name; answers the number of the use.
    pub fn bare(&mut self, name: &str, form: Form, place: Place, steps: &[String], scope: &Scope) -> usize {
        let key = (form == Form::PassThrough).then(|| name.to_owned());
        let has_own_value = scope.get(name).is_some();
        let at = use_at(steps, "", place);
        self.uses.push(Use { variable: name.to_owned(), form, key, has_own_value, ..at });
        self.uses.len() - 1
    }
}

/// A use with what the steps to it tell; the rest is for the caller to fill in.
fn use_at(steps: &[String], template: &str, place: Place) -> Use {
    let step = |at: usize| steps.get(at).map(String::as_str);
    let service = step(1).filter(|_| step(0) == Some("services"));
    let key = match (service, step(2), step(3)) {
        (Some(_), Some("environment"), Some("[]")) => {
            template.split_once('=').map(|(key, _)| key).filter(|key| !key.contains('$'))
        }
        (Some(_), Some("environment"), Some(key)) => Some(key),
        _ => None,
    };
    Use {
        variable: String::new(),
        form: Form::PassThrough,
        place,
        service: service.map(str::to_owned),
        field: service.and(step(2)).map(str::to_owned),
        key: key.map(str::to_owned),
        evaluated: true,
        survives: false,
        has_own_value: false,
        fails_without: false,
        empties_image: false,
    }
}

/// The place of the byte `at` of a scalar's text, where a `$` stands; the scalar's own when unknown.
fn place_in(scalar: &Scalar, at: usize, whole: Place) -> Place {
    let before = scalar.text.as_bytes().iter().take(at).filter(|byte| **byte == b'$').count();
    scalar.dollars.get(before).copied().unwrap_or(whole)
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    // One more than the parser takes: it says that the file is too large.
    file.take(yaml::LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
