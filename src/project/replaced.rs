//! `replaces` of an environment: the plaintext env files that its sealed values stand in for.

use std::path::{Component, Path, PathBuf};

use toml_edit::Value;

use super::Error;
use super::section::Section;
use crate::name::KeyName;

/// A plaintext env file that is gone, and that something may still name: the tool by itself, or a service under
/// `env_file:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// From the project's root.
    pub file: PathBuf,
    /// The keys that it gave; `None` for every key of the environment.
    pub keys: Option<Vec<KeyName>>,
}

impl Replaced {
    /// Whether this is the file, whatever its path is spelled like.
    pub(crate) fn is_file(&self, root: &Path, path: &Path) -> bool {
        normal(&root.join(&self.file)) == normal(path)
    }
}

/// A path with the links of its folder followed, and where there is no such folder, without `.` and `..`. The file
/// itself may be gone.
fn normal(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    if let (Some(folder), Some(name)) = (folder, path.file_name()) {
        return folder.join(name);
    }
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// `replaces = [".env", { file = "env/db.env", keys = ["POSTGRES_DB"] }]`
pub(super) fn replaces(section: &Section<'_>) -> Result<Vec<Replaced>, Error> {
    const FIELD: &str = "replaces";
    let Some(item) = section.item(FIELD) else { return Ok(Vec::new()) };
    let wrong = |what: String| section.wrong(FIELD, what);
    let list = item.as_array().ok_or_else(|| {
        wrong(
            "`replaces` must be a list of files: `\".env\"` or `{ file = \".env\", keys = [\"K\"] }`"
                .to_owned(),
        )
    })?;
    let mut all: Vec<Replaced> = Vec::new();
    for value in list {
        let replaced = replaced(value).map_err(wrong)?;
        if all.iter().any(|known| known.file == replaced.file) {
            return Err(wrong(format!("duplicate file `{}` in `replaces`", replaced.file.display())));
        }
        all.push(replaced);
    }
    Ok(all)
}

fn replaced(value: &Value) -> Result<Replaced, String> {
    let (file, keys) = match (value.as_str(), value.as_inline_table()) {
        (Some(file), _) => (file, None),
        (None, Some(table)) => {
            if let Some((name, _)) = table.iter().find(|(name, _)| !["file", "keys"].contains(name)) {
                return Err(format!("unknown field `{}` in `replaces`", name.escape_debug()));
            }
            let file =
                table.get("file").and_then(Value::as_str).ok_or("an entry of `replaces` needs a `file`")?;
            (file, table.get("keys").map(keys).transpose()?)
        }
        (None, None) => return Err("an entry of `replaces` must be a file, or a table with one".to_owned()),
    };
    let parts = Path::new(file).components().filter(|part| *part != Component::CurDir);
    let below: Option<PathBuf> =
        parts.map(|part| matches!(part, Component::Normal(_)).then_some(part)).collect();
    let below = below.filter(|path| !path.as_os_str().is_empty());
    let file =
        below.ok_or_else(|| format!("`{}` is not a file below the project's root", file.escape_debug()))?;
    Ok(Replaced { file, keys })
}

fn keys(value: &Value) -> Result<Vec<KeyName>, String> {
    let wrong = || "`keys` in `replaces` must be a list of names".to_owned();
    let name = |value: &Value| {
        let text = value.as_str().ok_or_else(wrong)?;
        KeyName::new(text).map_err(|error| format!("`{}` is not a valid name: {error}", text.escape_debug()))
    };
    value.as_array().ok_or_else(wrong)?.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    fn parse(replaces: &str) -> Result<Vec<Replaced>, Error> {
        let text =
            format!("version = 1\nproject = \"p\"\n[environments.development]\nreplaces = {replaces}\n");
        Project::parse(Path::new("/p"), &text).map(|mut project| project.environments.remove(0).replaces)
    }

    #[test]
    fn replaced_file_provides_all_or_listed_keys() {
        let found = parse("[\"./.env\", { file = \"env/db.env\", keys = [\"A\", \"B\"] }]").expect("good");
        assert_eq!((found[0].file.as_path(), &found[0].keys), (Path::new(".env"), &None));
        let keys: Vec<&str> = found[1].keys.iter().flatten().map(KeyName::as_str).collect();
        assert_eq!((found[1].file.as_path(), keys), (Path::new("env/db.env"), vec!["A", "B"]));
    }

    #[test]
    fn replaced_file_is_matched_by_any_spelling_of_its_path() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("env")).expect("a folder");
        let replaced = Replaced { file: "env/db.env".into(), keys: None };
        for path in ["env/db.env", "./env/db.env", "env/../env/db.env", "env/./db.env"] {
            assert!(replaced.is_file(root.path(), &root.path().join(path)), "{path}");
        }
        for path in ["db.env", "env/db.env.bak", "gone/db.env"] {
            assert!(!replaced.is_file(root.path(), &root.path().join(path)), "{path}");
        }
    }

    #[test]
    fn replaced_file_outside_the_root_is_refused() {
        for (replaces, says) in [
            ("\".env\"", "must be a list of files"),
            ("[\"/etc/x\"]", "is not a file below"),
            ("[\"../.env\"]", "is not a file below"),
            ("[\"./\"]", "is not a file below"),
            ("[1]", "must be a file, or a table"),
            ("[{ keys = [\"A\"] }]", "needs a `file`"),
            ("[{ file = \".env\", key = \"A\" }]", "unknown field `key`"),
            ("[{ file = \".env\", keys = [\"a b\"] }]", "is not a valid name"),
            ("[\".env\", \"./.env\"]", "duplicate file"),
        ] {
            let Err(Error::Invalid { what, .. }) = parse(replaces) else { panic!("{replaces} is taken") };
            assert!(what.contains(says), "{replaces}: {what}");
        }
    }
}
