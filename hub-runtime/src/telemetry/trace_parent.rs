//! The caller's place in a trace, as W3C's Trace Context writes it.

use std::fmt;

/// What a `traceparent` says: which trace a call belongs to, and whose part of it it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceParent {
    /// Never 0.
    pub(crate) trace_id: u128,
    /// Never 0.
    pub(crate) parent_id: u64,
    /// Whether the caller records its part.
    pub(crate) sampled: bool,
}

impl TraceParent {
    /// Reads a header's value (W3C Trace Context, section 3.2.2); `None` for anything that is not
    /// exactly one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (version, rest) = text.split_at_checked(2)?;
        let version = hex(version, 2)?;
        // Later versions may add to the end, behind a further dash.
        let rest = match (version, rest.split_at_checked(53)?) {
            (0xff, _) => return None,
            (_, (rest, "")) => rest,
            (1.., (rest, more)) if more.starts_with('-') => rest,
            _ => return None,
        };
        let mut parts = rest.strip_prefix('-')?.split('-');
        let trace_id = hex(parts.next()?, 32)?;
        let parent_id = hex(parts.next()?, 16)?;
        let flags = hex(parts.next()?, 2)?;
        if trace_id == 0 || parent_id == 0 || parts.next().is_some() {
            return None;
        }
        Some(Self {
            trace_id,
            parent_id: u64::try_from(parent_id).ok()?,
            sampled: flags & 1 == 1,
        })
    }

    pub(crate) fn trace_id(self) -> impl fmt::Display {
        Hex(self.trace_id, 32)
    }

    pub(crate) fn parent_id(self) -> impl fmt::Display {
        Hex(self.parent_id.into(), 16)
    }
}

/// Exactly so many digits in lower case.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == digits && text.bytes().all(is_hex))
        .then(|| u128::from_str_radix(text, 16).ok())?
}

struct Hex(u128, usize);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.0, width = self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";

    #[test]
    fn a_traceparent_is_read_and_written_back() {
        let check = |version: &str, flags: &str, more: &str, sampled| {
            let text = format!("{version}-{TRACE}-{PARENT}-{flags}{more}");
            let parent = TraceParent::parse(&text).unwrap();
            assert_eq!(parent.trace_id().to_string(), TRACE);
            assert_eq!(parent.parent_id().to_string(), PARENT);
            assert_eq!(parent.sampled, sampled);
        };
        check("00", "00", "", false);
        check("00", "01", "", true);
        check("00", "ff", "", true);
        check("01", "01", "", true);
        check("fe", "03", "-more to come", true);
    }

    #[test]
    fn anything_else_is_none() {
        let zeros = "0".repeat(32);
        for text in [
            "",
            "00",
            "é0-",
            &format!("00-{TRACE}-{PARENT}"),
            &format!("00-{TRACE}-{PARENT}-1"),
            &format!("00-{TRACE}-{PARENT}-01-"),
            &format!("00-{TRACE}-{PARENT}-01x"),
            &format!("01-{TRACE}-{PARENT}-01x"),
            &format!("ff-{TRACE}-{PARENT}-01"),
            &format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            &format!("00-{zeros}-{PARENT}-01"),
            &format!("00-{TRACE}-{}-01", &zeros[..16]),
            &format!("00-{TRACE}-{PARENT}-+1"),
            &format!(" 00-{TRACE}-{PARENT}-01"),
            &format!("00_{TRACE}-{PARENT}-01"),
            &format!("00-{TRACE}ä{PARENT}01"),
        ] {
            assert_eq!(TraceParent::parse(text), None, "{text}");
        }
    }
}
