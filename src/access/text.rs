//! Escapes names from the settings and GitHub where IAM or CloudFormation would interpret them.

/// A text for an exact comparison (`StringEquals`). `${` would begin a policy variable (IAM User Guide, "Policy
/// variables and tags", "Specifying special characters").
pub(super) fn equals(text: &str) -> String {
    text.replace("${", "${$}{")
}

/// A text inside a pattern (`StringLike`, a resource). `*` and `?` are escaped too.
pub(super) fn like(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' | '?' | '$' => out.extend(["${", c.encode_utf8(&mut [0; 4]), "}"]),
            c => out.push(c),
        }
    }
    out
}

/// A text inside `Fn::Sub`, where CloudFormation writes `${` as `${!`.
pub(super) fn for_sub(text: &str) -> String {
    text.replace("${", "${!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_a_name_and_nothing_else() {
        assert_eq!(equals("a${aws:username}*"), "a${$}{aws:username}*");
        assert_eq!(like("a${x}*?"), "a${$}{x}${*}${?}");
        assert_eq!(for_sub("${$}{AWS::Region}"), "${!$}{AWS::Region}");
    }
}
