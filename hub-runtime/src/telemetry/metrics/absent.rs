//! Without the feature `metrics` nothing is counted, and nothing is paid.

#![expect(
    clippy::unused_self,
    reason = "the same methods as with the feature `metrics`"
)]

use super::CallEnd;
use crate::server::state::HubState;
use hub_core::negotiate::TransportType;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct HubMetrics;

impl HubMetrics {
    pub(crate) fn new<N>(_: N, _: usize) -> Self {
        Self
    }

    pub(crate) const fn are_on() -> bool {
        false
    }

    pub(crate) fn connected(&self, _: TransportType) {}

    pub(crate) fn disconnected(&self, _: TransportType, _: &'static str, _: Duration) {}

    pub(crate) fn negotiated(&self) {}

    pub(crate) fn refused(&self, _: u16) {}

    #[inline]
    pub(crate) fn received(&self, _: usize) {}

    pub(crate) fn sent(&self, _: u64) {}

    pub(crate) fn pending(&self, _: usize) {}
}

#[derive(Debug)]
pub(crate) struct SentBytes;

impl SentBytes {
    pub(crate) const fn new() -> Self {
        Self
    }

    #[inline]
    pub(crate) fn add(&mut self, _: usize) {}

    pub(crate) fn take(&mut self) -> u64 {
        0
    }
}

#[derive(Debug)]
pub(crate) struct MeteredCall;

impl MeteredCall {
    #[inline]
    pub(crate) fn begin(_: &HubState, _: &str) -> Self {
        Self
    }

    #[inline]
    pub(crate) fn waits(&mut self) {}

    #[inline]
    pub(crate) fn starts(&mut self) {}

    #[inline]
    pub(crate) fn goes_on(&mut self) {}

    #[inline]
    pub(crate) fn ends(&mut self, _: CallEnd) {}
}
