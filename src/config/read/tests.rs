use super::*;
use crate::config::Config;

/// `line:column: message` of each problem.
fn problems(text: &str) -> Vec<String> {
    let show = |p: &Problem| format!("{}:{}: {}", p.line, p.column, p.message);
    read(text).err().unwrap_or_default().iter().map(show).collect()
}

fn config(text: &str) -> Config {
    read(text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

const WHOLE: &str = r#"
level = "safe"
skip = ["add-to-copy"]
deny = ["network"]
exclude = ["vendor/", "*.gen.Dockerfile"]

[transforms.merge-runs]
stages = "all"

[context]
"docker/" = "."
"docker/web.Dockerfile" = "web"
"services/" = "git-root"

[[overrides]]
paths = ["legacy/"]
level = "aggressive"
deny = ["buildkit"]
only = ["add-to-copy"]

[[overrides]]
paths = ["legacy/old/"]
skip = ["merge-runs"]
transforms.merge-runs.stages = "shipped"
"#;

#[test]
fn everything_is_read_and_knows_its_line() {
    let config = config(WHOLE);
    let base = config.settings(None);
    assert_eq!(base.level, Some(Told::new(Level::Safe, Origin::Line(2))));
    assert_eq!(base.skip, [Told::new("add-to-copy".to_owned(), Origin::Line(3))]);
    assert_eq!(base.deny, [Told::new(Need::Network, Origin::Line(4))]);
    let stages = ("merge-runs".to_owned(), "stages".to_owned());
    assert_eq!(base.transforms[&stages], Told::new("all".to_owned(), Origin::Line(8)));
    assert_eq!(config.excludes(Some("a/vendor/Dockerfile")), Some(5));
    assert_eq!(config.excludes(Some("a/Dockerfile")), None);
    assert_eq!(config.excludes(None), None);
}

#[test]
fn overrides_weigh_more_the_later_they_come() {
    let config = config(WHOLE);
    let legacy = config.settings(Some("legacy/Dockerfile")).options();
    assert_eq!((legacy.level, legacy.denied), (Level::Aggressive, vec![Need::Network, Need::Buildkit]));
    assert_eq!((legacy.only, legacy.skip), (vec!["add-to-copy".to_owned()], vec![]));
    let old = config.settings(Some("legacy/old/Dockerfile"));
    assert_eq!(old.options().skip, ["merge-runs"]);
    assert_eq!(old.options().transform["merge-runs"]["stages"], "shipped");
    assert_eq!(config.settings(Some("src/Dockerfile")).options().level, Level::Safe);
}

#[test]
fn the_last_context_that_fits_counts_in_the_order_of_the_text() {
    let config = config(WHOLE);
    let place = |path| config.context(Some(path)).map(|told| told.value.to_string());
    assert_eq!(place("docker/a.Dockerfile").as_deref(), Some("."));
    assert_eq!(place("docker/web.Dockerfile").as_deref(), Some("web"));
    assert_eq!(place("services/a/Dockerfile").as_deref(), Some("git-root"));
    assert_eq!(place("Dockerfile"), None);
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing\n", "\r\n"] {
        let options = config(text).settings(Some("Dockerfile")).options();
        assert_eq!((options.level, options.skip.len()), (Level::Recommended, 0));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_a_suggestion() {
    let cases = [
        ("levle = \"safe\"", "1:1: there is no key `levle` here: did you mean `level`? the keys are `level`, `only`"),
        (
            "\n level = \"saef\"",
            "2:10: `saef` is no level; use `safe`, `recommended` or `aggressive`; did you mean `safe`?",
        ),
        ("level = 3", "1:9: `level` must be a string, and this is of type integer"),
        ("skip = \"merge-runs\"", "1:8: `skip` must be a list, in `[` and `]`, and this is of type string"),
        (
            "skip = [\"add-to-copy\", \"merge-run\"]",
            "1:24: there is no transform `merge-run`: did you mean `merge-runs`?",
        ),
        (
            "deny = [\"netwrk\"]",
            "1:9: `netwrk` is no need; use `buildkit`, `network` or `context`; did you mean `network`?",
        ),
        ("[transforms]\nskip = []", "2:1: `skip` is no transform: it stands beside `transforms`"),
        ("[transforms.merge-run]\n", "1:13: there is no transform `merge-run`: did you mean"),
        ("[transforms.merge-runs]\nstage = \"all\"", "2:1: `merge-runs` has no option `stage`; did you mean `stages`?"),
        (
            "[transforms.merge-runs]\nstages = \"al\"",
            "2:10: `al` is no value of `merge-runs.stages`; did you mean `all`?",
        ),
        ("[transforms]\nmerge-runs = true", "2:14: `merge-runs` must be a table"),
        ("[merge-runs]\nstages = \"all\"", "1:2: `merge-runs` is a transform, not a key: its options stand in"),
        ("exclude = [\"é\", \"\"]", "1:17: an empty pattern fits nothing"),
        ("[context]\n\"a{\" = \".\"", "2:1: `a{` is no pattern"),
        ("[context]\n\"a\" = \"\"", "2:7: no folder"),
        ("[[overrides]]\nlevel = \"safe\"", "1:1: an override for no files"),
        ("[[overrides]]\npaths = [\"a\"]\nexclude = [\"b\"]", "3:1: there is no key `exclude` here"),
        ("[overrides]\npaths = [\"a\"]", "1:1: `overrides` must be a list of tables, each `[[overrides]]`"),
        ("level = \"safe\"\nlevel = \"safe\"", "2:1: no TOML: duplicate key"),
        ("level = safe", "1:9: no TOML: "),
    ];
    for (text, wanted) in cases {
        let all = problems(text);
        assert!(all.len() == 1 && all[0].starts_with(wanted), "{text}\n{all:#?}\n{wanted}");
    }
}

#[test]
fn all_problems_are_told_in_order() {
    let all = problems("[[overrides]]\nlevel = 1\n[context]\na = 2\n[zzz]\n");
    let places: Vec<&str> = all.iter().map(|one| one.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, ["1:1", "2:9", "4:5", "5:2"]);
}
