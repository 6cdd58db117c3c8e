/// Method names, looked up ignoring ASCII case and without allocating (wire specification, 12.1).
#[derive(Debug)]
pub(crate) struct Names {
    /// What is hashed of each name and the index of its method, in order.
    by_hash: Vec<(u64, usize)>,
    names: Vec<&'static str>,
}

impl Names {
    pub(crate) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let hashes = names.iter().map(|name| hash(name));
        let mut by_hash: Vec<_> = hashes.zip(0..).collect();
        by_hash.sort_unstable();
        Self { by_hash, names }
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let wanted = hash(name);
        let first = self.by_hash.partition_point(|(hash, _)| *hash < wanted);
        let candidates = self.by_hash[first..].iter();
        candidates
            .take_while(|(hash, _)| *hash == wanted)
            .map(|(_, index)| *index)
            .find(|index| is_same(self.names[*index], name))
    }
}

/// Clients mostly spell a name as the contract does.
fn is_same(name: &str, other: &str) -> bool {
    name == other || name.eq_ignore_ascii_case(other)
}

/// The same for names that differ in case, eight bytes at a time. Keys come from the contract, so a
/// peer cannot flood a bucket; and what it looks up costs time linear in the name at most.
fn hash(name: &str) -> u64 {
    /// Letters differ from their upper case in this bit. Other bytes may lose a difference by it,
    /// which costs a comparison.
    const CASE: u64 = u64::from_le_bytes([0x20; 8]);
    /// An odd number of many bits: the golden ratio.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: [u8; 8]| {
        (hash.rotate_left(5) ^ (u64::from_le_bytes(word) | CASE)).wrapping_mul(FACTOR)
    };
    let (words, rest) = name.as_bytes().as_chunks();
    let hash = words
        .iter()
        .fold(name.len() as u64, |hash, word| mix(hash, *word));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(hash, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        let names = Names::new(["SendMessage", "Ping", "SendMessageToGroup", "Zoë"]);
        assert_eq!(names.find("sendmessage"), Some(0));
        assert_eq!(names.find("PING"), Some(1));
        assert_eq!(names.find("SendMessageTOGroup"), Some(2));
        assert_eq!(names.find("zoë"), Some(3));
        assert_eq!(names.find("Pong"), None);
        assert_eq!(names.find(""), None);
    }

    #[test]
    fn names_that_differ_in_more_than_case_are_told_apart() {
        // They differ in the bit that letters have their case in.
        let names = Names::new(["a_", "a\u{7f}"]);
        assert_eq!(names.find("A_"), Some(0));
        assert_eq!(names.find("A\u{7f}"), Some(1));
    }
}
