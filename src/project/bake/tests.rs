use super::*;
use std::fs;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The builds that the files in a directory say: Dockerfile and context below it, stage, line.
fn read(files: &[(&str, &str)]) -> Vec<(String, String, Known<Option<String>>, u32)> {
    let room = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(room.path().join(name), text).unwrap();
    }
    let names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).filter(|name| is_name(name)).collect();
    let inside = |path: &Path| path.strip_prefix(room.path()).unwrap().to_str().unwrap().to_owned();
    let found = builds(room.path(), &names, &[room.path().to_owned()], &mut Files::default());
    let told = |build: &Build| {
        let context = match &build.context {
            Place::Directory(path) => inside(path),
            Place::Unknown => "?".to_owned(),
        };
        (inside(&build.dockerfile), context, build.target.clone(), build.by.line)
    };
    found.iter().map(told).collect()
}

fn told(
    dockerfile: &str,
    context: &str,
    target: Option<&str>,
    line: u32,
) -> (String, String, Known<Option<String>>, u32) {
    (dockerfile.to_owned(), context.to_owned(), Known::Yes(target.map(str::to_owned)), line)
}

const HCL: &str = r#"
variable "DIR" { default = "app" }
group "default" { targets = ["web"] }
target "_common" {
  args = { A = "1", B = "${DIR}-x" }
  context = "."
}
target "base" { dockerfile = "base/Dockerfile" }
target "web" {
  inherits = ["_common", "base"]
  context = "./${DIR}"
  target = "prod"
  args = { B = upper("x") }
  contexts = { src = "target:base", lib = "./lib" }
}
"#;

#[test]
fn targets_are_read_with_what_they_inherit() {
    assert_eq!(read(&[("docker-bake.hcl", HCL)]), [told("app/base/Dockerfile", "app", Some("prod"), 9)]);
    let over = "target \"web\" { target = \"dev\" }\n";
    let both = read(&[("docker-bake.hcl", HCL), ("docker-bake.override.hcl", over)]);
    assert_eq!(both, [told("app/base/Dockerfile", "app", Some("dev"), 1)]);
}

#[test]
fn arguments_that_are_computed_are_unknown() {
    let room = TempDir::new().unwrap();
    fs::write(room.path().join("docker-bake.hcl"), HCL).unwrap();
    let found = builds_of(&room.path().join("docker-bake.hcl"), &[room.path().to_owned()], &mut Files::default());
    let arg = |name: &str| found[0].args.get(name).cloned();
    assert_eq!((arg("A"), arg("B")), (Some(Known::Yes("1".to_owned())), Some(Known::Unknown)));
    assert_eq!(found[0].contexts.get("src"), Some(&Known::Unknown));
    assert_eq!(found[0].contexts.get("lib").and_then(Known::get).map(String::as_str), room.path().join("lib").to_str());
}

#[test]
fn json_is_read_as_well() {
    let json = "{\n  // a comment\n  \"variable\": {\"T\": {\"default\": \"x\"}},\n  \"target\": {\n    \"a\": {\"dockerfile\": \"${T}.Dockerfile\", \"target\": \"${f(1)}\"}\n  }\n}\n";
    assert_eq!(read(&[("docker-bake.json", json)]), [("x.Dockerfile".to_owned(), String::new(), Known::Unknown, 5)]);
}

#[test]
fn a_matrix_makes_several_targets() {
    let hcl = "target \"t\" {\n  name = \"t-${item.name}\"\n  matrix = { item = [{ name = \"a\", dir = \"x\" }, { name = \"b\", dir = \"y\" }] }\n  \
               context = item.dir\n  target = item.name\n}\n";
    assert_eq!(
        read(&[("bake.hcl", hcl)]),
        [told("x/Dockerfile", "x", Some("a"), 1), told("y/Dockerfile", "y", Some("b"), 1)]
    );
}

#[test]
fn a_context_from_elsewhere_is_unknown() {
    let hcl = "variable \"SRC\" {}\ntarget \"t\" {\n  context = SRC\n  dockerfile = \"Dockerfile\"\n}\ntarget \"u\" {\n  context = \"https://example.org/x.git\"\n}\n";
    assert_eq!(read(&[("docker-bake.hcl", hcl)]), [("Dockerfile".to_owned(), "?".to_owned(), Known::Yes(None), 2)]);
}

#[test]
fn broken_and_hostile_texts_end_soon() {
    let doubled: String =
        (1..60).map(|n| format!("variable \"V{n}\" {{ default = \"${{V{0}}}${{V{0}}}\" }}\n", n - 1)).collect();
    let matrix = format!(
        "target \"t\" {{\n matrix = {{ {} }}\n}}\n",
        (0..30).map(|n| format!("a{n} = [\"1\",\"2\",\"3\"],")).collect::<String>()
    );
    let ring = "target \"a\" { inherits = [\"a\", \"b\", \"b\"] }\ntarget \"b\" { inherits = [\"a\", \"a\", \"b\"] }\n";
    let texts = [
        format!("variable \"V0\" {{ default = \"x\" }}\n{doubled}target \"t\" {{ context = V59 }}\n"),
        matrix,
        ring.to_owned(),
        format!("target \"t\" {{ context = {}1 }}", "!".repeat(100_000)),
        format!("target \"t\" {{ context = {} }}", "[".repeat(100_000)),
        format!("target \"t\" {{ context = \"{}", "${\"".repeat(50_000)),
        format!("target \"t\" {{ context = a{} }}", " ? b : c".repeat(20_000)),
        format!("target \"t\" {{ context = 1{} }}", "+1".repeat(50_000)),
        "a {".repeat(50_000),
        "target".repeat(100_000),
    ];
    for text in texts {
        let started = Instant::now();
        read(&[("docker-bake.hcl", &text)]);
        read(&[("docker-bake.json", &text)]);
        let shown: String = text.chars().take(60).collect();
        assert!(started.elapsed() < Duration::from_secs(20), "{shown}: {:?}", started.elapsed());
    }
    read(&[("docker-bake.json", &format!("{{\"target\": {}", "[".repeat(200_000)))]);
}
