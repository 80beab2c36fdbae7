//! Other people's projects: whatever started before `init` starts after it, in both tools, and what `init`
//! makes of what lies there is right.

mod check;
mod expected;
mod import;
mod init;
mod run;
mod served;
mod shape;
mod shelf;
mod text;
mod working_state;
