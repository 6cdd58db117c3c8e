//! The hub: what is done with texts. What others write stays out of the log: their lengths say
//! enough.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use gallery_contract::string_tools::{Character, Length, StringHub};
use hub_runtime::{Context, DisconnectReason, HubError};
use tracing::{debug, info};

/// The longest text, in characters.
const LONGEST: usize = 2_000;
const MOST_TIMES: u32 = 20;
/// Between the characters of [`spell`](StringHub::spell).
const PAUSE: Duration = Duration::from_millis(60);

/// It keeps nothing.
#[derive(Debug)]
pub(crate) struct Tools;

impl StringHub for Tools {
    async fn on_connected(&self, cx: &Context<dyn StringHub>) -> Result<(), HubError> {
        info!(connection = cx.connection_id(), transport = %cx.transport(), "somebody came");
        Ok(())
    }

    async fn on_disconnected(&self, cx: &Context<dyn StringHub>, reason: DisconnectReason) {
        info!(connection = cx.connection_id(), %reason, "somebody left");
    }

    async fn upper(&self, text: String) -> Result<String, HubError> {
        Ok(checked("upper", &text)?.to_uppercase())
    }

    async fn lower(&self, text: String) -> Result<String, HubError> {
        Ok(checked("lower", &text)?.to_lowercase())
    }

    async fn reverse(&self, text: String) -> Result<String, HubError> {
        Ok(checked("reverse", &text)?.chars().rev().collect())
    }

    async fn repeat(&self, text: String, times: u32) -> Result<String, HubError> {
        let text = checked("repeat", &text)?;
        if !(1..=MOST_TIMES).contains(&times) {
            return Err(HubError::new(format!(
                "I repeat a text 1 to {MOST_TIMES} times."
            )));
        }
        Ok(text.repeat(times as usize))
    }

    async fn measure(&self, text: String) -> Result<Length, HubError> {
        let text = checked("measure", &text)?;
        Ok(Length {
            bytes: u32::try_from(text.len())?,
            characters: u32::try_from(text.chars().count())?,
            words: u32::try_from(text.split_whitespace().count())?,
        })
    }

    async fn spell(
        &self,
        text: String,
    ) -> Result<impl futures_util::Stream<Item = Character>, HubError> {
        checked("spell", &text)?;
        let characters: Vec<char> = text.chars().collect();
        Ok(stream::iter(characters).then(async |character| {
            tokio::time::sleep(PAUSE).await;
            Character {
                text: character.to_string(),
                code_point: format!("U+{:04X}", u32::from(character)),
            }
        }))
    }

    async fn join(
        &self,
        pieces: impl futures_util::Stream<Item = String>,
        separator: String,
    ) -> Result<String, HubError> {
        let mut joined = String::new();
        let mut pieces = std::pin::pin!(pieces.enumerate());
        while let Some((index, piece)) = pieces.next().await {
            debug!(bytes = piece.len(), "a piece came");
            if index > 0 {
                joined += &separator;
            }
            joined += &piece;
            checked("join", &joined)?;
        }
        Ok(joined)
    }

    async fn transport(&self, cx: &Context<dyn StringHub>) -> String {
        cx.transport().to_string()
    }
}

/// Logs what a tool is used for, and refuses what is too long for it.
fn checked<'a>(tool: &str, text: &'a str) -> Result<&'a str, HubError> {
    debug!(tool, bytes = text.len(), "a tool is used");
    if text.chars().count() > LONGEST {
        return Err(HubError::new(format!(
            "A text has {LONGEST} characters at most."
        )));
    }
    Ok(text)
}
