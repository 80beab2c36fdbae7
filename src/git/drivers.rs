//! The merge and diff drivers, in the configuration of one repository. See gitattributes(5).

use git2::{Config, ConfigLevel, Repository};

use super::Error;

/// Registers `program` for `merge=senex-env` and `diff=senex-env`. Whether anything changed.
pub(super) fn register(repository: &Repository, program: &str) -> Result<bool, Error> {
    let mut config = repository.config()?.open_level(ConfigLevel::Local)?;
    let mut changed = false;
    for (name, value) in wanted(program) {
        if config.get_string(name).is_ok_and(|known| known == value) {
            continue;
        }
        config.set_str(name, &value)?;
        changed = true;
    }
    Ok(changed)
}

/// Takes them out again. Whether anything was there.
pub(super) fn unregister(repository: &Repository) -> Result<bool, Error> {
    let mut config = repository.config()?.open_level(ConfigLevel::Local)?;
    let mut changed = false;
    for (name, _) in wanted("") {
        changed |= config.remove(name).is_ok();
    }
    Ok(changed)
}

/// Whether git knows both.
pub(super) fn are_registered(repository: &Repository) -> bool {
    let registered = |config: &Config| wanted("").iter().all(|(name, _)| config.get_string(name).is_ok());
    repository.config().is_ok_and(|config| registered(&config))
}

fn wanted(program: &str) -> [(&'static str, String); 4] {
    let quoted = super::hooks::shell_quoted(program);
    [
        ("merge.senex-env.name", "sealed environments, key by key".to_owned()),
        ("merge.senex-env.driver", format!("{quoted} git-merge %O %A %B %L %P")),
        ("diff.senex-env.textconv", format!("{quoted} git-textconv")),
        // What textconv prints depends on who may open the file: git must not keep it in `refs/notes`.
        ("diff.senex-env.cachetextconv", "false".to_owned()),
    ]
}
