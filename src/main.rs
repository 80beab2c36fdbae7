//! `senex-env`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    senex_env::main()
}
