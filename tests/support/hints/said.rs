//! The hints in what a command said.

/// A line that proposes commands.
#[derive(Debug, Clone)]
pub struct Said {
    /// The error or finding that it is about; empty for a remark.
    pub subject: String,
    /// The line.
    pub text: String,
    /// The commands, as they stand between back-quotes, each with the words before it.
    pub spans: Vec<(String, String)>,
    /// The next line is the second step.
    pub is_first_step: bool,
}

/// Programs that hints name besides our own.
const PROGRAMS: [&str; 13] = [
    "senex-env",
    "git",
    "rm",
    "mv",
    "ls",
    "echo",
    "sed",
    "sops",
    "readlink",
    "export",
    "df",
    "chmod",
    "iconv",
];

impl Said {
    fn new(subject: &str, text: &str) -> Self {
        let pieces: Vec<&str> = text.split('`').collect();
        let pairs = pieces.chunks(2).filter(|pair| pair.len() == 2);
        let spans = pairs.map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
        let spans = spans.filter(|(_, span)| is_command(span) || is_option(span)).collect();
        Self { subject: subject.to_owned(), text: text.to_owned(), spans, is_first_step: false }
    }

    /// A line that is one command.
    fn command(subject: &str, line: &str) -> Self {
        let spans = vec![(String::new(), line.to_owned())];
        Self { subject: subject.to_owned(), text: line.to_owned(), spans, is_first_step: false }
    }

    pub fn has_commands(&self) -> bool {
        !self.spans.is_empty()
    }

    /// Whether it is the second step of the hint before it.
    pub fn continues(&self) -> bool {
        self.text.starts_with("then ")
    }
}

pub fn is_command(span: &str) -> bool {
    PROGRAMS.contains(&span.split(' ').next().unwrap_or_default()) && span.contains(' ')
}

pub fn is_option(span: &str) -> bool {
    span.starts_with('-') && span.chars().nth(1).is_some_and(|c| c == '-' || c.is_ascii_alphabetic())
}

pub fn may_hold_hints(text: &str) -> bool {
    ["hint", "fix:", "next:", "`senex-env "].iter().any(|word| text.contains(word))
}

/// All of them, in their order.
pub fn hints(text: &str) -> Vec<Said> {
    let text = anstream::adapter::strip_str(text).to_string();
    let (mut hints, mut subject, mut in_next) = (Vec::new(), String::new(), false);
    for line in text.lines() {
        let bare = line.trim_start();
        if let Some(of_json) = error_of_json(line) {
            hints.extend(of_json);
        } else if bare.starts_with("error: ") || bare.starts_with("warning: ") || bare.starts_with("problem ")
        {
            subject = bare.to_owned();
            hints.extend(remark(&subject, bare));
        } else if let Some(hint) = line.strip_prefix("hint: ") {
            hints.push(Said::new(&subject, hint));
        } else if let Some(fix) = bare.strip_prefix("fix: ") {
            let is_bare = !fix.contains('`') && is_command(fix);
            hints.push(if is_bare { Said::command(&subject, fix) } else { Said::new(&subject, fix) });
        } else if in_next && line.starts_with("  ") {
            // One after the other.
            let next = hints.last_mut().expect("the first line");
            next.spans.push((String::new(), bare.to_owned()));
        } else if line == "next:" {
            hints.push(Said {
                subject: String::new(),
                text: line.to_owned(),
                spans: Vec::new(),
                is_first_step: false,
            });
        } else if !bare.starts_with(['"', '#']) {
            hints.extend(remark("", bare));
        }
        in_next = line == "next:" || in_next && line.starts_with("  ");
    }
    hints
}

/// A line that names a command of ours by the way.
fn remark(subject: &str, line: &str) -> Option<Said> {
    let said = Said::new(subject, line);
    let spans: Vec<_> =
        said.spans.iter().filter(|(_, span)| span.starts_with("senex-env ")).cloned().collect();
    (!spans.is_empty()).then_some(Said { spans, ..said })
}

/// The hints of `--json`.
fn error_of_json(line: &str) -> Option<Vec<Said>> {
    let value: serde_json::Value =
        line.starts_with("{\"version\"").then(|| serde_json::from_str(line).ok())??;
    let subject = format!("error: {}", value["message"].as_str()?);
    let hints = value["hints"].as_array()?.iter().filter_map(|hint| hint.as_str());
    Some(hints.map(|hint| Said::new(&subject, hint)).collect())
}
