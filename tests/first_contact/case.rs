//! One case: a fixture, and what must hold of it.

use super::shape::Shape;

/// Runs a case with its fixture; a fixture has several cases where something follows a `/` in the name. Without the
/// compose tools there is nothing to compare with.
#[track_caller]
pub fn hold(name: &str, case: impl FnOnce(&Shape)) {
    if super::working_state::tools().is_empty() {
        return;
    }
    let fixture = name.split('/').next().unwrap_or(name);
    case(&Shape::load(fixture));
}
