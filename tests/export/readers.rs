//! The readers of what `export` writes, beside those of env files for compose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::readers::{Variables, clean, piped, put};
use crate::support::tools::{missing, optional, tool};

/// dotenv of Node.
pub fn node_dotenv(package: &Path, file: &Path) -> Variables {
    let script = "
const {parse} = require(process.argv[1])
process.stdout.write(JSON.stringify(parse(require('fs').readFileSync(process.argv[2]))))";
    json(&stdout(clean(Path::new("node")).args(["-e", script]).args([package, file])))
}

/// The crate dotenvy.
pub fn dotenvy(file: &Path) -> Variables {
    let pairs = ::dotenvy::from_path_iter(file).expect("a readable file");
    pairs.map(|pair| pair.expect("a pair")).map(|(name, value)| (name, Some(value))).collect()
}

/// systemd's own code: `EnvironmentFile=` is read by `load_env_file` and cleaned by
/// `strv_env_clean_with_callback`, which its shared library exports.
pub fn systemd(library: &Path, file: &Path) -> Variables {
    let script = "
import ctypes, json, sys
library = ctypes.CDLL(sys.argv[1])
strings = ctypes.POINTER(ctypes.c_char_p)
library.load_env_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(strings)]
clean = library.strv_env_clean_with_callback
clean.argtypes, clean.restype = [strings, ctypes.c_void_p, ctypes.c_void_p], strings
found = strings()
assert library.load_env_file(None, sys.argv[2].encode(), ctypes.byref(found)) >= 0
found = clean(found, None, None)
pairs, at = {}, 0
while found and found[at] is not None:
    name, value = found[at].decode().split('=', 1)
    pairs[name], at = value, at + 1
json.dump(pairs, sys.stdout)";
    json(&stdout(clean(Path::new("python3")).args(["-c", script]).args([library, file])))
}

/// The library, wherever the distribution puts it.
pub fn systemd_library() -> Option<PathBuf> {
    optional("python3")?;
    let folders =
        ["/usr/lib/x86_64-linux-gnu/systemd", "/usr/lib/aarch64-linux-gnu/systemd", "/usr/lib/systemd"];
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let is_library = |path: &PathBuf| path.to_string_lossy().contains("/libsystemd-shared-");
    files.map(|file| file.path()).find(is_library).or_else(|| {
        missing("libsystemd-shared");
        None
    })
}

/// Python's JSON.
pub fn python_json(file: &Path) -> Variables {
    let script = "import json, sys; json.dump(json.load(open(sys.argv[1], encoding='utf-8')), sys.stdout)";
    json(&stdout(clean(Path::new("python3")).args(["-c", script]).arg(file)))
}

/// `PyYAML`: YAML 1.1.
pub fn py_yaml(file: &Path) -> Value {
    let python = tool("podman-compose/1.6.0/bin/python").expect("looked for before");
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], 'rb')), sys.stdout)";
    json(&stdout(clean(&python).args(["-c", script]).arg(file)))
}

/// The YAML of Go, by docker-compose: the document becomes the environment of a service.
pub fn go_yaml(docker_compose: &Path, file: &Path) -> Variables {
    let document = std::fs::read_to_string(file).expect("the file just written");
    let indented: String = document.split_terminator('\n').map(|line| format!("      {line}\n")).collect();
    let compose = format!("services:\n  s:\n    image: none\n    environment:\n{indented}");
    let file = put(file.parent().expect("a folder"), &compose);
    let arguments = ["config", "--no-interpolate", "--format", "json"];
    let config: Value = json(&stdout(clean(docker_compose).arg("-f").arg(file).args(arguments)));
    serde_json::from_value(config["services"]["s"]["environment"].clone()).expect("an environment")
}

/// The `data` of a Secret's manifest, decoded by Python.
pub fn decoded(manifest: &Value) -> Variables {
    let script = "
import base64, json, sys
data = json.load(sys.stdin)['data']
json.dump({name: base64.b64decode(text, validate=True).decode() for name, text in data.items()}, sys.stdout)";
    let input = serde_json::to_vec(manifest).expect("JSON");
    json(&piped(clean(Path::new("python3")).args(["-c", script]), &input))
}

/// The manifest as podman stores it: read by the YAML and into the types of Kubernetes itself, and written
/// again.
pub fn kube_play(file: &Path) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, run) = (folder.path().join("root"), folder.path().join("run"));
    let mut podman = clean(Path::new("podman"));
    podman.arg("--root").arg(&root).arg("--runroot").arg(run);
    stdout(podman.args(["kube", "play"]).arg(file));
    let store = std::fs::read(root.join("secrets/filedriver/secretsdata.json")).expect("a store of secrets");
    let store: BTreeMap<String, String> = json(&store);
    let script = "import base64, json, sys; sys.stdout.buffer.write(base64.b64decode(json.load(sys.stdin)))";
    let input = serde_json::to_vec(store.values().next().expect("a secret")).expect("JSON");
    let manifest = piped(clean(Path::new("python3")).args(["-c", script]), &input);
    py_yaml(&put(folder.path(), std::str::from_utf8(&manifest).expect("UTF-8")))
}

fn stdout(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the reader starts");
    assert!(output.status.success(), "{} failed", command.get_program().display());
    output.stdout
}

fn json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).expect("JSON")
}
