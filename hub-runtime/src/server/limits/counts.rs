//! Counting what begins and ends, up to a limit.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One number.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicUsize);

/// One more, taken back unless it is [kept](Self::keep).
#[derive(Debug)]
pub(super) struct Counted<'a>(&'a Count);

impl Count {
    /// Counts one more, unless there are as many as there may be.
    pub(super) fn take(&self, maximum: Option<usize>) -> Option<Counted<'_>> {
        let maximum = maximum.unwrap_or(usize::MAX);
        let more = |count| (count < maximum).then_some(count + 1);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        taken.ok().map(|_| Counted(self))
    }

    pub(super) fn give_back(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether there are fewer than there may be.
    pub(super) fn has_room(&self, maximum: Option<usize>) -> bool {
        maximum.is_none_or(|maximum| self.0.load(Ordering::Relaxed) < maximum)
    }
}

impl Counted<'_> {
    /// Leaves it to [`Count::give_back`].
    pub(super) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// A number for each user, or for each address. They are told apart by a hash with a key that
/// nobody else knows, which takes less than their names.
#[derive(Debug, Default)]
pub(super) struct Counts {
    hasher: RandomState,
    by_key: Mutex<HashMap<Key, u32>>,
}

/// Whose one is, in [`Counts`].
pub(super) type Key = NonZeroU64;

/// One more of somebody's, taken back unless it is [kept](Self::keep).
#[derive(Debug)]
pub(super) struct CountedFor<'a>(&'a Counts, Key);

impl Counts {
    /// Counts one more of `whose`, unless there are as many as there may be.
    pub(super) fn take(&self, whose: impl Hash, maximum: usize) -> Option<CountedFor<'_>> {
        let key = self.key(whose);
        let mut by_key = self.lock();
        let count = by_key.entry(key).or_insert(0);
        if (*count as usize) < maximum && *count < u32::MAX {
            *count += 1;
            return Some(CountedFor(self, key));
        }
        if *count == 0 {
            by_key.remove(&key);
        }
        None
    }

    pub(super) fn give_back(&self, key: Key) {
        let mut by_key = self.lock();
        let Some(count) = by_key.get_mut(&key) else {
            return;
        };
        *count -= 1;
        if *count == 0 {
            by_key.remove(&key);
            // After a crowd.
            if by_key.capacity() > 1024 && by_key.len() < by_key.capacity() / 4 {
                by_key.shrink_to_fit();
            }
        }
    }

    /// Whether `whose` has fewer than there may be.
    pub(super) fn has_room(&self, whose: impl Hash, maximum: usize) -> bool {
        let key = self.key(whose);
        let count = self.lock().get(&key).copied();
        (count.unwrap_or(0) as usize) < maximum
    }

    fn key(&self, whose: impl Hash) -> Key {
        Key::new(self.hasher.hash_one(whose)).unwrap_or(Key::MIN)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, u32>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}

impl CountedFor<'_> {
    /// Leaves it to [`Counts::give_back`].
    pub(super) fn keep(self) -> Key {
        let key = self.1;
        std::mem::forget(self);
        key
    }
}

impl Drop for CountedFor<'_> {
    fn drop(&mut self) {
        self.0.give_back(self.1);
    }
}

#[cfg(test)]
impl Count {
    pub(super) fn is_zero(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}
