//! Completions for bash, with our own script. The library's script passes on bash's words, which end at `=` and `:`.
//! It also returns names with spaces or glob characters unescaped, so bash would split or expand them.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap_complete::engine::complete;

/// The script for commands called `name`, which runs `program` with the variable set. Both must be quoted shell words.
/// Works with bash 3.2, the version of macOS, too.
pub(super) fn script(name: &str, program: &str, variable: &str) -> String {
    // In the C locale both COMP_POINT and string offsets count bytes.
    format!(
        r#"_catalog_sync_complete() {{
    local LC_ALL=C line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <({variable}=bash {program} -- "${{COMP_LINE:0:COMP_POINT}}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ ${{#COMPREPLY[@]}} -eq 1 && ${{COMPREPLY[0]}} == *[/=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}}
complete -o bashdefault -o default -F _catalog_sync_complete {name}
"#
    )
}

/// The completions of the last word of a line, one per line. Each replaces what bash takes for the current word.
pub(super) fn answer(
    asked: &[OsString],
    definition: impl FnOnce(&[OsString]) -> clap::Command,
    folder: Option<&Path>,
) -> Option<Vec<u8>> {
    let [line, breaks] = asked else { return None };
    let Line { words, quote, begins } = Line::read(line.to_str()?, breaks.to_str()?);
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    let last = words.len().checked_sub(1)?;
    let typed = words.last()?.to_str()?.get(..begins)?.to_owned();
    let mut command = definition(&words);
    let found = complete(&mut command, words, last, folder).ok()?;
    let texts = found.iter().filter_map(|candidate| OsStr::to_str(candidate.get_value())?.strip_prefix(&typed));
    let lines = texts.map(|text| escaped(text, quote) + "\n");
    Some(lines.collect::<String>().into_bytes())
}

/// A command line up to the cursor, split as bash does it.
struct Line {
    /// Without quotes and escapes. The last word is the one being typed, and may be empty.
    words: Vec<String>,
    /// The quote that is open at the end of the last word.
    quote: Option<char>,
    /// Where bash begins to complete in the last word: after a character of `COMP_WORDBREAKS`, or after an open quote.
    begins: usize,
}

impl Line {
    fn read(line: &str, breaks: &str) -> Self {
        let (mut words, mut word, mut begins) = (Vec::new(), String::new(), 0);
        let (mut is_word, mut quote) = (false, None);
        let mut signs = line.chars();
        while let Some(sign) = signs.next() {
            match (quote, sign) {
                (Some(open), _) if sign == open => quote = None,
                (None, '\'' | '"') => (quote, begins, is_word) = (Some(sign), word.len(), true),
                (None | Some('"'), '\\') => {
                    word.extend(signs.next());
                    is_word = true;
                }
                (None, _) if sign.is_ascii_whitespace() => {
                    if is_word {
                        words.push(std::mem::take(&mut word));
                    }
                    (is_word, begins) = (false, 0);
                }
                _ => {
                    word.push(sign);
                    is_word = true;
                    if quote.is_none() && breaks.contains(sign) {
                        begins = word.len();
                    }
                }
            }
        }
        words.push(word);
        Self { words, quote, begins }
    }
}

/// Escapes a text so that bash reads it back unchanged, inside of `quote` if one is open.
fn escaped(text: &str, quote: Option<char>) -> String {
    if quote == Some('\'') {
        return text.replace('\'', r"'\''");
    }
    let is_plain = |sign: char| match quote {
        Some(_) => !r#""$`\"#.contains(sign),
        None => sign.is_alphanumeric() || "-_./,+@%^=:".contains(sign),
    };
    text.chars().flat_map(|sign| (!is_plain(sign)).then_some('\\').into_iter().chain([sign])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_is_read_as_bash_reads_it() {
        let read = |line: &str| {
            let Line { words, quote, begins } = Line::read(line, " \t\n\"'><=;|&(:");
            (words.join("|"), quote, begins)
        };
        assert_eq!(read("catalog-sync plan --fo"), ("catalog-sync|plan|--fo".to_owned(), None, 0));
        assert_eq!(read("a  b "), ("a|b|".to_owned(), None, 0));
        assert_eq!(read("a --format=js"), ("a|--format=js".to_owned(), None, 9));
        assert_eq!(read(r"a x\ y\:z"), ("a|x y:z".to_owned(), None, 0));
        assert_eq!(read("a 'x y=z"), ("a|x y=z".to_owned(), Some('\''), 0));
        assert_eq!(read("a --t=\"x \\\" y"), ("a|--t=x \" y".to_owned(), Some('"'), 4));
        assert_eq!(read("a '' "), ("a||".to_owned(), None, 0));
    }

    #[test]
    fn signs_of_bash_are_escaped() {
        let text = "Tools, 'EU' *$(x)`\"";
        assert_eq!(escaped(text, None), r#"Tools,\ \'EU\'\ \*\$\(x\)\`\""#);
        assert_eq!(escaped(text, Some('"')), r#"Tools, 'EU' *\$(x)\`\""#);
        assert_eq!(escaped(text, Some('\'')), r#"Tools, '\''EU'\'' *$(x)`""#);
    }
}
