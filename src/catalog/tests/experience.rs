//! Properties of experiences in entries of `experiences`.

use super::table;

#[test]
fn terms_have_their_forms() {
    insta::assert_snapshot!(table(
        "marketplace/x.yaml",
        &["\
approved: [prod-aaaaaaaaaaaa1]
experiences:
  - organization: acme
    id: exp-1
    create: true
    description: \"\"
    status: enable
    user_requests: yes
    audience:
      - {account: \"333333333333\", ou: Workloads}
      - {}
      - {ou: Root/Workloads}
      - {organization: subsidiary}
      - {account: \"333333333334\"}
      - {account: \"333333333334\"}
    branding: {title: \"0123456789012345678901234567890123456789012345678901\", theme_color: green, logo_url: logo.png}
  - {organization: acme, name: \"R&D\", create: true}
  - {organization: acme, name: Two, audience: [{account: \"333333333334\"}]}
  - {organization: subsidiary, all_live: true, create: true, status: enabled, audience: [], user_requests: true}
  - {organization: acme, name: Old, status: archived, create: true, user_requests: true, branding: {}}
"],
    ));
}

#[test]
fn good_terms_are_no_findings() {
    insta::assert_snapshot!(table(
        "marketplace/x.yaml",
        &["\
approved: [prod-aaaaaaaaaaaa1]
experiences:
  - organization: acme
    name: Engineering
    create: true
    description: What engineers may buy
    status: enabled
    user_requests: false
    audience:
      - ou: Workloads/Production
      - account: 333333333333
      - organization: acme
    branding: {title: Engineering, information: Ask, theme_color: \"#0E7f74\", logo_url: \"https://example.com/logo.png\"}
"],
    ));
}
