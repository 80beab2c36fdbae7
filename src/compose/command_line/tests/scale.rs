//! `--scale`, several times.

use super::*;

#[test]
fn podman_compose_keeps_the_last_scale_alone() {
    let place = Place::new();
    let forgotten = |line: &str| {
        let forgotten = place.parse(line).forgotten_scales();
        forgotten.iter().map(|scale| scale.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        forgotten("podman-compose up -d --scale web=3 --scale=worker=4 --scale db=1"),
        "web=3 worker=4"
    );
    assert_eq!(forgotten("podman-compose -f a.yml up --scale web=3"), "");
    assert_eq!(forgotten("podman-compose up --scale web=3 -- --scale a=1"), "");
    assert_eq!(forgotten("podman-compose exec web x --scale a=1 --scale b=1"), "");
    assert_eq!(forgotten("podman-compose up --scale web=3 --scale"), "");
    assert_eq!(forgotten("docker-compose up --scale web=3 --scale worker=4"), "");
    assert_eq!(forgotten("podman-compose"), "");
}
