//! The findings of `check` that a project file may switch off, by name. What each of them means is said in
//! `check::kind`.

use crate::listed::listed;

listed! {
    /// A finding that `[lints]` or a key's `allow` can switch off.
    pub enum Lint {
        /// Nothing gives a variable a value.
        ComposeBlank = "compose-blank",
        /// No compose file reads a key.
        ComposeUnused = "compose-unused",
        /// A service has a container name and several replicas.
        ContainerName = "container-name",
        /// A required secret has a default in a compose file.
        DefaultOnSecret = "default-on-secret",
        /// A default makes a variable that is set, and empty.
        EmptyVariable = "empty-variable",
        /// Another manager of hooks replaced ours.
        HookReplaced = "hook-replaced",
        /// A value from a tutorial.
        InsecureDefault = "insecure-default",
        /// A secret in plaintext in a compose file.
        LiteralSecret = "literal-secret",
        /// A value in a compose file that breaks the rules of its key.
        LiteralValue = "literal-value",
        /// A sealed file was never added to git.
        NotInGit = "not-in-git",
        /// A plaintext env file defines what is sealed.
        PlaintextBeside = "plaintext-beside",
        /// A readable value looks like a credential.
        ReadableSecret = "readable-secret",
        /// A secret is part of a command line.
        SecretInCommand = "secret-in-command",
        /// podman-compose puts a secret on podman's command line.
        SecretOnCommandLine = "secret-on-command-line",
        /// Two environments, or two keys in them, have the same value.
        SharedValue = "shared-value",
        /// `${X}` without a value is empty, where `${X:?}` would stop.
        SilentlyEmpty = "silently-empty",
        /// The project file does not declare a key.
        Undeclared = "undeclared",
    }
}
