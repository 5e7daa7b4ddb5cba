//! Finds the repository's own workflow for a command that people start by hand.

use std::fs;

use crate::github::Environment;
use crate::render::escape::markdown::url_path;

/// Larger workflow files are not read.
const LONGEST: u64 = 200_000;

/// The name and the page of the first workflow that runs a command, such as `apply`, and can be started by hand.
/// `None` if there is none, or if the repository's address is not known.
pub(super) fn workflow(environment: &Environment, command: &str) -> Option<(String, String)> {
    let folder = environment.workspace.as_deref()?.join(".github/workflows");
    let mut names: Vec<String> =
        fs::read_dir(&folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let repository = environment.repository_url()?;
    let name = names.into_iter().find(|name| {
        let path = folder.join(name);
        let is_yaml = path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        let is_small = || path.symlink_metadata().is_ok_and(|file| file.is_file() && file.len() < LONGEST);
        is_yaml && is_small() && fs::read_to_string(&path).is_ok_and(|text| starts_by_hand(&text, command))
    })?;
    let url = format!("{repository}/actions/workflows/{}", url_path(&name));
    Some((name, url))
}

/// Whether a workflow runs the command and has the event `workflow_dispatch`.
fn starts_by_hand(text: &str, command: &str) -> bool {
    let lines = || text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    let has_it = lines().any(|line| {
        line.strip_prefix("command:").is_some_and(|value| value.trim().trim_matches(['"', '\'']) == command)
    });
    has_it && lines().any(|line| !line.starts_with('#') && line.contains("workflow_dispatch"))
}

#[cfg(test)]
mod tests {
    use super::starts_by_hand;

    #[test]
    fn workflow_that_applies_by_hand_is_known_by_its_event_and_its_command() {
        let apply = "on:\n  push:\n  workflow_dispatch:\njobs:\n  a:\n    steps:\n      - with:\n          command: apply # all\n";
        assert!(starts_by_hand(apply, "apply"));
        assert!(!starts_by_hand(&apply.replace("workflow_dispatch", "schedule"), "apply"));
        assert!(!starts_by_hand(&apply.replace("command: apply", "command: drift"), "apply"));
        assert!(starts_by_hand(&apply.replace("command: apply", "command: adopt"), "adopt"));
        assert!(!starts_by_hand("# workflow_dispatch\ncommand: apply\n", "apply"));
    }
}
