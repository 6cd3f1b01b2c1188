//! What the FROM of a stage names, and where it stands.

use crate::facts::{Base, Facts};
use crate::syntax::Args;
use crate::text::Span;

/// An image that a FROM names.
#[derive(Clone, Copy, Debug)]
pub struct Named<'f> {
    /// As it is written.
    pub raw: &'f str,
    /// With the defaults of variables put in; `None` where one has none.
    pub reference: Option<&'f str>,
    /// Where it stands in the file.
    pub span: Span,
}

impl Facts<'_> {
    /// The image that the FROM of a stage names; `None` for `scratch` and another stage.
    pub fn named(&self, stage: usize) -> Option<Named<'_>> {
        let stage = self.stages.get(stage)?;
        let Base::Image(reference) = &stage.base else { return None };
        let from = self.instruction(stage.item)?;
        let Args::From { image, .. } = &from.args else { return None };
        let span = from.line.span(image.range.clone());
        Some(Named { raw: image.text.trim_matches(['"', '\'']), reference: reference.as_deref(), span })
    }
}
