//! `demo`: the whole story, played with real files in a temporary repository.

mod stage;

use std::path::Path;

use super::session::Session;
use crate::cli;
use crate::error::Error;
use crate::exit::Exit;
use stage::Stage;

const COMPOSE: &str = include_str!("../../examples/senex-trader/docker-compose.yml");
const COMPOSE_DEV: &str = include_str!("../../examples/senex-trader/docker-compose.dev.yml");
const COMPOSE_PROD: &str = include_str!("../../examples/senex-trader/docker-compose.prod.yml");

/// What was passed around in a chat until today. One password holds everything that env files get wrong.
const PLAINTEXT: &str = "# Django\n\
    SECRET_KEY='k3@vt%9w^m2!x7(q)b=d5+r8*n1_f6&j4-h0zy$ulcgopsaei3k9tw'\n\
    FIELD_ENCRYPTION_KEY='ZGVtby1vbmx5LWRlbW8tb25seS1kZW1vLW9ubHktMDA='\n\
    ALLOWED_HOSTS='senex.example.test,localhost'\n\
    WS_ALLOWED_ORIGINS='https://senex.example.test'\n\
    APP_BASE_URL='https://senex.example.test'\n\
    # PostgreSQL\n\
    DB_PASSWORD='pa$$w0rd #\"1 &%'\n\
    TASTYTRADE_CLIENT_ID='demo-client'\n";

pub fn run(arguments: &cli::Demo, session: &Session<'_>) -> Result<Exit, Error> {
    let stage = Stage::new(session, arguments.keep)?;
    stage.say(&format!(
        "A repository in {}, with a home of its own. Every value is made up.",
        stage.shown()
    ))?;
    for (name, text) in [
        ("docker-compose.yml", COMPOSE),
        ("docker-compose.dev.yml", COMPOSE_DEV),
        ("docker-compose.prod.yml", COMPOSE_PROD),
    ] {
        stage.write(name, text)?;
    }
    stage.write(".env.production", PLAINTEXT)?;

    stage.step(
        "An identity opens sealed files. Here it goes into a file; at home, into the system keyring.",
    )?;
    stage.senex(&["identity", "new", "--no-passphrase"])?;
    stage.step("A project: one folder, envs/, with who and what. The keys come from the compose files.")?;
    stage.senex(&["init", "--project", "senex-trader", "--person", "ana"])?;
    stage.show_beginning("envs/senex-env.toml", 27)?;

    stage.step("The plaintext file is taken over, value by value, and goes.")?;
    stage.senex(&["import", "-y", "-e", "production", ".env.production"])?;
    stage.remove(".env.production")?;
    stage.show_sealed("envs/production.env")?;

    stage.step("Anybody can check, without any identity: names are readable, values are not.")?;
    stage.senex_refused(&["check", "-e", "production"])?;
    stage.step("Nothing starts while something is missing.")?;
    stage.senex_refused(&["run", "-e", "production", "--", "podman-compose", "up", "-d"])?;
    stage
        .senex_reading(&["set", "-y", "-e", "production", "TASTYTRADE_CLIENT_SECRET"], "made-up-secret\n")?;
    stage.commit("seal the production environment")?;

    stage.step("Compose gets every value exactly, from a file in memory that is gone afterwards.")?;
    stage.compose()?;

    stage.step("A file that was tampered with is refused: here, a config value changed by hand.")?;
    stage.tamper(
        "envs/production.env",
        "ALLOWED_HOSTS=senex.example.test",
        "ALLOWED_HOSTS=evil.example.test",
    )?;
    stage.senex_refused(&["run", "-e", "production", "--", "true"])?;
    stage.restore("envs/production.env")?;

    stage.step("One value changes: four lines of the file do, and nobody else's.")?;
    stage.senex_reading(&["set", "-y", "-e", "production", "DB_PASSWORD"], "another made-up password\n")?;
    stage.show_changed_lines("envs/production.env")?;
    stage.end()?;
    Ok(Exit::Ok)
}

/// Whether a program is on the PATH.
fn on_path(session: &Session<'_>, program: &str) -> bool {
    let path = session.context.variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: std::path::PathBuf| Path::new(&folder).join(program).is_file())
}
