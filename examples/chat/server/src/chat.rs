//! The hub: what happens when a client calls.

use chat_contract::ChatHub;
use hub_runtime::{Context, DisconnectReason, HubError};
use tokio::sync::Mutex;

use crate::rooms::Rooms;
use chat_contract::RoomView;

/// One value serves all connections.
///
/// The lock is held while a change is sent, so that everyone sees all changes in one order. That
/// is cheap: sending ends when the message is queued for every connection, not when it arrives.
#[derive(Default)]
pub(crate) struct Chat {
    rooms: Mutex<Rooms>,
}

impl ChatHub for Chat {
    async fn on_connected(&self, cx: &Context<dyn ChatHub>) -> Result<(), HubError> {
        if cx.user_id().is_none() {
            return Err(HubError::new("Choose a name of 1 to 32 characters."));
        }
        let rooms = self.rooms.lock().await;
        cx.clients()
            .caller()
            .rooms_changed(rooms.summaries())
            .await?;
        Ok(())
    }

    async fn on_disconnected(&self, cx: &Context<dyn ChatHub>, _reason: DisconnectReason) {
        let mut rooms = self.rooms.lock().await;
        let left = rooms.leave_all(cx.connection_id());
        // A send to clients fails only if its arguments cannot be written, and these can.
        for (room, users) in &left {
            let _ = cx.clients().group(room).users_changed(room, users).await;
        }
        if !left.is_empty() {
            let _ = cx.clients().all().rooms_changed(rooms.summaries()).await;
        }
    }

    async fn join_room(
        &self,
        cx: &Context<dyn ChatHub>,
        room: String,
    ) -> Result<RoomView, HubError> {
        let user = cx.user_id().unwrap_or_default();
        let mut rooms = self.rooms.lock().await;
        let view = rooms.enter(&room, cx.connection_id(), user)?;
        cx.groups().add(&view.name).await?;
        cx.clients()
            .others_in_group(&view.name)
            .users_changed(&view.name, &view.users)
            .await?;
        cx.clients().all().rooms_changed(rooms.summaries()).await?;
        Ok(view)
    }

    async fn leave_room(&self, cx: &Context<dyn ChatHub>, room: String) -> Result<(), HubError> {
        let mut rooms = self.rooms.lock().await;
        cx.groups().remove(&room).await?;
        if let Some(users) = rooms.leave(&room, cx.connection_id()) {
            cx.clients()
                .group(&room)
                .users_changed(&room, &users)
                .await?;
            cx.clients().all().rooms_changed(rooms.summaries()).await?;
        }
        Ok(())
    }

    async fn send_message(
        &self,
        cx: &Context<dyn ChatHub>,
        room: String,
        text: String,
    ) -> Result<(), HubError> {
        let mut rooms = self.rooms.lock().await;
        let message = rooms.say(&room, cx.connection_id(), &text)?;
        cx.clients().group(&room).receive_message(&message).await?;
        Ok(())
    }

    async fn set_typing(
        &self,
        cx: &Context<dyn ChatHub>,
        room: String,
        typing: bool,
    ) -> Result<(), HubError> {
        let rooms = self.rooms.lock().await;
        let user = rooms.member(&room, cx.connection_id())?;
        cx.clients()
            .others_in_group(&room)
            .typing_changed(&room, user, typing)
            .await?;
        Ok(())
    }
}
