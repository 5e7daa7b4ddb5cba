//! Every kind of finding with its code, its severity and its meaning, in one place.

use crate::model::finding::Severity;

macro_rules! codes {
    ($($severity:ident $name:ident $word:literal $doc:literal;)*) => {
        /// A kind of finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $doc] $name,)*
        }

        impl Code {
            /// All kinds, in the order of this file.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code that machines read.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Its meaning, in one line.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$name => $doc,)* }
            }

            /// Its severity.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    // Files.
    Error MissingSettings "missing_settings" "The catalog has no settings.yaml.";
    Error FileName "file_name" "A file's name is not `a-z0-9-` and `.yaml`, or it is JSON or CSV among files that are YAML.";
    Error UnknownFile "unknown_file" "A YAML file stands where nothing reads it.";
    Error NotAFile "not_a_file" "A symbolic link or something else that is no plain file, in the catalog or on the way to it.";
    Error LooksLikeGit "looks_like_git" "A file or folder with a name of Git's own, such as `config` or `objects`.";
    Error TooLarge "too_large" "A file, the catalog or what its lists include is beyond the limit.";

    // Text.
    Error NotUtf8 "not_utf8" "A file is not UTF-8 text.";
    Error ControlCharacter "control_character" "A character that no text should hold.";
    Error Syntax "syntax" "The file is not YAML.";
    Error SeveralDocuments "several_documents" "A file holds more than one YAML document.";
    Error EmptyFile "empty_file" "A file says nothing.";
    Error TooComplex "too_complex" "Nested too deep, or too many values, with each alias counted in full.";
    Error Alias "alias" "An alias without an anchor before it, or inside its own anchor.";
    Error Tag "tag" "A YAML tag such as `!!int`.";
    Error MergeKey "merge_key" "A YAML merge key (`<<`).";
    Error KeyNotText "key_not_text" "A key that is a list or a mapping.";
    Error DuplicateKey "duplicate_key" "A key stands twice in one mapping.";

    // Keys and values.
    Error UnknownKey "unknown_key" "A key that the format does not know.";
    Error MissingKey "missing_key" "A key that has to be there is not.";
    Error NullValue "null_value" "A key or an entry without a value.";
    Error WrongType "wrong_type" "Text, a list or a mapping where another of these is wanted.";
    Error InvalidId "invalid_id" "Not an identifier of the kind that is wanted.";
    Error InvalidBoolean "invalid_boolean" "Not `true` or `false`.";
    Error InvalidNumber "invalid_number" "Not a whole number.";
    Error InvalidDate "invalid_date" "Not a date.";
    Error InvalidChoice "invalid_choice" "Not one of the words that are possible.";
    Error InvalidText "invalid_text" "Text that is empty, too long or holds what it can't.";
    Error InvalidRole "invalid_role" "Not the ARN of a role, or with an unknown `{placeholder}`.";
    Error UnsupportedVersion "unsupported_version" "A version of the format that this tool does not know.";
    Error MissingRequired "missing_required" "An entry without a field that the settings require of every entry.";
    Error OneOf "one_of" "Not exactly one of the keys that exclude each other.";
    Error NotHere "not_here" "A key that has no meaning beside the others of its entry.";
    Error DuplicateEntry "duplicate_entry" "The same thing stands twice in a list.";

    // Settings.
    Error SameOrganization "same_organization" "Two names for one organization.";
    Error SameAccount "same_account" "One account administers two organizations.";
    Error RoleWithoutMode "role_without_mode" "A role that plans and applies alike, without `shared_role: true`.";
    Error RoleAccount "role_account" "A role of a fixed account that is not the account it is for.";

    // Organizations in the other files.
    Error UnknownOrganization "unknown_organization" "An organization that the settings do not name.";
    Error WhichOrganization "which_organization" "No organization given, and not exactly one is possible.";
    Error NoServiceCatalogAccount "no_service_catalog_account" "A portfolio of an organization without one.";
    Error NoMarketplaceAccount "no_marketplace_account" "An experience of an organization without one.";

    // Portfolios.
    Error NoRegion "no_region" "A portfolio without a region.";
    Error OneRegion "one_region" "A portfolio by id in more than one region.";
    Error ShareWithOwner "share_with_owner" "A share with the account that owns the portfolio.";
    Error ForeignOrganization "foreign_organization" "A share with another organization than the portfolio's.";
    Error ListedAndIgnored "listed_and_ignored" "The same thing in a list and under `ignore`.";
    Error RecipientWithoutShare "recipient_without_share" "A recipient that no share of the portfolio reaches.";
    Error TooManyPatterns "too_many_patterns" "More patterns of principals than AWS takes in a portfolio.";
    Error GovernedTwice "governed_twice" "Two entries govern the same portfolio or experience.";
    Error InTwoAudiences "in_two_audiences" "A principal in the audiences of two experiences.";
    Error ExperienceName "experience_name" "The name of an experience to be made that AWS does not take.";

    // Product lists.
    Error ApprovedAndRejected "approved_and_rejected" "A product in both lists of one file.";
    Error UnknownInclude "unknown_include" "An included list that there is not.";
    Error IncludeCycle "include_cycle" "Lists that include each other.";
    Error ListingId "listing_id" "A listing's id (`prodview-…`) or a marketplace address in place of a product's id.";
    Error IdCase "id_case" "Two product ids that differ in letter case only.";
    Error NotesTooLong "notes_too_long" "Notes of a product with more characters than AWS takes.";
    Error IncludesDisagree "includes_disagree" "Included lists that disagree on a product.";
    Error MirrorAndList "mirror_and_list" "A product list that mirrors an experience, and lists or includes products as well.";
    Error MirrorIncluded "mirror_included" "An included list that mirrors an experience.";
    Error MirrorOfItself "mirror_of_itself" "An experience that is to follow itself.";
    Error MirrorOfMirror "mirror_of_mirror" "A mirrored experience that follows another one.";

    // Warnings.
    Warning PrincipalSharing "principal_sharing" "Principals are shared by name, which a recipient can imitate.";
    Warning SharedLaunchRole "shared_launch_role" "A launch role by its ARN for other accounts: their launches happen in the account that owns it.";
    Warning SameLocalName "same_local_name" "Two files give the same accounts a local portfolio of one name.";
    Warning UntilPassed "until_passed" "An entry whose `until` is over: it is as if it were not there.";
    Warning UntilNear "until_near" "An entry whose `until` is at most 30 days away.";
    Warning UntilWithoutEffect "until_without_effect" "An `until` beside `keep`: what is not listed stays.";
    Warning KeepWithoutEffect "keep_without_effect" "`unlisted: keep` in a list that is only included.";
    Warning NothingApproved "nothing_approved" "A governed experience in which nothing is approved.";
    Warning OverridesInclude "overrides_include" "A product approved here that an included list rejects.";
    Warning UnusedList "unused_list" "A product list that governs nothing and that nobody includes.";
    Warning NameConflict "name_conflict" "One product id with two names.";
    Warning SameName "same_name" "Two product ids with one name.";
    Warning OddProductId "odd_product_id" "A product id that is neither `prod-` and 13 letters or digits nor a UUID.";
    Warning UnknownRegion "unknown_region" "A region that this version of catalog-sync does not know.";
    Warning BeginsWithRoot "begins_with_root" "A path of an organizational unit that begins with `Root`.";
    Warning LooksLikeId "looks_like_id" "A name that looks like an id.";

    Warning IgnoreWithoutReason "ignore_without_reason" "A comment that silences a warning without a reason: it silences nothing.";
    Warning UnusedIgnore "unused_ignore" "A comment that silences nothing.";
    Warning UnknownIgnore "unknown_ignore" "A comment for something that can't be silenced, or that is not read.";

    // Findings about this tool itself.
    Error MoreFindings "more_findings" "There are more findings in a file than are shown.";
    Error Internal "internal" "A fault of catalog-sync itself.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_snake_case_and_unique() {
        let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(
            words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        );
        assert!(Code::ALL.iter().all(|code| code.doc().ends_with('.')));
    }
}
