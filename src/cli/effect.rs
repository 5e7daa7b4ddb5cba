//! Which of the options that every command takes have an effect in which command.
//!
//! Every command accepts all of them: each is also a variable of the environment, which is set once for all commands. Help, manual
//! pages and completions of a command name only those that do something there.

use clap::Command;

/// The commands that ask AWS all take these.
const ASKING: [&str; 9] =
    ["catalog", "targets", "format", "color", "quiet", "verbose", "concurrency", "timeout", "sandbox"];

/// The options with an effect in a command, by their ids. A command that is not here has none of its own.
pub(super) fn options(command: &str) -> Vec<&'static str> {
    let and = |more: &[&'static str]| ASKING.iter().chain(more).copied().collect();
    match command {
        "apply" | "ci" => and(&["base", "share_pause"]),
        "plan" => and(&["base"]),
        // The catalog is its own base.
        "drift" => and(&[]),
        "doctor" | "products" | "explain" | "import" => {
            // The base says which roles are apply roles, and may not be entered to ask.
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

/// Hides from each command what has no effect there. The options stay: a command line that has them still works.
pub(super) fn shown(command: Command) -> Command {
    let common: Vec<clap::Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    command.mut_subcommands(|command| {
        let with_effect = options(command.get_name());
        // An option that the command has already is not handed down to it.
        let hidden = common.iter().filter(|arg| !with_effect.contains(&arg.get_id().as_str()));
        let hidden: Vec<clap::Arg> = hidden.map(|arg| arg.clone().hide(true)).collect();
        command.args(hidden)
    })
}
