//! A minimal parser of Rust that finds the paths in a file. It skips comments, strings and test modules, and unfolds
//! `use` trees.

use std::collections::BTreeSet;

/// A parsed file.
pub(super) struct Code {
    /// The path of its module in the crate; empty for `lib.rs` and `main.rs`.
    pub(super) module: Vec<String>,
    /// The file's stem, which is the layer of `lib.rs` and `main.rs`.
    stem: String,
    /// Every path outside of tests, split into names: `["std", "fs"]`. A single word is a path of one name.
    pub(super) paths: Vec<Vec<String>>,
    /// The paths in `use` declarations.
    pub(super) imports: Vec<Vec<String>>,
    /// The test-only modules that have files of their own: `plan::tests`.
    pub(super) test_modules: BTreeSet<String>,
}

impl Code {
    /// The layer: the first part of the module.
    pub(super) fn layer(&self) -> &str {
        self.module.first().unwrap_or(&self.stem)
    }

    /// Whether the file belongs to a module or to one below it.
    pub(super) fn is_in(&self, module: &str) -> bool {
        let own = self.module.join("::");
        own.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    /// The layer that a path leads to, if the path starts at the crate or climbs up to it.
    pub(super) fn layer_of<'p>(&self, path: &'p [String]) -> Option<&'p str> {
        let up = path.iter().take_while(|name| *name == "super").count();
        match path.first()?.as_str() {
            "crate" | "catalog_sync" => path.get(1).map(String::as_str),
            "super" if up >= self.module.len() => path.get(up).map(String::as_str),
            _ => None,
        }
    }
}

/// Parses a file; `path` is relative to `src/`.
pub(super) fn read(path: &str, text: &str) -> Code {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let stem = module.last().cloned().unwrap_or_default();
    if stem == "mod" || (module.len() == 1 && matches!(stem.as_str(), "lib" | "main")) {
        module.pop();
    }
    let mut tokens = tokens(text);
    let test_modules = cut_tests(&mut tokens, &module);
    let imports = imports(&tokens);
    Code { module, stem, paths: paths(&tokens), imports, test_modules }
}

/// Words, `::` and single characters, without comments, strings, character literals and lifetimes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if let Some(length) = string(rest) {
            length
        } else if first == '\'' {
            character(rest)
        } else if word > 0 {
            tokens.push(rest[..word].to_owned());
            word
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a block comment, nested ones included.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with("/*") || rest.starts_with("*/") {
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        depth = if rest.starts_with("/*") { depth + 1 } else { depth - usize::from(rest.starts_with("*/")) };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of the string literal at the start of a text, if there is one.
fn string(text: &str) -> Option<usize> {
    let raw = text.trim_start_matches(['b', 'c']);
    if let Some(rest) = raw.strip_prefix('r').filter(|rest| rest.trim_start_matches('#').starts_with('"')) {
        let hashes = "#".repeat(rest.len() - rest.trim_start_matches('#').len());
        let opened = text.len() - rest.len() + hashes.len() + 1;
        let close = format!("\"{hashes}");
        return Some(text[opened..].find(&close).map_or(text.len(), |at| opened + at + close.len()));
    }
    if text.len() - raw.len() > 1 || !raw.starts_with('"') {
        return None;
    }
    let begin = text.len() - raw.len() + 1;
    let mut escaped = false;
    for (at, c) in text[begin..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(begin + at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// The length of a character literal or a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((after, escaped))) => {
            let from = after + escaped.len_utf8();
            text[from..].find('\'').map_or(text.len(), |at| from + at + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => text[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(text.len(), |at| at + 1),
    }
}

/// Removes the items after `#[cfg(test)]`. Returns those among them that are modules with files of their own.
fn cut_tests(tokens: &mut Vec<String>, module: &[String]) -> BTreeSet<String> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut elsewhere = BTreeSet::new();
    while let Some(start) = tokens.windows(TEST.len()).position(|window| window == TEST) {
        let rest = &tokens[start + TEST.len()..];
        let (mut depth, mut length) = (0_usize, 0);
        for token in rest {
            length += 1;
            match token.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(token.as_str(), ";" | "}") {
                break;
            }
        }
        if let [.., keyword, name, end] = &rest[..length]
            && keyword == "mod"
            && end == ";"
        {
            elsewhere.insert(module.iter().chain([name]).cloned().collect::<Vec<_>>().join("::"));
        }
        tokens.drain(start..start + TEST.len() + length);
    }
    elsewhere
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Every path, with `use` trees unfolded. The path in `pub(in path)` is left out, since it restricts visibility and
/// imports nothing.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&["pub", "(", "in"].map(str::to_owned)) {
            at += tokens[at..].iter().position(|token| token == ")").unwrap_or(1);
        } else if is_name(&tokens[at]) {
            at = path(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Every path in a `use` declaration.
fn imports(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token == "use" && tokens.get(at + 1).is_some_and(|next| is_name(next)) {
            path(tokens, at + 1, &[], &mut found);
        }
    }
    found
}

/// Parses the path at a name and returns the position after it.
fn path(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut names = prefix.to_vec();
    names.push(tokens[at].clone());
    at += 1;
    while tokens.get(at).is_some_and(|token| token == "::") {
        match tokens.get(at + 1) {
            Some(next) if is_name(next) => {
                names.push(next.clone());
                at += 2;
            }
            Some(next) if next == "{" => {
                at += 2;
                while let Some(token) = tokens.get(at).filter(|token| *token != "}") {
                    at = match token.as_str() {
                        // The new name after `as` is not a path.
                        "as" => at + 2,
                        name if is_name(name) => path(tokens, at, &names, found),
                        _ => at + 1,
                    };
                }
                return at + 1;
            }
            _ => break,
        }
    }
    found.push(names);
    at
}
