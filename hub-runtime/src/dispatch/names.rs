/// Method names, looked up ignoring ASCII case and without allocating (wire specification, 12.1).
#[derive(Debug)]
pub(crate) struct Names {
    /// Names and their indexes, each at its hash or as soon behind it as there was room. At least
    /// half of the table is empty, so that a search is short and ends.
    table: Vec<Option<(&'static str, usize)>>,
}

impl Names {
    pub(crate) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let mut table = vec![None; (2 * names.len()).next_power_of_two()];
        for (index, name) in names.into_iter().enumerate() {
            let mut at = place(name, table.len());
            while table[at].is_some() {
                at = (at + 1) & (table.len() - 1);
            }
            table[at] = Some((name, index));
        }
        Self { table }
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let mut at = place(name, self.table.len());
        while let Some((known, index)) = self.table[at] {
            if is_same(known, name) {
                return Some(index);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        None
    }
}

/// Where a name belongs in a table of so many places, a power of two.
#[inline]
fn place(name: &str, places: usize) -> usize {
    // The upper bits are those that every byte has gone into.
    (hash(name) >> 32) as usize & (places - 1)
}

/// Clients mostly spell a name as the contract does.
#[inline]
fn is_same(name: &str, other: &str) -> bool {
    name.len() == other.len() && (name == other || is_same_but_for_case(name, other))
}

#[cold]
fn is_same_but_for_case(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

/// The same for names that differ in case, eight bytes at a time. Keys come from the contract, so a
/// peer cannot flood a bucket; and what it looks up costs time linear in the name at most.
#[inline]
fn hash(name: &str) -> u64 {
    /// Letters differ from their upper case in this bit. Other bytes may lose a difference by it,
    /// which costs a comparison.
    const CASE: u64 = u64::from_le_bytes([0x20; 8]);
    /// An odd number of many bits: the golden ratio.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: [u8; 8]| {
        (hash.rotate_left(5) ^ (u64::from_le_bytes(word) | CASE)).wrapping_mul(FACTOR)
    };
    let (words, _) = name.as_bytes().as_chunks();
    let hash = words
        .iter()
        .fold(name.len() as u64, |hash, word| mix(hash, *word));
    mix(hash, last_word(name.as_bytes()))
}

/// The end of a name as a word. Where there is enough before it, that is a part of it too, so that
/// it can be read at once.
#[inline]
fn last_word(name: &[u8]) -> [u8; 8] {
    if let Some(last) = name.last_chunk() {
        return *last;
    }
    let mut word = [0; 8];
    if let (Some(first), Some(last)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        word[..4].copy_from_slice(first);
        word[4..].copy_from_slice(last);
    } else {
        word.iter_mut().zip(name).for_each(|(to, from)| *to = *from);
    }
    word
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
    fn names_of_every_length_are_found() {
        const LONG: &str = "AbcdefghijklmnopqrstuvwX";
        let names: Vec<_> = (1..=LONG.len()).map(|length| &LONG[..length]).collect();
        let table = Names::new(names.iter().copied());
        for (index, name) in names.into_iter().enumerate() {
            assert_eq!(table.find(name), Some(index));
            assert_eq!(table.find(&name.to_uppercase()), Some(index));
            assert_eq!(table.find(&format!("{name}-")), None);
        }
    }

    #[test]
    fn names_that_differ_in_more_than_case_are_told_apart() {
        // They differ in the bit that letters have their case in.
        let names = Names::new(["a_", "a\u{7f}"]);
        assert_eq!(names.find("A_"), Some(0));
        assert_eq!(names.find("A\u{7f}"), Some(1));
    }
}
