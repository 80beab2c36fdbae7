//! Pictures of real output for the README: made by the tests, so that they cannot go stale.

use std::path::PathBuf;

/// Holds what a terminal of 80 columns showed against the committed picture. With `SENEX_ENV_PICTURES=1` the
/// picture is made anew instead.
pub fn assert_picture(name: &str, shown: &str) {
    let text = shown.replace('\r', "");
    let svg = anstyle_svg::Term::new().min_width_px(740).render_svg(text.trim());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("docs/pictures/{name}.svg"));
    if std::env::var_os("SENEX_ENV_PICTURES").is_some() {
        senex_env::testing::file::replace(&path, svg.as_bytes(), 0o644).expect("written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == svg,
        "docs/pictures/{name}.svg is not what the program shows now; \
         `SENEX_ENV_PICTURES=1 cargo test --test integration` makes it anew. It shows:\n{text}"
    );
}

/// A command as it is typed, for the picture.
pub fn prompt(line: &str) -> String {
    format!("\n\u{1b}[2m$\u{1b}[0m \u{1b}[1m{line}\u{1b}[0m\n")
}

/// Recipients are different every time.
pub fn with_one_recipient(text: &str) -> String {
    let mut parts = text.split("age1");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        out.push_str(if part.len() - rest.len() == 58 { "age1…" } else { "age1" });
        out.push_str(if part.len() - rest.len() == 58 { rest } else { part });
    }
    out
}
