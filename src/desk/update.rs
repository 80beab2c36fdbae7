//! A sealed file changed, or made: under the lock, read anew, and never quietly against its people or its data.

use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::identity::Identities;
use crate::project::Project;
use crate::rotate::FernetKeys;
use crate::sealed::OpenFile;
use crate::words;

impl At<'_> {
    /// Changes the sealed file under a lock, or makes it. `change` says whether there is anything to write.
    pub(crate) fn update(
        &self,
        change: impl FnOnce(&mut OpenFile) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.update_with(&mut self.session.identities(), change)
    }

    /// The same with identities that are open perhaps, so that no passphrase is asked for twice.
    pub(crate) fn update_with(
        &self,
        identities: &mut Identities<'_>,
        change: impl FnOnce(&mut OpenFile) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let _lock = self.session.lock(self.project)?;
        // Who is let in may have changed while this command waited for a value or for the lock.
        let directory = &self.session.context.directory;
        let project = Project::load(&self.project.root).map_err(|error| error.seen_from(directory))?;
        let at = At { project: &project, ..*self };
        let (mut open, new_for) = match at.read()? {
            Some(file) => (at.open(file, identities)?, None),
            None => at.fresh(identities).map(|fresh| (fresh.open, Some((fresh.holders, fresh.others))))?,
        };
        at.refuse_exposure(&open)?;
        at.refuse_strangers(&open, None)?;
        let before = FernetKeys::of(&project, at.name, &open);
        if !change(&mut open)? {
            return Ok(());
        }
        at.confirm_loss(&before, &FernetKeys::of(&project, at.name, &open))?;
        if let Some((_, others)) = &new_for
            && !others.is_empty()
        {
            let (shown, others) = (at.shown(), words::list(others));
            at.session.ui.confirm(&format!("create {}, which {others} can open too", shown.display()))?;
        }
        at.save(&open)?;
        if let Some((holders, _)) = new_for {
            let shown = at.shown();
            at.session.ui.note(format!("new: {}, for {}", shown.display(), words::list(&holders)));
        }
        Ok(())
    }

    /// The project file must not be able to turn a secret into plaintext by itself: that is asked for.
    fn refuse_exposure(&self, open: &OpenFile) -> Result<(), Error> {
        let name = self.name;
        let exposed = open.exposed_by(&self.project.rule());
        let Some(first) = exposed.first() else { return Ok(()) };
        let error = Error::new(
            Exit::Project,
            format!(
                "{} would become readable in envs/{name}.env: the project file says `secret = false`",
                words::names(&exposed)
            ),
        )
        .hint(format!("`senex-env seal -e {name}` shows it and asks"));
        Err(match self.project.key(first.as_str()) {
            Some(key) => error.at(key.place.clone(), None),
            None => error,
        })
    }

    /// A Fernet key that goes takes with it what the application has encrypted, for good.
    fn confirm_loss(&self, before: &FernetKeys, after: &FernetKeys) -> Result<(), Error> {
        let losing = before.losing(after);
        if losing.is_empty() {
            return Ok(());
        }
        let (names, ui) = (words::names(&losing), self.session.ui);
        ui.warning(format!(
            "a Fernet key is removed from {names} of {}: data that the application has encrypted with it \
             will become unreadable",
            self.name
        ));
        ui.confirm(&format!("remove the previous key from {names}"))
    }
}
