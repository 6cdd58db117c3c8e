//! `/testhub`: what SignalR's own functional tests call.

use hub_runtime::prelude::*;

/// Something with two fields.
#[hub_type]
#[derive(Debug, Clone)]
#[serde(rename_all = "PascalCase")]
pub struct CustomObject {
    /// A text.
    pub name: String,
    /// A number.
    pub value: i32,
}

/// The types whose form differs between the protocols.
#[hub_type]
#[derive(Debug, Clone)]
#[serde(rename_all = "PascalCase")]
pub struct ComplexObject {
    /// Base64 in JSON, binary in MessagePack.
    pub byte_array: Bytes,
    /// Text in JSON, a timestamp in MessagePack.
    pub date_time: Timestamp,
    /// Text in both.
    pub guid: Uuid,
    /// Numbers.
    pub int_array: Vec<i32>,
    /// Text.
    pub string: String,
}

/// Calls the server makes.
#[hub_client]
pub trait FunctionalClient {
    /// Answers `InvokeWithString`.
    async fn message(&self, message: String);

    /// Answers `SendCustomObject`.
    async fn custom_object(&self, object: CustomObject);

    /// The caller's infinite stream was cancelled.
    async fn stream_canceled(&self);

    /// Asks for a number.
    async fn result(&self) -> i32;
}

/// Calls a client makes.
#[hub(client = FunctionalClient)]
pub trait FunctionalHub {
    /// Gives back what it gets.
    async fn echo(&self, message: String) -> String;

    /// The public id of the calling connection.
    async fn get_caller_connection_id(&self, cx: &Context<dyn FunctionalHub>) -> String;

    /// How often negotiate was redirected before this connection came about.
    async fn get_num_redirects(&self, cx: &Context<dyn FunctionalHub>) -> Result<i32, HubError>;

    /// Fails.
    async fn throw_exception(&self, message: String) -> Result<(), HubError>;

    /// Sends the text to the caller, by its id.
    async fn invoke_with_string(
        &self,
        cx: &Context<dyn FunctionalHub>,
        message: String,
    ) -> Result<(), HubError>;

    /// Sends the object to the caller.
    async fn send_custom_object(
        &self,
        cx: &Context<dyn FunctionalHub>,
        object: CustomObject,
    ) -> Result<(), HubError>;

    /// `a`, `b`, `c`.
    fn stream(&self) -> impl Stream<Item = String>;

    /// Never yields, and tells its caller when it is cancelled.
    fn infinite_stream(&self, cx: &Context<dyn FunctionalHub>) -> impl Stream<Item = String>;

    /// Ends at once.
    fn empty_stream(&self) -> impl Stream<Item = i32>;

    /// Fails before the stream begins.
    async fn stream_throw_exception(
        &self,
        message: String,
    ) -> Result<impl Stream<Item = String>, HubError>;

    /// Joins all items.
    async fn streaming_concat(&self, stream: impl Stream<Item = String>) -> String;

    /// What carries the connection.
    async fn get_active_transport_name(&self, cx: &Context<dyn FunctionalHub>) -> String;

    /// Gives back what it gets.
    async fn echo_complex_object(&self, complex_object: ComplexObject) -> ComplexObject;

    /// Always the same object.
    async fn send_complex_object(&self) -> ComplexObject;

    /// The `Content-Type` of the connection's request.
    async fn get_content_type_header(&self, cx: &Context<dyn FunctionalHub>) -> Option<String>;

    /// A header of the connection's request.
    async fn get_header(
        &self,
        cx: &Context<dyn FunctionalHub>,
        header_name: String,
    ) -> Option<String>;

    /// A cookie of the connection's request.
    async fn get_cookie(
        &self,
        cx: &Context<dyn FunctionalHub>,
        cookie_name: String,
    ) -> Option<String>;
}
