//! The names that sh, bash, dash or zsh do not let a sourced file set to any text: read-only ones, numbers
//! that the shell counts, and, in zsh, the lists of its own modules.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether some shell does not take the name for a variable like any other.
pub(in crate::plaintext) fn is_kept(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| KEPT.split_whitespace().collect());
    NAMES.contains(name)
}

/// Found by trying every name that the shells know of (bash 5.2, dash 0.5.12, zsh 5.9); a test against the
/// shells holds it.
const KEPT: &str = "
    ARGC BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_CMDS BASH_COMMAND BASH_LINENO
    BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO COLUMNS DIRSTACK EGID EPOCHREALTIME EPOCHSECONDS ERRNO
    EUID FUNCNAME FUNCNEST GID GROUPS HISTCHARS HISTCMD HISTSIZE KEYBOARD_HACK KEYTIMEOUT LINENO
    LINES LISTMAX MAILCHECK OPTIND PPID RANDOM SAVEHIST SECONDS SHELLOPTS SHLVL SRANDOM
    TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE UID USERNAME WATCH ZLE_RPROMPT_INDENT
    ZSH_EVAL_CONTEXT ZSH_SUBSHELL _ aliases argv builtins cdpath commands dirstack dis_aliases
    dis_builtins dis_functions dis_functions_source dis_galiases dis_patchars dis_reswords
    dis_saliases fignore fpath funcfiletrace funcsourcetrace funcstack functions functions_source
    functrace galiases histchars history historywords jobdirs jobstates jobtexts keymaps mailpath
    manpath module_path modules nameddirs options parameters patchars path pipestatus psvar reswords
    saliases signals status termcap terminfo userdirs usergroups watch widgets zsh_eval_context
    zsh_scheduled_events
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_shell_names_are_refused_and_others_accepted() {
        assert!(["UID", "_", "path", "OPTIND"].iter().all(|name| is_kept(name)));
        assert!(!["PATH", "HOME", "USER", "SECRET_KEY", ""].iter().any(|name| is_kept(name)));
    }
}
