//! Values of bake files: texts with variables in them, lists, mappings.

use crate::facts::Known;
use std::collections::BTreeMap;

/// Variables whose values are variables are looked up so deep.
const DEEPEST: usize = 8;

/// Variables by name.
pub type Variables = BTreeMap<String, Value>;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(Vec<Item>),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(BTreeMap<String, Value>),
    /// What must be computed.
    Unknown,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// As it is.
    Literal(String),
    /// The value of a variable.
    Variable(String),
    /// A field of a variable.
    Field(String, String),
    /// What must be computed.
    Unknown,
}

impl Item {
    /// `name` or `name.field`.
    pub fn named(text: &str) -> Item {
        let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        match text.split_once('.') {
            None if word(text) => Item::Variable(text.to_owned()),
            Some((name, field)) if word(name) && word(field) => Item::Field(name.to_owned(), field.to_owned()),
            _ => Item::Unknown,
        }
    }
}

impl Value {
    /// The text, with the values of variables.
    pub fn text(&self, variables: &Variables) -> Known<String> {
        self.resolve(variables, DEEPEST).map_or(Known::Unknown, Known::Yes)
    }

    fn resolve(&self, variables: &Variables, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let Value::Text(items) = self else { return None };
        let mut out = String::new();
        for item in items {
            let part = match item {
                Item::Literal(text) => text.clone(),
                Item::Variable(name) => variables.get(name)?.resolve(variables, depth)?,
                Item::Field(name, field) => match variables.get(name)? {
                    Value::Map(fields) => fields.get(field)?.resolve(variables, depth)?,
                    _ => return None,
                },
                Item::Unknown => return None,
            };
            // variables that double each other grow
            if out.len() + part.len() > 4096 {
                return None;
            }
            out.push_str(&part);
        }
        Some(out)
    }
}
