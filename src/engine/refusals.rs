//! Why something is left alone: one vocabulary for all transforms. One meaning has one code, whoever refuses for it; what
//! exactly is in the way is said beside the code, by the branch that refuses.

/// A reason to leave something alone. Two are equal if their codes are.
#[derive(Debug)]
pub struct Refusal {
    /// `unknown-shell`: stable, for users and tests.
    pub code: &'static str,
    /// One line, in lower case, for the pages.
    pub summary: &'static str,
    /// Which branch of a transform refuses, if several do so with this code (see [`mark!`]); never shown, for tests.
    pub mark: &'static str,
}

impl PartialEq for Refusal {
    fn eq(&self, other: &Refusal) -> bool {
        self.code == other.code
    }
}

impl Eq for Refusal {}

/// Why a transform leaves something alone: the code, and what exactly.
pub type Reason = (&'static Refusal, String);

/// Leaves it alone.
///
/// # Errors
/// Always: the reason.
pub fn refuse<T>(refusal: &'static Refusal, what: impl Into<String>) -> Result<T, Reason> {
    Err((refusal, what.into()))
}

/// The refusal of one branch among several of a transform that refuse with the same code. A trap names the mark, and a test
/// lists branches without a trap. It costs nothing: the mark is part of the static data.
macro_rules! mark {
    ($refusal:ident, $mark:literal) => {{
        static BRANCH: $crate::engine::Refusal = $crate::engine::Refusal { mark: $mark, ..$refusal };
        &BRANCH
    }};
}
pub(crate) use mark;

/// A static for each refusal, and `ALL` with all of them, in this order.
macro_rules! vocabulary {
    ($($name:ident $code:literal $summary:literal)*) => {
        $(
            #[doc = $summary]
            pub static $name: Refusal = Refusal { code: $code, summary: $summary, mark: "" };
        )*
        /// All refusals there are, by code.
        pub static ALL: &[&Refusal] = &[$(&$name),*];
    };
}

vocabulary! {
    ANSWERED "answered" "something else answers the questions"
    ARCHIVE "archive" "ADD unpacks it, or may: COPY would not"
    ARGUMENTS "arguments" "a CMD would become arguments of the program; today a shell keeps it from the program"
    AUTHOR_SAYS_ROOT "author-says-root" "the file itself sets USER to root"
    BACKGROUND "background" "a command of it runs in the background"
    BASE_OF_OTHERS "base-of-others" "another stage is made from the one that would change"
    BETWEEN "between" "something that runs in between may see or change the files"
    BROKEN_ARRAY "broken-array" "it begins like an array and is none: what runs today is a shell with this text"
    BROKEN_KEYWORD "broken-keyword" "a line continuation breaks the keyword"
    BUILTIN "builtin" "the shell has a builtin of that name, which may differ from the program"
    CACHE_MOUNT "cache-mount" "a mount keeps these files out of the image"
    CAPTURED "captured" "its output becomes part of a command, which may depend on it"
    CHECKSUM "checksum" "the checksum is not a plain sha256 one"
    COMMENT "comment" "a comment would be lost, or separated from what it describes"
    CONFIGURED "configured" "a configuration of the program may be in force"
    CONTEXT_DIFFERS "context-differs" "a file that a COPY names is not in the directory taken for the build context, so it is another one"
    DASH "dash" "`sh` is dash here, which has no `pipefail`"
    DESTINATION "destination" "the destination is not a directory of the project, as far as known"
    DESTINATION_EXISTS "destination-exists" "the destination may exist before the COPY"
    DIRECTORY "directory" "it is a directory: the flag would change all that is in it"
    DROPS_RIGHTS "drops-rights" "the program starts as root and changes the user itself"
    DUPLICATE "duplicate" "both set the same name"
    ECOSYSTEM "ecosystem" "what this tool reads to install cannot be told from its manifests"
    ENTRYPOINT "entrypoint" "an ENTRYPOINT gets the words of a shell today, and would get others"
    ENVIRONMENT "environment" "an environment variable may change what the command does"
    ERREXIT "errexit" "`set -e` decides where it stops, and does nothing on the left of `&&`"
    EXEC_FORM "exec-form" "it is in the exec form, which runs without a shell"
    FAILURE_IGNORED "failure-ignored" "the build goes on if the command fails"
    FLAGS "flags" "a flag of the instruction does not allow it"
    FLAGS_DIFFER "flags-differ" "the instructions have different flags"
    FORMS_DIFFER "forms-differ" "they are in different forms, or one is in the form without `=`, which takes a single pair"
    FRESH_FILES "fresh-files" "it changes something that each RUN gets anew"
    FROM_STAGE "from-stage" "the files come from another stage or image, whose files are not known"
    FRONTEND "frontend" "the frontend that builds the file is not known to support it"
    GOES_BACK "goes-back" "the text goes back to the directory that it came from"
    HARD_LINKS "hard-links" "files have several names by hard links"
    HEALTHCHECK "healthcheck" "the health check is not known to work as another user"
    HEREDOC "heredoc" "a heredoc is in the way"
    HOME "home" "root's home directory is used"
    INTERRUPTED_LIST "interrupted-list" "an option or a redirection stands between the names"
    INVALID "invalid" "BuildKit cannot read a name or value in it, and the build stops here"
    KEPT "kept" "a comment of the author asks to keep it"
    LABEL_EXISTS "label-exists" "the stage, or one that it is FROM, sets that label itself"
    LATER_RUN "later-run" "a later RUN looks at who owns the files that would have to be the user's"
    LIFECYCLE_HOOK "lifecycle-hook" "the install runs a script of the project"
    LOCAL_PACKAGE "local-package" "it installs files, and may have to work without network"
    LOCAL_SERVER "local-server" "a server of the build itself may answer errors while it starts"
    LOCK_MAY_CHANGE "lock-may-change" "the install may write the lock file, and the COPY after it would bring the old one back"
    LOOKS_AT_STATUS "looks-at-status" "it looks at the status of the answer itself"
    LOW_PORT "low-port" "it listens, or may listen, on a port below 1024"
    MANIFEST_IGNORED "manifest-ignored" "the ignore file keeps a manifest out of the context"
    MANIFEST_MISSING "manifest-missing" "a manifest is not among the copied files"
    MANIFEST_UNREAD "manifest-unread" "a manifest was not understood"
    MAY_CHANGE "may-change" "what the address gives may change, and only ADD would notice"
    MEANING_CHANGES "meaning-changes" "at its new place the instruction would mean something else"
    MISSING_PROGRAM "missing-program" "a program that is needed for it is not known to be in the image"
    MODE "mode" "the permissions are not octal, or those of the file are not known"
    MORE_THAN_COPY "more-than-copy" "the command changes more than one COPY brings"
    MOUNT "mount" "what is mounted into the RUN hides, shows or resets files that matter"
    MOVED "moved" "the file is copied or moved elsewhere, and its other mode would show"
    NEEDS_ROOT "needs-root" "the program starts as root by design"
    NEEDS_SHELL "needs-shell" "variables, operators, patterns or the like in it need a shell"
    NESTED "nested" "it stands in a loop, a condition, a function or a substitution"
    NO_CERTIFICATES "no-certificates" "no certificates for https are known to be in the image"
    NO_CONTEXT "no-context" "the build context is not known, or was not read whole"
    NO_PIPEFAIL "no-pipefail" "its status is lost in a pipe without `pipefail`"
    NO_SHEBANG "no-shebang" "what it starts may be a script without `#!`, which only a shell runs"
    NOT_A_CHAIN "not-a-chain" "the text is not one chain of plain commands joined by `&&`"
    NOT_IN_CONTEXT "not-in-context" "a file is not in the build context"
    NOT_PLAIN "not-plain" "a word in it is more than plain text: quotes, variables, patterns, special characters"
    NOT_ROOT "not-root" "it is not known to run as root"
    OFFLINE "offline" "the command has no network, or must not use it"
    OLD_VERSION "old-version" "the base image's version of the program is too old to know the option"
    ONBUILD "onbuild" "the image, or its base, has ONBUILD triggers, which run as root"
    OPTION "option" "an option of the command asks for more than the rewrite can keep"
    OTHER_COMMAND "other-command" "another command comes before the install"
    OTHER_ROOT "other-root" "it installs into another root"
    OTHER_SHELL "other-shell" "it is run by a shell that the rewrite is not made for"
    OUTPUT_IN_CONTEXT "output-in-context" "the context brings a directory that the install fills"
    OUTPUT_NOT_IGNORED "output-not-ignored" "the ignore file does not keep out a directory that the install fills"
    OUTSIDE_COPY "outside-copy" "a manifest includes a file outside of what is copied"
    OVERWRITTEN "overwritten" "another COPY in between brings some of the same files"
    OWN_CACHE "own-cache" "the author set up a cache"
    OWNER "owner" "the owner is not given as user and group"
    PARENT_MANIFEST "parent-manifest" "a directory above the project has a manifest too, which the tool may look for"
    PARENT_OWNER "parent-owner" "the COPY may make the directory above, which would get the owner, too"
    PART_OF_COPY "part-of-copy" "the command changes a part of what the COPY brings"
    PATH_DEPENDENCY "path-dependency" "a dependency is a directory or file of the project"
    PATTERN "pattern" "which files a pattern means is not certain"
    PRAGMA "pragma" "a comment that a tool reads works only where it is"
    PRINTED "printed" "what it gets is only printed"
    PRIVILEGES "privileges" "the image has what only root has a use for"
    READ_DIFFERENTLY "read-differently" "the new text would be read differently"
    READS_PROJECT "reads-project" "the install looks at the project's files"
    REDEFINED "redefined" "a function or an alias may have the name of the command"
    REFERENCE "reference" "a value of the second refers to a variable that the first sets"
    RELATIVE_PATH "relative-path" "PATH has a relative directory, or may have one: only a shell looks for programs there"
    RELEASE "release" "an option takes packages from another release or repository"
    RESUME "resume" "it resumes a download; servers answer with an error if all is there already"
    ROOT_PACKAGE "root-package" "the project itself is installed too, for which its sources are needed"
    RUN_BY_SERVICE "run-by-service" "a service of the project runs the image with a user or program of its own"
    SELF_UPGRADE "self-upgrade" "it replaces the package manager itself"
    SENDS "sends" "it sends something, to which an error may be the answer"
    SEVERAL_LINES "several-lines" "its text goes over several lines"
    SEVERAL_MAINTAINERS "several-maintainers" "the stage has more than one MAINTAINER, of which only the last one counts"
    SEVERAL_SOURCES "several-sources" "it has several sources"
    SHARED_STEPS "shared-steps" "another stage begins with the same steps, which are built once as long as they are the same"
    SHELL_COMMENT "shell-comment" "a comment at the end of the text would swallow what is joined to it"
    SHELL_DIALECT "shell-dialect" "sh and bash read it differently"
    SHELL_HISTORY "shell-history" "the second RUN looks at what ran before it"
    SHELL_REPLACED "shell-replaced" "an earlier step may replace the shell"
    SHELL_STATE "shell-state" "a command changes the state of the shell, on which others depend"
    SHELL_SYNTAX "shell-syntax" "the shell text was not understood"
    SOURCES_CHANGED "sources-changed" "where packages come from is changed, and may fail"
    SPECIAL_BITS "special-bits" "special permissions are lost or kept depending on the order"
    SPLIT_LEAVES_FILES "split-leaves-files" "what a command after the install removes or changes would stay in the layer below"
    STARTUP_FILES "startup-files" "the shell reads start-up files each time it starts"
    STATUS_ANSWERS "status-answers" "a command on the left of a pipe answers by its status, as `grep` does if nothing matches"
    STATUS_TESTED "status-tested" "whether it fails decides what runs next"
    STAYS "stays" "the directory would stay in force for what comes after"
    STOPS_READING "stops-reading" "a command may stop reading before the end of a pipe, which kills the one on its left"
    SUPERVISOR "supervisor" "an init or a supervisor starts, which runs its services as their users"
    SYMBOLIC_LINK "symbolic-link" "a symbolic link, or another special file, is or may be in the way"
    TOO_LONG "too-long" "together they would be longer than is allowed or readable"
    UNKNOWN_ACCOUNTS "unknown-accounts" "which user names and numbers are free, or what they mean when it runs, is not known"
    UNKNOWN_BASE "unknown-base" "the base image's user, services or triggers are not known"
    UNKNOWN_COMMAND "unknown-command" "which command runs, or what it does, is not known"
    UNKNOWN_ENTRYPOINT "unknown-entrypoint" "whether the base image has an ENTRYPOINT is not known"
    UNKNOWN_OPTION "unknown-option" "an option or argument of the command is not known"
    UNKNOWN_PATH "unknown-path" "which file or directory a path means is not known"
    UNKNOWN_RELEASE "unknown-release" "what holds for the release of the base image is not known"
    UNKNOWN_SHELL "unknown-shell" "which shell runs it is not known"
    UNKNOWN_SOURCE "unknown-source" "what the instruction brings is not known"
    UNKNOWN_USER "unknown-user" "which user is set is known only when it is built"
    UNKNOWN_VERSION "unknown-version" "which version of the program runs is not known"
    UNREADABLE "unreadable" "a file or directory may be closed to other users"
    UNSEEN_SCRIPT "unseen-script" "it runs a script or commands whose text is not seen"
    USED_ELSEWHERE "used-elsewhere" "something else uses, or copies, the files that would be gone"
    USER_CHANGES "user-changes" "it changes the user that runs it"
    VARIABLE "variable" "a variable decides, and its value there is not known or changes"
    VERSION_DEPENDENT "version-dependent" "versions of the frontend read it differently"
    VOLUME "volume" "a volume cannot be given to the user"
    WANTED "wanted" "the file speaks of recommended packages"
    WINDOWS "windows" "the users of Windows are others"
    WORKDIR_REMOVED "workdir-removed" "a RUN may remove the working directory, which would be made anew"
    WORKING_DIRECTORY "working-directory" "the program's working directory cannot be given to the user"
    WORKSPACE "workspace" "the members of the workspace cannot be told"
    WRAPPED "wrapped" "another program runs the command, as another user or elsewhere"
    WRITES "writes" "the program may write to a place that cannot be given to the user"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_meanings_are_unique_and_sorted() {
        assert!(ALL.windows(2).all(|two| two[0].code < two[1].code), "by code");
        let summaries: BTreeSet<&str> = ALL.iter().map(|one| one.summary).collect();
        assert_eq!(summaries.len(), ALL.len(), "two codes have one summary");
        for one in ALL {
            let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(one.code.split('-').all(word), "{}", one.code);
            assert!(!one.summary.ends_with('.'), "{}", one.summary);
        }
    }
}
