//! Plaintext env files, by their names and shape.

/// Whether this is an env file with values in it. Templates (`.env.example`) hold none.
pub(crate) fn is_plaintext_env(path: &str, bytes: &[u8]) -> bool {
    const TEMPLATES: [&str; 7] = ["example", "sample", "template", "dist", "defaults", "tmpl", "j2"];
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_in_envs = path.split('/').rev().skip(1).any(|folder| folder == ".envs");
    let is_named_so = name == ".env" || name.starts_with(".env.") || name.ends_with(".env") || is_in_envs;
    let is_template = name.split(['.', '-', '_']).any(|part| TEMPLATES.contains(&part));
    is_named_so && !is_template && bytes.split(|byte| *byte == b'\n').any(is_assignment)
}

/// `NAME=value`, the value not empty and no reference to another variable.
fn is_assignment(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = line.split_once('=') else { return false };
    let name = name.trim_end();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let value = value.trim().trim_matches(['"', '\'']);
    is_name && !value.is_empty() && !value.starts_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_are_plaintext_and_templates_are_not() {
        assert!(is_plaintext_env("a/.env", b"# x\nexport A=1\n"));
        assert!(is_plaintext_env("prod.env", b"A=1"));
        assert!(is_plaintext_env(".envs/.production/.django", b"A=1"));
        assert!(!is_plaintext_env("envs/.production/.django", b"A=1"));
        assert!(!is_plaintext_env(".env.example", b"A=1"));
        assert!(!is_plaintext_env(".env", b"A=\nB=\"\"\n"));
        assert!(!is_plaintext_env("environment.py", b"A=1"));
    }
}
