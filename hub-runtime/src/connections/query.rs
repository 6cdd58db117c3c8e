use std::borrow::Cow;

/// The value of a key in a query string. Keys are looked up ignoring case, and an empty value
/// counts as absent, as in the reference (wire specification, section 2).
pub(crate) fn value<'a>(query: Option<&'a str>, key: &str) -> Option<Cow<'a, str>> {
    let pairs = form_urlencoded::parse(query?.as_bytes());
    pairs
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, key: &str, expected: Option<&str>) {
        assert_eq!(value(Some(query), key).as_deref(), expected, "{query}");
    }

    #[test]
    fn values_are_found() {
        check("negotiateVersion=1", "negotiateVersion", Some("1"));
        check("NEGOTIATEVERSION=1", "negotiateVersion", Some("1"));
        check("a=b&id=x%2By", "id", Some("x+y"));
        check("id=", "id", None);
        check("id", "id", None);
        check("ids=1", "id", None);
        assert_eq!(value(None, "id"), None);
    }
}
