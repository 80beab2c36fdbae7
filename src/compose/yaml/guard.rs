//! The parser's events. It gives up on some broken files with a panic (`"\` at the end of the file, `[!a,`): here
//! that is a file that cannot be read, like any other.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use libyaml_safer::{Encoding, Error, Event, Parser};

thread_local! {
    /// Whether this thread is inside the parser, where a panic is no news to the user.
    static IS_PARSING: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// The events of a text, to its end or to the first error.
pub(crate) struct Events<'t> {
    parser: Parser<&'t [u8]>,
}

/// Why there are no more events.
pub(crate) enum Stopped {
    Refused(Error),
    Panicked,
}

impl<'t> Events<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        HOOK.call_once(|| {
            let others = take_hook();
            set_hook(Box::new(move |panic| {
                if !IS_PARSING.get() {
                    others(panic);
                }
            }));
        });
        let mut parser = Parser::new();
        parser.set_encoding(Encoding::Utf8);
        parser.set_input(text.as_bytes());
        Self { parser }
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Event, Stopped>;

    fn next(&mut self) -> Option<Self::Item> {
        IS_PARSING.set(true);
        // Whoever gets an error asks for no more events, so nobody sees the parser as a panic left it.
        let event = catch_unwind(AssertUnwindSafe(|| self.parser.next()));
        IS_PARSING.set(false);
        match event {
            Ok(event) => event.map(|event| event.map_err(Stopped::Refused)),
            Err(_) => Some(Err(Stopped::Panicked)),
        }
    }
}
