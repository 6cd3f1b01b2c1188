//! Scripts of package.json that a build runs: `npm run build`, `yarn test`, and the hooks of an install. One whose text is in the build
//! context counts as the commands that it is made of.

use super::copied_file::absolute;
use super::*;
use crate::knowledge::programs::Action;
use crate::script::{Argument, Invocation};
use std::borrow::Cow;

/// Scripts that an install of the project runs, with npm, yarn and pnpm.
const HOOKS: &[&str] = &["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
/// Verbs that name the script of their own name.
const OWN: &[&str] = &["test", "start", "stop", "restart"];

/// Which scripts a command runs.
#[derive(Debug, PartialEq, Eq)]
pub enum Called {
    /// The one of this name, and those that npm runs before and after it.
    Script(String),
    /// The hooks of an install.
    Hooks,
}

/// Which scripts of the project a command runs; `None` if it is no such command.
pub fn called(command: Invocation) -> Option<Called> {
    if !command.is(&["npm", "yarn", "pnpm"]) {
        return None;
    }
    let word = |index: usize| command.operands().nth(index).and_then(Argument::literal).map(Cow::into_owned);
    let verb = word(0);
    match verb.as_deref() {
        Some("run" | "run-script") => Some(Called::Script(word(1)?)),
        Some("t" | "tst") if command.is(&["npm"]) => Some(Called::Script("test".to_owned())),
        Some(verb) if OWN.contains(&verb) => Some(Called::Script(verb.to_owned())),
        None if command.is(&["yarn"]) => Some(Called::Hooks),
        Some(verb) => {
            let action = command.program().map_or(Action::Other, |program| program.action(verb));
            let packages = command.operands().count() > 1;
            (action == Action::Install && !packages && !command.has(&["-g", "--global", "--ignore-scripts"]))
                .then_some(Called::Hooks)
        }
        None => None,
    }
}

/// The texts of the scripts that are called, in order, as far as the project has them; `None` if its package.json is not shown.
pub fn texts(image: &Image, folder: &str, called: &Called) -> Option<Vec<String>> {
    let path = absolute(&Known::Yes("package.json".to_owned()), &Known::Yes(folder.to_owned()))?;
    let (brought, source) = image.copies.origin(image.facts, &path)?;
    let bytes = brought.from.is_none().then(|| image.facts.context.read(&source, 1 << 20))??;
    let json: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let script = |name: &str| json["scripts"][name].as_str().map(str::to_owned);
    Some(match called {
        Called::Hooks => HOOKS.iter().filter_map(|name| script(name)).collect(),
        Called::Script(name) => {
            let own = script(name)?;
            [script(&format!("pre{name}")), Some(own), script(&format!("post{name}"))].into_iter().flatten().collect()
        }
    })
}
