//! AWS's regions, for suggestions. A region that is missing here can be used nevertheless.

use crate::model::id::Region;
use crate::model::spelling::nearest;

/// The regions of AWS's partitions that GitHub reaches (SDK reference, `partitions.json`).
const KNOWN: [&str; 39] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Whether this version of the tool knows the region.
pub(super) fn is_known(region: &Region) -> bool {
    KNOWN.contains(&region.as_str())
}

/// The known region with the most similar spelling.
pub(super) fn nearest_region(text: &str) -> Option<&'static str> {
    nearest(text, KNOWN)
}

/// What to write instead of a text that is not a region.
pub(super) fn region_help(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.parse::<Region>().is_ok() {
        return format!("write `{lower}`");
    }
    match nearest_region(text) {
        Some(region) => format!("did you mean `{region}`?"),
        None => "write the region's code, such as us-east-1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_is_one() {
        for region in KNOWN {
            assert!(region.parse::<Region>().is_ok(), "{region}");
        }
    }
}
