//! Pictures of real output for the README: made by the tests, so that they cannot go stale.

use std::path::PathBuf;

/// Holds what a terminal of 80 columns showed against the committed picture. With `SENEX_ENV_PICTURES=1` the
/// picture is made anew instead.
pub fn assert_picture(name: &str, shown: &str) {
    let text = shown.replace('\r', "");
    let svg = readable(&anstyle_svg::Term::new().min_width_px(740).render_svg(text.trim()));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("docs/pictures/{name}.svg"));
    if std::env::var_os("SENEX_ENV_PICTURES").is_some() {
        senex_env::testing::file::replace(&path, svg.as_bytes(), 0o644).expect("written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == svg,
        "docs/pictures/{name}.svg is not what the program shows now; \
         `SENEX_ENV_PICTURES=1 cargo test --test integration` draws it again. It shows:\n{text}"
    );
}

/// A colour of the terminal: as the library writes it, on a light page, on a dark one.
const COLOURS: [(&str, &str, &str); 8] = [
    ("#000000", "#f6f8fa", "#0d1117"),
    ("#AAAAAA", "#1f2328", "#e6edf3"),
    ("#00AA00", "#116329", "#3fb950"),
    ("#AA0000", "#a40e26", "#ff7b72"),
    ("#AA5500", "#7d4e00", "#d29922"),
    ("#0000AA", "#0550ae", "#79c0ff"),
    ("#00AAAA", "#0e6067", "#56d4dd"),
    ("#AA00AA", "#6639ba", "#bc8cff"),
];
/// How much of a dimmed text is seen.
const DIMMED: f64 = 0.75;

/// Dark text on a light page, light text on a dark one, as the reader's system prefers.
fn readable(svg: &str) -> String {
    let (head, rest) = svg.split_once("<style>").expect("a style");
    let (style, rest) = rest.split_once("</style>").expect("its end");
    let mut light = style.replace("opacity: 0.4", &format!("opacity: {DIMMED}"));
    let mut dark = String::new();
    for line in style.lines().filter(|line| line.contains("fill: #")) {
        let known = COLOURS.iter().find(|(known, _, _)| line.contains(known));
        let (known, on_light, on_dark) = known.unwrap_or_else(|| panic!("another colour: {line}"));
        light = light.replace(line, &line.replace(known, on_light));
        dark.push_str(&format!("  {}\n", line.replace(known, on_dark)));
    }
    let light = light.trim_end();
    format!(
        "{head}<style>{light}\n    @media (prefers-color-scheme: dark) {{\n{dark}    }}\n  </style>{rest}"
    )
}

/// The contrast of two colours, by WCAG 2.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = colour.map(|part| {
            let part = part / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn rgb(text: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&text[at..at + 2], 16).expect("a colour")))
}

#[test]
fn every_colour_is_readable_on_light_and_dark_pages() {
    let [(_, on_light, on_dark), texts @ ..] = COLOURS;
    for (_, light, dark) in texts {
        for (colour, page) in [(light, on_light), (dark, on_dark)] {
            let (colour, page) = (rgb(colour), rgb(page));
            let mut dimmed = colour;
            for (part, of_page) in dimmed.iter_mut().zip(page) {
                *part = *part * DIMMED + of_page * (1.0 - DIMMED);
            }
            assert!(contrast(colour, page) >= 4.5, "{light} {dark}");
            assert!(contrast(dimmed, page) >= 3.0, "{light} {dark}, dimmed");
        }
    }
}

/// A command as it is typed, for the picture.
pub fn prompt(line: &str) -> String {
    format!("\n\u{1b}[2m$\u{1b}[0m \u{1b}[1m{line}\u{1b}[0m\n")
}

/// Recipients are different every time.
pub fn with_one_recipient(text: &str) -> String {
    let mut parts = text.split("age1");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        out.push_str(if part.len() - rest.len() == 58 { "age1…" } else { "age1" });
        out.push_str(if part.len() - rest.len() == 58 { rest } else { part });
    }
    out
}
