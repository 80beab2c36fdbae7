//! Whether a value has to be kept secret, told from its name and from itself: what `init` proposes and what `check`
//! and the hook find readable are judged here, and so alike.
//!
//! It fails closed: a key may be readable only when its name and its values are both known to be config.

mod credential;
mod name;
mod plain;
mod random;
mod shapes;
mod vocabulary;

pub(crate) use credential::Sign;
use name::{Guard, Told};
use plain::Plain;

/// Whether a key with these values may be readable in a sealed file. Empty values tell nothing.
pub(crate) fn is_config(name: &str, values: &[&str]) -> bool {
    let told = Told::of(name);
    let mut values = values.iter().filter(|value| !value.trim().is_empty()).peekable();
    if values.peek().is_none() {
        return told.is_config_by_itself();
    }
    values.all(|value| credential::sign(value).is_none() && may_be_read(&told, value))
}

/// What makes a readable value look like a credential; `None` for one that does not.
pub(crate) fn sign(name: &str, value: &str) -> Option<Sign> {
    if value.trim().is_empty() {
        return None;
    }
    let told = Told::of(name);
    credential::sign(value).or_else(|| {
        (told.secret.is_some() && !told.is_public && !may_be_read(&told, value)).then_some(Sign::Name)
    })
}

/// An address or a path without anything secret in it, whatever the name of its key says.
pub(crate) fn is_place(value: &str) -> bool {
    credential::sign(value).is_none() && matches!(plain::of(value, &[]), Some(Plain::Path | Plain::Address))
}

fn may_be_read(told: &Told, value: &str) -> bool {
    // What the name promises is no proof where it promises a secret as well.
    let words: &[String] = if told.secret.is_some() { &[] } else { &told.words };
    let Some(plain) = plain::of(value, words) else { return false };
    if let Some(guard) = told.secret {
        return is_about_a_secret(told, guard, plain);
    }
    match plain {
        // A number of many digits may be a PIN.
        Plain::Number { digits } => digits < 6 || told.measures || told.says_config && told.is_known,
        Plain::Boolean | Plain::Span | Plain::Path | Plain::Address | Plain::Form => {
            !told.may_hold_password(plain)
        }
        Plain::Words => told.says_config,
        Plain::Text => told.is_config_by_itself(),
    }
}

/// `PASSWORD_MIN_LENGTH=12`, `ENABLE_AUTH=1`, `TLS_KEY_FILE=/run/key`, `SESSION_DRIVER=redis`: the name holds a
/// secret word, and goes on to say that its value is not the secret; the value is nothing but that.
fn is_about_a_secret(told: &Told, guard: Guard, plain: Plain) -> bool {
    let about = match plain {
        Plain::Boolean => told.switches,
        Plain::Number { digits } => told.measures || digits == 1 && told.switches,
        Plain::Span => told.measures,
        Plain::Path => told.places,
        Plain::Address | Plain::Form | Plain::Words | Plain::Text => false,
    };
    let guarded = match plain {
        Plain::Boolean | Plain::Number { digits: 1 } | Plain::Path => true,
        Plain::Address | Plain::Form => told.goes_on,
        Plain::Words => told.kinds,
        _ => false,
    };
    about || guard == Guard::Guarded && guarded
}

#[cfg(test)]
mod tests;
