//! Other people's projects: whatever started before `init` starts after it, in both tools, and what `init`
//! makes of what lies there is right.

mod case;
mod check;
mod doubtful;
mod import;
mod init;
mod run;
mod served;
mod shape;
mod shelf;
mod text;
mod working_state;
