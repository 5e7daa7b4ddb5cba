//! Mistakes on the command line that clap would misread.

use std::ffi::OsString;
use std::path::Path;

/// The error for a file that follows `--sandbox` as a separate word. The option's value is optional, so it has to
/// follow `=`. Otherwise `apply` would take the file for a saved plan, and other commands would not know what it is.
///
/// `None` if the word can have another meaning: a command, or an argument of a command that is not a YAML file, such as
/// a saved plan.
pub(super) fn parted_world(words: &[OsString], command: &clap::Command) -> Option<String> {
    let words = words.iter().take_while(|word| *word != "--");
    let texts: Vec<&str> = words.map(|word| word.to_str().unwrap_or_default()).collect();
    let known = |word: &str| command.get_subcommands().find(|known| known.get_name() == word);
    let is_command = |word: &str| known(word).is_some();
    let takes_words =
        texts.iter().find_map(|word| known(word)).is_some_and(|used| used.get_positionals().next().is_some());
    let world = texts.windows(2).find_map(|pair| match pair {
        ["--sandbox", word] if !word.starts_with('-') && !word.is_empty() && !is_command(word) => Some(*word),
        _ => None,
    })?;
    let is_yaml = Path::new(world)
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("yaml") || it.eq_ignore_ascii_case("yml"));
    (is_yaml || !takes_words).then(|| {
        format!("`--sandbox {world}`: the file of the sandbox's world goes behind `=`: write `--sandbox={world}`")
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn world_behind_the_option_is_seen_and_a_plan_or_a_command_is_not() {
        let told = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            parted_world(&words, &crate::cli::Cli::command()).is_some()
        };
        for slip in [
            "catalog-sync apply --sandbox world.yaml",
            "catalog-sync apply --auto-approve --sandbox dir/world.YML -v",
            "catalog-sync --sandbox world.yaml plan",
            "catalog-sync plan --sandbox world",
        ] {
            assert!(told(slip), "{slip}");
        }
        for meant in [
            "catalog-sync apply --sandbox plan.json",
            "catalog-sync apply --sandbox --auto-approve",
            "catalog-sync apply --sandbox=world.yaml plan.yaml",
            "catalog-sync --sandbox plan",
            "catalog-sync ci --sandbox apply",
            "catalog-sync schema --sandbox settings",
            "catalog-sync ci report --sandbox plans",
            "catalog-sync apply -- --sandbox world.yaml",
            "catalog-sync plan --sandbox",
        ] {
            assert!(!told(meant), "{meant}");
        }
    }
}
