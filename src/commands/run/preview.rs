//! `run --dry-run`: what would be started, and which services would receive which keys. Names only, so it
//! needs no identity.

use std::path::PathBuf;

use serde::Serialize;

use super::deliver::Delivery;
use super::values::Values;
use crate::compose::model::{Project as Compose, Request, Use};
use crate::error::{self, Error};
use crate::plaintext::{Reader, file_values};
use crate::ui::{Cell, Table, style};

/// Says what a run would do.
pub(super) fn show(delivery: &Delivery<'_>, values: &Values<'_>, json: bool) -> Result<(), Error> {
    let (argv, files) = delivery.preview();
    let command = argv.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let services = if delivery.invocation.front_end().is_compose() {
        Some(services(delivery, files, values)?)
    } else {
        None
    };
    let ui = delivery.at.session.ui;
    let answer = Answer { environment: delivery.at.name.as_str(), command, services };
    if json { ui.json("run", &answer) } else { ui.lines(answer.table().lines(ui.columns())) }
}

/// The services of the compose files, and what they would receive.
fn services(delivery: &Delivery<'_>, files: &[PathBuf], values: &Values<'_>) -> Result<Vec<Service>, Error> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let invocation = delivery.invocation;
    let tool = invocation.front_end().tool();
    let request = Request {
        tool,
        files,
        bounds: &delivery.files.bounds(delivery.at.project),
        project_directory: invocation.project_directory(),
        project_name: None,
        lookup: &|name| values.or_stand_in(name),
        is_stand_in: &|_| true,
        env_file: &|path| file_values(Reader::Compose, path),
    };
    let compose = Compose::load(&request)
        .map_err(|error| error::compose(tool, error, &delivery.at.session.context.directory))?;
    let services = compose.services.iter().map(|service| {
        let received = compose.uses.iter().filter(|use_| reaches(use_, &service.name, values));
        Service { name: service.name.clone(), receives: received.map(Received::of).collect() }
    });
    Ok(services.collect())
}

/// `run --dry-run --json`.
#[derive(Serialize)]
struct Answer<'a> {
    environment: &'a str,
    command: Vec<String>,
    /// `None` for a command that is not compose: it receives every key.
    services: Option<Vec<Service>>,
}

#[derive(Serialize)]
struct Service {
    name: String,
    receives: Vec<Received>,
}

/// A sealed key, and the variable of the container that it makes.
#[derive(Serialize)]
struct Received {
    variable: String,
    key: String,
}

impl Received {
    fn of(use_: &Use) -> Self {
        Self {
            variable: use_.key.clone().unwrap_or_else(|| use_.variable.clone()),
            key: use_.variable.clone(),
        }
    }

    /// `KEY`, or `NAME=KEY` where the container sees it under another name.
    fn shown(&self) -> String {
        if self.variable == self.key { self.key.clone() } else { format!("{}={}", self.variable, self.key) }
    }
}

impl Answer<'_> {
    fn table(&self) -> Table {
        let words: Vec<String> = self.command.iter().map(|word| crate::words::quoted(word)).collect();
        let mut table = Table::default();
        table.row(["environment".into(), self.environment.into()]);
        table.row(["command".into(), words.join(" ").into()]);
        let Some(services) = &self.services else {
            table.row(["receives".into(), "every key, in its process environment or in the file".into()]);
            return table;
        };
        for Service { name, receives } in services {
            let keys: Vec<String> = receives.iter().map(Received::shown).collect();
            let keys = if keys.is_empty() {
                Cell::styled(style::DIM, "no sealed key")
            } else {
                keys.join(" ").into()
            };
            table.row([name.into(), keys]);
        }
        table
    }
}

/// Whether what a sealed key made is in the environment of the service.
fn reaches(use_: &Use, service: &str, values: &Values<'_>) -> bool {
    use_.service.as_deref() == Some(service)
        && use_.survives
        && use_.key.is_some()
        && values.or_stand_in(&use_.variable).is_some()
}
