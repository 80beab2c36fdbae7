//! simple-git-hooks: our command in its JSON, behind what it runs for a hook. Every other byte stays.

use serde_json::Value;

use super::json::{self, Member};

/// Where its configuration is in `package.json`.
pub(super) const KEY: &str = "simple-git-hooks";
/// Which hooks of others it leaves alone; without it, it removes all that it has no command for.
const PRESERVED: &str = "preserveUnused";

/// What it runs for a hook: a line of a shell.
pub(super) fn call(hook: &str) -> String {
    format!("senex-env git-hook {hook} \"$@\"")
}

/// A configuration, alone in its file or under [`KEY`].
#[derive(Clone, Copy)]
pub(super) struct Configuration<'t> {
    pub text: &'t str,
    pub is_package: bool,
}

impl Configuration<'_> {
    /// Whether it can be read and edited.
    pub(super) fn is_plain(self) -> bool {
        self.members().is_some()
    }

    /// Whether it removes or replaces a hook of others.
    pub(super) fn claims(self, hook: &str) -> bool {
        let preserved = match self.value(PRESERVED) {
            Some(Value::Array(names)) => names.iter().any(|name| name.as_str() == Some(hook)),
            Some(Value::Bool(all)) => all,
            _ => false,
        };
        !preserved || self.command(hook).is_some()
    }

    /// The command for a hook.
    pub(super) fn command(self, hook: &str) -> Option<String> {
        match self.value(hook)? {
            Value::String(command) => Some(command),
            _ => None,
        }
    }

    /// The text with our command; `None` where it cannot be put there for certain.
    pub(super) fn with_step(self, hook: &str) -> Option<String> {
        let members = self.members()?;
        let ours = Value::from(call(hook)).to_string();
        let (at, added, command) = match (members.iter().find(|member| member.name == hook), members.last()) {
            (Some(member), _) => {
                let command = self.command(hook).filter(|command| can_be_followed(command))?;
                // Inside its quotes.
                let added = format!(" && {}", &ours[1..ours.len() - 1]);
                (member.value.end - 1, added, format!("{command} && {}", call(hook)))
            }
            (None, Some(last)) => {
                let before = &self.text[..last.start];
                let gap = &before[before.trim_end().len()..];
                let head = &self.text[last.start..last.value.start];
                let colon = &head[head.rfind('"')? + 1..];
                (last.value.end, format!(",{gap}\"{hook}\"{colon}{ours}"), call(hook))
            }
            (None, None) => (self.object()? + 1, format!("\"{hook}\": {ours}"), call(hook)),
        };
        let new = format!("{}{added}{}", &self.text[..at], &self.text[at..]);
        self.is_edit(&new, hook, Some(command)).then_some(new)
    }

    /// The text without the command that [`Self::with_step`] wrote; `None` if it is not there as written.
    pub(super) fn without_step(self, hook: &str) -> Option<String> {
        let members = self.members()?;
        let at = members.iter().position(|member| member.name == hook)?;
        let command = self.command(hook)?;
        let value = &members[at].value;
        let (gone, left) = if command == call(hook) {
            let gone = match (at.checked_sub(1), members.get(at + 1)) {
                (Some(before), _) => members[before].value.end..value.end,
                (None, Some(next)) => members[at].start..next.start,
                (None, None) => members[at].start..value.end,
            };
            (gone, None)
        } else {
            let added = format!(" && {}", call(hook));
            let left = command.strip_suffix(&added)?;
            let length = Value::from(added.as_str()).to_string().len() - 2;
            (value.end - 1 - length..value.end - 1, Some(left.to_owned()))
        };
        let new = format!("{}{}", self.text.get(..gone.start)?, &self.text[gone.end..]);
        self.is_edit(&new, hook, left).then_some(new)
    }

    /// Whether `new` differs in what is run for a hook, and in nothing else.
    fn is_edit(self, new: &str, hook: &str, command: Option<String>) -> bool {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
        let (Some(mut wanted), Some(new)) = (parsed(self.text), parsed(new)) else { return false };
        let hooks = if self.is_package { wanted.get_mut(KEY) } else { Some(&mut wanted) };
        let Some(hooks) = hooks.and_then(Value::as_object_mut) else { return false };
        match command {
            Some(command) => hooks.insert(hook.to_owned(), command.into()),
            None => hooks.remove(hook),
        };
        wanted == new
    }

    fn value(self, name: &str) -> Option<Value> {
        let members = self.members()?;
        let member = members.iter().find(|member| member.name == name)?;
        serde_json::from_str(&self.text[member.value.clone()]).ok()
    }

    fn members(self) -> Option<Vec<Member>> {
        json::members(self.text, self.object()?)
    }

    /// Where its object begins.
    fn object(self) -> Option<usize> {
        serde_json::from_str::<Value>(self.text).ok()?;
        let at = match self.is_package {
            true => json::members(self.text, 0)?.into_iter().find(|member| member.name == KEY)?.value.start,
            false => self.text.len() - self.text.trim_start().len(),
        };
        self.text[at..].starts_with('{').then_some(at)
    }
}

/// Whether ` && ` and another command can follow and are then run after all of it, and only if it succeeds.
fn can_be_followed(command: &str) -> bool {
    let others = command.replace("&&", " ");
    let is_paired = |quote: char| others.matches(quote).count().is_multiple_of(2);
    let leaves = |word: &str| matches!(word, "exit" | "exec" | "return");
    !command.trim().is_empty()
        && !others.contains(['#', ';', '&', '<', '\n', '\r', '`', '\\', '(', ')', '{', '}', '!'])
        && !command.trim_end().ends_with(['&', '|'])
        && is_paired('"')
        && is_paired('\'')
        && !others.split_whitespace().any(leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, is_package: bool, hook: &str) -> String {
        let before = Configuration { text, is_package };
        let with = before.with_step(hook).expect("it can be edited");
        let after = Configuration { text: &with, is_package };
        assert!(after.command(hook).expect("a command").ends_with(&call(hook)));
        assert_eq!(after.without_step(hook).as_deref(), Some(text), "not to the byte: {with}");
        with
    }

    #[test]
    fn command_is_written_as_the_file_is() {
        let package = "{\n\t\"name\": \"x\",\n\t\"simple-git-hooks\": {\n\t\t\"pre-commit\": \"npx lint-staged\"\n\t},\n\t\"z\": 1.0\n}";
        assert_eq!(
            added(package, true, "pre-commit"),
            package.replace("lint-staged", "lint-staged && senex-env git-hook pre-commit \\\"$@\\\"")
        );
        assert_eq!(
            added(package, true, "post-merge"),
            package.replace(
                "staged\"\n",
                "staged\",\n\t\t\"post-merge\": \"senex-env git-hook post-merge \\\"$@\\\"\"\n"
            )
        );
        for (text, wanted) in [
            ("{ }\n", "{\"pre-commit\": \"senex-env git-hook pre-commit \\\"$@\\\"\" }\n"),
            ("{\"a\":1}", "{\"a\":1,\"pre-commit\":\"senex-env git-hook pre-commit \\\"$@\\\"\"}"),
        ] {
            assert_eq!(added(text, false, "pre-commit"), wanted);
        }
    }

    #[test]
    fn commands_that_nothing_can_follow_are_left() {
        for command in [
            "",
            "a; b",
            "a # b",
            "exec a",
            "a || exit 0",
            "a &",
            "a &&",
            "a\nb",
            "if a; then b; fi",
            "echo \"a",
            "a <<E",
        ] {
            let text = serde_json::json!({ "pre-commit": command }).to_string();
            let configuration = Configuration { text: &text, is_package: false };
            assert_eq!(configuration.with_step("pre-commit"), None, "{command}");
        }
        for text in
            ["[]", "{", "{\"simple-git-hooks\": \"x\"}", "{\"simple-git-hooks\": {\"a\": 1, \"a\": 2}}"]
        {
            assert!(!Configuration { text, is_package: true }.is_plain(), "{text}");
        }
    }

    #[test]
    fn hooks_that_it_would_remove_are_claimed() {
        for (text, wanted) in [
            ("{}", true),
            ("{\"preserveUnused\": true}", false),
            ("{\"preserveUnused\": [\"post-merge\"]}", true),
            ("{\"preserveUnused\": [\"pre-commit\"]}", false),
            ("{\"preserveUnused\": true, \"pre-commit\": \"a\"}", true),
        ] {
            assert_eq!(Configuration { text, is_package: false }.claims("pre-commit"), wanted, "{text}");
        }
    }
}
