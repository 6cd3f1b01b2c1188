//! Bake files in HCL.

use super::value::{Item, Value};
use super::{File, Target};
use crate::project::builds::By;
use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::Block;
use hcl_edit::template::Element;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads a text; `None` where it is not understood.
pub fn read(text: &str, path: &Path) -> Option<File> {
    let body = hcl_edit::parser::parse_body(text).ok()?;
    let mut file = File::default();
    for block in body.blocks() {
        let Some(name) = block.labels.first().map(|label| label.as_str().to_owned()) else { continue };
        let fields: BTreeMap<String, Value> =
            block.body.attributes().map(|one| (one.key.as_str().to_owned(), value(&one.value))).collect();
        match block.ident.as_str() {
            "variable" => {
                let default = fields.get("default").cloned().unwrap_or(Value::Unknown);
                file.variables.insert(name, default);
            }
            "group" => file.grouped.extend(names(fields.get("targets"))),
            "target" => {
                let by = By { file: path.to_owned(), line: line(text, block) };
                file.targets.insert(name, Target { by, fields });
            }
            _ => {}
        }
    }
    Some(file)
}

fn line(text: &str, block: &Block) -> u32 {
    let start = block.span().map_or(0, |span| span.start);
    let before = text.as_bytes().get(..start).unwrap_or_default();
    1 + u32::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0)
}

fn names(value: Option<&Value>) -> Vec<String> {
    let Some(Value::List(items)) = value else { return Vec::new() };
    items.iter().filter_map(|item| item.text(&BTreeMap::new()).get().cloned()).collect()
}

fn value(expression: &Expression) -> Value {
    match expression {
        Expression::Array(items) => Value::List(items.iter().map(value).collect()),
        Expression::Object(entries) => {
            let entries = entries.iter().filter_map(|(key, one)| Some((key_name(key)?, value(one.expr()))));
            Value::Map(entries.collect())
        }
        Expression::Parenthesis(inner) => value(inner.inner()),
        Expression::StringTemplate(template) => Value::Text(template.iter().map(element).collect()),
        Expression::HeredocTemplate(heredoc) => Value::Text(heredoc.template.iter().map(element).collect()),
        Expression::Null(_) => Value::Unknown,
        other => Value::Text(vec![item(other)]),
    }
}

fn key_name(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(_) => None,
    }
}

fn element(element: &Element) -> Item {
    match element {
        Element::Literal(text) => Item::Literal(text.to_string()),
        Element::Interpolation(one) => item(&one.expr),
        Element::Directive(_) => Item::Unknown,
    }
}

fn item(expression: &Expression) -> Item {
    match expression {
        Expression::String(text) => Item::Literal(text.as_str().to_owned()),
        Expression::Number(number) => Item::Literal(number.value().to_string()),
        Expression::Bool(truth) => Item::Literal(truth.value().to_string()),
        Expression::Variable(name) => Item::Variable(name.as_str().to_owned()),
        Expression::Parenthesis(inner) => item(inner.inner()),
        Expression::Traversal(traversal) => field(traversal).unwrap_or(Item::Unknown),
        _ => Item::Unknown,
    }
}

/// `item.field`.
fn field(traversal: &Traversal) -> Option<Item> {
    let Expression::Variable(name) = &traversal.expr else { return None };
    let [operator] = traversal.operators.as_slice() else { return None };
    match operator.value() {
        TraversalOperator::GetAttr(field) => Some(Item::Field(name.as_str().to_owned(), field.as_str().to_owned())),
        _ => None,
    }
}
