//! Which of the global options have an effect in which command.
//!
//! Every command accepts all of them, since each is also an environment variable that may be set once for all commands.
//! The help, manual page and completions of a command list only those with an effect there.

use clap::Command;

/// The options that `plan`, `apply`, `drift` and `ci` have in common.
const ASKING: [&str; 9] =
    ["catalog", "targets", "format", "color", "quiet", "verbose", "concurrency", "timeout", "sandbox"];

/// The global options that have an effect in a command, by their ids. Empty for a command that is not listed.
pub(super) fn options(command: &str) -> Vec<&'static str> {
    let and = |more: &[&'static str]| ASKING.iter().chain(more).copied().collect();
    match command {
        "apply" | "ci" => and(&["base", "share_pause"]),
        "plan" => and(&["base"]),
        // For drift, the catalog itself is the base.
        "drift" => and(&[]),
        "import" => {
            ["catalog", "targets", "base", "format", "color", "quiet", "verbose", "concurrency", "timeout", "sandbox"]
                .to_vec()
        }
        "doctor" | "products" | "explain" => {
            // The base decides which roles are apply roles. These commands must not assume them.
            ["catalog", "base", "format", "color", "quiet", "verbose", "concurrency", "timeout", "sandbox"].to_vec()
        }
        "map" => {
            ["catalog", "targets", "base", "color", "quiet", "verbose", "concurrency", "timeout", "sandbox"].to_vec()
        }
        "report" => ["catalog", "targets", "base", "format", "color", "quiet", "verbose", "sandbox"].to_vec(),
        "targets" => ["catalog", "targets", "base", "format", "color", "quiet", "verbose"].to_vec(),
        "iam" => ["catalog", "base", "format", "color", "quiet", "verbose"].to_vec(),
        "status" => ["catalog", "format", "color", "quiet", "verbose"].to_vec(),
        "validate" => ["catalog", "format", "color"].to_vec(),
        "init" => ["catalog", "quiet", "sandbox"].to_vec(),
        "fmt" => ["catalog", "color", "quiet"].to_vec(),
        _ => Vec::new(),
    }
}

/// Hides the options without an effect from each command. They are still accepted.
pub(super) fn shown(command: Command) -> Command {
    let common: Vec<clap::Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    command.mut_subcommands(|command| {
        let with_effect = options(command.get_name());
        // Clap does not add a global option to a command that defines it itself.
        let hidden = common.iter().filter(|arg| !with_effect.contains(&arg.get_id().as_str()));
        let hidden: Vec<clap::Arg> = hidden.map(|arg| arg.clone().hide(true)).collect();
        command.args(hidden)
    })
}
