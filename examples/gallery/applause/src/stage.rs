//! The hub: it passes on what is thrown, and counts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream;
use gallery_contract::applause::{Cheer, Reaction, StageHub};
use hub_runtime::{Context, HubError};
use tokio::time::Instant;

/// How far back [`loudness`](StageHub::loudness) looks.
const LATELY: Duration = Duration::from_secs(1);
/// How often it tells.
const PERIOD: Duration = Duration::from_millis(200);
/// More than this within [`LATELY`] are not told apart.
const LOUDEST: usize = 1_000;

/// One value serves all connections.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    heard: Arc<Mutex<Heard>>,
}

/// What was thrown.
#[derive(Debug, Default)]
struct Heard {
    total: u32,
    lately: VecDeque<Instant>,
}

impl Heard {
    fn one_more(&mut self) -> u32 {
        self.total = self.total.wrapping_add(1);
        self.forget();
        if self.lately.len() < LOUDEST {
            self.lately.push_back(Instant::now());
        }
        self.total
    }

    fn loudness(&mut self) -> u32 {
        self.forget();
        u32::try_from(self.lately.len()).unwrap_or(u32::MAX)
    }

    fn forget(&mut self) {
        let now = Instant::now();
        let is_over = |at: &Instant| now.duration_since(*at) > LATELY;
        while self.lately.front().is_some_and(is_over) {
            self.lately.pop_front();
        }
    }
}

impl StageHub for Stage {
    async fn cheer(&self, cx: &Context<dyn StageHub>, reaction: Reaction) -> Result<u32, HubError> {
        let number = with(&self.heard, Heard::one_more);
        cx.clients()
            .all()
            .cheered(Cheer { number, reaction })
            .await?;
        Ok(number)
    }

    fn loudness(&self) -> impl futures_util::Stream<Item = u32> {
        let ticks = tokio::time::interval(PERIOD);
        // A caller that has gone takes its stream with it: nothing counts on for nobody.
        stream::unfold(
            (ticks, Arc::clone(&self.heard)),
            async |(mut ticks, heard)| {
                ticks.tick().await;
                Some((with(&heard, Heard::loudness), (ticks, heard)))
            },
        )
    }
}

/// Every step leaves the numbers whole, so that a panic elsewhere harms nothing.
fn with<T>(heard: &Mutex<Heard>, step: impl FnOnce(&mut Heard) -> T) -> T {
    step(&mut heard.lock().unwrap_or_else(PoisonError::into_inner))
}
