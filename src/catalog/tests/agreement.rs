//! The schema and the tool accept the same generated documents, except for the differences listed here.

use fastrand::Rng;
use serde_json::Value as Json;

use super::document::{Doc, resolved};
use super::shape::{
    Shape::{self, Either, Many, One, Record, Text},
    made,
};
use super::*;

const ORGANIZATION: Shape = One(&["acme", "acme", "subsidiary", "\"acme\""], &["nobody", "Acme", "1.5", "{}"]);
const ACCOUNT: Shape = One(
    &["\"333333333333\"", "444444444444", "033333333333", "\"033333333333\""],
    &["3", "\"3\"", "1333333333333", "-3", "\"33333333333x\"", "3333-3333-3333", "1.5", "[]"],
);
const IGNORED_ACCOUNT: Shape = One(&["\"555555555555\"", "666666666666"], &["5", "\"x\"", "[]"]);
const IGNORED_PRODUCT: Shape =
    One(&["prod-aaaaaaaaaaaa7", "\"prod-aaaaaaaaaaaa8\""], &["prodview-x", "1.5", "{id: prod-aaaaaaaaaaaa7}"]);
const REGION: Shape =
    One(&["us-east-1", "eu-west-1", "us-gov-west-1", "us-east-9"], &["useast1", "US-EAST-1", "us-east-01", "1"]);
const FLAG: Shape = One(&["true", "false", "True"], &["\"true\"", "yes", "1", "[]"]);
const YES: Shape = One(&["true"], &["false", "\"true\"", "1"]);
const DAY: Shape = One(
    &["2027-06-30", "\"2027-06-30\""],
    &["2026-02-30", "30.06.2027", "20270630", "2027-6-3", "\"2027-06-30T00:00:00Z\""],
);
const UNIT: Shape = One(
    &["Workloads", "Workloads/Production", "ou-acme-prod0001", "ou-x/y", "Root/x", "2024", "1.5", "\"A B/C D\""],
    &[
        "ou-acme",
        "/x",
        "x/",
        "x//y",
        "\"x/ /y\"",
        "Root",
        "ROOT",
        "r-acme",
        "o-acme000001",
        "\"\"",
        "\" \"",
        "o-acme000001/r-acme/ou-acme-prod0001",
        "\"arn:aws:organizations::111111111111:ou/o-acme000001/ou-acme-prod0001\"",
        "\"a\\u0007\"",
        "\"a\\nb\"",
        "\"a\\u007fb\"",
    ],
);
const PRODUCT: Shape = One(
    &[
        "prod-aaaaaaaaaaaa1",
        "prod-aaaaaaaaaaaa2",
        "1a2b3c4d-1111-2222-3333-444455556666",
        "12345",
        "\"12345\"",
        "prod-view",
    ],
    &["prodview-x", "Prodview-X", "Datadog Pro", "1.5", "\"\"", "https://aws.amazon.com/marketplace/pp/prodview-x"],
);
const EXPERIENCE: Shape = One(&["exp-1", "exp-2", "\"exp-3\""], &["Base", "exp-", "1", "\"exp-a b\""]);
const TEMPLATE: Shape = One(
    &[
        "\"arn:aws:iam::{account}:role/x-{mode}\"",
        "\"arn:aws-us-gov:iam::111111111111:role/a/{mode}/c\"",
        "\"arn:aws:iam::{account}:role/x\"",
    ],
    &[
        "catalog-sync",
        "\"arn:aws:iam::12:role/x-{mode}\"",
        "\"arn:aws:iam::{account}:role/\"",
        "\"arn:aws:iam::{account}:role//{mode}\"",
        "\"arn:aws:iam::{account}:role/{mode}//x\"",
        "\"arn:aws:iam::{account}:role/{mode}/\"",
        "\"arn:aws:iam::{account}:role/{x}{mode}\"",
        "\"arn:aws:iam::{account}:user/{mode}\"",
    ],
);
const ACCESS: Shape = Record(&[
    ("role", 90, TEMPLATE),
    ("through", 30, TEMPLATE),
    ("external_id", 30, One(&["abc", "12345", "\"12\"", "1.5"], &["a", "5", "\"a b\"", "\"\""])),
    ("audience", 30, Text(255)),
    ("shared_role", 60, FLAG),
]);
const LIMIT: Shape =
    One(&["0", "20", "999999999"], &["\"20\"", "-1", "1000000000", "017", "0x10", "1e3", "1.0", "1.5"]);
const REQUIRED: Shape = One(&["notes", "until", "\"notes\""], &["name", "1", "{}"]);
const SETTINGS_SHAPE: Shape = Record(&[
    ("version", 97, One(&["1", "\"1\""], &["2", "\"2\"", "[]"])),
    (
        "organizations",
        97,
        Record(&[
            (
                "acme",
                90,
                Record(&[
                    ("id", 95, One(&["o-acme000001", "\"o-acme000001\""], &["acme", "o-ACME000001", "1"])),
                    ("service_catalog_account", 50, ACCOUNT),
                    ("marketplace_account", 50, ACCOUNT),
                    ("access", 20, ACCESS),
                ]),
            ),
            ("7", 20, Record(&[("id", 95, One(&["o-subs000001"], &["x"]))])),
            ("Acme", 3, Record(&[("id", 95, One(&["o-else000001"], &["x"]))])),
        ]),
    ),
    ("access", 50, ACCESS),
    ("regions", 50, Many(&REGION)),
    (
        "safety",
        50,
        Record(&[(
            "max_removals",
            80,
            Either(&LIMIT, &Record(&[("portfolios", 60, LIMIT), ("marketplace", 60, LIMIT)])),
        )]),
    ),
    ("require", 20, Record(&[("products", 60, Many(&REQUIRED)), ("shares", 60, Many(&REQUIRED))])),
]);
const PORTFOLIO_SHAPE: Shape = Record(&[
    ("portfolio", 75, Text(100)),
    ("id", 25, One(&["port-abc", "\"port-abc\""], &["X", "port-", "1", "\"port-a b\""])),
    ("organization", 60, ORGANIZATION),
    ("regions", 60, Many(&REGION)),
    (
        "shares",
        97,
        Many(&Either(
            &Record(&[
                ("account", 97, ACCOUNT),
                ("through_organization", 30, FLAG),
                ("ou", 3, UNIT),
                ("tag_options", 30, FLAG),
                ("principals", 4, FLAG),
                ("notes", 20, Text(500)),
                ("until", 20, DAY),
            ]),
            &Either(
                &Record(&[
                    ("ou", 97, UNIT),
                    ("organization", 3, ORGANIZATION),
                    ("principals", 30, FLAG),
                    ("through_organization", 4, FLAG),
                ]),
                &Record(&[("organization", 97, ORGANIZATION), ("tag_options", 30, FLAG), ("principals", 30, FLAG)]),
            ),
        )),
    ),
    ("unlisted_shares", 40, One(&["remove", "keep", "\"keep\""], &["deny", "true", "1"])),
    (
        "ignore",
        20,
        Many(&Either(
            &Record(&[("account", 97, IGNORED_ACCOUNT), ("ou", 3, UNIT)]),
            &Record(&[("ou", 97, UNIT), ("organization", 3, ORGANIZATION)]),
        )),
    ),
    (
        "recipients",
        15,
        Many(&Either(
            &Record(&[
                ("account", 97, ACCOUNT),
                ("ou", 3, UNIT),
                ("except", 4, ACCOUNTS),
                ("local_portfolio", 40, LOCAL),
                ("principals", 70, PRINCIPALS),
            ]),
            &Record(&[
                ("ou", 60, UNIT),
                ("organization", 40, ORGANIZATION),
                ("except", 40, ACCOUNTS),
                ("local_portfolio", 40, LOCAL),
                ("principals", 70, PRINCIPALS),
            ]),
        )),
    ),
]);
const LOCAL: Shape = Record(&[
    ("name", 97, Text(100)),
    ("provider", 97, Text(50)),
    ("description", 30, Text(2000)),
    (
        "products",
        50,
        Either(
            &One(&["all", "\"all\""], &["All", "none", "[]", "{}"]),
            &Many(&One(&["Stream", "2024", "\"A B\""], &["[]", "{}"])),
        ),
    ),
    ("unlisted_products", 30, One(&["keep", "remove"], &["deny", "true"])),
    ("adopt", 30, FLAG),
    ("mode", 30, One(&["reference", "copy", "\"copy\""], &["Copy", "link"])),
    ("launch_role", 60, LAUNCH_ROLE),
]);
const LAUNCH_ROLE: Shape = One(
    &[
        "Launcher",
        "2024",
        "\"x+=,.@-_y\"",
        "arn:aws:iam::333333333333:role/Launcher",
        "arn:aws-us-gov:iam::033333333333:role/a/b!/Launcher",
    ],
    &[
        "role/Launcher",
        "/a/Launcher",
        "\"a b\"",
        "arn:aws:iam::3333:role/x",
        "arn:aws:iam::333333333333:user/x",
        "arn:aws:iam::333333333333:role/",
        "arn:aws:iam::333333333333:role//x",
        "arn:aws:iam::333333333333:role/a//x",
        "arn:aws:iam::333333333333:role/a/",
        "arn::iam::333333333333:role/x",
        "arn:AWS:iam::333333333333:role/x",
        "arn:aws:iam:us-east-1:333333333333:role/x",
        "\"arn:aws:iam::333333333333:role/a b/x\"",
        "\"{account}\"",
    ],
);
const ACCOUNTS: Shape = Many(&IGNORED_ACCOUNT);
const PRINCIPALS: Shape = Many(&Either(
    &One(
        &["role/DataEngineer", "user/a/b/alice", "\"group/x+=,.@-y\"", "role/a!b/c"],
        &[
            "DataEngineer",
            "role/",
            "role//x",
            "role/Data*",
            "Role/x",
            "arn:aws:iam::333333333333:role/x",
            "role/a b",
            "\"role/a b/c\"",
            "1.5",
        ],
    ),
    &Record(&[
        ("pattern", 60, One(&["role/*-Data", "user/?", "\"group/a*\""], &["*", "role/", "Role/x", "role/a b", "1"])),
        ("permission_set", 40, One(&["Data", "\"a.b\"", "2024", "1.5"], &["Data*", "\"a b\"", "\"\"", "[]"])),
    ]),
));
const ENTRY: Shape = Either(
    &PRODUCT,
    &Record(&[("id", 97, PRODUCT), ("name", 50, Text(500)), ("notes", 50, Text(50)), ("until", 30, DAY)]),
);
const LIST_SHAPE: Shape = Record(&[
    ("mirror", 15, Record(&[("organization", 97, ORGANIZATION), ("id", 70, EXPERIENCE), ("name", 25, Text(500))])),
    ("include", 30, Many(&One(&["base", "\"base\"", "2024"], &["Base", "1.5", "nowhere"]))),
    ("approved", 60, Many(&ENTRY)),
    ("rejected", 40, Many(&ENTRY)),
    ("unlisted", 40, One(&["deny", "keep"], &["remove", "false"])),
    ("ignore", 20, Many(&IGNORED_PRODUCT)),
    (
        "experiences",
        60,
        Many(&Record(&[
            ("organization", 97, ORGANIZATION),
            ("id", 40, EXPERIENCE),
            ("name", 30, Text(500)),
            ("all_live", 30, YES),
            ("except", 15, Many(&EXPERIENCE)),
        ])),
    ),
]);

/// The number of differences that a failure shows.
const MOST_TOLD: usize = 5;

/// Findings about a combination of places or about another file. A schema can't express them, except for equal
/// entries in a list.
const TOGETHER: &[&str] = &[
    "approved_and_rejected",
    "duplicate_entry",
    "foreign_organization",
    "governed_twice",
    "id_case",
    "include_cycle",
    "includes_disagree",
    "listed_and_ignored",
    "mirror_of_itself",
    "missing_required",
    "no_marketplace_account",
    "no_service_catalog_account",
    "role_account",
    "recipient_without_share",
    "same_account",
    "same_organization",
    "share_with_owner",
    "unknown_include",
    "unknown_organization",
    "which_organization",
];

/// Further findings that a schema can't express.
fn beyond_schema(finding: &Finding, doc: &Doc) -> bool {
    let json = doc.json();
    let reworded = |_: &str, text: &str| {
        let digits = resolved(text).as_i64().map(|number| number.to_string());
        resolved(text).is_number() && digits.as_deref() != Some(text) && finding.message.contains(&format!("`{text}`"))
    };
    match finding.code {
        code if TOGETHER.contains(&code) => !has_doubles(&json),
        // The regions of the settings apply if a portfolio has none.
        "one_region" | "no_region" => json.get("regions").is_none(),
        // One `access` may have its `role` in the other one.
        "not_here" => finding.message.ends_with("has no meaning without `role`"),
        // A schema sees only the value of a number, without leading zeros or the form in which it was written.
        "invalid_number" | "unsupported_version" => doc.any_plain("", &reworded),
        "invalid_id" => finding.message.contains("is not an AWS account id") || doc.any_plain("", &reworded),
        _ => false,
    }
}

/// Documents that the tool accepts and the schema refuses: `true` as a text. If the schema accepted it, editors would
/// suggest it.
fn beyond_tool(doc: &Doc) -> bool {
    let flags = ["tag_options", "principals", "through_organization", "all_live", "shared_role", "adopt"];
    doc.any_plain("", &|key, text| resolved(text).is_boolean() && !flags.contains(&key))
}

fn has_doubles(json: &Json) -> bool {
    match json {
        Json::Array(items) => {
            items.iter().any(has_doubles) || items.iter().enumerate().any(|(at, item)| items[..at].contains(item))
        }
        Json::Object(entries) => entries.values().any(has_doubles),
        _ => false,
    }
}

#[test]
fn schema_and_tool_judge_the_same() {
    let mut random = Rng::with_seed(11);
    for (kind, path, shape) in [
        (FileKind::Settings, "settings.yaml", SETTINGS_SHAPE),
        (FileKind::Portfolio, "portfolios/x.yaml", PORTFOLIO_SHAPE),
        (FileKind::Marketplace, "marketplace/x.yaml", LIST_SHAPE),
    ] {
        let schema = jsonschema::options().should_validate_formats(true).build(&schema(kind)).unwrap();
        let (mut good, mut bad, mut differ) = (0, 0, Vec::new());
        for _ in 0..3_000 {
            let doc = made(shape, &mut random);
            let Doc::Map(_) = doc else { continue };
            let (text, json) = (format!("{}\n", doc.yaml()), doc.json());
            let around = [("settings.yaml", SETTINGS), ("marketplace/base.yaml", "rejected: [prod-bbbbbbbbbbbb1]\n")];
            let mut texts: Vec<(&str, &str)> = around.into_iter().filter(|(other, _)| *other != path).collect();
            texts.push((path, &text));
            let findings = load(&files(&texts), today()).findings;
            let here = |it: &&Finding| it.severity == Severity::Error && it.source.file == format!("catalog/{path}");
            let errors: Vec<&Finding> = findings.iter().filter(here).collect();
            let problems: Vec<String> = schema.iter_errors(&json).map(|error| error.to_string()).collect();
            match (problems.is_empty(), errors.is_empty()) {
                (true, true) => good += 1,
                (false, false) => bad += 1,
                (true, false) => {
                    for error in errors.into_iter().filter(|it| !beyond_schema(it, &doc)) {
                        differ.push(format!("the tool alone refuses {text}{}: {}\n", error.code, error.message));
                    }
                }
                (false, true) if beyond_tool(&doc) => {}
                (false, true) => differ.push(format!("the schema alone refuses {text}{}\n", problems.join("\n"))),
            }
        }
        assert!(
            differ.is_empty(),
            "{} differences, such as\n{}",
            differ.len(),
            differ[..differ.len().min(MOST_TOLD)].concat()
        );
        assert!(good > 500 && bad > 500, "{kind:?}: {good} good, {bad} bad");
    }
}
