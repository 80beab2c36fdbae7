//! A tree interpolated in place, with every use of a variable and every problem noted.

use std::collections::{BTreeMap, HashMap};

use zeroize::Zeroizing;

use super::super::interpolation::{self, Event, Operator};
use super::super::tool::Tool;
use super::super::yaml::{self, Content, Node, Place, Scalar, Tag};
use super::casts::{self, Cast};
use super::error::ProblemKind;
use super::loader::{Loader, Scope};
use super::uses::{Form, Use};

/// What a text would be without a variable.
#[derive(Clone, Copy)]
struct Without<'w> {
    name: &'w str,
    template: &'w str,
    scope: &'w Scope,
    wanted: Option<Cast>,
}

impl Loader<'_> {
    /// Interpolates a tree in place. `steps` leads to it from the top of the project.
    pub(super) fn interpolate(&mut self, node: &mut Node, steps: &mut Vec<String>, scope: &Scope) {
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
            if !self.spend(scalar.text.len() + text.len()) {
                break;
            }
            if missing.is_empty() {
                layer.insert(name.to_owned(), text);
            } else if self.value(name, scope).is_none() {
                let place_at = places(scalar, value.place);
                for reference in missing {
                    let variable = reference.name.to_owned();
                    self.problem(place_at(reference.at), ProblemKind::Missing { variable });
                }
            }
        }
        let mut own = scope.clone();
        own.layers.push(layer);
        Some(own)
    }

    fn scalar(&mut self, scalar: &mut Scalar, place: Place, steps: &[String], scope: &Scope) {
        if !scalar.text.contains('$') || self.work == 0 {
            return;
        }
        let place_at = places(scalar, place);
        let (text, events) = self.evaluate(&scalar.text, scope, None);
        let wanted = casts::at(steps).filter(|_| self.tool == Tool::DockerCompose);
        self.spend(scalar.text.len() + text.len());
        let mut answers = HashMap::new();
        let first = self.uses.len();
        for event in &events {
            match event {
                Event::Reference { reference, .. } if self.provided.contains_key(reference.name) => {}
                Event::Reference { reference, evaluated } => {
                    let without = Without { name: reference.name, template: &scalar.text, scope, wanted };
                    let answer = answers.get(reference.name).copied();
                    let (fails_without, breaks_field) = answer.unwrap_or_else(|| {
                        let answer = if self.spend(scalar.text.len() + text.len()) {
                            self.without(&without, &events)
                        } else {
                            (reference.operator == Operator::Required, false)
                        };
                        answers.insert(reference.name, answer);
                        answer
                    });
                    let found = Use {
                        variable: reference.name.to_owned(),
                        form: Form::Reference {
                            operator: reference.operator,
                            empty_is_unset: reference.empty_is_unset,
                        },
                        evaluated: *evaluated,
                        has_own_value: self.has_own_value(reference, steps, scope),
                        fails_without,
                        breaks_field,
                        ..use_at(steps, &scalar.text, place_at(reference.at))
                    };
                    scalar.uses.push(self.uses.len());
                    self.uses.push(found);
                }
                Event::Missing(reference) => {
                    let variable = reference.name.to_owned();
                    self.problem(place_at(reference.at), ProblemKind::Missing { variable });
                }
                Event::Malformed(malformed) => {
                    self.problem(place_at(malformed.at), ProblemKind::Malformed);
                }
                Event::TooLong => self.work = 0,
            }
        }
        let variables: Vec<String> = self.uses[first..]
            .iter()
            .filter(|found| found.evaluated)
            .map(|found| found.variable.clone())
            .collect();
        let known = !variables.iter().any(|name| self.is_unknown(name));
        if known && wanted.is_some_and(|wanted| wanted.is_immediate() && !wanted.fits(&text)) {
            self.problem(place, ProblemKind::Unfit { variables });
        }
        scalar.text = text;
        scalar.plain = false;
        scalar.is_known = known;
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
        let unknown = |event: &Event<'_>| {
            matches!(event, Event::Reference { reference, evaluated: true }
                if reference.name != name && self.is_unknown(reference.name))
        };
        let known = text.is_empty() || !without.iter().any(unknown);
        let unfit = known && wanted.is_some_and(|wanted| !wanted.fits(&text));
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
}

/// A use with what the steps to it tell; the rest is for the caller to fill in.
pub(super) fn use_at(steps: &[String], template: &str, place: Place) -> Use {
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
        breaks_field: false,
    }
}

/// From a byte of a scalar's text, where a `$` stands, to its place; the whole scalar's where unknown.
fn places(scalar: &Scalar, whole: Place) -> impl Fn(usize) -> Place + use<> {
    let bytes: Vec<usize> =
        scalar.text.bytes().enumerate().filter(|(_, byte)| *byte == b'$').map(|(at, _)| at).collect();
    let dollars = scalar.dollars.clone();
    move |at| dollars.get(bytes.partition_point(|byte| *byte < at)).copied().unwrap_or(whole)
}
