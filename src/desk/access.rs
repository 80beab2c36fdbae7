//! Whom a write lets in: nobody whom the project file and a holder have not both let in.

use crate::desk::{At, Session};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::identity::Identities;
use crate::name::{EnvName, PersonName};
use crate::project::{Person, Project};
use crate::recipient::{self, Recipient};
use crate::sealed::{DataKey, OpenFile};
use crate::words;

impl At<'_> {
    /// A recipient whom the project file does not let in would be given what is written now. Whoever put it
    /// into the file (a revoke that was merged badly, an attacker) must not profit from somebody else's `set`.
    /// `but` is a person who is just being let in.
    pub(crate) fn refuse_strangers(&self, open: &OpenFile, but: Option<&Person>) -> Result<(), Error> {
        let (project, environment) = (self.project, self.name);
        let Some(stranger) = self.strangers(open, but).next() else { return Ok(()) };
        let short = recipient::short(stranger);
        let known = project.person_with(stranger);
        let former = project.person_formerly_with(stranger);
        let who = match (known, former) {
            (Some(person), _) => {
                format!("{short} ({}), who has no access to `{environment}` in the project file", person.name)
            }
            (None, Some(person)) => format!("{short}, a revoked recipient of `{}`", person.name),
            (None, None) => format!("{short}, which belongs to nobody in the project file"),
        };
        let error = Error::new(Exit::Integrity, format!("the file can be opened by {who}"))
            .of_kind(Id::Stranger)
            .note("that recipient would be given every value written from now on")
            .hint(format!("`git log -p -- envs/{environment}.env envs/senex-env.toml` shows who added it"));
        Err(match known {
            Some(person) => error
                .hint(format!("`senex-env revoke {} -e {environment}` revokes their access", person.name))
                .hint(format!("`senex-env grant {} -e {environment}` grants them access", person.name)),
            None => error.hint(format!(
                "`senex-env revoke {} -e {environment}` removes it, with a new data key",
                words::quoted(stranger)
            )),
        })
    }

    /// The recipients of a file whom the project file does not let in, by their identifiers.
    pub(crate) fn strangers<'o>(
        &'o self,
        open: &'o OpenFile,
        but: Option<&'o Person>,
    ) -> impl Iterator<Item = &'o str> {
        let is_let_in = move |text: &str| {
            self.project.person_with(text).is_some_and(|person| {
                person.environments.contains(self.name) || but.is_some_and(|but| but.name == person.name)
            })
        };
        let all = open.wrapped_keys().iter().map(|wrapped| recipient::identifier(&wrapped.recipient));
        all.filter(move |text| !is_let_in(text))
    }

    /// A new file: for people whom the project file lets in, and whom a holder has let in before (they open another
    /// environment), or who is at the keyboard. Whoever else is in the project file, however that came there, has to be
    /// granted.
    pub(crate) fn fresh(&self, identities: &mut Identities<'_>) -> Result<Fresh, Error> {
        let (session, project, environment) = (self.session, self.project, self.name);
        let is_first = project.environments.iter().all(|it| !project.sealed_file(&it.name).exists());
        let own = identities.recipients();
        let granted = Granted::of(session, project, identities);
        let is_known = |it: &Recipient| own.contains(it) || !granted.opens(it).is_empty();
        let people: Vec<&Person> = project.people_of(environment).collect();
        // An identity behind a passphrase may not say whose it is; in a new project nobody was granted yet.
        let nobody_known = !people.iter().flat_map(|person| &person.recipients).any(is_known);
        let trusted = |it: &&Recipient| is_known(it) || is_first && nobody_known;
        let no_random = |_| Error::new(Exit::Io, "the system's random number generator failed");
        let data_key = DataKey::generate().map_err(no_random)?;
        let (mut wrapped, mut holders, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        let mut others = Vec::new();
        for person in people {
            let before = wrapped.len();
            for recipient in person.recipients.iter().filter(trusted) {
                let key = data_key.wrap(recipient).map_err(|error| {
                    Error::new(Exit::Project, format!("{error}: {}", recipient.short()))
                        .at(person.place.clone(), None)
                })?;
                wrapped.push(key);
            }
            let list = if wrapped.len() > before { &mut holders } else { &mut waiting };
            list.push(person.name.to_string());
            let is_own = person.recipients.iter().any(|it| own.contains(it));
            if wrapped.len() > before && !is_own && !(is_first && nobody_known) {
                others.push(person.name.to_string());
            }
        }
        if wrapped.is_empty() {
            let message = format!(
                "nobody could open `{environment}`: nobody with granted access has it in the project file"
            );
            return Err(Error::new(Exit::Project, message)
            .hint(format!(
                "give yourself access in envs/senex-env.toml: `environments = [\"{environment}\"]` under `[people.NAME]`"
            ))
            .hint("`senex-env identity show` prints your recipient"));
        }
        for person in waiting {
            let grant = format!("`senex-env grant {person} -e {environment}`");
            session.ui.note(format!("{person} has not been granted access yet: {grant}"));
        }
        Ok(Fresh { open: OpenFile::new(data_key, wrapped, project.rule()), holders, others })
    }
}

/// A file that does not exist yet.
pub(crate) struct Fresh {
    pub open: OpenFile,
    /// The names of those who can open it.
    pub holders: Vec<String>,
    /// Those among them who are not the person at the keyboard.
    pub others: Vec<String>,
}

/// Whom holders have let in: the recipients of each file that opens here and has a good seal. What any other file says,
/// anybody may have written.
pub(crate) struct Granted<'p>(Vec<(&'p EnvName, Vec<String>)>);

impl<'p> Granted<'p> {
    pub(crate) fn of(session: &Session<'_>, project: &'p Project, identities: &mut Identities<'_>) -> Self {
        let mut granted = Vec::new();
        for environment in &project.environments {
            let at = At::new(session, project, &environment.name);
            let Ok(Some(file)) = at.read() else { continue };
            let Ok(open) = at.open(file, identities) else { continue };
            let recipients =
                open.wrapped_keys().iter().map(|it| recipient::identifier(&it.recipient).to_owned());
            granted.push((&environment.name, recipients.collect()));
        }
        Self(granted)
    }

    /// The environments that a recipient opens.
    pub(crate) fn opens(&self, recipient: &Recipient) -> Vec<&'p EnvName> {
        let is_in = |all: &[String]| all.iter().any(|it| it == recipient.identifier());
        self.0.iter().filter(|(_, all)| is_in(all)).map(|(name, _)| *name).collect()
    }
}

/// What must be compared before somebody is let in: a recipient in full, and what it opens already.
pub(crate) fn to_compare(name: &PersonName, recipient: &Recipient, opens: &[&EnvName]) -> [String; 2] {
    let known = match opens {
        [] => "new: compare it with the one they give you over another channel".to_owned(),
        opens => format!("already opens {}", words::list(opens)),
    };
    [format!("{name}  {}  ({known})", recipient.short()), format!("  {recipient}")]
}
