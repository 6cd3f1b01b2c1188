use super::*;
use crate::project::builds;
use std::fs;
use tempfile::TempDir;

/// The builds that the compose files in a directory with these files say.
fn read(files: &[(&str, &str)]) -> (PathBuf, Vec<Build>, TempDir) {
    let room = TempDir::new().unwrap();
    let root = fs::canonicalize(room.path()).unwrap();
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut names: Vec<String> =
        files.iter().map(|(name, _)| (*name).to_owned()).filter(|name| is_name(name)).collect();
    names.sort();
    let found = super::builds(&root, &names, &mut Files::default());
    (root, found, room)
}

/// What is said of the only build: Dockerfile and context below the root, target.
fn only(files: &[(&str, &str)]) -> (String, String, Known<Option<String>>) {
    let (root, found, _room) = read(files);
    let [build] = found.as_slice() else { panic!("{found:#?}") };
    let inside = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
    let context = match &build.context {
        Place::Directory(path) => inside(path),
        Place::Unknown => "?".to_owned(),
    };
    (inside(&build.dockerfile), context, build.target.clone())
}

fn told(dockerfile: &str, context: &str, target: Option<&str>) -> (String, String, Known<Option<String>>) {
    (dockerfile.to_owned(), context.to_owned(), Known::Yes(target.map(str::to_owned)))
}

#[test]
fn names_of_compose_files() {
    for name in
        ["compose.yaml", "docker-compose.yml", "docker-compose.prod.yml", "dev.compose.yaml", "podman-compose.yml"]
    {
        assert!(is_name(name), "{name}");
    }
    for name in ["compose.json", "composer.yaml", "compose", "decompose.yml", "values.yaml"] {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn a_build_is_a_string_or_a_mapping() {
    let one = |build: &str| only(&[("compose.yaml", &format!("services:\n  a:\n    build: {build}\n"))]);
    assert_eq!(one("."), told("Dockerfile", "", None));
    assert_eq!(one("./app"), told("app/Dockerfile", "app", None));
    assert_eq!(one("{context: app, dockerfile: ../docker/x, target: dev}"), told("docker/x", "app", Some("dev")));
    assert_eq!(one("{dockerfile: x.Dockerfile}"), told("x.Dockerfile", "", None));
    assert_eq!(one("{context: '${DIR:-app}', target: \"\"}"), told("app/Dockerfile", "app", None));
    assert_eq!(one("{context: ., target: $WHICH}").2, Known::Unknown);
}

#[test]
fn who_says_so_is_told() {
    let (root, found, _room) =
        read(&[("compose.yml", "services:\n  a:\n    image: x\n    build:\n      context: .\n")]);
    assert_eq!(found[0].by, By { file: root.join("compose.yml"), line: 4 });
}

#[test]
fn what_is_no_file_here_is_no_build() {
    let text = "services:\n  a:\n    build: https://example.org/x.git\n  b:\n    build: {context: ., dockerfile_inline: FROM x}\n  c:\n    build: ${X}\n  \
                d:\n    build: {context: ., dockerfile: $F}\n  e:\n    image: x\n  f:\n    build:\n";
    assert_eq!(read(&[("compose.yaml", text)]).1, []);
}

#[test]
fn arguments_and_contexts_are_read() {
    let text = "services:\n  a:\n    build:\n      context: .\n      args: {A: 1, B: '${B:-2}', C: , D: $NONE}\n      \
                additional_contexts: [base=./base, img=docker-image://x]\n  b:\n    build:\n      context: .\n      args: [A=1, C, D]\n";
    let (root, found, _room) = read(&[("compose.yaml", text), (".env", "C=3\n")]);
    let yes = |text: &str| Some(Known::Yes(text.to_owned()));
    let arg = |build: usize, name: &str| found[build].args.get(name).cloned();
    assert_eq!(
        (arg(0, "A"), arg(0, "B"), arg(0, "C"), arg(0, "D")),
        (yes("1"), yes("2"), yes("3"), Some(Known::Unknown))
    );
    assert_eq!((arg(1, "A"), arg(1, "C"), arg(1, "D")), (yes("1"), yes("3"), Some(Known::Unknown)));
    let contexts: Vec<_> =
        found[0].contexts.iter().map(|(name, value)| (name.as_str(), value.get().unwrap().clone())).collect();
    assert_eq!(
        contexts,
        [("base", root.join("base").to_str().unwrap().to_owned()), ("img", "docker-image://x".to_owned())]
    );
}

#[test]
fn services_extend_others_and_files_include_others() {
    let files = [
        (
            "compose.yaml",
            "include:\n  - sub/compose.yaml\nservices:\n  a:\n    extends: {file: common/c.yml, service: base}\n    build:\n      target: prod\n",
        ),
        (
            "common/c.yml",
            "services:\n  base:\n    build: {context: .., dockerfile: common/D, target: dev}\n    privileged: true\n",
        ),
        ("sub/compose.yaml", "services:\n  a:\n    build: .\n"),
    ];
    let (root, found, _room) = read(&files);
    let build = found.iter().find(|build| build.dockerfile == root.join("common/D")).unwrap();
    assert_eq!(
        (&build.context, &build.target),
        (&Place::Directory(root.clone()), &Known::Yes(Some("prod".to_owned())))
    );
    let privileged = (Setting::Privileged, By { file: root.join("common/c.yml"), line: 4 });
    assert_eq!(build.services, [privileged]);
    assert!(found.iter().any(|build| build.dockerfile == root.join("sub/Dockerfile")), "{found:?}");
}

#[test]
fn rings_of_files_and_services_end() {
    let files = [
        (
            "compose.yaml",
            "include: [compose.yaml, docker-compose.x.yml]\nservices:\n  a:\n    extends: b\n    build: .\n  b:\n    extends: a\n",
        ),
        (
            "docker-compose.x.yml",
            "include: [compose.yaml, compose.yaml]\nservices:\n  a:\n    extends: {file: compose.yaml, service: a}\n",
        ),
    ];
    assert!(!read(&files).1.is_empty());
}

#[test]
fn a_file_beside_the_first_one_lies_over_it() {
    let files = [
        ("compose.yaml", "services:\n  a:\n    build: {context: app, args: {X: 1}}\n"),
        (
            "compose.dev.yaml",
            "services:\n  a:\n    build: {target: dev, args: {Y: 2}}\n    privileged: true\n  own:\n    build: .\n",
        ),
    ];
    let (root, found, _room) = read(&files);
    let of =
        |dockerfile: &str| found.iter().filter(|build| build.dockerfile == root.join(dockerfile)).collect::<Vec<_>>();
    let (apps, own) = (of("app/Dockerfile"), of("Dockerfile"));
    assert_eq!((apps.len(), own.len()), (2, 1));
    assert_eq!((&apps[0].target, &apps[1].target), (&Known::Yes(None), &Known::Yes(Some("dev".to_owned()))));
    assert_eq!((apps[1].args.len(), apps[0].services.len(), apps[1].services.len()), (2, 0, 1));
    assert_eq!(builds::contexts(&[apps[0].clone(), apps[1].clone()]).unwrap(), [root.join("app")]);
}

#[test]
fn what_services_ask_for_is_told_with_its_line() {
    let text = "services:\n  a:\n    build: .\n    privileged: true\n    devices: [\"/dev/ttyUSB0\"]\n    cap_add:\n      - NET_ADMIN\n    volumes:\n      - \
                /var/run/docker.sock:/var/run/docker.sock\n      - ~/.aws:/root/.aws:ro\n      - ${DATA}:/data\n      - named:/var/lib/x\n      - /plain\n      - \
                {type: bind, source: ., target: /src, read_only: true}\n    user: \"0\"\n    ports: [\"80:80\", \"127.0.0.1:1:443/tcp\", {target: 22}, \"$P:25\"]\n    \
                network_mode: host\n    pid: host\n    command: x\n";
    let (_root, found, _room) = read(&[("docker-compose.yml", text)]);
    let settings: Vec<(u32, &Setting)> = found[0].services.iter().map(|(setting, by)| (by.line, setting)).collect();
    let host = |target: &str, read_only| Setting::HostMount { target: target.to_owned(), read_only };
    let volume = |target: &str| Setting::Volume { target: target.to_owned(), read_only: false };
    let wanted = [
        (4, Setting::Privileged),
        (5, Setting::Device("/dev/ttyUSB0".to_owned())),
        (7, Setting::Capability("NET_ADMIN".to_owned())),
        (9, Setting::EngineSocket("/var/run/docker.sock".to_owned())),
        (10, host("/root/.aws", true)),
        (11, host("/data", false)),
        (12, volume("/var/lib/x")),
        (13, volume("/plain")),
        (14, host("/src", true)),
        (15, Setting::User("0".to_owned())),
        (16, Setting::Port(80)),
        (16, Setting::Port(443)),
        (16, Setting::Port(22)),
        (16, Setting::Port(25)),
        (17, Setting::HostNetwork),
        (18, Setting::HostNamespace("pid".to_owned())),
        (19, Setting::Command("command".to_owned())),
    ];
    assert_eq!(settings, wanted.iter().map(|(line, setting)| (*line, setting)).collect::<Vec<_>>());
}

#[test]
fn a_service_that_names_an_image_runs_what_another_builds() {
    let text = "services:\n  a:\n    image: app\n    build: .\n  b:\n    image: app\n    privileged: true\n  c:\n    image: other\n    cap_add: [X]\n";
    let (_root, found, _room) = read(&[("compose.yaml", text)]);
    assert_eq!(found[0].services.iter().map(|(setting, _)| setting).collect::<Vec<_>>(), [&Setting::Privileged]);
}
