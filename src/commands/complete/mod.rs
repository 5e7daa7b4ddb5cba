//! Completions: the script that a shell reads, and the answers to what that script asks this program.
//!
//! What completes a word is looked up when it is asked for, so that targets come from the catalog. Nothing is asked of
//! AWS or GitHub, no other program runs, and what goes wrong is an answer without words: a shell has no place for errors.

mod bash;
mod values;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap_complete::Shell;
use clap_complete::env::Shells;

use super::exit::Exit;
use super::output;
use crate::cli::Cli;

/// Names the shell that asks. It counts only for a command line that begins with `--`, which no other one does, so that no
/// command does anything else because of it.
const VARIABLE: &str = "CATALOG_SYNC_COMPLETE";

/// Stands for this program in the library's script for zsh until its path is put in: the library would take parts of a
/// path for blanks to fill in.
const PROGRAM: &str = "catalog_sync_program";

/// Answers the question of a script that [`script`] made: `catalog-sync -- WORD…`. `false` where this is none.
pub fn answer() -> bool {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != "--") {
        return false;
    }
    let Some(shell) = std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty()) else { return false };
    // A panic would end up in the middle of the line that somebody is typing.
    set_hook(Box::new(|_| {}));
    let words: Vec<OsString> = words.collect();
    let answer = catch_unwind(AssertUnwindSafe(|| candidates(&shell, words))).ok().flatten().unwrap_or_default();
    // The shell may have gone away.
    let _ = std::io::stdout().write_all(&answer);
    true
}

fn candidates(shell: &OsStr, words: Vec<OsString>) -> Option<Vec<u8>> {
    let shell = shell.to_str()?;
    let folder = std::env::current_dir().ok();
    if shell == "bash" {
        return bash::answer(&words, definition, folder.as_deref());
    }
    let mut answer = Vec::new();
    let mut command = definition(&words);
    let shells = Shells::builtins();
    shells.completer(shell)?.write_complete(&mut command, words, folder.as_deref(), &mut answer).ok()?;
    Some(answer)
}

/// The commands and options, with what the catalog of these words knows.
fn definition(words: &[OsString]) -> clap::Command {
    values::of_catalog(Cli::definition(), values::folder(words))
}

/// Prints the script that makes a shell ask.
pub(super) fn script(shell: Shell) -> Result<Exit> {
    let called = PathBuf::from(std::env::args_os().next().unwrap_or_default());
    let name = called.file_stem().and_then(OsStr::to_str).unwrap_or("catalog-sync").to_owned();
    // A name is looked up in the PATH each time; a path would lead elsewhere from another folder.
    let program = if called.components().count() > 1 { std::path::absolute(&called)? } else { called };
    let program = program.to_str().context("the path to this program is not Unicode: completions can't name it")?;
    let script = match shell {
        Shell::Bash => bash::script(&quoted(&name), &quoted(program), VARIABLE),
        Shell::Zsh => library(shell, &name, PROGRAM)?
            .replace(PROGRAM, &quoted(program))
            // As far as the cursor, without the quotes that somebody typed.
            .replace(r#""${words[@]}""#, r#""${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}""#),
        _ => library(shell, &name, program)?,
    };
    output::printed(script.as_bytes())?;
    Ok(Exit::Done)
}

fn library(shell: Shell, name: &str, program: &str) -> Result<String> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let completer = shells.completer(&shell.to_string()).with_context(|| format!("no completions for {shell}"))?;
    completer.write_registration(VARIABLE, "catalog-sync", name, program, &mut script)?;
    Ok(String::from_utf8(script)?)
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
