//! Tests of the program as a whole and against the real tools, linked as one binary.

mod dialects;
mod readme;
mod run_compose;
mod stack;
mod support;
mod vectors;
