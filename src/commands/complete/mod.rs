//! Shell completions: the script that a shell loads, and the answers to that script's questions.
//!
//! Completions are worked out when the shell asks, so targets come from the present catalog. AWS and GitHub are not
//! asked, and no other program runs. After an error the answer is empty: a shell has no place to show it.

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

/// The variable that names the asking shell. It is read only if the arguments begin with `--`, which no other command
/// line does, so it can't change any command.
const VARIABLE: &str = "CATALOG_SYNC_COMPLETE";

/// A placeholder for this program's path in the library's zsh script: the library would treat parts of a path as
/// blanks to fill in.
const PROGRAM: &str = "catalog_sync_program";

/// Answers the question of a script from [`script`]: `catalog-sync -- WORD…`. Returns `false` for any other command
/// line.
pub fn answer() -> bool {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != "--") {
        return false;
    }
    let Some(shell) = std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty()) else { return false };
    // The message of a panic would appear in the line that somebody is typing.
    set_hook(Box::new(|_| {}));
    let words: Vec<OsString> = words.collect();
    let answer = catch_unwind(AssertUnwindSafe(|| candidates(&shell, words))).ok().flatten().unwrap_or_default();
    // An error is ignored: the shell may be gone.
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

/// The command-line definition, with values from the catalog that the words name.
fn definition(words: &[OsString]) -> clap::Command {
    values::of_catalog(Cli::definition(), values::folder(words))
}

/// Prints the completion script for a shell.
pub(super) fn script(shell: Shell) -> Result<Exit> {
    let called = PathBuf::from(std::env::args_os().next().unwrap_or_default());
    let name = called.file_stem().and_then(OsStr::to_str).unwrap_or("catalog-sync").to_owned();
    // A bare name is looked up in the PATH each time. A path is made absolute, since it would fail from another
    // folder.
    let program = if called.components().count() > 1 { std::path::absolute(&called)? } else { called };
    let program = program.to_str().context("the path to this program is not Unicode: completions can't name it")?;
    let script = match shell {
        Shell::Bash => bash::script(&quoted(&name), &quoted(program), VARIABLE),
        Shell::Zsh => library(shell, &name, PROGRAM)?
            .replace(PROGRAM, &quoted(program))
            // Only the words up to the cursor, without their quotes.
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

/// A text as one quoted word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
