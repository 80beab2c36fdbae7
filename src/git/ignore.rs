//! What git leaves out: plaintext env files, which it should, and sealed files, which it must not.

use std::path::Path;
use std::process::Stdio;

use git2::Repository;

use crate::program::Program;

/// Plaintext env files stay out of git.
const IGNORED: &[&str] = &[".env", ".env.production", ".env.local", ".env.*.local"];

/// The lines that a `.gitignore` lacks to cover plaintext env files (those of [`IGNORED`], and `plaintext` by their
/// paths from `root`), and to let the `sealed` ones through, whatever else says otherwise.
pub(super) fn lacking(root: &Path, text: &str, plaintext: &[String], sealed: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = IGNORED
        .iter()
        .filter(|pattern| !covers(text, &sample(pattern)))
        .map(|line| (*line).to_owned())
        .collect();
    for path in plaintext {
        let line = format!("/{path}");
        if !covers(text, path) && !IGNORED.iter().any(|pattern| fits(pattern, path)) && !lines.contains(&line)
        {
            lines.push(line);
        }
    }
    let below = |name: &str| root.join(name);
    if sealed.iter().any(|name| is_ignored(&below(name)) && !text.lines().any(|line| line == exception(name)))
    {
        let folder =
            sealed.iter().find_map(|name| name.rsplit_once('/')).map_or("envs", |(folder, _)| folder);
        if ignores(&below(folder), "/").unwrap_or(false) {
            lines.push(format!("!/{folder}/"));
        }
        for name in sealed.iter().filter(|name| is_ignored(&below(name))) {
            let line = exception(name);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// The line that lets a file of `envs/` through; one for all sealed files.
fn exception(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, name)) if name.ends_with(".env") => format!("!/{folder}/*.env"),
        _ => format!("!/{path}"),
    }
}

/// Whether git ignores the file at a path, and has not added it all the same. Not in a repository that cannot be
/// asked, nor outside of every one.
pub(crate) fn is_ignored(path: &Path) -> bool {
    ignores(path, "").unwrap_or(false)
}

/// With `/` behind it, git takes a path for a folder before it is one.
fn ignores(path: &Path, behind: &str) -> Option<bool> {
    // Neither the file nor its folder need be there yet.
    let above = path.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let repository = Repository::discover(above).ok()?;
    let top = std::fs::canonicalize(repository.workdir()?).ok()?;
    let whole = std::fs::canonicalize(above).ok()?.join(path.strip_prefix(above).ok()?);
    let inside = whole.strip_prefix(&top).ok()?;
    let is_tracked = super::index(&repository).ok()?.get_path(inside, 0).is_some();
    let asked = format!("{}{behind}", inside.to_str()?);
    if is_tracked || !repository.is_path_ignored(&asked).ok()? {
        return Some(false);
    }
    // libgit2 does not see every exception that git sees.
    let git = Program::new("git").args(["check-ignore", "-q", "--", &asked]).directory(&top);
    let said = git.stdout(Stdio::null()).silent().run().ok().and_then(|status| status.code());
    Some(said != Some(1))
}

/// A path that a pattern of ours is about.
fn sample(pattern: &str) -> String {
    pattern.replace('*', "development")
}

/// Whether a `.gitignore` covers a path below its folder. The last line that fits counts, as for git.
fn covers(text: &str, path: &str) -> bool {
    let mut covered = false;
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (pattern, ignores) = line.strip_prefix('!').map_or((line, true), |rest| (rest, false));
        if matches(pattern, path) {
            covered = ignores;
        }
    }
    covered
}

/// One line: with a `/` in it, it is meant from the folder; otherwise at any depth. What is in an ignored folder is
/// ignored as well.
fn matches(pattern: &str, path: &str) -> bool {
    let is_folder = pattern.ends_with('/');
    let bare = pattern.trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.len() - usize::from(is_folder);
    let name = bare.trim_start_matches("**/");
    if name.contains('/') {
        return (1..=last).any(|end| fits(name.trim_start_matches('/'), &parts[..end].join("/")));
    }
    parts[..last].iter().any(|part| fits(name, part))
}

/// `*` stands for any text, `?` for one character.
fn fits(pattern: &str, text: &str) -> bool {
    let mut letters = text.chars();
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| fits(rest, &text[at..]))
        }
        Some(first) => {
            letters.next().is_some_and(|letter| first == '?' || first == letter)
                && fits(&pattern[first.len_utf8()..], letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(gitignore: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let top = std::fs::canonicalize(folder.path()).expect("a path");
        Repository::init(&top).expect("a repository");
        put(&top, gitignore);
        (folder, top)
    }

    fn put(top: &Path, gitignore: &str) {
        crate::file::replace(&top.join(".gitignore"), gitignore.as_bytes(), 0o644).expect("written");
    }

    fn sealed() -> Vec<String> {
        ["envs/senex-env.toml", "envs/.sops.yaml", "envs/development.env"].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_hides_sealed_files_gets_an_exception_that_git_agrees_to() {
        for ignoring in ["*.env\n", "envs/\n", "*env*\n", "*.env\n!/keep.env", "envs/*\n", ".*\n*.toml\n"] {
            let (_folder, top) = repository(ignoring);
            let ignored = |top: &Path| sealed().iter().any(|name| is_ignored(&top.join(name)));
            assert!(ignored(&top), "{ignoring}");
            let lines = lacking(&top, ignoring, &[], &sealed());
            put(&top, &format!("{ignoring}\n{}\n", lines.join("\n")));
            assert!(!ignored(&top), "{ignoring}");
            // The plaintext stays out.
            assert!(is_ignored(&top.join(".env")), "{ignoring}");
        }
    }

    #[test]
    fn lines_that_are_covered_are_not_added() {
        let (_folder, top) = repository("");
        let lines = |text: &str, plaintext: &[&str]| {
            let plaintext: Vec<String> = plaintext.iter().map(|path| (*path).to_owned()).collect();
            lacking(&top, text, &plaintext, &sealed()).join(" ")
        };
        assert_eq!(lines(".env*\n", &[".env.qa"]), "");
        assert_eq!(lines("x\n.env.*", &["env/a.env"]), ".env /env/a.env");
        assert_eq!(lines("", &[".env", ".env.qa"]), ".env .env.production .env.local .env.*.local /.env.qa");
        assert_eq!(lines(".env\n.env.production\n.env.local\n.env.*.local\n", &[]), "");
    }

    #[test]
    fn patterns_mean_what_they_mean_to_git() {
        for (text, path, covered) in [
            ("*.env", "a/b.env", true),
            ("/b.env", "a/b.env", false),
            ("a/", "a/b.env", true),
            ("b.env/", "a/b.env", false),
            ("a/*.env", "a/b.env", true),
            ("**/b.env", "a/b.env", true),
            (".env*\n!.env", ".env", false),
            ("?env", ".env", true),
            ("#.env", ".env", false),
        ] {
            assert_eq!(covers(text, path), covered, "{text} {path}");
        }
    }
}
