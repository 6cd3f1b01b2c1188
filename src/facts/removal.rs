//! An `rm` that does no more than remove one thing, and the line by which the check knows it.

use crate::script::{Argument, Invocation};

/// The options of `rm` that do not ask for more, with `|` between them: rm(1) of coreutils.
macro_rules! rm_options {
    () => {
        "-f|-r|-R|-v|-rf|-fr|-Rf|-fR|-rfv|-rvf|-vrf|-frv|-fvr|-vfr|--recursive|--force"
    };
}

/// The line of an `rm` of one operand with those options, for `May::DropCommand`.
macro_rules! rm {
    ($operand:literal) => {
        concat!("rm [", $crate::facts::removal::rm_options!(), "] ", $operand)
    };
}

pub(crate) use {rm, rm_options};

/// What a command removes, if it is a plain `rm` of one operand: nothing before its name, no redirection, no options that ask for more.
pub fn removed(one: Invocation) -> Option<Argument> {
    let option = |word: Argument| rm_options!().split('|').any(|option| option == word.raw());
    let plain = |word: Argument| !word.raw().starts_with('-') || option(word);
    let mut operands = one.operands();
    let operand = operands.next().filter(|_| operands.next().is_none())?;
    let own = one.is(&["rm"]) && one.called().as_deref() == Some("rm") && one.is_bare() && one.assignments().len() == 0;
    (own && one.redirects().len() == 0 && one.arguments().all(plain)).then_some(operand)
}
