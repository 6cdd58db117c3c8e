//! A session whose every word is checked against what has happened to it.

use std::sync::Arc;
use std::time::Instant;

use hub_core::protocol::Protocol;
use hub_core::session::{Session, SessionError, SessionOptions};

use super::facts::{Facts, KEEP_ALIVE, State};

pub(super) struct Watched {
    session: Session,
    facts: Facts,
    limit: usize,
    /// So many bytes came since the last event: at least so many are kept.
    unread: usize,
    /// Whether everything that could be taken has been.
    drained: bool,
    /// What came out since the last look.
    log: Vec<String>,
}

impl Watched {
    pub(super) fn new(session: Session, options: &Arc<SessionOptions>, facts: Facts) -> Self {
        Self {
            session,
            facts,
            limit: options
                .maximum_receive_message_size
                .expect("the targets have a limit"),
            unread: 0,
            drained: true,
            log: Vec::new(),
        }
    }

    pub(super) fn protocol(&self) -> Option<Protocol> {
        self.session.protocol()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.session.is_closed()
    }

    /// Hands over `bytes` and takes `most` events at most.
    pub(super) fn input(&mut self, now: Instant, bytes: &[u8], most: usize) {
        self.unread += bytes.len();
        self.drained = false;
        let mut inbox = self.session.handle_input(now, bytes);
        for _ in 0..most {
            let Some(event) = inbox.next() else {
                self.drained = true;
                break;
            };
            self.unread = 0;
            self.log.push(format!("{event:?}"));
            self.facts.event(now, &event);
        }
    }

    /// Does what is due, until nothing is.
    pub(super) fn time(&mut self, now: Instant) {
        while let Some(timeout) = self.session.handle_timeout(now) {
            self.log.push(format!("{timeout:?}"));
            assert!(self.log.len() < 10_000, "always something is due");
            self.facts.timeout(now, &timeout);
        }
        let deadline = self.session.next_deadline();
        assert!(
            deadline.is_none_or(|deadline| deadline > now),
            "a deadline stays in the past"
        );
        assert!(!self.facts.is_due(now), "something was not said in time");
    }

    pub(super) fn suspend(&mut self, _: Instant) {
        self.session.suspend();
        self.facts.suspend();
    }

    pub(super) fn resume(&mut self, now: Instant) {
        self.session.resume(now);
        self.facts.resume(now);
        self.unread = 0;
        self.drained = true;
        assert!(
            !self.session.has_unread_input(),
            "the old transport's bytes are kept"
        );
    }

    pub(super) fn pause(&mut self, _: Instant) {
        self.session.pause_client_timeout();
        self.facts.pause();
    }

    pub(super) fn go_on(&mut self, now: Instant) {
        self.session.resume_client_timeout(now);
        self.facts.go_on(now);
    }

    pub(super) fn end(&mut self, _: Instant) {
        let was_closed = self.session.is_closed();
        let had_unread = self.session.has_unread_input();
        let error = self.session.handle_end();
        let expected = (!was_closed && had_unread).then_some(SessionError::Incomplete);
        assert_eq!(error, expected);
        self.facts.state = State::Closed;
    }

    pub(super) fn close(&mut self, _: Instant) {
        self.session.close();
        self.facts.state = State::Closed;
    }

    /// What holds at any time.
    pub(super) fn check(&mut self, now: Instant) {
        self.time(now);
        let Self { session, facts, .. } = self;
        assert_eq!(session.is_closed(), facts.state == State::Closed);
        assert_eq!(session.protocol(), facts.protocol());
        assert_eq!(session.is_resumable(), facts.is_resumable());
        match session.next_deadline() {
            None => assert!(!facts.must_wake()),
            Some(deadline) => {
                assert!(facts.state != State::Closed && !facts.suspended);
                assert!(deadline <= now + KEEP_ALIVE);
            }
        }
        if session.is_closed() {
            assert!(!session.has_unread_input());
            assert!(
                session
                    .handle_input(now, b"{}\x1e\x02\x91\x06")
                    .next()
                    .is_none()
            );
            assert_eq!(session.handle_end(), None);
        } else if self.drained {
            assert!(self.unread <= self.limit, "{} bytes are kept", self.unread);
            assert!(self.unread == 0 || session.has_unread_input());
        }
    }

    /// The same has happened to both, but for how their bytes were cut.
    pub(super) fn assert_same(&mut self, other: &mut Self) {
        assert_eq!(
            std::mem::take(&mut self.log),
            std::mem::take(&mut other.log)
        );
        assert_eq!(self.session.next_deadline(), other.session.next_deadline());
    }
}
