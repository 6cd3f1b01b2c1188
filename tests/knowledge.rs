//! What is known of base images, measured and asked over the corpus.
#![allow(clippy::unwrap_used)]

mod common;

use dfopt::facts::{Base, Facts, Truth};
use dfopt::text::Source;

const TOOLS: &[&str] =
    &["curl", "wget", "tar", "xz", "unzip", "ca-certificates", "git", "useradd", "adduser", "sha256sum"];

/// How many FROM lines name an image, of how many something is known.
#[derive(Debug, Default)]
struct Coverage {
    files: usize,
    images: usize,
    row: usize,
    family: usize,
    user: usize,
    tools: usize,
    service: usize,
    /// Images of the official library, but for Windows variants, and how many of them have a known distribution.
    official: usize,
    official_family: usize,
}

fn ask_everything(text: &str, sums: &mut Coverage) {
    let source = Source::new(text);
    let parsed = dfopt::syntax::parse(&source);
    let facts = Facts::new(&source, &parsed.file);
    sums.files += 1;
    facts.frontend();
    for (index, stage) in facts.stages.iter().enumerate() {
        let last = stage.steps.len();
        for step in [last / 2, last + 7] {
            facts.users(index, step).free(10001);
            let _: Vec<Truth> = TOOLS.iter().map(|tool| facts.tool(index, step, tool)).collect();
        }
        if let Base::Image(Some(name)) = &stage.base {
            let image = facts.image(index);
            let windows = ["windows", "nanoserver", "servercore"].iter().any(|word| name.contains(word));
            let official = !windows && !name.strip_prefix("docker.io/library/").unwrap_or(name).contains('/');
            sums.official += usize::from(official);
            sums.official_family += usize::from(official && image.is_some_and(|image| image.family.is_some()));
            sums.images += 1;
            if image.is_none_or(|i| i.family.is_none()) {
                eprintln!("UNK {:?} {}", stage.base, image.is_some());
            }
            sums.row += usize::from(image.is_some());
            sums.family += usize::from(image.is_some_and(|image| image.family.is_some()));
            sums.user += usize::from(image.is_some_and(|image| image.user.is_some()));
            sums.tools += usize::from(image.is_some_and(|image| image.tools_known() > 8));
            sums.service += usize::from(image.is_some_and(|image| image.service.is_some()));
        }
    }
}

#[test]
fn the_corpus_can_be_asked_anything() {
    let files = common::corpus_files();
    let mut sums = Coverage::default();
    for path in files {
        let bytes = std::fs::read(path).unwrap();
        ask_everything(&String::from_utf8_lossy(&bytes), &mut sums);
    }
    println!("{sums:?}");
    // many of its files are FROM images of their own project, or of Windows
    assert!(sums.family * 100 > sums.images * 70, "{sums:?}");
    assert!(sums.official_family * 100 > sums.official * 90, "{sums:?}");
}
