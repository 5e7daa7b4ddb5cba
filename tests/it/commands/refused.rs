//! Refusals: a plan announces them, and the fix that each one prints works.

use super::bed::Bed;

/// The example's catalog with a limit of 2. Its plan removes 3.
fn limited() -> Bed {
    let bed = Bed::example();
    bed.edit("catalog/settings.yaml", "max_removals: 20", "max_removals: 2");
    bed
}

/// The words of a text between two backticks that begin with `start`.
fn quoted(text: &str, start: &str) -> Vec<String> {
    let (_, rest) = text.split_once(&format!("`{start}")).unwrap_or_else(|| panic!("no `{start}` in {text}"));
    let words = format!("{start}{}", rest.split('`').next().unwrap());
    words.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_plan_says_in_every_format_that_its_apply_will_be_refused() {
    let bed = limited();
    let refused = "An apply will be refused";
    let numbers = "it takes away 3, and at most 2 are allowed";
    for command in ["plan", "drift"] {
        let status = if command == "plan" { 0 } else { 3 };
        let ran = bed.sandbox(&[command]).ends(status).shows(&format!("{refused}: {numbers}."));
        ran.shows("`--allow-removals 3`");
        let ran = bed.sandbox(&[command, "--format", "markdown"]).ends(status);
        ran.shows(&format!("<b>{refused}:</b> {numbers}.")).shows("<code>--allow-removals 3</code>");
        let json = bed.sandbox(&[command, "--format", "json", "--out", "plan.json"]).ends(status).json();
        let refused = &json["refused"];
        assert_eq!(
            (&refused["reason"], &refused["removals"], &refused["limit"]),
            (&"removals".into(), &3.into(), &2.into())
        );
        assert!(refused["way_out"].as_str().unwrap().contains("--allow-removals 3"), "{refused}");
        let saved: serde_json::Value = serde_json::from_str(&bed.read("plan.json")).unwrap();
        assert_eq!(&saved["refused"], refused);
    }
    bed.sandbox(&["report", "plan.json"]).ends(0).shows(refused);
    let json = Bed::example().sandbox(&["plan", "--format", "json"]).ends(0).json();
    assert_eq!(json.get("refused"), None, "what is allowed is not refused");
}

#[test]
pub(crate) fn the_way_out_of_too_many_removals_leads_out() {
    let bed = limited();
    let told = bed.sandbox(&["plan"]).ends(0).stdout;
    let said = bed.sandbox(&["apply", "--auto-approve"]).ends(4).stderr;
    let way_out = quoted(&said, "--allow-removals");
    assert_eq!(way_out, quoted(&told, "--allow-removals"));
    let mut apply = vec!["apply", "--auto-approve"];
    apply.extend(way_out.iter().map(String::as_str));
    bed.sandbox(&apply).ends(0);

    let bed = limited();
    let said = bed.sandbox(&["apply", "--auto-approve"]).ends(4).stderr;
    assert_eq!(quoted(&said, "safety.max_removals"), ["safety.max_removals"]);
    bed.edit("catalog/settings.yaml", "max_removals: 2", "max_removals: 3");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);

    // Limits by kind. `--allow-removals` covers all kinds together.
    for (limits, said) in [("{portfolios: 0}", "1 in portfolios"), ("{marketplace: 0}", "2 in product lists")] {
        let bed = Bed::example();
        bed.edit("catalog/settings.yaml", "max_removals: 20", &format!("max_removals: {limits}"));
        let stderr = bed.sandbox(&["apply", "--auto-approve"]).ends(4).says(said).stderr;
        let way_out = quoted(&stderr, "--allow-removals");
        bed.sandbox(&["apply", "--auto-approve", &way_out[0], &way_out[1]]).ends(0);
    }

    // The lower limit of catalog and base counts, so raising the catalog's limit does not help.
    let bed = Bed::committed();
    bed.edit("catalog/settings.yaml", "max_removals: 20", "max_removals: 2");
    let refused = bed.sandbox(&["apply", "--auto-approve", "--base", "HEAD"]).ends(4).stderr;
    assert!(!refused.contains("safety.max_removals"), "{refused}");
    let way_out = quoted(&refused, "--allow-removals");
    bed.sandbox(&["apply", "--auto-approve", "--base", "HEAD", &way_out[0], &way_out[1]]).ends(0);
}

#[test]
pub(crate) fn the_way_out_of_a_stale_plan_is_a_new_one() {
    let moved = |bed: &Bed| {
        bed.change_world(|world| {
            let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
            let policy = experiences.get_mut("exp-acmebase0001").unwrap().policy.as_mut().unwrap();
            policy.allowed.insert("prod-bought-in-secret".to_owned());
        });
    };
    let edited = |bed: &Bed| bed.edit("catalog/marketplace/baseline.yaml", "unlisted: deny", "unlisted: keep");
    for (stale, why) in [(&moved as &dyn Fn(&Bed), "nobody has seen"), (&edited, "the catalog is not the one")] {
        let bed = Bed::example();
        bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
        stale(&bed);
        let ran = bed.sandbox(&["apply", "plan.json"]).ends(4).says(why);
        assert!(ran.stderr.to_lowercase().contains("make a new plan, look at it, and apply that"), "{}", ran.stderr);
        bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
        bed.sandbox(&["apply", "plan.json"]).ends(0);
    }
}

#[test]
pub(crate) fn the_way_out_of_another_base_is_a_new_plan() {
    let bed = Bed::committed();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    let ran = bed.sandbox(&["apply", "plan.json", "--base", "HEAD"]).ends(4).says("the base is not the one");
    assert!(ran.stderr.contains("make a new plan against the base that you mean, look at it"), "{}", ran.stderr);
    bed.sandbox(&["plan", "--base", "HEAD", "--out", "plan.json"]).ends(0);
    bed.sandbox(&["apply", "plan.json", "--base", "HEAD"]).ends(0);
    // The other fix: apply the plan against the base that it was made with. Here that is none.
    let bed = Bed::committed();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    bed.sandbox(&["apply", "plan.json", "--base", "HEAD"]).ends(4);
    bed.sandbox(&["apply", "plan.json"]).ends(0);
}

#[test]
pub(crate) fn the_way_out_where_nobody_can_say_yes_is_to_say_it_before() {
    let bed = Bed::example();
    let said = bed.sandbox(&["apply"]).ends(4).says("Nothing was changed").stderr;
    let way_out = quoted(&said, "--auto-approve");
    bed.sandbox(&["apply", way_out[0].as_str()]).ends(0);

    let bed = Bed::example();
    let said = bed.sandbox(&["apply"]).ends(4).stderr;
    let plan = quoted(&said, "plan --out");
    bed.sandbox(&plan.iter().map(String::as_str).collect::<Vec<_>>()).ends(0);
    bed.sandbox(&["apply", plan[2].as_str()]).ends(0);
}
