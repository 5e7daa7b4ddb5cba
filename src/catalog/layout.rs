//! Determines the kind of a file from its path in the catalog.

use crate::model::id::Name;

use super::code::Code;
use super::report::shown;
use crate::model::spelling::nearest;

/// The kind of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    Settings,
    Portfolio(Name),
    Marketplace(Name),
    /// A file that the catalog does not use, such as a README or a script.
    Foreign,
    /// A file that was probably meant for the catalog but is in the wrong place or has the wrong name.
    Wrong {
        code: Code,
        message: String,
        help: String,
    },
}

/// The kind of the file at `path`, relative to the catalog's folder, with `/` between its parts.
pub(super) fn classify(path: &str) -> Layout {
    let file = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = file.rsplit_once('.') else { return Layout::Foreign };
    let lower = extension.to_ascii_lowercase();
    if path.split('/').any(|part| part.starts_with('.')) {
        return Layout::Foreign;
    }
    if matches!(lower.as_str(), "json" | "csv") && is_for_catalog(path, stem) {
        let message = format!("{} is not read: catalog files are YAML", shown(path));
        let help = format!("write what it says into `{stem}.yaml`, or move it out of the folder");
        return wrong(Code::FileName, message, help);
    }
    if !matches!(lower.as_str(), "yaml" | "yml") {
        return Layout::Foreign;
    }
    if extension != "yaml" {
        let message = format!("{} is not read: catalog files end in `.yaml`", shown(path));
        return wrong(Code::FileName, message, format!("rename it to `{stem}.yaml`"));
    }
    match path.split_once('/') {
        None if path == "settings.yaml" => Layout::Settings,
        Some(("portfolios", name)) if name == file => named(stem, Layout::Portfolio),
        Some(("marketplace", name)) if name == file => named(stem, Layout::Marketplace),
        _ => wrong(Code::UnknownFile, format!("nothing reads {} in a catalog", shown(path)), place_for(path, file)),
    }
}

/// Whether the file is in a folder of the catalog, or is called `settings`. Files elsewhere may belong to the
/// repository.
fn is_for_catalog(path: &str, stem: &str) -> bool {
    match path.split_once('/') {
        None => stem.eq_ignore_ascii_case("settings"),
        Some((folder, _)) => matches!(folder, "portfolios" | "marketplace"),
    }
}

/// The part of a path, relative to the catalog's folder, up to a name that Git uses itself. Git takes a folder with
/// all of these names for a repository. Folders that begin with a dot are not searched. Case is ignored, since some
/// file systems ignore it.
pub(super) fn gits_own(path: &str) -> Option<&str> {
    let mut end = 0;
    for part in path.split('/') {
        end += part.len();
        if ["HEAD", "config", "objects", "refs", ".git"].iter().any(|own| part.eq_ignore_ascii_case(own)) {
            return path.get(..end);
        }
        if part.starts_with('.') {
            return None;
        }
        end += 1;
    }
    None
}

fn named(stem: &str, kind: impl Fn(Name) -> Layout) -> Layout {
    match stem.parse::<Name>() {
        Ok(name) => kind(name),
        Err(_) => wrong(
            Code::FileName,
            format!("{} can't be a file's name: other files and the plan use it", shown(stem)),
            "rename it, with lower-case letters, digits and hyphens alone".to_owned(),
        ),
    }
}

fn place_for(path: &str, file: &str) -> String {
    let known = "a catalog has settings.yaml, portfolios/NAME.yaml and marketplace/NAME.yaml";
    match path.split_once('/') {
        None if nearest(file, ["settings.yaml"]).is_some() => "did you mean `settings.yaml`?".to_owned(),
        None => format!("move it into `portfolios/` or `marketplace/`; {known}"),
        Some(("portfolios" | "marketplace", _)) => format!("there are no folders inside; {known}"),
        Some((folder, _)) => match nearest(folder, ["portfolios", "marketplace"]) {
            Some(meant) => format!("did you mean `{meant}/{file}`?"),
            None => known.to_owned(),
        },
    }
}

fn wrong(code: Code, message: String, help: String) -> Layout {
    Layout::Wrong { code, message, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_what_a_file_is() {
        assert_eq!(classify("settings.yaml"), Layout::Settings);
        assert_eq!(classify("portfolios/a-1.yaml"), Layout::Portfolio("a-1".parse().unwrap()));
        assert_eq!(classify("marketplace/base.yaml"), Layout::Marketplace("base".parse().unwrap()));
        for foreign in [
            "package.json",
            "data/x.csv",
            "marketplace/.x.json",
            "README.md",
            "portfolios/README.md",
            "LICENSE",
            ".github/workflows/x.yml",
            "portfolios/.x.yaml",
        ] {
            assert_eq!(classify(foreign), Layout::Foreign, "{foreign}");
        }
    }

    #[test]
    fn names_of_gits_own_are_seen_at_any_depth() {
        for (path, own) in [("HEAD", "HEAD"), ("a/b/Objects/pack/x", "a/b/Objects"), (".git/config", ".git")] {
            assert_eq!(gits_own(path), Some(own), "{path}");
        }
        for fine in ["README.md", "config.yaml", ".github/workflows/config", "heads/x", "portfolios/refs.yaml"] {
            assert_eq!(gits_own(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_misplaced_file_is_told_where_to_go() {
        let told = |path: &str| match classify(path) {
            Layout::Wrong { code, message: _, help } => format!("{}: {help}", code.as_str()),
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(told("settings.yml"), "file_name: rename it to `settings.yaml`");
        assert_eq!(told("portfolios/x.YAML"), "file_name: rename it to `x.yaml`");
        for (json, yaml) in
            [("marketplace/list.json", "list"), ("portfolios/a/b.CSV", "b"), ("settings.json", "settings")]
        {
            let help = format!("file_name: write what it says into `{yaml}.yaml`, or move it out of the folder");
            assert_eq!(told(json), help);
        }
        assert_eq!(told("setings.yaml"), "unknown_file: did you mean `settings.yaml`?");
        assert_eq!(told("portfolio/x.yaml"), "unknown_file: did you mean `portfolios/x.yaml`?");
        assert!(told("portfolios/team/x.yaml").starts_with("unknown_file: there are no folders inside"));
        assert!(told("portfolios/Data Platform.yaml").starts_with("file_name: rename it, with lower-case"));
    }
}
