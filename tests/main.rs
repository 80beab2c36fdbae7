//! Tests of the program as a whole and against the real tools, linked as one binary.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test that cannot run says so")]

mod after_sops;
mod architecture;
mod bad_files;
mod bad_input;
mod bad_places;
mod check;
mod completions;
mod compose_model;
mod concurrency;
mod dialects;
mod diff;
mod docs;
mod doctor;
mod edit;
mod export;
mod exposure;
mod git_transcript;
mod hooks;
mod identities;
mod interop;
mod keyring;
mod leaks;
mod list;
mod merge;
mod merge_property;
mod minimal_diffs;
mod odd_repositories;
mod passphrases;
mod quirks;
mod readme;
mod rotation;
mod run_child;
mod run_cleanup;
mod run_compose;
mod run_environment;
mod run_signals;
mod scan;
mod stack;
mod support;
mod team;
mod team_story;
mod values;
mod vectors;
