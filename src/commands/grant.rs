//! `grant NAME`: let a person open what they ask for, or the environments that are named.

use serde::Serialize;

use crate::cli;
use crate::desk::access::{Granted, to_compare};
use crate::desk::changes::{Changes, environments, person};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::name::{EnvName, PersonName};
use crate::project::{Edit, Person, Project};
use crate::recipient::Recipient;
use crate::sealed::OpenFile;
use crate::words;

pub(super) fn run(arguments: &cli::Grant, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let (project, _lock) = session.locked_project()?;
    let plan = Plan::new(arguments, env, &project, session)?;
    let ui = session.ui;
    if arguments.json {
        return ui.json("grant", &plan.answer()).map(|()| Exit::Ok);
    }
    let (who, listed) = (&plan.who.name, words::list(&plan.environments));
    if plan.changes_nothing() {
        ui.note(format!("{who} can already open {listed}"));
        return Ok(Exit::Ok);
    }
    let matter = plan.matter();
    if arguments.dry_run {
        ui.notes(matter);
        ui.note(format!("{who} would be granted {listed}; nothing was changed"));
        return Ok(Exit::Ok);
    }
    let with = if plan.new.len() == 1 { "the recipient above" } else { "the recipients above" };
    ui.confirm_about(&matter, &format!("grant {who} access to {listed}, with {with}"))?;
    plan.write()?;
    ui.note(format!("{who} can open {listed}: commit envs/ and push"));
    Ok(Exit::Ok)
}

/// A grant of which everything is read and nothing is written.
struct Plan<'p> {
    session: &'p Session<'p>,
    project: &'p Project,
    who: &'p Person,
    /// The person as the project file is to know them.
    after: Person,
    environments: Vec<&'p EnvName>,
    files: Vec<(At<'p>, OpenFile)>,
    /// The recipients that one of the files does not have yet.
    new: Vec<&'p Recipient>,
    /// Whom holders have let in before.
    granted: Granted<'p>,
}

impl<'p> Plan<'p> {
    fn new(
        arguments: &cli::Grant,
        env: Option<&str>,
        project: &'p Project,
        session: &'p Session<'p>,
    ) -> Result<Self, Error> {
        let who = person(project, &arguments.name)?;
        let environments = asked(session, project, who, env)?;
        if who.recipients.is_empty() {
            return Err(Error::usage(format!("`{}` has no recipient", who.name))
                .at(who.place.clone(), None)
                .hint(format!("`senex-env join {}`, run by them, adds one", who.name)));
        }
        let mut after = who.clone();
        let mut identities = session.identities();
        let (mut files, mut new) = (Vec::new(), Vec::new());
        for environment in environments.iter().copied() {
            let at = At::new(session, project, environment);
            let mut file = at.open_existing(&mut identities)?;
            at.refuse_strangers(&file, Some(who))?;
            for recipient in &who.recipients {
                let is_new = file.grant(recipient).map_err(|error| at.worded(&error))?;
                if is_new && !new.contains(&recipient) {
                    new.push(recipient);
                }
            }
            after.requests.retain(|name| name != environment);
            if !after.environments.contains(environment) {
                after.environments.push(environment.clone());
            }
            files.push((at, file));
        }
        let granted = Granted::of(session, project, &mut identities);
        Ok(Self { session, project, who, after, environments, files, new, granted })
    }

    fn changes_nothing(&self) -> bool {
        self.new.is_empty()
            && self.after.environments == self.who.environments
            && self.after.requests == self.who.requests
    }

    /// What must be compared before the question is answered.
    fn matter(&self) -> Vec<String> {
        let lines = |it: &&Recipient| to_compare(&self.who.name, it, &self.granted.opens(it));
        self.new.iter().flat_map(lines).collect()
    }

    fn answer(&self) -> Answer<'_> {
        let mut recipients = Vec::new();
        for recipient in &self.new {
            let opens = self.granted.opens(recipient);
            recipients.push(New { recipient: recipient.to_string(), opens });
        }
        let environments = if self.changes_nothing() { &[] } else { self.environments.as_slice() };
        Answer { person: &self.who.name, environments, recipients }
    }

    fn write(self) -> Result<(), Error> {
        let mut edit = Edit::open(&self.project.file())?;
        edit.set_person(&self.after);
        let mut changes = Changes::new(self.session);
        for (at, file) in &self.files {
            changes.sealed(*at, file)?;
        }
        changes.project(self.project, edit.text())?;
        changes.write(self.project)
    }
}

/// `grant --dry-run --json`.
#[derive(Serialize)]
struct Answer<'a> {
    person: &'a PersonName,
    environments: &'a [&'a EnvName],
    recipients: Vec<New<'a>>,
}

/// A recipient that would be let in.
#[derive(Serialize)]
struct New<'a> {
    recipient: String,
    /// What it opens today.
    opens: Vec<&'a EnvName>,
}

/// The environments that are named, else those that the person asks for, else the usual one.
fn asked<'p>(
    session: &Session<'_>,
    project: &'p Project,
    who: &'p Person,
    env: Option<&str>,
) -> Result<Vec<&'p EnvName>, Error> {
    if let Some(named) = environments(session, project, env)? {
        return Ok(named);
    }
    if who.requests.is_empty() {
        return Ok(vec![&session.environment(project, None)?.name]);
    }
    Ok(who.requests.iter().collect())
}
