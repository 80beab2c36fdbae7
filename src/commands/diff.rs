//! `diff`: two environments, two revisions, or a plaintext file, key by key.

mod sides;

use std::collections::HashMap;

use serde::Serialize;

use crate::cli;
use crate::desk::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::name::KeyName;
use crate::secret::Secret;
use crate::ui::{Mark, style, styled};
use crate::words;
use sides::Side;

struct Row<'a> {
    key: &'a KeyName,
    state: Mark,
    old: Option<&'a Secret>,
    new: Option<&'a Secret>,
}

pub(super) fn run(arguments: &cli::Diff, env: Option<&str>, session: &Session<'_>) -> Result<Exit, Error> {
    let project = session.project()?;
    let (old, new) = sides::sides(arguments, env, &project, session)?;
    let rows = compare(&old, &new);
    if arguments.json {
        json(arguments, &old, &new, &rows, session)?;
    } else {
        print(arguments, &old, &new, &rows, session)?;
    }
    let same = rows.iter().all(|row| row.state == Mark::Same);
    Ok(if same { Exit::Ok } else { Exit::No })
}

fn compare<'a>(old: &'a Side, new: &'a Side) -> Vec<Row<'a>> {
    let before: HashMap<&KeyName, &Secret> = old.values.iter().map(|(key, value)| (key, value)).collect();
    let after: HashMap<&KeyName, &Secret> = new.values.iter().map(|(key, value)| (key, value)).collect();
    let mut rows: Vec<Row<'_>> = new
        .values
        .iter()
        .map(|(key, value)| {
            let earlier = before.get(key).copied();
            let state = match earlier {
                None => Mark::Added,
                Some(earlier) if earlier.same_as(value) => Mark::Same,
                Some(_) => Mark::Changed,
            };
            Row { key, state, old: earlier, new: Some(value) }
        })
        .collect();
    let gone = old.values.iter().filter(|(key, _)| !after.contains_key(key));
    rows.extend(gone.map(|(key, value)| Row { key, state: Mark::Removed, old: Some(value), new: None }));
    rows.sort_by_key(|row| row.key.as_str());
    rows
}

fn print(
    arguments: &cli::Diff,
    old: &Side,
    new: &Side,
    rows: &[Row<'_>],
    session: &Session<'_>,
) -> Result<(), Error> {
    let same = rows.iter().filter(|row| row.state == Mark::Same).count();
    let mut lines = vec![styled(style::DIM, format!("{} → {}", old.title, new.title))];
    for row in rows.iter().filter(|row| arguments.all || row.state != Mark::Same) {
        let line = format!("{} {}", row.state.shown(), row.key);
        match (row.state, row.old, row.new) {
            _ if !arguments.reveal => lines.push(line),
            (Mark::Changed, Some(old), Some(new)) => {
                lines.extend([line, format!("    - {}", old.expose()), format!("    + {}", new.expose())]);
            }
            (_, old, new) => {
                let value = new.or(old).map_or("", Secret::expose);
                lines.push(format!("{line} = {value}"));
            }
        }
    }
    if same > 0 && !arguments.all {
        lines.push(styled(
            style::DIM,
            if same == rows.len() {
                format!("no difference in {}", words::count(same, "key"))
            } else {
                format!("{} identical (--all shows them)", words::count(same, "key"))
            },
        ));
    }
    if arguments.reveal { session.ui.reveal(lines) } else { session.ui.lines(lines) }
}

#[derive(Serialize)]
struct Document<'a> {
    old: &'a str,
    new: &'a str,
    keys: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    key: &'a str,
    state: Mark,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
}

fn json(
    arguments: &cli::Diff,
    old: &Side,
    new: &Side,
    rows: &[Row<'_>],
    session: &Session<'_>,
) -> Result<(), Error> {
    fn revealed(reveal: bool, value: Option<&Secret>) -> Option<&str> {
        value.filter(|_| reveal).map(Secret::expose)
    }
    let keys = rows.iter().map(|row| JsonRow {
        key: row.key.as_str(),
        state: row.state,
        old: revealed(arguments.reveal, row.old),
        new: revealed(arguments.reveal, row.new),
    });
    let document = Document { old: &old.title, new: &new.title, keys: keys.collect() };
    if arguments.reveal {
        session.ui.reveal_json("diff", &document)
    } else {
        session.ui.json("diff", &document)
    }
}
