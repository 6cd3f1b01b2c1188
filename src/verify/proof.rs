//! One file from its two texts to a verdict: both are built, the images compared, what differs judged, and, where something is
//! unexpected, built again without a cache before it is believed.

use crate::engine::Touch;
use crate::facts::ContextView;
use crate::text::Source;
use crate::verify::build::{self, Broken, Built, Recipe};
use crate::verify::compare::{self, Difference, Key, Location};
use crate::verify::engine::About;
use crate::verify::judge::{Judge, Judged};
use crate::verify::measure::{self, Gain, Pair, Rebuild};
use crate::verify::noise::Noise;
use crate::verify::process::Failure;
use crate::verify::progress::Progress;
use crate::verify::session::{Image, Session};
use crate::verify::smoke::{Outcome as SmokeOutcome, Smoke};
use crate::verify::tree::Tree;
use crate::visible::visible_str;
use std::collections::HashSet;
use std::path::Path;
use std::thread;

/// How often both files are built without a cache to learn what differs by itself.
const ROUNDS: usize = 2;

/// What is to be proved, for any file.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Where images and temporary files come from and go to.
    pub session: &'a Session,
    /// What is left out.
    pub noise: &'a Noise,
    /// The user's own test, and how it was written.
    pub smoke: Option<(Smoke, String)>,
    /// The network of that test.
    pub network: Option<String>,
    /// Whether a rebuild is measured.
    pub rebuild: bool,
}

/// What is to be proved of one file.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Where the file is.
    pub path: &'a Path,
    /// Its bytes.
    pub before: &'a [u8],
    /// The bytes that are said to make the same image.
    pub after: &'a [u8],
    /// The build context.
    pub context: &'a Path,
    /// What the engine is told besides: flags with their values.
    pub flags: &'a [(&'static str, String)],
    /// The same, as facts.
    pub view: &'a dyn ContextView,
    /// The text of the file.
    pub source: &'a Source,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Proof {
    /// What differs, and what was left out.
    pub judged: Judged,
    /// What came of the user's own test.
    pub smoke: Option<SmokeOutcome>,
    /// What is gained.
    pub gain: Option<Gain>,
    /// How often both were built again without a cache to learn what differs by itself.
    pub again: usize,
    /// What else should be known.
    pub notes: Vec<String>,
}

/// Why there is no proof.
#[derive(Debug)]
pub enum NoProof {
    /// The original does not build.
    Original(Broken),
    /// The original builds, the rewritten one does not.
    Rewritten(Broken),
    /// Something else.
    Failure(Failure),
}

impl From<Failure> for NoProof {
    fn from(failure: Failure) -> NoProof {
        NoProof::Failure(failure)
    }
}

/// An image and all that is compared of it.
struct Known<'s> {
    image: Image<'s>,
    about: About,
    tree: Tree,
}

impl Plan<'_> {
    /// Builds both files and compares the images.
    pub fn prove(
        &self,
        progress: &Progress,
        claim: Claim,
        intents: &[(&'static str, Vec<Touch>)],
    ) -> Result<Proof, NoProof> {
        let recipes = self.recipes(claim)?;
        let mut proof = Proof::default();
        let (before, after) = self.both(progress, claim, &recipes, &mut proof.notes)?;
        let [before, after] = self.known(progress, [before, after])?;
        let judge = Judge { noise: self.noise, intents: intents.to_vec() };
        proof.judged = judge.judge(differences(&before, &after));
        self.settle(progress, claim, &recipes, (&judge, &before), &mut proof)?;
        proof.smoke = self.smoke(progress, &before.image, &after.image)?;
        let rebuild = match self.rebuild {
            true => {
                let recipes = Pair { before: &recipes[0], after: &recipes[1] };
                let context = (claim.context, claim.view);
                measure::rebuild(self.session, progress, context, claim.source, recipes)?
            }
            false => Rebuild::NotMeasured("`--no-rebuild` was given".to_owned()),
        };
        proof.gain = Some(measure::images(&before.about, &after.about, rebuild));
        Ok(proof)
    }

    /// Whether another text makes the same image, but for what is known to differ: for the search of the guilty transform.
    pub fn holds(
        &self,
        progress: &Progress,
        claim: Claim,
        intents: &[(&'static str, Vec<Touch>)],
        known: &HashSet<Key>,
    ) -> Result<bool, NoProof> {
        let recipes = self.recipes(claim)?;
        let original = self.build(progress, claim, &recipes[0], false)?.map_err(NoProof::Original)?;
        let Ok(other) = self.build(progress, claim, &recipes[1], false)? else { return Ok(false) };
        let [before, after] = self.known(progress, [original, other])?;
        let judge = Judge { noise: self.noise, intents: intents.to_vec() };
        let judged = judge.judge(differences(&before, &after));
        Ok(judged.unexpected().is_disjoint(known))
    }

    fn recipes(&self, claim: Claim) -> Result<[Recipe; 2], Failure> {
        let write = |what, text| Recipe::write(self.session, what, (claim.path, claim.flags), text);
        Ok([write("original", claim.before)?, write("rewritten", claim.after)?])
    }

    fn build(
        &self,
        progress: &Progress,
        claim: Claim,
        recipe: &Recipe,
        fresh: bool,
    ) -> Result<Result<Built<'_>, Broken>, Failure> {
        build::build(self.session, progress, recipe, claim.context, fresh)
    }

    /// Builds both. That the rewritten file does not build counts only where the original still does without its cache, and
    /// where a second attempt fails as well.
    fn both(
        &self,
        progress: &Progress,
        claim: Claim,
        [original, rewritten]: &[Recipe; 2],
        notes: &mut Vec<String>,
    ) -> Result<(Built<'_>, Built<'_>), NoProof> {
        let before = self.build(progress, claim, original, false)?.map_err(NoProof::Original)?;
        let first = match self.build(progress, claim, rewritten, false)? {
            Ok(after) => return Ok((before, after)),
            Err(broken) => broken,
        };
        let before = self.build(progress, claim, original, true)?;
        // whichever log is told of next, this one is not
        forget(&first);
        let before = before.map_err(NoProof::Original)?;
        let after = self.build(progress, claim, rewritten, false)?.map_err(NoProof::Rewritten)?;
        notes.push("the rewritten file built only at the second attempt".to_owned());
        Ok((before, after))
    }

    /// Looks at two images at the same time.
    fn known<'s>(&'s self, progress: &Progress, built: [Built<'s>; 2]) -> Result<[Known<'s>; 2], Failure> {
        progress.say("comparing the images");
        let look = |image: Image<'s>| {
            let about = self.session.engine.about(&image.tag)?;
            let tree = image.tree(self.noise)?;
            Ok::<_, Failure>(Known { image, about, tree })
        };
        let [one, other] = built.map(|built| built.image);
        thread::scope(|scope| {
            let other = scope.spawn(|| look(other));
            let one = look(one)?;
            let lost = || Failure::Failed("the comparison broke off".to_owned());
            Ok([one, other.join().map_err(|_| lost())??])
        })
    }

    /// Builds both without a cache where something is unexpected, so that what differs by itself is not blamed on the rewrite.
    /// Another round follows only where the one before explained some of it, but not all.
    fn settle(
        &self,
        progress: &Progress,
        claim: Claim,
        recipes: &[Recipe; 2],
        (judge, before): (&Judge, &Known),
        proof: &mut Proof,
    ) -> Result<(), NoProof> {
        let mut own: HashSet<Key> = HashSet::new();
        for _ in 0..ROUNDS {
            let unexpected = proof.judged.unexpected();
            // a config is what the Dockerfile says; only commands can give something else each time
            if !unexpected.iter().any(|(place, _)| matches!(place, Location::File(_))) {
                return Ok(());
            }
            let original = self.build(progress, claim, &recipes[0], true)?;
            let rewritten = self.build(progress, claim, &recipes[1], true)?;
            let fresh = match (original, rewritten) {
                (Ok(original), Ok(rewritten)) => self.known(progress, [original, rewritten])?,
                (Err(broken), _) | (_, Err(broken)) => {
                    forget(&broken);
                    let what = broken.what;
                    proof.notes.push(format!(
                        "the {what} file did not build again without its cache, so it is not known what differs by itself"
                    ));
                    return Ok(());
                }
            };
            own.extend(differences(before, &fresh[0]).iter().map(Difference::key));
            proof.judged.settle(judge.judge(differences(&fresh[0], &fresh[1])), &own);
            proof.again += 1;
            if proof.judged.unexpected().len() == unexpected.len() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn smoke(&self, progress: &Progress, before: &Image, after: &Image) -> Result<Option<SmokeOutcome>, Failure> {
        let Some((smoke, test)) = &self.smoke else { return Ok(None) };
        progress.say("running the smoke test");
        let network = self.network.as_deref();
        let before = smoke.run(self.session, before, network, true)?;
        if matches!(smoke, Smoke::Http { .. }) && !before.starts_with("status") {
            let test = visible_str(test);
            let why = format!("the smoke test `{test}` says nothing, since already the original fails it: {before}");
            return Err(Failure::Failed(why));
        }
        let after = smoke.run(self.session, after, network, false)?;
        Ok(Some(SmokeOutcome { test: test.clone(), same: before == after, before, after }))
    }
}

fn differences(before: &Known, after: &Known) -> Vec<Difference> {
    let mut out = compare::configs(&before.about.config, &after.about.config);
    out.extend(compare::trees(&before.tree, &after.tree));
    out
}

/// Removes a log that nobody will be told of.
fn forget(broken: &Broken) {
    broken.log.iter().for_each(|log| drop(std::fs::remove_file(log)));
}
