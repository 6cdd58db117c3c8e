/// Method names, looked up ignoring ASCII case and without allocating (wire specification, 12.1).
#[derive(Debug)]
pub(crate) struct Names {
    /// The hash of each lower-case name and the index of its method, in order.
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
            .find(|index| self.names[*index].eq_ignore_ascii_case(name))
    }
}

/// FNV-1a over the lower-case bytes. Keys come from the contract, so a peer cannot flood a bucket;
/// and what it looks up costs time linear in the name at most.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        let names = Names::new(["SendMessage", "Ping"]);
        assert_eq!(names.find("sendmessage"), Some(0));
        assert_eq!(names.find("PING"), Some(1));
        assert_eq!(names.find("Pong"), None);
        assert_eq!(names.find(""), None);
    }
}
