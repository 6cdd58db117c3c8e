/// Method names, looked up ignoring ASCII case and without allocating (wire specification, 12.1).
#[derive(Debug)]
pub(crate) struct Names {
    /// Indexes of `names`, each at its hash or as soon behind it as there was room. At least half
    /// of the table is empty, so that a search is short and ends.
    table: Vec<Option<usize>>,
    names: Vec<&'static str>,
}

impl Names {
    pub(crate) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let mut table = vec![None; (2 * names.len()).next_power_of_two()];
        for (index, name) in names.iter().enumerate() {
            let mut at = place(name, table.len());
            while table[at].is_some() {
                at = (at + 1) & (table.len() - 1);
            }
            table[at] = Some(index);
        }
        Self { table, names }
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let mut at = place(name, self.table.len());
        while let Some(index) = self.table[at] {
            if is_same(self.names[index], name) {
                return Some(index);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        None
    }
}

/// Where a name belongs in a table of so many places, a power of two.
fn place(name: &str, places: usize) -> usize {
    // The upper bits are those that every byte has gone into.
    (hash(name) >> 32) as usize & (places - 1)
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
