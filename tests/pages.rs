//! The pages tell the truth: their tables are those of the code, their examples do what they show, README's commands work.
#![allow(clippy::unwrap_used)]

mod common;

use common::root;
use dfopt::engine::refusals::{ALL, CONTEXT_DIFFERS, KEPT, NO_CONTEXT};
use dfopt::engine::{Advice, AnyOption, Level, Options};
use dfopt::facts::NoContext;
use dfopt::text::Source;
use dfopt::transforms::PIPELINE;
use std::fs;

/// What stands between `<!-- name -->` and `<!-- end -->`.
fn section<'t>(page: &'t str, name: &str) -> &'t str {
    let start = page.find(&format!("<!-- {name} -->\n")).unwrap_or_else(|| panic!("the page has no part `{name}`"));
    let body = &page[start..];
    let body = &body[body.find('\n').unwrap() + 1..];
    &body[..body.find("<!-- end -->").unwrap()]
}

#[test]
fn tables_are_those_of_the_code() {
    for meta in PIPELINE.iter().map(|transform| transform.meta()) {
        let row = |code: &str, summary: &str| format!("| `{code}` | {summary} |\n");
        let rows: String = meta.refusals.iter().copied().chain([&KEPT]).map(|one| row(one.code, one.summary)).collect();
        let table = format!("| code | reason |\n| --- | --- |\n{rows}");
        assert_eq!(section(meta.page, "refusals"), table, "{}: put this table into its README.md", meta.id);
        let row =
            |option: &dyn AnyOption| format!("| `{}` | {} | `{}` |\n", option.name(), option.about(), option.default());
        let rows: String = meta.options.iter().map(|option| row(*option)).collect();
        let table = format!("| option | values | default |\n| --- | --- | --- |\n{rows}");
        assert_eq!(section(meta.page, "options"), table, "{}: put this table into its README.md", meta.id);
        assert!(meta.page.contains(&format!("Level: `{}`", meta.ceiling)), "{}: the page names the level", meta.id);
    }
}

#[test]
fn the_page_of_refusals_is_the_vocabulary() {
    let mut rows = String::new();
    for one in ALL {
        let users = PIPELINE.iter().map(|transform| transform.meta());
        // said instead of the other where a file shows that the context is another one
        let refusal = if *one == &CONTEXT_DIFFERS { &NO_CONTEXT } else { *one };
        let users: Vec<&str> = users.filter(|meta| meta.refusals.contains(&refusal)).map(|meta| meta.id).collect();
        let users = if *one == &KEPT { "all".to_owned() } else { users.join(", ") };
        assert!(!users.is_empty(), "no transform refuses with `{}`", one.code);
        rows += &format!("| `{}` | {} | {users} |\n", one.code, one.summary);
    }
    let page = fs::read_to_string(root().join("docs/refusals.md")).unwrap();
    let table = format!("| code | reason | transforms |\n| --- | --- | --- |\n{rows}");
    assert_eq!(section(&page, "refusals"), table, "put this table into docs/refusals.md");
}

#[test]
fn examples_do_what_they_show() {
    for meta in PIPELINE.iter().map(|transform| transform.meta()) {
        let start = meta.page.find("<!-- example: ").unwrap_or_else(|| panic!("{}: no example", meta.id));
        let blocks: Vec<&str> = meta.page[start..].split("```").collect();
        let code = |index: usize| blocks[index].strip_prefix("dockerfile\n").unwrap();
        let level = meta.ceiling.max(Level::Safe);
        let options = Options { level, only: vec![meta.id.to_owned()], ..Options::default() };
        // the example is a case, whose context it has
        let name = meta.page[start..].split("<!-- example: ").nth(1).unwrap();
        let name = name.split(" -->").next().unwrap();
        let kind = if meta.only_advises() { "cases/advises" } else { "cases/rewrites" };
        let case = root().join("transforms").join(meta.id.replace('-', "_")).join(kind).join(name);
        assert!(case.is_dir(), "{}: the example is no case", case.display());
        let context = case.join("context");
        let view = common::view(Some(context.as_path()).filter(|context| context.is_dir()));
        let source = Source::new(code(1));
        let outcome = dfopt::optimize(&source, &options, &*view);
        if meta.only_advises() {
            let line = |one: &Advice| source.line_col(one.at.start as usize).line;
            let told = |one: &Advice| format!("line {}: {}\n    {}\n", line(one), one.title, one.reason);
            let shown = blocks[3].strip_prefix("text\n").unwrap();
            assert_eq!(outcome.advice.iter().map(told).collect::<String>(), shown, "{}", meta.id);
        } else {
            assert_eq!(outcome.text, code(3), "{}", meta.id);
        }
    }
}

#[test]
fn the_index_lists_every_transform_in_order() {
    let row = |meta: &dfopt::engine::Meta| {
        format!("| [{}]({}/README.md) | {} | {} |\n", meta.id, meta.id.replace('-', "_"), meta.ceiling, meta.summary)
    };
    let rows: String = PIPELINE.iter().map(|transform| row(transform.meta())).collect();
    let page = fs::read_to_string(root().join("transforms/README.md")).unwrap();
    assert!(page.ends_with(&rows), "transforms/README.md must end with\n{rows}");
}

#[test]
fn each_transform_has_a_folder_of_its_name() {
    for meta in PIPELINE.iter().map(|transform| transform.meta()) {
        assert!(root().join("transforms").join(meta.id.replace('-', "_")).join("mod.rs").is_file(), "{}", meta.id);
        assert_eq!(meta.page.lines().next(), Some(format!("# {}", meta.id).as_str()));
    }
}

#[test]
fn the_readme_shows_what_its_example_gives() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let shown = section(&readme, "example");
    let text = fs::read_to_string(root().join("examples/tools.Dockerfile")).unwrap();
    let after = dfopt::optimize(&Source::new(text), &Options::default(), &NoContext).text;
    assert!(shown.contains(&after), "README's example should show\n{after}");
}

#[test]
fn the_examples_are_improved() {
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let source = Source::from_bytes(&fs::read(&path).unwrap()).unwrap();
        let outcome = dfopt::optimize(&source, &Options::default(), &NoContext);
        assert!(outcome.errors.is_empty() && !outcome.applied.is_empty(), "{}", path.display());
    }
}
