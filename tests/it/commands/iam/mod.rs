//! `iam`: the policies allow exactly what is needed, and the output can be used as it is.

mod aws;
mod enough;
mod experiences;
mod import;
mod printed;

use serde_json::Value;

use super::bed::{Bed, Ran};

const GITHUB: [&str; 3] = ["--repository=acme/catalog", "--owner-id=1", "--repository-id=22"];

fn iam(bed: &Bed, more: &[&str]) -> Ran {
    bed.run(&[&["iam"], &GITHUB[..], more].concat())
}

/// The kinds of accounts, as JSON.
fn kinds(bed: &Bed) -> Vec<Value> {
    iam(bed, &["--format=json"]).ends(0).json()["kinds"].as_array().unwrap().clone()
}

fn strings(value: &Value) -> Vec<String> {
    let of = |value: &Value| value.as_str().unwrap().to_owned();
    value.as_array().map_or_else(|| vec![of(value)], |all| all.iter().map(of).collect())
}

/// The actions that a role is allowed.
fn actions(role: &Value) -> Vec<String> {
    let policies = role["policies"].as_array().unwrap().iter();
    let statements = policies.flat_map(|policy| policy["Statement"].as_array().unwrap());
    let mut all: Vec<String> = statements.flat_map(|statement| strings(&statement["Action"])).collect();
    all.sort();
    all.dedup();
    all
}
