//! `git-textconv`: a sealed file as git shows it in `diff`, `log -p` and `show`. See gitattributes(5).
//!
//! One line a key, so that a diff reads as what happened to it. A secret is shown by its ciphertext, which stays as
//! it is for as long as the value does: nothing here comes from a value. Only a new data key encrypts all of them
//! anew, and shows in the lines of those who hold it.

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::project::Project;
use crate::recipient;
use crate::sealed::{self, OpenFile, SealedFile};
use crate::words::clean;

pub(super) fn run(arguments: &cli::GitTextconv, session: &Session<'_>) -> Result<Exit, Error> {
    let bytes = file::read(&arguments.file, sealed::LARGEST)
        .map_err(|error| Error::io("cannot read", &arguments.file, &error))?;
    let text = render(&bytes, arguments.reveal, session);
    session.ui.exact(text.as_bytes())?;
    Ok(Exit::Ok)
}

fn render(bytes: &[u8], reveal: bool, session: &Session<'_>) -> String {
    let file = match SealedFile::parse(bytes) {
        Ok(file) => file,
        // An empty file is one side of an addition. Of anything else, not a byte is repeated.
        Err(sealed::Error::Empty) => return String::new(),
        Err(error) => {
            return format!("! not a valid sealed file: {error}\n! {} bytes, not shown\n", bytes.len());
        }
    };
    // Without a project file, as in an old commit's checkout, recipients have no names.
    let project = Project::find(&session.context.directory).ok();
    let mut text = people(&file, project.as_ref());
    // Git calls this twice for each change that it shows: nobody wants to be asked that often.
    let mut identities = if reveal { session.identities() } else { session.quiet_identities() };
    let open = match identities.data_key(file.wrapped_keys()) {
        Ok(data_key) => file.clone().open_unsealed(data_key).map(Some),
        Err(_) => Ok(None),
    };
    match open {
        Ok(Some(open)) => text.push_str(&opened(&file, &open, reveal)),
        Ok(None) => text.push_str(&closed(&file)),
        Err(error) => {
            text.push_str(&format!("! cannot be trusted: {error}\n"));
            text.push_str(&closed(&file));
        }
    }
    text
}

fn opened(file: &SealedFile, open: &OpenFile, reveal: bool) -> String {
    let comments = open.public_comments().zip(open.comments());
    let mut text: String = comments
        .map(|(public, comment)| if reveal { comment.expose().to_owned() } else { format!(" {public}") })
        .map(|shown| format!("#{}\n", clean(&shown)))
        .collect();
    if !reveal {
        return text + &closed(file);
    }
    for (name, value) in open.pairs() {
        text.push_str(&format!("{name} = {}\n", clean(value.expose())));
    }
    text
}

/// What anybody sees: a secret by its ciphertext.
fn closed(file: &SealedFile) -> String {
    file.public_texts().map(|(name, text)| format!("{name} = {}\n", clean(&text))).collect()
}

fn people(file: &SealedFile, project: Option<&Project>) -> String {
    let mut lines: Vec<String> = file
        .wrapped_keys()
        .iter()
        .map(|wrapped| {
            let short = recipient::short(&wrapped.recipient);
            let who = match project.and_then(|project| project.person_with(&wrapped.recipient)) {
                Some(person) => format!("{} ({short})", person.name),
                None => short,
            };
            format!("granted to {who}, data key wrapped as {}\n", wrapped.token())
        })
        .collect();
    lines.sort();
    lines.concat()
}
