//! `git-textconv`: a sealed file as git shows it in `diff`, `log -p` and `show`. See gitattributes(5).
//!
//! One line a key, so that a diff reads as what happened to it. A secret is shown as a token that changes
//! with its value: see [`git::Tokens`].

use super::session::Session;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::git::Tokens;
use crate::project::Project;
use crate::recipient;
use crate::sealed::{self, Class, OpenFile, SealedFile};
use crate::words::clean;

pub fn run(arguments: &cli::GitTextconv, session: &Session<'_>) -> Result<Exit, Error> {
    let bytes = file::read(&arguments.file, sealed::LARGEST)
        .map_err(|error| Error::io("cannot read", &arguments.file, &error))?;
    let text = render(&bytes, arguments.reveal, session)?;
    session.ui.exact(text.as_bytes())?;
    Ok(Exit::Ok)
}

fn render(bytes: &[u8], reveal: bool, session: &Session<'_>) -> Result<String, Error> {
    let file = match SealedFile::parse(bytes) {
        Ok(file) => file,
        // An empty file is one side of an addition. Of anything else, not a byte is repeated.
        Err(sealed::Error::Empty) => return Ok(String::new()),
        Err(error) => return Ok(format!("! no sealed file: {error}\n! {} bytes, not shown\n", bytes.len())),
    };
    // Without a project file, as in an old commit's checkout, recipients have no names.
    let project = session.project().ok();
    let mut text = people(&file, project.as_ref());
    let open = match session.identities().data_key(file.wrapped_keys()) {
        Ok(data_key) => SealedFile::parse(bytes).and_then(|file| file.open_unsealed(data_key)).map(Some),
        Err(_) => Ok(None),
    };
    match open {
        Ok(Some(open)) => text.push_str(&opened(&file, &open, reveal, session)?),
        Ok(None) => text.push_str(&closed(&file)),
        Err(error) => {
            text.push_str(&format!("! not to be trusted: {error}\n"));
            text.push_str(&closed(&file));
        }
    }
    Ok(text)
}

fn opened(file: &SealedFile, open: &OpenFile, reveal: bool, session: &Session<'_>) -> Result<String, Error> {
    let tokens = Tokens::of_clone(&session.context.directory)
        .map_err(|_| Error::new(Exit::Io, "the system gave no random numbers"))?;
    let mut text = String::new();
    for comment in open.comments() {
        let shown = if reveal {
            comment.expose().to_owned()
        } else {
            format!(" <{}>", tokens.token("#", comment.expose()))
        };
        text.push_str(&format!("#{}\n", clean(&shown)));
    }
    for (name, value) in open.pairs() {
        let shown = match file.rule().class(name) {
            _ if value.is_empty() => String::new(),
            Class::Secret if !reveal => format!("<secret {}>", tokens.token(name.as_str(), value.expose())),
            Class::Secret | Class::Config => clean(value.expose()),
        };
        text.push_str(&format!("{name} = {shown}\n"));
    }
    Ok(text)
}

/// What anybody sees: a secret by its ciphertext, which a rekey changes too.
fn closed(file: &SealedFile) -> String {
    file.public_texts().map(|(name, text)| format!("{name} = {}\n", clean(&text))).collect()
}

fn people(file: &SealedFile, project: Option<&Project>) -> String {
    let mut lines: Vec<String> = file
        .wrapped_keys()
        .iter()
        .map(|wrapped| {
            let short = recipient::short(&wrapped.recipient);
            match project.and_then(|project| project.person_with(&wrapped.recipient)) {
                Some(person) => format!("granted to {} ({short})\n", person.name),
                None => format!("granted to {short}\n"),
            }
        })
        .collect();
    lines.sort();
    lines.concat()
}
