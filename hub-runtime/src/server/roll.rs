use super::numbers::ByNumber;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Who takes part in something, with a note about each. It says when the last one has left.
#[derive(Debug)]
pub(super) struct Roll<T> {
    members: Mutex<Members<T>>,
    empty: Notify,
}

#[derive(Debug)]
struct Members<T> {
    notes: ByNumber<T>,
    next: u64,
}

impl<T> Default for Roll<T> {
    fn default() -> Self {
        let members = Members {
            notes: ByNumber::default(),
            next: 0,
        };
        Self {
            members: Mutex::new(members),
            empty: Notify::new(),
        }
    }
}

impl<T> Roll<T> {
    /// Adds a member, and gives it a number that no other has or will have.
    pub(super) fn enter(&self, note: T) -> u64 {
        let mut members = self.lock();
        let number = members.next;
        members.next += 1;
        members.notes.insert(number, note);
        number
    }

    /// Replaces the note about a member, unless it has left. What was noted before is dropped
    /// without the lock, for whoever takes it then.
    pub(super) fn note(&self, number: u64, mut note: T) {
        if let Some(noted) = self.lock().notes.get_mut(&number) {
            std::mem::swap(noted, &mut note);
        }
    }

    pub(super) fn leave(&self, number: u64) {
        let mut members = self.lock();
        let left = members.notes.remove(&number);
        if members.notes.is_empty() {
            self.empty.notify_waiters();
        }
        drop(members);
        drop(left);
    }

    pub(super) fn len(&self) -> usize {
        self.lock().notes.len()
    }

    /// Looks at every member.
    pub(super) fn each(&self, mut look: impl FnMut(u64, &T)) {
        let members = self.lock();
        members
            .notes
            .iter()
            .for_each(|(number, note)| look(*number, note));
    }

    /// Waits until there is no member.
    pub(super) async fn emptied(&self) {
        loop {
            // Created before looking, so that no notification is missed.
            let emptied = self.empty.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Members<T>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn each_member_has_its_own_note() {
        let roll = Roll::default();
        let (first, second) = (roll.enter("first"), roll.enter("second"));
        roll.note(first, "changed");
        roll.leave(second);
        // Who has left is not noted any more.
        roll.note(second, "late");
        let third = roll.enter("third");
        assert!(third != first && third != second);
        let mut notes = Vec::new();
        roll.each(|_, note| notes.push(*note));
        notes.sort_unstable();
        assert_eq!(notes, ["changed", "third"]);
    }

    #[test]
    fn it_is_emptied_by_the_last_one() {
        let roll = Roll::default();
        assert!(roll.emptied().now_or_never().is_some());
        let (one, two) = (roll.enter(()), roll.enter(()));
        let mut emptied = Box::pin(roll.emptied());
        assert!((&mut emptied).now_or_never().is_none());
        roll.leave(one);
        assert!((&mut emptied).now_or_never().is_none());
        roll.leave(two);
        assert!(emptied.now_or_never().is_some());
    }
}
