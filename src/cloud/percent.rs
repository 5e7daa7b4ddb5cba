//! Percent-encoding for queries and forms.

/// A value as RFC 3986 requires it between `=` and `&`.
pub(super) fn encoded(value: &str) -> String {
    let encoded = value.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_value_is_encoded() {
        assert_eq!(encoded("arn:aws:iam::1:role/a+b c&d=~"), "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Bb%20c%26d%3D~");
    }
}
