//! The hub that the tests talk to.

use futures_util::{Stream, StreamExt as _, stream};
use hub_e2e_contract::{Audience, EntryError, Identity, Point, Sample, TestHub};
use hub_runtime::{Bytes, CloseMessage, Context, DisconnectReason, HubError};
use std::pin::pin;

/// Answers by the contract and keeps nothing.
#[derive(Debug, Default)]
pub struct Probe;

/// The user that is not let in.
const UNWELCOME: &str = "unwelcome";
/// The user that is greeted before it can say anything.
const GREETED: &str = "greeted";

impl TestHub for Probe {
    async fn on_connected(&self, cx: &Context<dyn TestHub>) -> Result<(), HubError> {
        match cx.user_id() {
            Some(GREETED) => Ok(cx.clients().caller().said("Welcome.").await?),
            Some(UNWELCOME) => Err(HubError::new("You are not welcome.")),
            _ => Ok(()),
        }
    }

    async fn on_disconnected(&self, cx: &Context<dyn TestHub>, reason: DisconnectReason) {
        // Fails only if an argument cannot be written, and these can.
        let _ = cx
            .clients()
            .all()
            .gone(cx.connection_id(), reason.to_string())
            .await;
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn echo_sample(&self, sample: Sample) -> Sample {
        sample
    }

    async fn reverse_bytes(&self, bytes: Bytes) -> Bytes {
        bytes.iter().rev().copied().collect::<Vec<u8>>().into()
    }

    async fn add(&self, left: i32, right: i32) -> i32 {
        left.wrapping_add(right)
    }

    async fn nothing(&self) {}

    async fn greet(&self, name: String, title: Option<String>) -> String {
        title.map_or_else(
            || format!("Hello {name}"),
            |title| format!("Good day {title} {name}"),
        )
    }

    async fn under_another_name(&self) -> String {
        "found".to_owned()
    }

    async fn who_am_i(&self, cx: &Context<dyn TestHub>) -> Identity {
        let user_id = cx.user_id().map(str::to_owned);
        Identity {
            connection_id: cx.connection_id().to_owned(),
            user_id,
        }
    }

    async fn count_up(&self, cx: &Context<dyn TestHub>) -> u32 {
        let count = cx.items().get::<u32>().unwrap_or_default() + 1;
        cx.items().insert(count);
        count
    }

    async fn say_then_answer(
        &self,
        cx: &Context<dyn TestHub>,
        texts: Vec<String>,
    ) -> Result<u32, HubError> {
        for text in &texts {
            cx.clients().caller().said(text).await?;
        }
        Ok(u32::try_from(texts.len())?)
    }

    async fn send_sample(&self, cx: &Context<dyn TestHub>, sample: Sample) -> Result<(), HubError> {
        Ok(cx.clients().caller().sampled(7, &sample).await?)
    }

    async fn tell(
        &self,
        cx: &Context<dyn TestHub>,
        audience: Audience,
        text: String,
    ) -> Result<(), HubError> {
        let clients = cx.clients();
        let proxy = match audience {
            Audience::All => clients.all(),
            Audience::Others => clients.others(),
            Audience::AllExcept(ids) => clients.all_except(ids),
            Audience::Clients(ids) => clients.clients(ids),
            Audience::User(id) => clients.user(id),
            Audience::Users(ids) => clients.users(ids),
            Audience::Group(group) => clients.group(group),
            Audience::Groups(groups) => clients.groups(groups),
            Audience::GroupExcept { group, except } => clients.group_except(group, except),
            Audience::OthersInGroup(group) => clients.others_in_group(group),
            // One connection is another kind of proxy: it could also be asked for a result.
            Audience::Caller => return Ok(clients.caller().said(text).await?),
            Audience::Client(id) => return Ok(clients.client(id).said(text).await?),
        };
        Ok(proxy.said(text).await?)
    }

    async fn mark(&self, cx: &Context<dyn TestHub>, number: u32) -> Result<(), HubError> {
        Ok(cx.clients().all().marked(number).await?)
    }

    async fn join(&self, cx: &Context<dyn TestHub>, group: String) -> Result<(), HubError> {
        Ok(cx.groups().add(group).await?)
    }

    async fn leave(&self, cx: &Context<dyn TestHub>, group: String) -> Result<(), HubError> {
        Ok(cx.groups().remove(group).await?)
    }

    async fn ask(
        &self,
        cx: &Context<dyn TestHub>,
        connection_id: String,
        from: Vec<String>,
    ) -> Result<u32, HubError> {
        Ok(cx.clients().client(connection_id).choose(from).await?)
    }

    async fn fail(&self, text: String) -> Result<(), HubError> {
        Err(HubError::new(text))
    }

    async fn fail_inside(&self) -> Result<u32, HubError> {
        Ok("secret".parse::<u32>()?)
    }

    async fn enter(&self, room: String) -> Result<u32, EntryError> {
        Err(refusal(room))
    }

    fn enter_slowly(&self, room: String) -> impl Stream<Item = Result<u32, EntryError>> + Send {
        stream::iter([Ok(1), Err(refusal(room))])
    }

    async fn enter_with(
        &self,
        luggage: impl Stream<Item = u32> + Send + 'static,
    ) -> Result<u32, HubError> {
        pin!(luggage).next().await;
        Err(refusal("lobby".to_owned()))?
    }

    async fn panic(&self) {
        panic!("a hub method that panics on purpose");
    }

    async fn abort(&self, cx: &Context<dyn TestHub>) {
        cx.abort();
    }

    async fn close(
        &self,
        cx: &Context<dyn TestHub>,
        connection_id: String,
        text: String,
        allow_reconnect: bool,
    ) {
        let message = CloseMessage::from(text);
        let message = if allow_reconnect {
            message.allow_reconnect()
        } else {
            message
        };
        cx.hub().close(&connection_id, message);
    }
}

fn refusal(room: String) -> EntryError {
    match room.as_str() {
        "late" => EntryError::TooLate,
        "private" => EntryError::NotInvited("Ann".to_owned()),
        "inside" => match "secret".parse::<u32>() {
            Err(error) => error.into(),
            Ok(_) => EntryError::TooLate,
        },
        _ => EntryError::RoomFull {
            room,
            limit: 3,
            others: vec![Point { x: 1, y: -2 }],
        },
    }
}
