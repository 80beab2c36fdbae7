//! Compose files and the compose command line.
