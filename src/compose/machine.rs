//! Variables that no project gives a value to: the shell, the machine or a tool does.

/// Whether a variable belongs to the shell, the machine or a tool: it is never declared, sealed or taken away.
pub(crate) fn is_of_the_machine(name: &str) -> bool {
    const NAMES: [&str; 22] = [
        "DISPLAY",
        "EDITOR",
        "GID",
        "GROUPS",
        "HOME",
        "HOSTNAME",
        "LANG",
        "LANGUAGE",
        "LOGNAME",
        "MAIL",
        "OLDPWD",
        "PATH",
        "PWD",
        "SHELL",
        "SHLVL",
        "SSH_AUTH_SOCK",
        "TERM",
        "TMPDIR",
        "UID",
        "USER",
        "USERNAME",
        "WAYLAND_DISPLAY",
    ];
    const BEGINNINGS: [&str; 9] =
        ["BUILDKIT_", "COMPOSE_", "CONTAINER_", "CONTAINERS_", "DBUS_", "DOCKER_", "LC_", "PODMAN_", "XDG_"];
    NAMES.binary_search(&name).is_ok() || BEGINNINGS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_variables_are_distinguished_from_project_variables() {
        for name in ["HOME", "PWD", "UID", "WAYLAND_DISPLAY", "DISPLAY", "COMPOSE_FILE", "XDG_RUNTIME_DIR"] {
            assert!(is_of_the_machine(name), "{name}");
        }
        for name in ["HOME_PAGE", "DB_USER", "TERMS_URL", "MY_HOME", "home", "DOCKERHUB_TOKEN"] {
            assert!(!is_of_the_machine(name), "{name}");
        }
    }
}
