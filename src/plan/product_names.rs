//! Tells whether a product's name in the catalog is clearly another product's. People may use words of their own there,
//! so only clear cases count.

use crate::model::offer::Title;

/// Words that say little about which product is meant.
const FILLERS: [&str; 24] = [
    "a",
    "amazon",
    "an",
    "and",
    "aws",
    "by",
    "cloud",
    "edition",
    "enterprise",
    "for",
    "in",
    "inc",
    "llc",
    "ltd",
    "of",
    "on",
    "platform",
    "pro",
    "saas",
    "service",
    "services",
    "software",
    "the",
    "with",
];

/// Two words that are more alike than this count as one with a typing error.
const NEAR: f64 = 0.9;

/// Words that are shorter than this have to be equal.
const LONG: usize = 4;

/// Longer names are not compared, since the time grows with the product of both lengths.
const LONGEST: usize = 200;

/// Whether `name` is clearly not that of the product with this title. `is_others` says whether another product has
/// exactly this name, in the form of [`plain`]. That one is meant then, however alike the two are.
pub(super) fn is_of_another(name: &str, title: &Title, is_others: impl Fn(&str) -> bool) -> bool {
    let (plain_name, plain_title) = (plain(name), plain(&title.name));
    if plain_name.is_empty() || plain_title.is_empty() || name.len() > LONGEST || title.name.len() > LONGEST {
        return false;
    }
    if plain_name == plain_title {
        return false;
    }
    if is_others(&plain_name) {
        return true;
    }
    let (own, theirs) = (words(name), words(&title.name));
    let vendor = words(title.vendor.as_deref().unwrap_or_default());
    // A name in another script can't be compared: it may be a translation.
    if !plain_name.contains(|c: char| c.is_ascii_alphanumeric()) && plain_title.is_ascii() {
        return false;
    }
    let told = telling(&own);
    let is_shared = |word: &&str| theirs.iter().chain(&vendor).any(|other| is_alike(word, other));
    !(told.iter().any(is_shared)
        || plain_name.contains(&plain_title)
        || plain_title.contains(&plain_name)
        || own.iter().any(|word| is_short_for(word, &theirs))
        || theirs.iter().any(|word| is_short_for(word, &own)))
}

/// The letters and digits of a name, in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn words(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

/// The words that tell which product is meant. All words if there are only fillers.
fn telling(words: &[String]) -> Vec<&str> {
    let all = || words.iter().map(String::as_str);
    let told: Vec<&str> = all().filter(|word| !FILLERS.contains(word)).collect();
    if told.is_empty() { all().collect() } else { told }
}

fn is_alike(a: &str, b: &str) -> bool {
    let is_long = a.chars().count() >= LONG && b.chars().count() >= LONG;
    a == b || (is_long && (a.starts_with(b) || b.starts_with(a) || strsim::jaro_winkler(a, b) > NEAR))
}

/// Whether a word is made of the first letters of others: `rhel` of `red hat enterprise linux`.
fn is_short_for(word: &str, others: &[String]) -> bool {
    let initials: String = others.iter().filter_map(|other| other.chars().next()).collect();
    word.chars().count() > 1 && initials.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(name: &str, title: &str, vendor: &str) -> bool {
        let title = Title { name: title.to_owned(), vendor: Some(vendor.to_owned()), is_withdrawn: false };
        is_of_another(name, &title, |name| name == plain("Harbor VPN"))
    }

    #[test]
    fn people_may_call_a_product_by_their_own_words() {
        for (name, title, vendor) in [
            ("Datadog Pro", "Datadog Pro (SaaS)", "Datadog"),
            ("Datadog", "Pro Plan, Annual", "Datadog, Inc."),
            ("datadog-pro", "DatadogPro", "Datadog"),
            ("Falcon", "CrowdStrike Falcon Endpoint Protection", "CrowdStrike"),
            ("RHEL 9", "Red Hat Enterprise Linux (HVM)", "Amazon Web Services"),
            ("Web Application Firewall", "Barracuda WAF", "Barracuda"),
            ("Crowdstrik", "CrowdStrike Falcon", "CrowdStrike"),
            ("Mongo", "MongoDB Atlas", "MongoDB"),
            ("Cloud", "Confluent Cloud", "Confluent"),
            ("監視ツール", "Datadog Pro", "Datadog"),
            ("監視ツール", "監視ツール プロ", "会社"),
            ("!", "Datadog Pro", "Datadog"),
            ("Snyk", "", ""),
        ] {
            assert!(!differs(name, title, vendor), "{name} for {title}");
        }
    }

    #[test]
    fn another_products_name_is_told() {
        for (name, title, vendor) in [
            ("Snyk", "FreeMiner", "Pickaxe Labs"),
            ("Splunk Cloud", "Confluent Cloud", "Confluent"),
            ("Datadog Enterprise", "Snyk Enterprise Platform", "Snyk"),
            ("Harbor VPN", "Harbor Firewall", "Granite Networks"),
        ] {
            assert!(differs(name, title, vendor), "{name} for {title}");
        }
    }

    #[test]
    fn long_names_are_not_compared() {
        assert!(!differs(&"x".repeat(10_000), &"y".repeat(10_000), ""));
    }
}
