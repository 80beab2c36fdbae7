//! Tokens that are known by their shape: what services hand out, what programs generate.

/// How a token begins, how many characters follow at least, and whose it is.
const BEGINNINGS: [(&str, usize, &str); 58] = [
    ("ghp_", 20, "GitHub"),
    ("gho_", 20, "GitHub"),
    ("ghu_", 20, "GitHub"),
    ("ghs_", 20, "GitHub"),
    ("ghr_", 20, "GitHub"),
    ("github_pat_", 20, "GitHub"),
    ("glpat-", 12, "GitLab"),
    ("gldt-", 12, "GitLab"),
    ("glrt-", 12, "GitLab"),
    ("xoxb-", 8, "Slack"),
    ("xoxp-", 8, "Slack"),
    ("xoxa-", 8, "Slack"),
    ("xoxr-", 8, "Slack"),
    ("xoxs-", 8, "Slack"),
    ("xapp-", 8, "Slack"),
    ("sk_live_", 8, "Stripe"),
    ("sk_test_", 8, "Stripe"),
    ("rk_live_", 8, "Stripe"),
    ("rk_test_", 8, "Stripe"),
    ("whsec_", 8, "Stripe"),
    ("sk-", 16, "an AI service"),
    ("gsk_", 16, "Groq"),
    ("hf_", 16, "Hugging Face"),
    ("AKIA", 12, "AWS"),
    ("ASIA", 12, "AWS"),
    ("AIza", 20, "Google"),
    ("ya29.", 12, "Google"),
    ("GOCSPX-", 12, "Google"),
    ("SG.", 16, "SendGrid"),
    ("key-", 16, "Mailgun"),
    ("xkeysib-", 16, "Brevo"),
    ("re_", 16, "Resend"),
    ("npm_", 16, "npm"),
    ("pypi-", 16, "PyPI"),
    ("dckr_pat_", 12, "Docker"),
    ("dop_v1_", 16, "DigitalOcean"),
    ("doo_v1_", 16, "DigitalOcean"),
    ("hvs.", 12, "Vault"),
    ("hvb.", 12, "Vault"),
    ("tskey-", 12, "Tailscale"),
    ("shpat_", 12, "Shopify"),
    ("shpss_", 12, "Shopify"),
    ("sq0atp-", 12, "Square"),
    ("sq0csp-", 12, "Square"),
    ("lin_api_", 12, "Linear"),
    ("ntn_", 16, "Notion"),
    ("secret_", 24, "Notion"),
    ("figd_", 16, "Figma"),
    ("PMAK-", 16, "Postman"),
    ("sntrys_", 16, "Sentry"),
    ("sntryu_", 16, "Sentry"),
    ("glsa_", 16, "Grafana"),
    ("nfp_", 16, "Netlify"),
    ("sbp_", 16, "Supabase"),
    ("sb_secret_", 12, "Supabase"),
    ("pscale_", 12, "PlanetScale"),
    ("rnd_", 20, "Render"),
    ("eyJ", 17, "a JSON Web Token"),
];

/// Marks of what is generated or hashed, anywhere in the value.
const MARKS: [(&str, &str); 15] = [
    ("-----BEGIN ", "a PEM block"),
    ("AGE-SECRET-KEY-", "a private age identity"),
    ("PuTTY-User-Key-File", "a private key"),
    ("AGE-PLUGIN-", "a private age identity"),
    ("$apr1$", "the hash of a password"),
    ("$2a$", "the hash of a password"),
    ("$2b$", "the hash of a password"),
    ("$2y$", "the hash of a password"),
    ("$argon2", "the hash of a password"),
    ("$pbkdf2", "the hash of a password"),
    ("$scrypt$", "the hash of a password"),
    ("$6$", "the hash of a password"),
    ("{SSHA", "the hash of a password"),
    ("pbkdf2_sha", "the hash of a password"),
    ("base64:", "a key in base64"),
];

/// Whose token it is, or what else it looks like.
pub(super) fn known(value: &str) -> Option<&'static str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let marked = MARKS.iter().find(|(mark, _)| value.contains(mark)).map(|(_, what)| *what);
    marked.or_else(|| {
        value.split(|c: char| !is_part(c)).find_map(|word| {
            let begins = |(start, least, _): &&(&str, usize, &str)| {
                word.strip_prefix(start).is_some_and(|rest| rest.len() >= *least && !is_phrase(rest))
            };
            BEGINNINGS.iter().find(begins).map(|(_, _, whose)| *whose)
        })
    })
}

/// `sk-your-secret-goes-here` waits to be replaced; `re_sent_messages_topic` is a name.
fn is_phrase(rest: &str) -> bool {
    let letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    rest.contains(['-', '_']) && rest.split(['-', '_', '.']).all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_and_names_are_not() {
        for (value, whose) in [
            ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "GitHub"),
            ("AKIAIOSFODNN7EXAMPLE", "AWS"),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "a JSON Web Token"),
            ("-----BEGIN PRIVATE KEY-----\nx", "a PEM block"),
        ] {
            assert_eq!(known(value), Some(whose), "{value}");
        }
        for value in ["sk-learn", "re_sent_messages_topic", "key-value-store-of-all", "hf_space", "SG.x"] {
            assert_eq!(known(value), None, "{value}");
        }
    }
}
