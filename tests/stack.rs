//! The real stack: `examples/senex-trader/` under real podman, brought up from the sealed files of this
//! repository. The checks themselves are in `examples/senex-trader/smoke.sh`.

use crate::support::example::script;

#[test]
fn production_comes_up_from_its_sealed_file_and_leaves_nothing() {
    script("smoke.sh", &["prod"]);
}

#[test]
fn development_comes_up_from_its_sealed_file_and_leaves_nothing() {
    script("smoke.sh", &["dev"]);
}
