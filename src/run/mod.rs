//! Starting a command with the values of an environment.
