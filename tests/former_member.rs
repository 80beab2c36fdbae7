//! Somebody whose access was revoked works on in an old clone, and a holder brings that work in: nobody gets a
//! value by it, and no value is accepted without a question.

use std::process::Output;

use crate::support::outcome::succeeded;
use crate::support::project::{stderr, stdout};
use crate::team::Team;

/// How bob's work gets to ana.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Merge,
    CherryPick,
    StashPop,
    /// His branch onto main.
    Rebase,
    /// Main onto his branch, so that to git ours is his.
    RebaseOntoHis,
}

const WAYS: [Way; 5] = [Way::Merge, Way::CherryPick, Way::StashPop, Way::Rebase, Way::RebaseOntoHis];

/// What bob does with his old data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Another recipient and another value, and the project file lets the recipient in.
    Grant,
    /// The same; the project file stays as it was.
    GrantInSilence,
    /// As the first, under a data key that he made himself.
    Rekey,
}

fn git(team: &Team, arguments: &[&str]) -> Output {
    let mut git = team.project.hermetic("git");
    git.env("HOME", team.home("ana")).env("GIT_EDITOR", "true").args(arguments).output().expect("git starts")
}

/// bob was a holder; ana has revoked him and changed `TOKEN`, and he has worked on what he had.
fn prepared(way: Way, work: Work, hooks: bool) -> Team {
    let team = Team::new();
    team.newcomer("bob");
    team.newcomer("mallory");
    succeeded(&team.run("bob", &["join", "bob", "-e", "production"]));
    succeeded(&team.run("ana", &["grant", "bob", "-y"]));
    if hooks {
        succeeded(&team.run("ana", &["hooks", "install"]));
    }
    team.project.commit("bob is in");
    team.project.git(["branch", "feature"]);
    succeeded(&team.run("ana", &["revoke", "bob", "-y"]));
    team.project.commit("bob is out");
    team.set("ana", "production", "TOKEN", "rotated");
    team.project.commit("a new token");

    team.project.git(["checkout", "-q", "feature"]);
    let mallory = team.recipient("mallory");
    let mut file = team.project.read("envs/senex-env.toml");
    file.push_str(&format!(
        "\n[people.deploy-bot]\nrecipients = [\"{mallory}\"]\nrequests = [\"production\"]\n"
    ));
    team.project.write("envs/senex-env.toml", file.as_bytes());
    succeeded(&team.run("bob", &["grant", "deploy-bot", "-e", "production", "-y"]));
    if work == Work::Rekey {
        succeeded(&team.run("bob", &["rekey", "-e", "production", "-y"]));
    }
    team.set("bob", "production", "BROKER", "https://api.evil");
    if work == Work::GrantInSilence {
        team.project.git(["checkout", "-q", "HEAD", "--", "envs/senex-env.toml", "envs/.sops.yaml"]);
    }
    if way == Way::StashPop {
        team.project.git(["stash", "-q"]);
    } else {
        team.project.git(["add", "-A"]);
        team.project.git(["commit", "-q", "--no-verify", "-m", "docs"]);
    }
    team.project.git(["checkout", "-q", if way == Way::Rebase { "feature" } else { "main" }]);
    team
}

fn brought_in(team: &Team, way: Way) -> Output {
    match way {
        Way::Merge => git(team, &["merge", "--no-edit", "feature"]),
        Way::CherryPick => git(team, &["cherry-pick", "feature"]),
        Way::StashPop => git(team, &["stash", "pop"]),
        Way::Rebase => git(team, &["rebase", "main"]),
        Way::RebaseOntoHis => git(team, &["rebase", "feature"]),
    }
}

fn nobody_new_opens_it(team: &Team, case: &str) {
    for person in ["bob", "mallory"] {
        assert!(!team.opens(person, "production"), "{case}: {person} opens it");
    }
}

#[test]
fn merging_work_under_a_revoked_key_grants_nothing() {
    let cases: Vec<(Way, Work, bool)> = WAYS
        .into_iter()
        .flat_map(|way| [Work::Grant, Work::GrantInSilence, Work::Rekey].map(|work| (way, work)))
        .flat_map(|(way, work)| [true, false].map(|hooks| (way, work, hooks)))
        .collect();
    std::thread::scope(|scope| {
        for half in cases.chunks(cases.len().div_ceil(2)) {
            scope.spawn(move || half.iter().for_each(|(way, work, hooks)| one(*way, *work, *hooks)));
        }
    });
}

fn one(way: Way, work: Work, hooks: bool) {
    let case = format!("{way:?}, {work:?}, hooks: {hooks}");
    let team = prepared(way, work, hooks);
    let outcome = brought_in(&team, way);
    assert!(!outcome.status.success(), "{case}: brought in without a question\n{}", stderr(&outcome));
    nobody_new_opens_it(&team, &case);
    if hooks && way != Way::RebaseOntoHis {
        let said = stderr(&outcome);
        assert!(said.contains("deploy-bot") || said.contains("age1"), "{case}: nobody is named\n{said}");
        assert!(said.contains("has replaced"), "{case}\n{said}");
    }
    // Who takes our side has ana's values and ana's recipients.
    if matches!(way, Way::Merge | Way::CherryPick) {
        let sealed = team.run("ana", &["seal", "-e", "production", "--ours", "-y"]);
        assert!(sealed.status.success(), "{case}: {}", stderr(&sealed));
        nobody_new_opens_it(&team, &case);
        let value = |key: &str| stdout(&team.run("ana", &["get", "-y", "-e", "production", key]));
        assert_eq!((value("TOKEN").trim(), value("BROKER").trim()), ("rotated", "first"), "{case}");
    }
}
