//! `--scale`, several times.

use super::*;

#[test]
fn scale_options_of_podman_compose_are_found() {
    let place = Place::new();
    let scales = |line: &str| {
        let scales = place.parse(line).podman_scales();
        scales.iter().map(|scale| scale.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        scales("podman-compose up -d --scale web=3 --scale=worker=4 --scale db=1"),
        "web=3 worker=4 db=1"
    );
    assert_eq!(scales("podman-compose -f a.yml up --scale web=3"), "web=3");
    assert_eq!(scales("podman-compose up --scale web=3 -- --scale a=1"), "web=3");
    assert_eq!(scales("podman-compose exec web x --scale a=1 --scale b=1"), "");
    assert_eq!(scales("podman-compose up --scale web=3 --scale"), "web=3");
    assert_eq!(scales("docker-compose up --scale web=3 --scale worker=4"), "");
    assert_eq!(scales("podman-compose"), "");
}
