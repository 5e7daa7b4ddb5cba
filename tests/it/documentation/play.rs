//! Plays a page: writes its files into a folder, runs its commands there, and compares what they print.
//!
//! A page says by HTML comments what a reader need not see:
//!
//! - `bed: …`: begins a new folder. `example` holds the repository's catalog, `committed` the same in a Git commit, `in step` a world
//!   (world.yaml) that is as that catalog says as well, `empty` nothing.
//! - `file: PATH`: the next block is this file; with more lines the comment itself is.
//! - `run: COMMAND`: runs `catalog-sync` or `git` without showing it. `edit: PATH: OLD => NEW`, `remove: PATH`.
//! - `ends: STATUS`: how the last command of the next block ends; without it all end with 0, or as an `echo $?` shows.
//! - `not run: REASON`: the next block is not run. Its commands have to be commands all the same.
//! - `tried by: TEST`: another test runs the next block; it has to be there and name the page.
//! - `part`: the next block is a piece of YAML or JSON, and no whole file.
//! - `wrong on purpose`: what was written so far need not be a catalog without errors.

use std::fs;

use super::page::{Block, Page, Part};
use crate::commands::bed::Bed;

/// The mistakes of a page, and how many commands were run.
#[derive(Default)]
pub(super) struct Played {
    pub(super) wrong: Vec<String>,
    pub(super) ran: usize,
}

/// What a note says about the next block.
#[derive(Default)]
struct About {
    path: Option<String>,
    ends: Option<i32>,
    is_left: bool,
    is_part: bool,
}

struct Player<'a> {
    page: &'a Page,
    bed: Option<Bed>,
    /// Whether a file of the catalog was written since the last validation.
    is_fresh: bool,
    about: About,
    played: Played,
}

/// Plays a page from its top to its end.
pub(super) fn play(page: &Page) -> Played {
    let mut player = Player { page, bed: None, is_fresh: false, about: About::default(), played: Played::default() };
    for part in page.parts() {
        match part {
            Part::Note { line, text } => player.note(line, &text),
            Part::Block(block) => player.block(&block),
        }
    }
    player.validate(0);
    player.played
}

impl Player<'_> {
    fn wrong(&mut self, line: usize, what: impl std::fmt::Display) {
        self.played.wrong.push(format!("{}:{line}: {what}", self.page.name));
    }

    fn note(&mut self, line: usize, text: &str) {
        let (word, said) = text.split_once(':').map_or((text, ""), |(word, said)| (word, said.trim()));
        match word {
            "bed" => {
                self.validate(line);
                match bed(said) {
                    Some(bed) => self.bed = Some(bed),
                    None => self.wrong(line, format_args!("no bed is called {said}")),
                }
            }
            "file" => match said.split_once('\n') {
                Some((path, content)) => self.write(line, path.trim(), &format!("{content}\n")),
                None => self.about.path = Some(said.to_owned()),
            },
            "run" => self.hidden(line, said),
            "edit" => self.edit(line, said),
            "remove" => match &self.bed {
                Some(bed) => {
                    let path = bed.path(said);
                    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                    if let Err(error) = removed {
                        self.wrong(line, format_args!("{said}: {error}"));
                    }
                }
                None => self.wrong(line, "there is no bed"),
            },
            "ends" => self.about.ends = said.parse().ok(),
            "not run" => {
                self.about.is_left = true;
                if said.len() < 8 {
                    self.wrong(line, "say why it is not run");
                }
            }
            "tried by" => {
                self.about.is_left = true;
                if !super::is_tried_by(&self.page.name, said) {
                    self.wrong(line, format_args!("no test {said} names this page"));
                }
            }
            "part" => self.about.is_part = true,
            "wrong on purpose" => self.is_fresh = false,
            _ if text.starts_with("Made from ") => {}
            _ => self.wrong(line, format_args!("a comment that the harness does not know: {text}")),
        }
    }

    fn edit(&mut self, line: usize, said: &str) {
        let words = said.split_once(": ").and_then(|(path, rest)| Some((path, rest.split_once(" =>")?)));
        match (words, &self.bed) {
            (Some((path, (old, new))), Some(bed)) => {
                let new = new.strip_prefix(' ').unwrap_or(new);
                bed.edit(path, &old.replace("\\n", "\n"), &new.replace("\\n", "\n"));
            }
            _ => self.wrong(line, "an edit is `PATH: OLD => NEW`, in a bed"),
        }
    }

    fn block(&mut self, block: &Block) {
        let about = std::mem::take(&mut self.about);
        let path = about.path.or_else(|| block.path.clone());
        let line = block.line;
        match (block.kind.as_str(), path) {
            ("console" | "sh", None) if about.is_left => self.parse(block),
            ("console", None) => self.console(block, about.ends),
            ("sh", None) => self.shell(block),
            _ if about.is_left => {}
            ("yaml", Some(path)) if path.starts_with(".github/") => self.workflow(block),
            ("yaml" | "json" | "csv", Some(path)) => self.write(line, &path, &block.text),
            ("yaml", None) if about.is_part => {
                if let Err(error) = serde_yaml::from_str::<serde_json::Value>(&block.text) {
                    self.wrong(line, error);
                }
                self.inputs(block);
            }
            ("json", None) if about.is_part => {
                if let Err(error) = serde_json::from_str::<serde_json::Value>(&block.text) {
                    self.wrong(line, error);
                }
            }
            (kind, _) => self.wrong(line, format_args!("a block of the kind `{kind}` that nothing tries")),
        }
    }

    fn write(&mut self, line: usize, path: &str, text: &str) {
        let Some(bed) = &self.bed else {
            return self.wrong(line, format_args!("{path} belongs into a bed, and there is none"));
        };
        let of_catalog = ["portfolios/", "marketplace/", "settings.yaml"].iter().any(|begin| path.starts_with(begin));
        let path = if of_catalog { format!("catalog/{path}") } else { path.to_owned() };
        // Overwrites the file if an earlier command has made it.
        bed.write(&path, text);
        self.is_fresh |= path.starts_with("catalog/");
    }

    /// Checks that the catalog of the page's files has no errors.
    fn validate(&mut self, line: usize) {
        if !std::mem::take(&mut self.is_fresh) {
            return;
        }
        let Some(bed) = &self.bed else { return };
        let ran = bed.run(&["validate", "--color=never"]);
        if ran.status != 0 {
            let message = format!("its catalog is not valid:\n{}{}", ran.stdout, ran.stderr);
            self.wrong(line, message);
        }
    }

    fn hidden(&mut self, line: usize, command: &str) {
        let Some(bed) = &self.bed else { return self.wrong(line, "there is no bed") };
        match words(command).as_slice() {
            [program, rest @ ..] if program == "git" => bed.git(&rest.iter().map(String::as_str).collect::<Vec<_>>()),
            [program, rest @ ..] if program == "catalog-sync" => {
                let ran = bed.run(&rest.iter().map(String::as_str).collect::<Vec<_>>());
                if !matches!(ran.status, 0 | 3) {
                    let message = format!("`{command}` ends with {}:\n{}{}", ran.status, ran.stdout, ran.stderr);
                    self.wrong(line, message);
                }
            }
            _ => self.wrong(line, format_args!("not a command to run: {command}")),
        }
    }

    /// Runs the commands after `$` and compares their output.
    fn console(&mut self, block: &Block, ends: Option<i32>) {
        self.validate(block.line);
        let mut commands: Vec<(usize, &str, Vec<&str>)> = Vec::new();
        for (at, line) in block.text.lines().enumerate() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((block.line + at + 1, command, Vec::new())),
                (None, Some((_, _, shown))) => shown.push(line),
                (None, None) => return self.wrong(block.line, "it begins with no command"),
            }
        }
        let mut status = None;
        for (nth, (line, command, shown)) in commands.iter().enumerate() {
            let last = commands.get(nth + 1).is_none();
            let expected = match commands.get(nth + 1) {
                Some((_, "echo $?", shown)) => shown.first().and_then(|shown| shown.parse().ok()),
                _ => Some(if last { ends.unwrap_or(0) } else { 0 }),
            };
            let Some(bed) = &self.bed else { return self.wrong(*line, "there is no bed") };
            match words(command).as_slice() {
                [program, rest] if program == "echo" && rest == "$?" => {
                    if status != shown.first().and_then(|shown| shown.parse::<i32>().ok()) {
                        self.wrong(*line, format_args!("the status is {status:?}"));
                    }
                }
                [program, file] if program == "cat" => {
                    let there = bed.read(file);
                    self.compare(*line, shown, &[there]);
                }
                [program, rest @ ..] if program == "catalog-sync" => {
                    let ran = bed.run(&rest.iter().map(String::as_str).collect::<Vec<_>>());
                    self.played.ran += 1;
                    status = Some(ran.status);
                    if status != expected {
                        let message = format!("`{command}` ends with {}:\n{}{}", ran.status, ran.stdout, ran.stderr);
                        self.wrong(*line, message);
                    }
                    let both = [ran.stdout.clone() + &ran.stderr, ran.stderr.clone() + &ran.stdout];
                    self.compare(*line, shown, &[&[ran.stdout, ran.stderr], &both[..]].concat());
                }
                _ => self.wrong(*line, format_args!("a command that the harness does not know: {command}")),
            }
        }
    }

    fn compare(&mut self, line: usize, shown: &[&str], printed: &[String]) {
        if !shown.is_empty() && !printed.iter().any(|text| is_shown(shown, text)) {
            let printed = printed.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("\n-- or --\n");
            self.wrong(line, format_args!("what is shown is not what is printed:\n{printed}"));
        }
    }

    /// Runs the lines of a script. Their output is not compared; each has to end with 0.
    fn shell(&mut self, block: &Block) {
        self.validate(block.line);
        for (at, command) in block.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
            let line = block.line + at + 1;
            let command = command.replacen("cargo run -- ", "catalog-sync ", 1);
            let Some(bed) = &self.bed else { return self.wrong(line, "there is no bed") };
            match words(&command).as_slice() {
                [] => {}
                [program, rest @ ..] if program == "catalog-sync" => {
                    let ran = bed.run(&rest.iter().map(String::as_str).collect::<Vec<_>>());
                    self.played.ran += 1;
                    if ran.status != 0 {
                        let message = format!("`{command}` ends with {}:\n{}{}", ran.status, ran.stdout, ran.stderr);
                        self.wrong(line, message);
                    }
                }
                _ => self.wrong(line, format_args!("a command that the harness does not know: {command}")),
            }
        }
    }

    /// Checks that commands that are not run are valid commands.
    fn parse(&mut self, block: &Block) {
        for (at, line) in block.text.lines().enumerate() {
            if let Some(command) =
                line.find("catalog-sync ").filter(|at| line[..*at].trim_start_matches(['$', ' ']).is_empty())
                && let Err(error) = super::command(&line[command..])
            {
                self.wrong(block.line + at + 1, error);
            }
        }
    }

    /// Checks that `.ci/run` audits the workflows of this page.
    fn workflow(&mut self, block: &Block) {
        let stem = self.page.name.trim_start_matches("docs/").trim_end_matches(".md");
        let script = fs::read_to_string(super::page::root().join(".ci/run")).unwrap();
        let pages = script.lines().find_map(|line| line.trim().strip_prefix("for page in ")).unwrap();
        if self.page.name != "README.md" && !pages.trim_end_matches("; do").split(' ').any(|page| page == stem) {
            self.wrong(block.line, format_args!(".ci/run does not audit the workflows of {stem}"));
        }
        self.inputs(block);
    }

    /// Checks that a step passes only inputs that the Action has.
    fn inputs(&mut self, block: &Block) {
        let Ok(yaml) = serde_yaml::from_str::<serde_json::Value>(&block.text) else { return };
        let mut steps = Vec::new();
        steps_in(&yaml, &mut steps);
        for input in steps {
            if !super::action_inputs().contains(&input) {
                self.wrong(block.line, format_args!("`{input}` is no input of the Action"));
            }
        }
    }
}

fn steps_in(yaml: &serde_json::Value, inputs: &mut Vec<String>) {
    match yaml {
        serde_json::Value::Object(map) => {
            if map.get("uses").and_then(serde_json::Value::as_str).is_some_and(|uses| uses.starts_with("ACTION@"))
                && let Some(with) = map.get("with").and_then(serde_json::Value::as_object)
            {
                inputs.extend(with.keys().cloned());
            }
            map.values().for_each(|value| steps_in(value, inputs));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| steps_in(value, inputs)),
        _ => {}
    }
}

fn bed(name: &str) -> Option<Bed> {
    match name {
        "example" => Some(Bed::example()),
        "committed" => Some(Bed::committed()),
        "in step" => Some(Bed::in_step()),
        "empty" => {
            let bed = Bed::example();
            fs::remove_dir_all(bed.path("catalog")).unwrap();
            Some(bed)
        }
        _ => None,
    }
}

/// Splits a command into words as a shell does, up to a comment. Only quotes are understood.
pub(super) fn words(command: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut quote) = (None::<String>, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '#') if word.is_none() => return words,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Whether the lines are those of a text; a line `…` stands for any number of lines.
pub(super) fn is_shown(shown: &[&str], text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let segments: Vec<&[&str]> = shown.split(|line| *line == "…").collect();
    let mut at = 0;
    for (nth, segment) in segments.iter().enumerate() {
        let (is_first, is_last) = (nth == 0, nth + 1 == segments.len());
        let rest = &lines[at..];
        let found = match (is_first, is_last) {
            (true, true) => (rest == *segment).then_some(0),
            (true, false) => rest.starts_with(segment).then_some(0),
            (false, true) => rest.ends_with(segment).then(|| rest.len() - segment.len()),
            (false, false) => (0..=rest.len()).find(|from| rest[*from..].starts_with(segment)),
        };
        match found {
            Some(from) => at += from + segment.len(),
            None => return false,
        }
    }
    true
}
