//! A box of tools for texts: calls with all kinds of answers, to look at what is logged of them.

use hub_runtime::prelude::*;

/// How long a text is, counted in three ways.
#[hub_type]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Length {
    /// Bytes in UTF-8.
    pub bytes: u32,
    /// Unicode characters (code points).
    pub characters: u32,
    /// What stands between white space.
    pub words: u32,
}

/// One character of a text.
#[hub_type]
#[derive(Debug, Clone, PartialEq)]
pub struct Character {
    /// The character itself.
    pub text: String,
    /// Its number in Unicode, as in `U+0041`.
    pub code_point: String,
}

/// Calls a page makes. None takes more than 2,000 characters.
#[hub]
pub trait StringHub {
    /// All letters large.
    async fn upper(&self, text: String) -> Result<String, HubError>;

    /// All letters small.
    async fn lower(&self, text: String) -> Result<String, HubError>;

    /// Back to front, character by character.
    async fn reverse(&self, text: String) -> Result<String, HubError>;

    /// The text again and again, 1 to 20 times.
    async fn repeat(&self, text: String, times: u32) -> Result<String, HubError>;

    /// How long a text is.
    async fn measure(&self, text: String) -> Result<Length, HubError>;

    /// The characters, one after the other, with a pause before each that can be seen.
    async fn spell(&self, text: String) -> Result<impl Stream<Item = Character>, HubError>;

    /// Joins what a page sends piece by piece.
    async fn join(
        &self,
        pieces: impl Stream<Item = String>,
        separator: String,
    ) -> Result<String, HubError>;

    /// What the connection came by: `WebSockets`, `ServerSentEvents` or `LongPolling`.
    async fn transport(&self, cx: &Context<dyn StringHub>) -> String;
}
