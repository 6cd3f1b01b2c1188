//! What is done, before and after: act by act, in order. Each difference is one of the alphabet: a word, a flag, a command, a
//! RUN more or less, a join, a cut, a COPY that moves.

use super::commands::{Commands, Edge, runs_anywhere};
use super::line::Line;
use super::seen::{changed, same_flags, same_heredocs, short};
use super::{Check, join, lost};
use crate::engine::delta::{self, May, Mounted, Taken};
use crate::engine::trace::script::{Node, Simple};
use crate::engine::trace::{Act, executed, is_below, transferred};
use crate::facts::state::clean;
use crate::syntax::{Args, Flag, Keyword};
use std::collections::{HashMap, VecDeque};

/// How far the comparison of two lists of acts came.
struct Walk<'w, 't> {
    old: &'w [Act<'t>],
    new: &'w [Act<'t>],
    i: usize,
    j: usize,
    /// How many links of the text at `i` are already done by RUNs of their own.
    cut: usize,
    /// COPYs that stand further down now.
    moved: VecDeque<&'w Act<'t>>,
    /// Folders that a WORKDIR makes now, in which a RUN went by itself before.
    entered: Vec<&'w str>,
    /// The files that COPYs bring before one that moved, and the commands of RUNs that came.
    brought: Vec<String>,
    /// Those that were looked into.
    touched: (Vec<&'w Act<'t>>, Vec<&'w Act<'t>>),
}

impl<'w, 't> Walk<'w, 't> {
    fn at(&self) -> (Option<&'w Act<'t>>, Option<&'w Act<'t>>) {
        (self.old.get(self.i), self.new.get(self.j))
    }

    /// Takes acts of both as done.
    fn pass(&mut self, old: usize, new: usize, looked: bool) {
        if looked {
            self.touched.0.extend(&self.old[self.i..self.i + old]);
            self.touched.1.extend(&self.new[self.j..self.j + new]);
        }
        (self.i, self.j) = (self.i + old, self.j + new);
    }
}

impl<'t> Check<'t> {
    pub(super) fn acts(&mut self, old: &[Act<'t>], new: &[Act<'t>]) -> Result<(), String> {
        let (moved, entered) = (VecDeque::new(), Vec::new());
        let (brought, touched) = (Vec::new(), (Vec::new(), Vec::new()));
        let mut walk = Walk { old, new, i: 0, j: 0, cut: 0, moved, entered, brought, touched };
        while walk.at() != (None, None) {
            if !(self.arrives(&mut walk)
                || self.stays(&mut walk)
                || self.becomes(&mut walk)
                || self.comes_or_goes(&mut walk))
            {
                return self.explain(walk.at());
            }
        }
        if let Some(act) = walk.moved.front() {
            return changed(Some(act.instruction), None);
        }
        if let Some(taken) = self.bound.taken.iter().find(|taken| !taken.fetched) {
            return Err(format!("nothing downloads `{}` any more", short(&taken.source)));
        }
        if let Some(mounted) = self.bound.mounts.iter().find(|mounted| !mounted.used) {
            return Err(format!("`{}` is gone, and nothing mounts it", mounted.file));
        }
        self.same_shell_comments(&walk)
    }

    fn may(&self, wanted: fn(&May) -> bool) -> bool {
        self.may.iter().any(wanted)
    }

    /// A COPY stands where it was moved to.
    fn arrives(&self, walk: &mut Walk<'_, 't>) -> bool {
        let (Some(act), (_, Some(new))) = (walk.moved.front(), walk.at()) else { return false };
        let found = walk.cut == 0 || walk.i < walk.old.len();
        let fits = found && self.same_text(act, new) && self.means_the_same(act, new);
        if fits {
            walk.moved.pop_front();
            walk.pass(0, 1, false);
        }
        fits
    }

    /// The same act, with the same bytes.
    fn stays(&self, walk: &mut Walk<'_, 't>) -> bool {
        let (Some(old), Some(new)) = walk.at() else { return false };
        let fits = walk.cut == 0 && self.same_text(old, new) && self.same_place(old, new) && self.passes(walk, new);
        if fits {
            walk.pass(1, 1, false);
        }
        fits
    }

    fn becomes(&mut self, walk: &mut Walk<'_, 't>) -> bool {
        let (Some(old), Some(new)) = walk.at() else { return false };
        if walk.cut == 0 && self.same(old, new) && self.passes(walk, new) {
            walk.pass(1, 1, true);
            return true;
        }
        if walk.cut == 0
            && walk.moved.is_empty()
            && self.may(|may| matches!(may, May::Join))
            && let Some(count) = join::joined(self, &walk.old[walk.i..], new)
        {
            walk.pass(count, 1, true);
            return true;
        }
        self.splits(walk, old, new)
    }

    /// A RUN does what comes next of the text of one that was cut.
    fn splits(&mut self, walk: &mut Walk<'_, 't>, old: &Act<'t>, new: &Act<'t>) -> bool {
        let may = self.may(|may| matches!(may, May::Split));
        if !may || !self.sees(old, new) || !self.same_folder(old, new) || !same_flags(old.instruction, new.instruction)
        {
            return false;
        }
        let (Some(a), Some(b)) = (self.old.node(old), self.new.node(new)) else { return false };
        let (rest, done) = (&a.links()[walk.cut..], b.links());
        if done.is_empty() || !rest.starts_with(done) || !self.passes(walk, new) {
            return false;
        }
        let ends = rest.len() == done.len();
        if !ends && done.iter().any(join::stays) {
            return false;
        }
        walk.cut = if ends { 0 } else { walk.cut + done.len() };
        if ends {
            walk.touched.0.push(&walk.old[walk.i]);
        }
        walk.touched.1.push(&walk.new[walk.j]);
        (walk.i, walk.j) = (walk.i + usize::from(ends), walk.j + 1);
        true
    }

    fn comes_or_goes(&mut self, walk: &mut Walk<'_, 't>) -> bool {
        let (old, new) = walk.at();
        if let Some(new) = new
            && (self.comes(walk, new) || self.is_part(walk, new) || self.is_entered(walk, new))
        {
            walk.pass(0, 1, true);
            return true;
        }
        let Some(old) = old.filter(|_| walk.cut == 0) else { return false };
        let moves = old.is_transfer() && self.may(|may| matches!(may, May::MoveCopy { .. }));
        if moves {
            walk.moved.push_back(&walk.old[walk.i]);
            walk.i += 1;
            return true;
        }
        let covered = |folder: &String| walk.entered.iter().any(|entered| is_below(folder, entered));
        if old.folder.as_ref().is_some_and(covered) || self.goes(old) {
            walk.pass(1, 0, true);
            return true;
        }
        false
    }

    /// The same bytes behind the keyword.
    fn same_text(&self, a: &Act, b: &Act) -> bool {
        same_flags(a.instruction, b.instruction) && self.same_bytes(a.instruction, b.instruction)
    }

    /// Whether both see the same.
    fn same_place(&self, a: &Act<'t>, b: &Act<'t>) -> bool {
        match a.instruction.keyword {
            Keyword::Run => self.sees(a, b) && self.same_folder(a, b),
            Keyword::Workdir => self.same_made(a, b),
            _ => self.means_the_same(a, b),
        }
    }

    /// Whether both make the same folder.
    fn same_made(&self, a: &Act, b: &Act) -> bool {
        let path = match (&a.folder, &b.folder) {
            (Some(a), Some(b)) => a == b,
            (None, None) => {
                self.same_bytes(a.instruction, b.instruction)
                    && a.seen.variables == b.seen.variables
                    && self.same_folder(a, b)
            }
            _ => false,
        };
        path && a.seen.users == b.seen.users
    }

    /// Whether an act became another by what may change in it.
    fn same(&mut self, a: &Act<'t>, b: &Act<'t>) -> bool {
        let (old, new) = (a.instruction, b.instruction);
        let became = |may: &May| matches!(may, May::Become(from, to) if (*from, *to) == (old.keyword, new.keyword));
        if old.keyword != new.keyword && !self.may.iter().any(became) {
            return false;
        }
        match old.keyword {
            Keyword::Workdir => self.same_made(a, b),
            Keyword::Run => self.same_run(a, b),
            _ => {
                let words = |act: &'_ Act<'t>| {
                    transferred(act.instruction).map(|(sources, dest)| {
                        sources.iter().chain([dest]).map(|arg| arg.text.as_str()).collect::<Vec<_>>()
                    })
                };
                words(a).is_some()
                    && words(a) == words(b)
                    && is_array(a) == is_array(b)
                    && same_heredocs((self.old.source, old), (self.new.source, new))
                    && self.means_the_same(a, b)
                    && old.opaque.is_none()
                    && self.flags(a, b)
            }
        }
    }

    fn same_run(&mut self, a: &Act<'t>, b: &Act<'t>) -> bool {
        if !self.sees(a, b) || !self.flags(a, b) {
            return false;
        }
        if let (Some(old), Some(new)) = (executed(a.instruction), executed(b.instruction)) {
            return old.eq(new) && self.same_folder(a, b);
        }
        let (Some(old), Some(new)) = (self.old.body(a), self.new.body(b)) else {
            return self.same_bytes(a.instruction, b.instruction) && self.same_folder(a, b);
        };
        match (self.old.node(a), self.new.node(b)) {
            (Some(old), Some(new)) => self.same_commands(a, &old, b, &new),
            (None, None) => old.text.text() == new.text.text() && self.same_folder(a, b),
            _ => false,
        }
    }

    fn same_commands(&mut self, a: &Act<'t>, old: &Node, b: &Act<'t>, new: &Node) -> bool {
        if self.may(|may| matches!(may, May::Enter)) {
            return enters(a, old, b, new) && (self.same_folder(a, b) || mounts_are_absolute(b));
        }
        let mut bound = self.bound.clone();
        let fits = Commands { may: self.may, bound: &mut bound, whole: old }.node(old, new, Edge::WHOLE);
        self.bound = bound;
        fits && self.same_folder(a, b)
    }

    /// Whether the flags are the same, but for those that may come.
    fn flags(&mut self, a: &Act<'t>, b: &Act<'t>) -> bool {
        let mut old = a.instruction.flags.iter().peekable();
        for (at, flag) in b.instruction.flags.iter().enumerate() {
            let again = || b.instruction.flags[..at].iter().any(|one| one.text == flag.text);
            if old.next_if(|one| one.text == flag.text).is_none() && (again() || !self.may_get(a, flag)) {
                return false;
            }
        }
        old.next().is_none()
    }

    fn may_get(&mut self, act: &Act<'t>, flag: &Flag) -> bool {
        let there = |one: &Flag| match flag.name.as_str() {
            "mount" => one.text == flag.text,
            _ => one.name == flag.name,
        };
        if act.instruction.flags.iter().any(there) {
            return false;
        }
        let mut mounts = self.bound.mounts.iter_mut();
        if let Some(mounted) = mounts.find(|mounted| act.is_run() && !mounted.used && mounted.flag == flag.text) {
            mounted.used = true;
            return true;
        }
        let fits = self.may.iter().any(|may| match may {
            May::AddFlag { of, flag: wanted, with } => {
                let text = || self.old.node(act);
                of.contains(&act.instruction.keyword)
                    && delta::word_fits(wanted, &flag.text, &mut self.bound)
                    && (with.is_empty() || text().is_some_and(|text| runs_anywhere(&text, with)))
            }
            _ => false,
        });
        if fits && let Some((_, dest)) = transferred(act.instruction) {
            let workdir = act.state.workdir.get().map_or("/", String::as_str);
            let place = format!("{}/{}", if dest.text.starts_with('/') { "" } else { workdir }, dest.text);
            let parts = place.split('/').filter(|part| !part.is_empty() && *part != ".");
            self.bound.places.push(parts.fold(String::new(), |path, part| path + "/" + part));
        }
        fits
    }

    /// Whether a RUN may come.
    fn comes(&mut self, walk: &mut Walk<'_, 't>, act: &Act<'t>) -> bool {
        let lines = self.may.iter().filter_map(|may| match may {
            May::InsertRun(lines) => Some(lines.iter()),
            _ => None,
        });
        let lines: Vec<&'static str> = lines.flatten().copied().collect();
        if lines.is_empty() || !act.is_run() || !act.instruction.flags.is_empty() {
            return false;
        }
        let Some(text) = self.new.node(act) else { return false };
        let mut commands = Commands { may: self.may, bound: &mut self.bound, whole: &text };
        let links = text.links();
        // a command that makes something does so once
        let once = |link: &Node| links.iter().filter(|other| *other == link).count() == 1;
        let fits = !links.is_empty()
            && links.iter().all(|link| once(link) && lines.iter().any(|line| commands.is_command(line, link)));
        let mut came = Vec::new();
        text.each_simple(&mut |one| came.push(one.words.iter().map(|word| word.raw).collect::<Vec<_>>().join(" ")));
        let fits = fits && !came.iter().any(|command| walk.brought.contains(command));
        walk.brought.extend(came.into_iter().filter(|_| fits));
        fits
    }

    /// Whether a RUN may go, or an ADD.
    fn goes(&mut self, act: &Act<'t>) -> bool {
        if act.is_transfer() {
            return self.is_taken(act) || self.is_mounted(act);
        }
        if !act.is_run() || !act.instruction.flags.is_empty() {
            return false;
        }
        if let Some(words) = executed(act.instruction) {
            let words: Vec<&str> = words.collect();
            return self.may.iter().any(|may| match may {
                May::DropCommand(lines) => lines.iter().any(|line| delta::fits(line, &words, &mut self.bound)),
                _ => false,
            });
        }
        let Some(text) = self.old.node(act) else { return false };
        let mut commands = Commands { may: self.may, bound: &mut self.bound, whole: &text };
        !text.links().is_empty() && text.links().iter().all(|link| commands.goes(link))
    }

    /// Whether an instruction that downloads may go; what it brought may be spoken of from then on.
    fn is_taken(&mut self, act: &Act<'t>) -> bool {
        let one = act.instruction;
        let may = |may: &May| matches!(may, May::Take(keyword) if *keyword == one.keyword);
        let Some(([source], dest)) = transferred(one).filter(|_| self.may.iter().any(may)) else { return false };
        if !source.text.contains("://") || one.flags.iter().any(|flag| flag.name != "checksum") {
            return false;
        }
        let path = source.text.split(['?', '#']).next().unwrap_or_default();
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let folder = dest.text.ends_with(['/', '.']);
        let names = if folder { vec![last(path)] } else { vec![last(&dest.text), last(path)] };
        let fetched = false;
        let place = dest.text.trim_end_matches('/');
        let place = if folder { Some(place) } else { place.rsplit_once('/').map(|(folder, _)| folder) };
        let place = place.filter(|place| !place.trim_start_matches('.').is_empty()).unwrap_or_default().to_owned();
        let checksum =
            one.flag("checksum").and_then(|flag| Some(flag.value.as_deref()?.strip_prefix("sha256:")?.to_owned()));
        self.bound.taken.push(Taken { source: source.text.clone(), names, folder: place, checksum, fetched });
        true
    }

    /// Whether a COPY of one file may go, since a RUN mounts it; that it does is looked at when it comes.
    fn is_mounted(&mut self, act: &Act<'t>) -> bool {
        let one = act.instruction;
        let may = one.keyword == Keyword::Copy && self.may(|may| matches!(may, May::Mount));
        let Some(([source], dest)) = transferred(one).filter(|_| may && one.heredocs.is_empty()) else { return false };
        let known = |flag: &Flag| matches!(flag.name.as_str(), "from" | "chown" | "chmod" | "link");
        let from = one.flag("from").map(|flag| flag.value.as_deref().unwrap_or_default());
        let workdir = act.state.workdir.get().map(String::as_str);
        let Some(mounted) =
            Mounted::of(from, &source.text, &dest.text, workdir).filter(|_| one.flags.iter().all(known))
        else {
            return false;
        };
        let (folder, name) = mounted.file.rsplit_once('/').unwrap_or_default();
        let (names, folder) = (vec![name.to_owned()], folder.to_owned());
        // it is no download: the mount is what must come
        self.bound.taken.push(Taken { source: source.text.clone(), names, folder, checksum: None, fetched: true });
        self.bound.mounts.push(mounted);
        true
    }

    /// Whether a COPY brings a part of what one brings that moves, each file once and to where that brings it.
    fn is_part(&self, walk: &mut Walk<'_, 't>, act: &Act<'t>) -> bool {
        let Some((sources, dest)) = transferred(act.instruction) else { return false };
        let brings = |whole: &&Act<'t>| {
            let (from, to) = transferred(whole.instruction)?;
            let place = |file: &str| from.iter().find_map(|from| brought(&from.text, &to.text, file, &dest.text));
            let same = same_flags(whole.instruction, act.instruction) && self.means_the_same(whole, act);
            sources.iter().map(|source| place(&source.text)).collect::<Option<Vec<String>>>().filter(|_| same)
        };
        let plain = act.instruction.heredocs.is_empty() && act.instruction.keyword == Keyword::Copy;
        let Some(files) = walk.moved.iter().find_map(brings).filter(|_| plain) else { return false };
        let fits = |(at, file): (usize, &String)| {
            let name = file.rsplit('/').next().unwrap_or_default();
            let known = |may: &May| matches!(may, May::MoveCopy { files, .. } if files(name.trim_end_matches('*')));
            self.may.iter().any(known) && !walk.brought.contains(file) && !files[..at].contains(file)
        };
        let fine = files.iter().enumerate().all(fits);
        walk.brought.extend(files.into_iter().filter(|_| fine));
        fine
    }

    /// Whether a WORKDIR comes directly before a RUN that went there by itself.
    fn is_entered<'w>(&self, walk: &mut Walk<'w, 't>, act: &'w Act<'t>) -> bool {
        let Some(folder) = act.folder.as_deref().filter(|_| self.may(|may| matches!(may, May::Enter))) else {
            return false;
        };
        let next = walk.old[walk.i..].iter().find(|act| act.instruction.keyword != Keyword::Workdir);
        let follows = walk.new.get(walk.j + 1).is_some_and(Act::is_run);
        let Some(text) = next.filter(|next| follows && next.is_run()).and_then(|next| self.old.node(next)) else {
            return false;
        };
        let fits = entered(&text).iter().any(|path| path == folder);
        if fits {
            walk.entered.push(folder);
        }
        fits
    }

    /// Whether what moves down may pass an act.
    fn passes(&self, walk: &Walk<'_, 't>, act: &Act<'t>) -> bool {
        if walk.moved.is_empty() || !act.is_run() {
            return true;
        }
        let Some(text) = self.new.node(act) else { return false };
        let mut fine = true;
        text.each_simple(&mut |simple: &Simple| fine &= self.is_passed(simple));
        fine
    }

    fn is_passed(&self, simple: &Simple) -> bool {
        let Some(line) = Line::of(simple) else { return simple.words.is_empty() };
        let operands = line.operands();
        self.may.iter().any(|may| match may {
            May::MoveCopy { past, .. } => past(line.name(), &operands),
            _ => false,
        })
    }

    /// No comment of a shell text is lost, and none comes.
    fn same_shell_comments(&self, walk: &Walk<'_, 't>) -> Result<(), String> {
        let mut counts = HashMap::new();
        for (side, acts, step) in [(self.old, &walk.touched.0, 1), (self.new, &walk.touched.1, -1)] {
            for (text, script) in acts.iter().filter_map(|act| side.body(act)?.script()) {
                let comments = script.comments.iter().map(|span| text.text()[span.range()].trim());
                comments.for_each(|comment| *counts.entry(comment).or_insert(0) += step);
            }
        }
        lost(&counts)
    }

    /// Says what changed: the command, if only one did that may not.
    fn explain(&mut self, (old, new): (Option<&Act<'t>>, Option<&Act<'t>>)) -> Result<(), String> {
        if let (Some(a), Some(b)) = (old, new)
            && let (Some(from), Some(to)) = (self.old.node(a), self.new.node(b))
            && let Some((one, other)) = self.command_changed(&from, &to)
        {
            return Err(format!("line {}: `{}` became `{}`", a.instruction.lines.0, short(&one), short(&other)));
        }
        changed(old.map(|act| act.instruction), new.map(|act| act.instruction))
    }

    /// The first command that may not have changed so, before and after, if there are as many as before.
    fn command_changed(&mut self, old: &Node, new: &Node) -> Option<(String, String)> {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        old.each_simple(&mut |one| from.push(Node::Simple(one.clone())));
        new.each_simple(&mut |one| to.push(Node::Simple(one.clone())));
        let mut commands = Commands { may: self.may, bound: &mut self.bound, whole: old };
        let pair = from.iter().zip(&to).find(|(one, other)| !commands.node(one, other, Edge::INSIDE));
        let said = |node: &Node| match node {
            Node::Simple(one) => one.words.iter().map(|word| word.raw).collect::<Vec<_>>().join(" "),
            _ => String::new(),
        };
        pair.filter(|_| from.len() == to.len()).map(|(one, other)| (said(one), said(other)))
    }
}

impl PartialEq for Act<'_> {
    /// The same instruction of the same file.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.instruction, other.instruction)
    }
}

/// Whether no mount depends on the folder in which a RUN begins.
fn mounts_are_absolute(act: &Act) -> bool {
    let mounts = act.instruction.flags.iter().filter(|flag| flag.name == "mount");
    let fields = mounts.filter_map(|flag| flag.value.as_deref()).flat_map(|value| value.split(','));
    let mut targets = fields.filter_map(|field| field.trim_matches('"').split_once('='));
    targets.all(|(key, value)| !["target", "dst", "destination"].contains(&key) || value.starts_with('/'))
}

/// Whether the words are a JSON array.
fn is_array(act: &Act) -> bool {
    matches!(act.instruction.args, Args::Transfer { json: true, .. })
}

/// Whether a text is another one but for `cd`s at its start that lead to where it begins now.
fn enters(a: &Act, old: &Node, b: &Act, new: &Node) -> bool {
    let (mut folder, mut rest) = (a.state.workdir.get().cloned(), old.clone());
    loop {
        let next = first_cd(&rest);
        // one that goes elsewhere by itself may begin anywhere
        let same = folder.as_ref() == b.state.workdir.get() && (folder.is_some() || a.seen.folders == b.seen.folders);
        if rest == *new && (next.is_some() || same) {
            return true;
        }
        match next {
            Some((path, behind)) => (folder, rest) = (Some(path), behind),
            None => return false,
        }
    }
}

/// Where the `cd`s lead that a text begins with.
fn entered(node: &Node) -> Vec<String> {
    let (mut all, mut rest) = (Vec::new(), node.clone());
    while let Some((path, behind)) = first_cd(&rest) {
        all.push(path);
        rest = behind;
    }
    all
}

/// The folder of a first `cd` with a plain absolute path, and what stands behind it.
fn first_cd<'n>(node: &Node<'n>) -> Option<(String, Node<'n>)> {
    match node {
        Node::Simple(simple) => {
            let [cd, path] = simple.words.as_slice() else { return None };
            let plain = |c: char| c.is_alphanumeric() || "/._-+@".contains(c);
            let fits = cd.raw == "cd" && path.raw.starts_with('/') && path.raw.chars().all(plain);
            (fits && simple.redirects.is_empty()).then(|| (clean(path.raw), Node::Seq(Vec::new())))
        }
        Node::And(all) | Node::Seq(all) => {
            let (path, left) = first_cd(all.first()?)?;
            let left = Some(left).filter(|left| *left != Node::Seq(Vec::new()));
            let mut rest: Vec<Node> = left.into_iter().chain(all[1..].iter().cloned()).collect();
            Some((
                path,
                match (rest.len(), node) {
                    (1, _) => rest.remove(0),
                    (_, Node::And(_)) => Node::And(rest),
                    _ => Node::Seq(rest),
                },
            ))
        }
        _ => None,
    }
}

/// Where `COPY from to` brings a file, if that is in the folder `dest`.
fn brought(from: &str, to: &str, file: &str, dest: &str) -> Option<String> {
    let plain = |path: &'_ str| {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        if path == "." { String::new() } else { path.to_owned() }
    };
    let (from, file, to, dest) = (plain(from), plain(file), plain(to), plain(dest));
    let join = |folder: &str, name: &str| format!("{folder}/{name}").trim_start_matches('/').to_owned();
    let name = file.rsplit('/').next().filter(|name| !name.is_empty())?;
    let inside = match from.as_str() {
        "" => file.as_str(),
        from if from == file => name,
        from => file.strip_prefix(from)?.strip_prefix('/')?,
    };
    Some(join(&to, inside)).filter(|place| *place == join(&dest, name))
}
