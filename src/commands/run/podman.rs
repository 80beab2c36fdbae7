//! What podman and podman-compose do with what they are given, without a word of their own.

use crate::desk::Session;
use crate::invocation::Invocation;
use crate::name::KeyName;
use crate::secret::Secret;
use crate::words;

/// Linux takes no longer argument (`MAX_ARG_STRLEN`); podman-compose makes one of each variable.
const LONGEST_ARGUMENT: usize = 131_072;

/// Values that do not arrive as they are, whoever gives them to podman.
pub(super) fn warn_of_values(pairs: &[(&KeyName, &Secret)], session: &Session<'_>) {
    let with = |test: &dyn Fn(&str) -> bool| -> Vec<&KeyName> {
        pairs.iter().filter(|(_, value)| test(value.expose())).map(|(key, _)| *key).collect()
    };
    let crlf = with(&|value| value.contains("\r\n"));
    if !crlf.is_empty() {
        session.ui.warning(format!(
            "podman turns CRLF line ends into LF: {} may arrive changed through `environment:`",
            words::names(&crlf)
        ));
    }
    let long = with(&|value| value.len() >= LONGEST_ARGUMENT - 256);
    if !long.is_empty() {
        session.ui.warning(format!(
            "podman-compose passes each variable as an argument, which must stay under 128 KiB: {} will not \
             be passed through `environment:`",
            words::names(&long)
        ));
    }
}

/// What becomes of `--scale`.
pub(super) fn warn_of_scales(invocation: &Invocation, session: &Session<'_>) {
    let scales = invocation.podman_scales();
    let Some((_, forgotten)) = scales.split_last() else { return };
    if !forgotten.is_empty() {
        let forgotten: Vec<String> =
            forgotten.iter().map(|scale| scale.to_string_lossy().into_owned()).collect();
        session.ui.warning(format!(
            "podman-compose heeds only the last `--scale` of a command, not {}: use one command for each",
            words::names(&forgotten)
        ));
    }
    session.ui.note("`down` leaves replicas that `--scale` has added; `down --remove-orphans` removes them");
}
