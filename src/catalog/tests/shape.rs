//! The shapes of generated documents.

use fastrand::Rng;

use super::document::Doc;
use Shape::{Either, Many, One, Record, Text};

/// The values that a key can have.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A valid value, or an invalid one.
    One(&'static [&'static str], &'static [&'static str]),
    /// A text with this length limit, both in the schema and in the tool.
    Text(usize),
    Many(&'static Shape),
    /// Keys, each with the percentage of documents that have it and the shape of its value.
    Record(&'static [(&'static str, u8, Shape)]),
    Either(&'static Shape, &'static Shape),
}

fn of<'a>(list: &[&'a str], random: &mut Rng) -> &'a str {
    list[random.usize(..list.len())]
}

/// A random document of a shape: mostly valid, with every kind of mistake that the shape names.
pub(super) fn made(shape: Shape, random: &mut Rng) -> Doc {
    if random.u8(..100) < 1 {
        return Doc::scalar(of(&["~", "null", "\"\"", "7", "text", "\"null\""], random));
    }
    match shape {
        One(good, bad) => Doc::scalar(of(if random.u8(..100) < 4 { bad } else { good }, random)),
        Text(most) if random.u8(..100) < 4 => match random.u8(..6) {
            0 => Doc::Quoted("x".repeat(most + 1)),
            1 => Doc::Plain("true".to_owned()),
            _ => Doc::scalar(of(
                &["\" \"", "\"\"", "\"a\\u0007b\"", "\"\\u00a0\"", "\"\\u2003\\n\"", "\"a\\u0085b\""],
                random,
            )),
        },
        Text(most) => match random.u8(..8) {
            0 => Doc::Quoted("ü".repeat(most)),
            _ => Doc::scalar(of(&["X", "\"X\"", "2024", "-1.5", "\"a\\tb\\n\"", "\" x \"", "Data Platform"], random)),
        },
        Many(item) => Doc::List((0..random.usize(..4)).map(|_| made(*item, random)).collect()),
        Record(fields) => {
            let mut entries = Vec::new();
            for (key, often, shape) in fields {
                if random.u8(..100) < *often {
                    entries.push((*key, made(*shape, random)));
                }
            }
            if random.u8(..200) < 1 {
                entries.push(("colour", Doc::scalar("red")));
            }
            Doc::Map(entries)
        }
        Either(one, other) => made(if random.bool() { *one } else { *other }, random),
    }
}
