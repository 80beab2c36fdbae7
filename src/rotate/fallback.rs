//! Where the application looks for a previous value: a list with commas, the newest first.

use crate::secret::Secret;

/// The list with a previous value put in front.
pub(crate) fn with_previous(list: Option<&Secret>, previous: &Secret) -> Secret {
    match list.filter(|list| !list.is_empty()) {
        Some(list) => Secret::new(format!("{},{}", previous.expose(), list.expose())),
        None => previous.duplicate(),
    }
}

/// The newest entry of a list that holds the value in use in front.
pub(crate) fn newest(list: &Secret) -> Secret {
    Secret::new(list.expose().split(',').next().unwrap_or_default().to_owned())
}

/// The entries of a list.
pub(crate) fn entries(list: &Secret) -> impl Iterator<Item = Secret> {
    list.expose().split(',').filter(|entry| !entry.is_empty()).map(|entry| Secret::new(entry.to_owned()))
}

/// How many entries a list has.
pub(crate) fn count(list: &Secret) -> usize {
    entries(list).count()
}

/// Whether a value can stand in a list: a comma would make two of it.
pub(crate) fn fits(value: &Secret) -> bool {
    !value.expose().contains(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn the_newest_comes_first() {
        assert_eq!(with_previous(None, &secret("a")).expose(), "a");
        assert_eq!(with_previous(Some(&secret("")), &secret("a")).expose(), "a");
        assert_eq!(with_previous(Some(&secret("a")), &secret("b")).expose(), "b,a");
        assert_eq!(newest(&secret("b,a")).expose(), "b");
        assert_eq!((count(&secret("b,a")), count(&secret(""))), (2, 0));
        assert!(fits(&secret("a b")) && !fits(&secret("a,b")));
    }
}
