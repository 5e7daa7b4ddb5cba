//! No file imports itself through others. A name that a module re-exports (`pub use`) counts as part of the file that
//! defines it, so importing it does not import the re-exporting module.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Code, read};
use super::sources;

/// The modules, each with the modules that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

fn modules(files: &BTreeMap<String, String>) -> BTreeMap<String, Code> {
    let codes = files.iter().map(|(path, text)| read(path, text));
    let codes: Vec<Code> = codes.collect();
    let tests: BTreeSet<String> = codes.iter().flat_map(|code| code.test_modules.clone()).collect();
    let sound = codes.into_iter().filter(|code| !code.module.is_empty() && !tests.iter().any(|test| code.is_in(test)));
    sound.map(|code| (code.module.join("::"), code)).collect()
}

fn imports(modules: &BTreeMap<String, Code>) -> Imports {
    let of = |code: &Code| {
        let used = code.paths.iter().filter(|path| path.len() > 1).chain(&code.imports);
        let found = used.filter_map(|path| owner(modules, &code.module, path, 8));
        found.filter(|module| *module != code.module.join("::")).collect()
    };
    modules.iter().map(|(name, code)| (name.clone(), of(code))).collect()
}

/// The module that defines what a path in `module` names.
fn owner(modules: &BTreeMap<String, Code>, module: &[String], path: &[String], depth: usize) -> Option<String> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let full: Vec<String> = match path.first()?.as_str() {
        "crate" => path.get(1..)?.to_vec(),
        "self" => module.iter().chain(path.get(1..)?).cloned().collect(),
        "super" => module.get(..module.len().checked_sub(up)?)?.iter().chain(path.get(up..)?).cloned().collect(),
        _ => module.iter().chain(path).cloned().collect(),
    };
    let is_relative = !["crate", "self", "super"].contains(&path.first()?.as_str());
    let length = (1..=full.len()).rev().find(|length| modules.contains_key(&full[..*length].join("::")))?;
    if is_relative && length <= module.len() {
        return None;
    }
    let found = &modules[&full[..length].join("::")];
    let passed_on = full.get(length).and_then(|name| found.imports.iter().find(|path| path.last() == Some(name)));
    match passed_on.filter(|_| depth > 0) {
        Some(path) => owner(modules, &found.module, path, depth - 1),
        None => Some(found.module.join("::")),
    }
}

/// All modules that `start` imports, directly or through others.
fn reach(imports: &Imports, start: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(module) = open.pop() {
        for next in imports.get(module).into_iter().flatten() {
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    seen
}

/// The circles: sets of modules that all import each other, directly or through others.
fn circles(files: &BTreeMap<String, String>) -> BTreeSet<Vec<String>> {
    let imports = imports(&modules(files));
    let reach: BTreeMap<&String, BTreeSet<String>> =
        imports.keys().map(|module| (module, reach(&imports, module))).collect();
    let circle = |module: &String| -> Vec<String> {
        let mutual = reach[module].iter().filter(|other| reach.get(other).is_some_and(|back| back.contains(module)));
        mutual.cloned().collect()
    };
    imports.keys().map(circle).filter(|circle| circle.len() > 1).collect()
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let found = circles(&sources());
    assert!(found.is_empty(), "circles: move what both sides need into a file below them\n{found:#?}");
}

fn made_up(files: &[(&str, &str)]) -> BTreeSet<Vec<String>> {
    circles(&files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}

#[test]
fn circles_are_seen_however_they_are_imported() {
    let found = made_up(&[
        ("a/mod.rs", "mod b; mod c; mod d; pub use b::B;"),
        ("a/b.rs", "use super::c::C; pub struct B;"),
        ("a/c.rs", "fn f() { crate::a::d::g() }"),
        ("a/d.rs", "use crate::{a::B, x};"),
    ]);
    assert_eq!(found, BTreeSet::from([["a::b", "a::c", "a::d"].map(str::to_owned).to_vec()]));
}

#[test]
fn a_name_that_is_passed_on_is_no_circle_and_one_of_the_module_itself_is() {
    let passed_on = [("a/mod.rs", "mod b; mod c; pub use b::B;"), ("a/b.rs", ""), ("a/c.rs", "use super::B;")];
    assert_eq!(made_up(&passed_on), BTreeSet::new());
    let own = [("a/mod.rs", "mod b; pub use b::B; pub struct A;"), ("a/b.rs", "use super::A;")];
    assert_eq!(made_up(&own), BTreeSet::from([["a", "a::b"].map(str::to_owned).to_vec()]));
}
