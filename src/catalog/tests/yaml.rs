//! Findings about text that is not a catalog or not YAML.

use super::*;

/// The findings about bytes as a portfolio's file.
fn bytes(bytes: &[u8]) -> String {
    let mut catalog = files(&[("settings.yaml", SETTINGS)]);
    catalog.files.insert("catalog/portfolios/x.yaml".to_owned(), bytes.to_vec());
    let findings = load(&catalog, today()).findings;
    let line = |f: &Finding| format!("{}:{} {}: {} | {}\n", f.source.line, f.source.column, f.code, f.message, f.help);
    findings.iter().map(line).collect()
}

#[test]
fn no_yaml() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &[
        "",
        "# nothing\n",
        "---\n",
        "~\n",
        "hello\n",
        "[]\n",
        "{}\n",
        "portfolio: X\n  shares: []\n",
        "portfolio: X\nshares:\n\t- account: '333333333333'\n",
        "portfolio: \"X\nshares: []\n",
        "portfolio: X\nshares: [\n",
        "portfolio: X\nshares: []\n---\nportfolio: Y\n",
        "portfolio: X\nshares: []\n...\n",
        "portfolio X\nshares: []\n",
        "portfolio: X: Y\nshares: []\n",
        "%FOO\n",
    ]), @r#"
    => 1:1 empty_file: this file says nothing | write what it should say, or delete the file

    # nothing
    => 1:1 empty_file: this file says nothing | write what it should say, or delete the file

    ---
    => 1:1 empty_file: this file says nothing | write what it should say, or delete the file

    ~
    => 1:1 empty_file: this file says nothing | write what it should say, or delete the file

    hello
    => 1:1-6 wrong_type: the file should be a mapping, not the text `hello` | write keys with values: `portfolio`, `id`, `organization`, `regions`, `shares`, `unlisted_shares`, `ignore`, `recipients`

    []
    => 1:1-2 wrong_type: the file should be a mapping, not a list | write keys with values: `portfolio`, `id`, `organization`, `regions`, `shares`, `unlisted_shares`, `ignore`, `recipients`

    {}
    => 1:1 one_of: a portfolio needs `portfolio` or `id` | add one of them
    => 1:1-2 missing_key: `shares` is missing in a portfolio | add `shares: …`

    portfolio: X
      shares: []
    => 2:9 syntax: this is not YAML: mapping values are not allowed in this context | put text that holds `: ` in quotes, or give the keys of a mapping the same indentation

    portfolio: X
    shares:
    	- account: '333333333333'
    => 3:2 syntax: this is not YAML: tabs disallowed within this context (block indentation) | YAML is indented with spaces: put spaces in place of the tab

    portfolio: "X
    shares: []
    => 2:1 syntax: this is not YAML: invalid indentation in multiline quoted scalar | look for a quotation mark above that is not closed

    portfolio: X
    shares: [
    => 2:9 syntax: this is not YAML: unclosed bracket '[' | look for the other bracket, or put the text in quotes

    portfolio: X
    shares: []
    ---
    portfolio: Y
    => 3:1-4 several_documents: a second YAML document begins here | put what follows into a file of its own

    portfolio: X
    shares: []
    ...

    portfolio X
    shares: []
    => 2:7 syntax: this is not YAML: mapping values are not allowed in this context | put text that holds `: ` in quotes, or give the keys of a mapping the same indentation

    portfolio: X: Y
    shares: []
    => 1:13 syntax: this is not YAML: mapping values are not allowed in this context | put text that holds `: ` in quotes, or give the keys of a mapping the same indentation

    %FOO
    => 2:1 syntax: this is not YAML: did not find expected <document start> | mend the line or the one above it; until then nothing else in this file is checked
    "#);
}

#[test]
fn yaml_that_is_not_for_a_catalog() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &[
        "portfolio: !!str X\nshares: !foo []\n",
        "portfolio: X\nshares:\n  - <<: {account: '333333333333'}\n",
        "portfolio: X\nshares: *nobody\n",
        "portfolio: X\nshares: &a [*a]\n",
        "portfolio: X\nshares: []\nportfolio: Y\nportfolio: Z\n",
        "? [a]\n: b\nportfolio: X\nshares: []\n",
        "null: x\ntrue: y\nportfolio: null\nshares: []\n",
    ]), @"
    portfolio: !!str X
    shares: !foo []
    => 1:12-17 tag: YAML tags (`!…`) are not used in a catalog | leave the tag out: a value is read as what its key wants
    => 2:9-13 tag: YAML tags (`!…`) are not used in a catalog | leave the tag out: a value is read as what its key wants

    portfolio: X
    shares:
      - <<: {account: '333333333333'}
    => 3:5 one_of: a share needs `account`, `ou` or `organization` | add one of them
    => 3:5-7 merge_key: merge keys (`<<`) are not part of YAML 1.2 | write the keys out, or use an alias for a whole value

    portfolio: X
    shares: *nobody
    => 2:9-16 alias: the alias `*nobody` has no anchor before it | put `&nobody` at the value that is meant

    portfolio: X
    shares: &a [*a]
    => 2:13-15 alias: this alias is inside its own anchor | an alias can't stand for the value it is part of

    portfolio: X
    shares: []
    portfolio: Y
    portfolio: Z
    => 3:1-10 duplicate_key: `portfolio` is here a second time | the first is on line 1: keep one of them
    => 4:1-10 duplicate_key: `portfolio` is here a second time | the first is on line 1: keep one of them

    ? [a]
    : b
    portfolio: X
    shares: []
    => 1:3-4 key_not_text: a key has to be text | write a word, a colon and then the value

    null: x
    true: y
    portfolio: null
    shares: []
    => 1:1-5 unknown_key: unknown key `null` in a portfolio | known here: `portfolio`, `id`, `organization`, `regions`, `shares`, `unlisted_shares`, `ignore`, `recipients`
    => 2:1-5 unknown_key: unknown key `true` in a portfolio | known here: `portfolio`, `id`, `organization`, `regions`, `shares`, `unlisted_shares`, `ignore`, `recipients`
    => 3:1-10 null_value: `portfolio` has no value | give it a value or take the line out; an empty list is `[]`, and text that looks empty needs quotes
    ");
}

#[test]
fn aliases_stand_for_values() {
    let text = "portfolio: X\nshares:\n  - account: &a '333333333333'\n    tag_options: &t true\n  - {account: *a, through_organization: *t}\n";
    assert_eq!(table("portfolios/x.yaml", &[text]).lines().filter(|line| line.starts_with("=>")).count(), 0);
    // A mistake inside an anchor is reported once, at its place.
    let text = "portfolio: X\nshares:\n  - &s {account: 3}\n  - *s\n";
    insta::assert_snapshot!(table("portfolios/x.yaml", &[text]), @r#"
    portfolio: X
    shares:
      - &s {account: 3}
      - *s
    => 3:18-19 invalid_id: `account`: `3` is not an AWS account id (12 digits) | this has one digit: write all 12
    "#);
}

#[test]
fn bytes_that_are_no_text() {
    let told = [
        bytes(b"portfolio: X\n# \xff\nshares: []\n"),
        bytes(b"\xff\xfep\0o\0"),
        bytes(b"portfolio: X\nshares: []\n\0more: 1\n"),
        bytes(b"portfolio: X\nshares: []\n# \x1b[31m\n"),
        bytes("portfolio: \"\\u0007\"\nshares: []\n".as_bytes()),
    ];
    insta::assert_snapshot!(told.concat(), @r#"
    2:3 not_utf8: this file is not UTF-8 text | save it as UTF-8; the character here is not
    1:1 not_utf8: this file is not UTF-8 text | it is UTF-16: save it as UTF-8
    3:1 control_character: the character U+0000 can't stand in a YAML file | take it out; an editor may not show it
    3:3 control_character: the character U+001B can't stand in a YAML file | take it out; an editor may not show it
    1:12 invalid_text: `portfolio`: `\u{7}` is not a text that can be used here | take the control characters out
    "#);
    assert_eq!(
        bytes("\u{feff}portfolio: X\r\nshares: []\r\n".as_bytes()),
        "",
        "a mark at the beginning, Windows line ends"
    );
}

#[test]
fn columns_are_characters() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &[
        "portfolio: \"Ünïcödé 🦀\"\nshares: [{ou: \"🦀🦀/\"}, {ou: A, \"ünknown\": 1}]\n",
    ]), @r#"
    portfolio: "Ünïcödé 🦀"
    shares: [{ou: "🦀🦀/"}, {ou: A, "ünknown": 1}]
    => 2:15-20 invalid_id: `ou`: `🦀🦀/` is not an organizational unit (names from the root down such as A/B, or ou-…) | take the slash at the end or the beginning away
    => 2:31-40 unknown_key: unknown key `ünknown` in a share | known here: `account`, `through_organization`, `ou`, `organization`, `tag_options`, `principals`, `notes`, `until`
    "#);
}

#[test]
fn bombs_go_off_harmlessly() {
    let deep = format!("portfolio: {}X{}\nshares: []\n", "[".repeat(10_000), "]".repeat(10_000));
    let blocks = (0..2_000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n");
    let laughs = (1..20).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let alias = format!("*a{}, ", n - 1).repeat(10);
        format!("{text}a{n}: &a{n} [{alias}]\n")
    });
    let anchors = (0..200).fold(String::new(), |text, n| format!("{text}&n{n} ["));
    for (text, code) in [(deep, "syntax"), (blocks, "too_complex"), (laughs, "too_complex"), (anchors, "too_complex")] {
        let told = table("portfolios/x.yaml", &[&text]);
        assert!(told.contains(code), "{}", told.lines().last().unwrap_or_default());
    }
}
