//! Completions in real shells: the command line after TAB. bash and zsh run on a terminal of `script`; fish prints its
//! candidates with `complete -C`. If a shell is missing, its tests are skipped and say so;
//! `CATALOG_SYNC_REQUIRE_SHELLS=1` makes that a failure.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Write as _, stderr};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use super::bed::Bed;

/// The file to which bash and zsh write the command line.
const SEEN: &str = "seen";

/// Names with characters that are special in shells.
const ODD: &str = "\
approved: [prod-4xk6p2ab3cdef]
experiences:
  - {organization: acme, name: \"Tools: it's (EU) $HOME\"}
";

const BASH: &str = r#"
PS1='ready> '
bind 'set bell-style none'
bind '"\C-xa": insert-completions'
dump() { printf '%s\n' "$READLINE_LINE" >>seen; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\C-xd": dump'
"#;

const ZSH: &str = r"
PS1='ready> '
setopt no_beep
zle -C all complete-word _generic
zstyle ':completion:all:*' completer _all_matches _complete
zstyle ':completion:all:*' insert true
bindkey '^Xa' all
dump() { print -r -- $BUFFER >>seen; BUFFER= }
zle -N dump
bindkey '^Xd' dump
";

/// Whether all of these programs are installed. If not, prints that once.
fn have(programs: &[&'static str]) -> bool {
    static SAID: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let is_there = |program: &str| {
        let mut paths =
            std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
        paths.any(|path| path.join(program).is_file())
    };
    let Some(missing) = programs.iter().find(|program| !is_there(program)) else { return true };
    let required = std::env::var_os("CATALOG_SYNC_REQUIRE_SHELLS").is_some_and(|value| value == "1");
    assert!(!required, "CATALOG_SYNC_REQUIRE_SHELLS=1, and there is no {missing} on the PATH");
    if SAID.lock().unwrap().insert(missing) {
        // Written to standard error directly: the test harness captures what `print!` and `eprintln!` write in a test
        // that passes.
        drop(writeln!(stderr(), "left out for want of `{missing}`: a test of completions (it::commands::shells)"));
    }
    false
}

/// A catalog with odd names, and the program in a folder of its own.
fn bed(folder: &str) -> Bed {
    let bed = Bed::example();
    bed.write("catalog/marketplace/odd.yaml", ODD);
    fs::create_dir_all(bed.path(folder)).unwrap();
    symlink(env!("CARGO_BIN_EXE_catalog-sync"), bed.path(folder).join("catalog-sync")).unwrap();
    bed
}

fn command(bed: &Bed, program: &str) -> Command {
    let mut command = Command::new(program);
    let paths = std::env::var_os("PATH").unwrap();
    let paths = [bed.path("bin")].into_iter().chain(std::env::split_paths(&paths));
    command.env_clear().env("PATH", std::env::join_paths(paths).unwrap()).env("HOME", bed.path("home"));
    command.env("TERM", "xterm").env("ZDOTDIR", bed.path("")).current_dir(bed.path(""));
    command
}

/// The command line after each of these inputs. `\t` is TAB; `*` at the end stands for a key that inserts all
/// candidates.
fn typed(bed: &Bed, shell: &str, load: &str, lines: &[&str]) -> Vec<String> {
    let (file, setup, run) = match shell {
        "bash" => ("rc.bash", BASH, "bash --noprofile --rcfile rc.bash -i"),
        _ => (".zshrc", ZSH, "zsh -i"),
    };
    let before = if shell == "zsh" { "autoload -Uz compinit; compinit -u -D\n" } else { "" };
    bed.write(file, &format!("{before}{load}\n{setup}"));
    let keys: String = lines
        .iter()
        .map(|line| {
            line.strip_suffix('*').map_or_else(|| format!("{line}\u{18}d"), |line| format!("{line}\u{18}a\u{18}d"))
        })
        .collect();
    let mut terminal = command(bed, "timeout");
    terminal.args(["300", "script", "-qec", run, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut terminal = terminal.spawn().unwrap();
    terminal.stdin.take().unwrap().write_all(format!("{keys}exit\n").as_bytes()).unwrap();
    let shown = terminal.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let seen = fs::read_to_string(bed.path(SEEN)).unwrap_or_default();
    assert_eq!(seen.lines().count(), lines.len(), "{seen}\n{shown}");
    for noise in ["panicked", "error", "not found"] {
        assert!(!shown.contains(noise), "{shown}");
    }
    fs::remove_file(bed.path(SEEN)).unwrap();
    seen.lines().map(|line| line.trim_end().to_owned()).collect()
}

const TYPED: [&str; 12] = [
    "catalog-sync val\t",
    "catalog-sync plan --fo\t",
    "catalog-sync plan --format=j\t",
    "catalog-sync plan --target portfolio/data*",
    "catalog-sync plan --target portfolio/net\t",
    "catalog-sync plan --target 'portfolio/*,marketplace/odd/acme/T\t",
    "catalog-sync plan --target marketplace/odd/acme/T\t",
    "catalog-sync plan --target=marketplace/odd/acme/Tools\\:\\ it\\'\t",
    "catalog-sync plan --target marketplace/baseline/sub\t",
    "catalog-sync --catalog nowhere plan --target port\t",
    "catalog-sync plan --catalog cat\t",
    "catalog-sync man prod\t",
];

const THERE: [&str; 12] = [
    "catalog-sync validate",
    "catalog-sync plan --format",
    "catalog-sync plan --format=json",
    "catalog-sync plan --target portfolio/data-platform/acme/eu-west-1 portfolio/data-platform/acme/us-east-1",
    "catalog-sync plan --target portfolio/network-basics/acme/us-east-1",
    r"catalog-sync plan --target 'portfolio/*,marketplace/odd/acme/Tools: it'\''s (EU) $HOME'",
    r"catalog-sync plan --target marketplace/odd/acme/Tools:\ it\'s\ \(EU\)\ \$HOME",
    r"catalog-sync plan --target=marketplace/odd/acme/Tools:\ it\'s\ \(EU\)\ \$HOME",
    r"catalog-sync plan --target marketplace/baseline/subsidiary/\*",
    "catalog-sync --catalog nowhere plan --target port",
    "catalog-sync plan --catalog catalog/",
    "catalog-sync man products",
];

#[test]
fn bash_completes_commands_options_values_and_targets() {
    if !have(&["bash", "script"]) {
        return;
    }
    let bed = bed("bin");
    // The pattern must not be expanded to the files that it matches.
    bed.write("marketplace/baseline/subsidiary/file", "");
    let seen = typed(&bed, "bash", "source <(catalog-sync completions bash)", &TYPED);
    assert_eq!(seen, THERE);
    let all = typed(
        &bed,
        "bash",
        "source <(catalog-sync completions bash)",
        &["catalog-sync plan --format *", "catalog-sync plan --format=*"],
    );
    assert_eq!(
        all,
        [
            "catalog-sync plan --format cloudformation json markdown sarif text yaml",
            "catalog-sync plan --format=cloudformation json markdown sarif text yaml",
        ]
    );
}

#[test]
fn zsh_completes_commands_options_values_and_targets() {
    if !have(&["zsh", "script"]) {
        return;
    }
    let bed = bed("bin");
    let seen = typed(&bed, "zsh", "source <(catalog-sync completions zsh)", &TYPED);
    assert_eq!(seen, THERE);
    let all = typed(&bed, "zsh", "source <(catalog-sync completions zsh)", &["catalog-sync plan --format *"]);
    assert_eq!(all, ["catalog-sync plan --format text markdown json sarif yaml cloudformation"]);
}

#[test]
fn fish_completes_commands_options_values_and_targets() {
    if !have(&["fish"]) {
        return;
    }
    let bed = bed("bin");
    let offers = |line: &str| {
        let line = line.replace('\'', r"\'");
        let script = format!("catalog-sync completions fish | source; complete -C '{line}'");
        let ran = command(&bed, "fish").args(["--no-config", "-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
        let offers = String::from_utf8(ran.stdout).unwrap();
        offers.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offers("catalog-sync val"), ["validate"]);
    assert_eq!(offers("catalog-sync plan --fo"), ["--format"]);
    assert_eq!(offers("catalog-sync plan --format "), ["text", "markdown", "json", "sarif", "yaml", "cloudformation"]);
    assert_eq!(offers("catalog-sync plan --format=j"), ["--format=json"]);
    assert_eq!(
        offers("catalog-sync plan --target marketplace/odd/acme/T"),
        ["marketplace/odd/acme/Tools: it's (EU) $HOME"]
    );
    assert_eq!(offers("catalog-sync plan --target marketplace/baseline/sub"), ["marketplace/baseline/subsidiary/*"]);
    assert_eq!(offers("catalog-sync --catalog nowhere plan --target port"), [""; 0]);
    let shown = offers("catalog-sync products show prod-4");
    assert_eq!(shown, ["prod-4xk6p2ab3cdef"]);
}

/// Characters that are special in one of the shells, and words that a template may use as placeholders.
const FOLDER: &str = "it's VAR BIN $x";

#[test]
fn program_that_is_not_in_the_path_completes_where_it_is() {
    let bed = bed(FOLDER);
    symlink("catalog-sync", bed.path(FOLDER).join("renamed")).unwrap();
    let program = r#""it's VAR BIN \$x/renamed""#;
    let typed_lines = ["renamed plan --fo\t", "renamed plan --target portfolio/net\t"];
    let there = ["renamed plan --format", "renamed plan --target portfolio/network-basics/acme/us-east-1"];
    for shell in ["bash", "zsh"] {
        if have(&[shell, "script"]) {
            let seen = typed(&bed, shell, &format!("source <({program} completions {shell})"), &typed_lines);
            assert_eq!(seen, there, "{shell}");
        }
    }
    if have(&["fish"]) {
        let script = format!("{program} completions fish | source; complete -C 'renamed plan --fo'");
        let ran = command(&bed, "fish").args(["--no-config", "-c", &script]).output().unwrap();
        let ran = String::from_utf8(ran.stdout).unwrap();
        assert!(ran.starts_with("--format\t"), "{ran}");
    }
}
