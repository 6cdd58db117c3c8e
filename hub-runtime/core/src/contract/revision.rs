//! What tells one state of a contract from another.

use std::fmt;
use std::str::FromStr;

/// A contract as it was when a client was generated from it: its version, and the fingerprint of all
/// that shows on the wire. Written `2-0123456789abcdef`.
///
/// Codegen computes it and writes it into the client, which carries it in the query of the hub's
/// address under [`KEY`](Self::KEY).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Revision {
    /// The contract's version: `#[hub(version = 2)]`, or 1.
    pub version: u32,
    /// The fingerprint of its description.
    pub fingerprint: u64,
}

impl Revision {
    /// The key of the query in which clients carry it. SignalR's own keys look alike
    /// (`negotiateVersion`), and it has none of this name.
    pub const KEY: &str = "hubContract";

    /// The revision of a contract that is described by `text`.
    ///
    /// The fingerprint is FNV-1a with 64 bits. It is compared with a few dozen others, those of one
    /// contract, and keeps out no attacker: whoever wants to pass for another client may. So it has to be
    /// short, and the same in every release of Rust and of every crate, which ten lines of our own
    /// are and `std`'s hasher is not.
    #[must_use]
    pub const fn of(version: u32, text: &str) -> Self {
        // The offset and the prime of the algorithm's 64-bit form.
        let mut fingerprint = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            fingerprint = (fingerprint ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        Self {
            version,
            fingerprint,
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:016x}", self.version, self.fingerprint)
    }
}

/// A text that is no [`Revision`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a revision is a version, `-` and sixteen lower-case hexadecimal digits")]
#[non_exhaustive]
pub struct ParseRevisionError;

impl FromStr for Revision {
    type Err = ParseRevisionError;

    fn from_str(text: &str) -> Result<Self, ParseRevisionError> {
        let (version, digits) = text.split_once('-').ok_or(ParseRevisionError)?;
        let revision = Self {
            version: version.parse().map_err(|_| ParseRevisionError)?,
            fingerprint: u64::from_str_radix(digits, 16).map_err(|_| ParseRevisionError)?,
        };
        // One spelling only: texts are compared too.
        let is_spelled_so = revision.to_string() == text;
        is_spelled_so.then_some(revision).ok_or(ParseRevisionError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_the_algorithm() {
        // From the test vectors of its authors.
        assert_eq!(Revision::of(1, "").to_string(), "1-cbf29ce484222325");
        assert_eq!(Revision::of(1, "a").to_string(), "1-af63dc4c8601ec8c");
        assert_eq!(Revision::of(3, "foobar").to_string(), "3-85944171f73967e8");
    }

    #[test]
    fn only_one_spelling_is_read() {
        let revision = Revision::of(12, "a");
        assert_eq!(revision.to_string().parse(), Ok(revision));
        let wrong = [
            "",
            "1",
            "1-",
            "-af63dc4c8601ec8c",
            "01-af63dc4c8601ec8c",
            "+1-af63dc4c8601ec8c",
            "1-AF63DC4C8601EC8C",
            "1-+f63dc4c8601ec8c",
            "1-af63dc4c8601ec8",
            "1-00af63dc4c8601ec8c",
            "1-af63dc4c8601ec8c ",
            "4294967296-af63dc4c8601ec8c",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Revision>(), Err(ParseRevisionError), "{text}");
        }
    }
}
