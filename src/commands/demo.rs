//! `demo`: the whole story, played with real files in a temporary repository.

mod stage;

use crate::cli;
use crate::desk::Session;
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

pub(super) fn run(arguments: &cli::Demo, session: &Session<'_>) -> Result<Exit, Error> {
    let stage = Stage::new(session, arguments.keep)?;
    stage.say(&format!(
        "A repository in {}, with its own home folder. Every value is made up.",
        stage.shown()
    ))?;
    for (name, text) in [
        ("docker-compose.yml", COMPOSE),
        ("docker-compose.dev.yml", COMPOSE_DEV),
        ("docker-compose.prod.yml", COMPOSE_PROD),
        (".env.production", PLAINTEXT),
    ] {
        stage.write(name, text)?;
    }
    for (title, play) in TOUR {
        if !stage.step(title)? {
            break;
        }
        play(&stage)?;
    }
    stage.end()?;
    Ok(Exit::Ok)
}

type Scene = (&'static str, fn(&Stage<'_>) -> Result<(), Error>);

/// In this order; each needs what those before it left.
const TOUR: &[Scene] = &[
    (
        "An identity opens sealed files. Here it goes into a file; at home, into the system keyring.",
        |stage| stage.senex(&["identity", "new", "--no-passphrase"]),
    ),
    (
        "A project: one folder, envs/. Keys and types come from the files here; the plaintext is sealed, \
         then deleted.",
        |stage| {
            stage.senex(&[
                "init",
                "-y",
                "--project",
                "senex-trader",
                "--person",
                "ana",
                "--remove-plaintext",
            ])?;
            stage.show_sealed("envs/production.env")
        },
    ),
    ("Anybody can check, even without an identity: names are readable, values are not.", |stage| {
        stage.senex(&["check", "-e", "production"])?;
        stage.senex_refused(&["check", "-e", "development"])
    }),
    ("Nothing starts while a required value is missing.", |stage| {
        stage.senex_refused(&["run", "-e", "development", "--", "podman-compose", "up", "-d"])
    }),
    ("Invalid and forbidden values are refused: production must not trade in the sandbox.", |stage| {
        let set = ["set", "-y", "-e", "production", "TASTYTRADE_BASE_URL"];
        stage.senex_refused_reading(&set, "https://api.cert.tastyworks.com\n")?;
        stage.senex_reading(&set, "https://api.tastyworks.com\n")?;
        stage.senex_reading(
            &["set", "-y", "-e", "production", "TASTYTRADE_CLIENT_SECRET"],
            "made-up-secret\n",
        )?;
        stage.senex(&["check", "-e", "production"])?;
        stage.commit("seal the production environment")
    }),
    ("Compose gets every value exactly, from a file in memory that is removed afterwards.", |stage| {
        stage.compose()
    }),
    (
        "Changing one value changes four lines of the file and no other value. `diff` names the key.",
        |stage| {
            stage.senex_reading(
                &["set", "-y", "-e", "production", "DB_PASSWORD"],
                "another made-up password\n",
            )?;
            stage.show_changed_lines("envs/production.env")?;
            stage.senex_refused(&["diff", "-e", "production"])?;
            stage.commit("another password for the database")
        },
    ),
    ("A new secret key; the old one stays where Django looks for it, so nobody is logged out.", |stage| {
        stage.senex(&["rotate", "-y", "-e", "production", "SECRET_KEY"])?;
        stage.senex_refused(&["diff", "-e", "production"])?;
        stage.commit("a new secret key")
    }),
    (
        "A colleague requests access, is granted it, and leaves: what bob has seen is listed until it is \
         changed.",
        |stage| {
            stage.senex(&["join", "bob", "-e", "production", "--recipient", BOB])?;
            stage.senex(&["grant", "-y", "bob", "-e", "production"])?;
            stage.commit("grant bob")?;
            stage.senex(&["revoke", "-y", "bob"])?;
            stage.commit("revoke bob")?;
            stage.senex_refused(&["status", "-e", "production"])
        },
    ),
    ("A file that was tampered with is refused: here, a config value changed by hand.", |stage| {
        stage.tamper(
            "envs/production.env",
            "ALLOWED_HOSTS=senex.example.test",
            "ALLOWED_HOSTS=evil.example.test",
        )?;
        stage.senex_refused(&["run", "-y", "-e", "production", "--", "true"])?;
        stage.restore("envs/production.env")
    }),
    ("Finally, anything that could stop you on this machine is listed, with its fix.", |stage| {
        stage.senex(&["doctor"])
    }),
];

/// A colleague of whom only the recipient is known.
const BOB: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
