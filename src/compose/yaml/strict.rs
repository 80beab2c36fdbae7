//! Where the tools are stricter than the parser.

use libyaml_safer::{Event, EventData, ScalarStyle, VersionDirective};

use super::super::tool::Tool;
use super::fault::Fault;
use super::source::Source;
use super::{Place, YamlError};

/// Finds control characters, and what else no YAML reader calls printable.
pub(super) fn characters(text: &str, file: usize) -> Result<(), (Place, YamlError)> {
    let Some(at) = text.find(is_refused) else { return Ok(()) };
    let line = 1 + text[..at].matches('\n').count();
    let column = 1 + text[..at].chars().rev().take_while(|c| *c != '\n').count();
    Err((Place { file, line, column }, YamlError::Character))
}

fn is_refused(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{feff}' => false,
        c => c < '\u{a0}' || matches!(c, '\u{fffe}' | '\u{ffff}'),
    }
}

/// `%YAML`: Go's reader knows 1.1, `PyYAML` all of 1.
pub(super) fn version(version: Option<VersionDirective>, tool: Tool) -> Result<(), YamlError> {
    match version {
        Some(version) if tool == Tool::DockerCompose && version.minor != 1 => Err(YamlError::Syntax),
        _ => Ok(()),
    }
}

/// What the parser lets pass, and the tool does not. `source` is a walk for this alone.
pub(super) fn event(source: &mut Source<'_>, event: &Event, is_flow: bool, tool: Tool) -> Result<(), Fault> {
    let style = match &event.data {
        EventData::Scalar { style, .. } => *style,
        EventData::StreamEnd => ScalarStyle::Any,
        _ => return Ok(()),
    };
    match tool {
        Tool::DockerCompose if style == ScalarStyle::DoubleQuoted => escaped_slash(source, event),
        Tool::DockerCompose => Ok(()),
        Tool::PodmanCompose => {
            let is_plain = style == ScalarStyle::Plain;
            tabs(source, event, is_plain)?;
            match &event.data {
                EventData::Scalar { value, .. }
                    if is_plain && is_flow && value.chars().skip(1).any(|c| c == '?') =>
                {
                    Err(YamlError::Syntax.into())
                }
                _ => Ok(()),
            }
        }
    }
}

/// Go's reader does not know `\/`, as it stands in JSON.
fn escaped_slash(source: &mut Source<'_>, event: &Event) -> Result<(), Fault> {
    let (mut found, mut is_escaped) = (None, false);
    source.walk(&event.start_mark, |_, _| ());
    source.walk(&event.end_mark, |c, place| {
        if is_escaped && c == '/' {
            found.get_or_insert(place);
        }
        is_escaped = c == '\\' && !is_escaped;
    });
    fault(found, YamlError::Syntax)
}

/// `PyYAML` takes no tab for white space: not between scalars, nor in a plain one.
fn tabs(source: &mut Source<'_>, event: &Event, is_plain: bool) -> Result<(), Fault> {
    let mut tab = None;
    let (mut is_comment, mut before) = (false, ' ');
    source.walk(&event.start_mark, |c, place| {
        is_comment = c != '\n' && (is_comment || c == '#' && before.is_whitespace());
        if c == '\t' && !is_comment {
            tab.get_or_insert(place);
        }
        before = c;
    });
    source.walk(&event.end_mark, |c, place| {
        if c == '\t' && is_plain {
            tab.get_or_insert(place);
        }
    });
    fault(tab, YamlError::Tab)
}

fn fault(at: Option<Place>, kind: YamlError) -> Result<(), Fault> {
    at.map_or(Ok(()), |_| Err(Fault { at, kind }))
}
