use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What is known of things that this process has numbered.
pub(crate) type ByNumber<T> = HashMap<u64, T, BuildHasherDefault<NumberHasher>>;

/// Spreads numbers. Nobody else chooses them, so that they need no secret.
#[derive(Debug, Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write_u64(&mut self, number: u64) {
        // 2^64 divided by the golden ratio: neighbours land far from each other, in the upper bits
        // too, which the map looks at first.
        self.0 = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        // The map takes its place from the lower bits.
        self.0 ^ self.0.rotate_left(32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::{BuildHasher as _, Hash as _};

    #[test]
    fn numbers_that_follow_each_other_are_spread() {
        let hash = |number: u64| BuildHasherDefault::<NumberHasher>::default().hash_one(number);
        for start in [0, 1 << 20, u64::MAX - 1024] {
            let numbers = (0..1024).map(|number| hash(start + number));
            let (mut low, mut high) = (HashSet::new(), HashSet::new());
            for hash in numbers {
                low.insert(hash % 1024);
                high.insert(hash >> 57);
            }
            assert!(low.len() > 512, "{} of 1024 places", low.len());
            assert_eq!(high.len(), 128);
        }
    }

    #[test]
    fn bytes_count() {
        let hash = |bytes: &[u8]| {
            let mut hasher = NumberHasher::default();
            bytes.hash(&mut hasher);
            hasher.finish()
        };
        assert_ne!(hash(b"ab"), hash(b"ba"));
    }
}
