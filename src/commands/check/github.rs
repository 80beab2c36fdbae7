//! The report as workflow commands of GitHub Actions, which shows each finding beside its line.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::text::warn_of_incomplete;
use crate::check::{Checked, Finding, Fix};
use crate::desk::Session;
use crate::error::Error;
use crate::file;
use crate::git;
use crate::project::Project;
use crate::words;

pub(super) fn print(project: &Project, checked: &Checked<'_>, session: &Session<'_>) -> Result<(), Error> {
    warn_of_incomplete(checked, session);
    // GitHub names files from the top of the repository, wherever the command was started.
    let top = git::top(&project.root).unwrap_or_else(|| project.root.clone());
    let lines: Vec<String> = checked.findings.iter().map(|finding| annotation(finding, &top)).collect();
    if lines.is_empty() { Ok(()) } else { session.ui.answer(lines.join("\n")) }
}

fn annotation(finding: &Finding, top: &std::path::Path) -> String {
    let place = finding.place.as_ref().map_or(String::new(), |place| {
        let path = file::relative(&place.path, top).display().to_string();
        format!("file={},line={},col={},", property(&path), place.line, place.column)
    });
    let fix = match &finding.fix {
        Fix::Command(command) => command.as_str(),
        Fix::Advice(advice) => advice.as_str(),
        Fix::Usual => finding.kind.way_out(),
    };
    let environments = words::list(&finding.environments);
    let message = words::clean(&format!("{environments}: {} (fix: {fix})", finding.message));
    let (level, kind) = (finding.severity, property(finding.kind.as_str()));
    format!("::{level} {place}title=senex-env {kind}::{}", data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::check::Defect;
    use crate::name::EnvName;
    use crate::place::Place;

    #[test]
    fn workflow_command_terminators_are_escaped() {
        let environment = EnvName::new("production").expect("a name");
        let finding = Finding::new(Defect::Missing, &environment, "100% of\nthem")
            .at(Place { path: "/r/p/a,b:c.yml".into(), line: 3, column: 7 })
            .command("set it");
        assert_eq!(
            annotation(&finding, Path::new("/r/p")),
            "::error file=a%2Cb%3Ac.yml,line=3,col=7,title=senex-env missing::production: 100%25 of\\nthem (fix: set it)"
        );
    }
}
