//! The hub: what hangs on the board, and who may take it down.

use std::pin::Pin;
use std::sync::Arc;

use gallery_contract::roles::{ADMIN, BoardHub, Notice, Person};
use hub_runtime::{Context, DisconnectReason, HubError, PolicyContext};
use tokio::sync::Mutex;

use crate::sessions::Sessions;

/// The longest notice, in characters.
const LONGEST: usize = 120;
/// How many notices have room.
const ROOM: usize = 50;

/// What hangs on the board, for the hub and for its policy.
#[derive(Clone, Default)]
pub(crate) struct Notices(Arc<Mutex<Pinned>>);

#[derive(Default)]
struct Pinned {
    notices: Vec<Notice>,
    last: u32,
}

type Judging = Pin<Box<dyn Future<Output = bool> + Send>>;

impl Notices {
    /// The policy: an admin may take every notice down, everybody else their own.
    pub(crate) fn may_take_down(&self) -> impl Fn(PolicyContext) -> Judging + use<> {
        let notices = self.clone();
        move |call| {
            let notices = notices.clone();
            Box::pin(async move { call.user().has_role(ADMIN) || notices.is_authors(&call).await })
        }
    }

    async fn is_authors(&self, call: &PolicyContext) -> bool {
        let Some(number) = call.argument::<u32>(0) else {
            return false;
        };
        let pinned = self.0.lock().await;
        let mut authors = pinned.notices.iter().filter(|it| it.number == number);
        authors.any(|notice| notice.author == call.user().id())
    }
}

/// One value serves all connections.
pub(crate) struct Board {
    notices: Notices,
    sessions: Sessions,
}

impl Board {
    pub(crate) fn new(notices: Notices, sessions: Sessions) -> Self {
        Self { notices, sessions }
    }
}

impl BoardHub for Board {
    async fn on_connected(&self, cx: &Context<dyn BoardHub>) -> Result<(), HubError> {
        if let Some(user) = cx.user() {
            self.sessions.enter(user, cx.connection_id()).await?;
        }
        let pinned = self.notices.0.lock().await;
        cx.clients().caller().board_changed(&pinned.notices).await?;
        Ok(())
    }

    async fn on_disconnected(&self, cx: &Context<dyn BoardHub>, _reason: DisconnectReason) {
        if let Some(user) = cx.user() {
            self.sessions.leave(user, cx.connection_id());
        }
    }

    async fn who_am_i(&self, cx: &Context<dyn BoardHub>) -> Result<Person, HubError> {
        let user = cx.user().ok_or_else(|| HubError::new("Please log in."))?;
        Ok(Person {
            name: user.id().to_owned(),
            admin: user.has_role(ADMIN),
        })
    }

    async fn pin(&self, cx: &Context<dyn BoardHub>, text: String) -> Result<(), HubError> {
        let text = text.trim();
        if !(1..=LONGEST).contains(&text.chars().count()) {
            return Err(HubError::new(format!(
                "A notice has 1 to {LONGEST} characters."
            )));
        }
        let mut pinned = self.notices.0.lock().await;
        if pinned.notices.len() >= ROOM {
            return Err(HubError::new("The board is full."));
        }
        pinned.last += 1;
        let notice = Notice {
            number: pinned.last,
            author: cx.user_id().unwrap_or_default().to_owned(),
            text: text.to_owned(),
        };
        pinned.notices.push(notice);
        show(cx, &pinned).await
    }

    async fn take_down(&self, cx: &Context<dyn BoardHub>, number: u32) -> Result<(), HubError> {
        let mut pinned = self.notices.0.lock().await;
        pinned.notices.retain(|notice| notice.number != number);
        show(cx, &pinned).await
    }

    async fn clear(&self, cx: &Context<dyn BoardHub>) -> Result<(), HubError> {
        let mut pinned = self.notices.0.lock().await;
        pinned.notices.clear();
        show(cx, &pinned).await
    }
}

/// The lock is held meanwhile, so that everybody sees all changes in one order.
async fn show(cx: &Context<dyn BoardHub>, pinned: &Pinned) -> Result<(), HubError> {
    cx.clients().all().board_changed(&pinned.notices).await?;
    Ok(())
}
