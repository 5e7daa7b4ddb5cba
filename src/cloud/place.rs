//! The account and region of a call.

use crate::model::id::{AccountId, Region};

/// An account and a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

/// The region of Organizations in the partition of `home` (AWS General Reference, "AWS Organizations endpoints").
pub(crate) fn organizations_region(home: &Region) -> Region {
    let elsewhere = match home.as_str() {
        region if region.starts_with("cn-") => "cn-northwest-1".parse().ok(),
        region if region.starts_with("us-gov-") => "us-gov-west-1".parse().ok(),
        _ => None,
    };
    // In the commercial partition, Organizations and Private Marketplace are in the same region.
    elsewhere.unwrap_or_else(Region::marketplace)
}

/// The region that a signature for IAM names in the partition of `home` (AWS General Reference, "IAM endpoints").
pub(crate) fn iam_region(home: &Region) -> Region {
    let elsewhere = match home.as_str() {
        region if region.starts_with("cn-") => "cn-north-1".parse().ok(),
        region if region.starts_with("us-gov-") => "us-gov-west-1".parse().ok(),
        _ => None,
    };
    // In the commercial partition, IAM and Private Marketplace are in the same region.
    elsewhere.unwrap_or_else(Region::marketplace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organizations_has_one_region_in_each_partition() {
        let region = |home: &str| organizations_region(&home.parse().unwrap()).to_string();
        assert_eq!(region("eu-west-1"), "us-east-1");
        assert_eq!(region("us-gov-east-1"), "us-gov-west-1");
        assert_eq!(region("cn-north-1"), "cn-northwest-1");
    }
}
