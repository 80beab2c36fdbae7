//! Plaintext env files: every dialect that is read or written.
