//! The table that `#[hub]` writes, driven by hand: arguments in, answers out, as bytes.

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use hub_core::call::{Call, CallNumber, Outcome, UploadQueue};
use hub_core::context::{ConnectionScope, Stopped};
use hub_core::contract::{ClientContract, HubContract, MethodKind, Serve};
use hub_core::negotiate::TransportType;
use hub_core::outlet::{ClientResult, GroupChange, Port, Sent, Target};
use hub_core::protocol::{
    Arguments, EncodeError, Encoded, EncodedInvocation, OwnedValue, Protocol, Protocols, RawValue,
};
use hub_core::{ClientResultError, Items};
use hub_runtime::prelude::*;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

#[hub_type]
#[derive(Debug, Clone, PartialEq)]
struct Seat {
    room_name: String,
    row: Option<u32>,
}

#[hub_client]
trait Guest {
    async fn seat_taken(&self, seat: Seat, by: String);
    async fn wave(&self);
    async fn choose(&self, seats: Vec<Seat>) -> Option<Seat>;
}

#[hub(client = Guest)]
trait House {
    async fn take(&self, cx: &Context<dyn House>, seat: Seat) -> Result<Seat, HubError>;
    async fn add(&self, a: u32, b: u32) -> u32;
    async fn greet(&self, name: String, greeting: Option<String>, times: Option<u32>) -> String;
    async fn nothing(&self);
    async fn choose(&self, cx: &Context<dyn House>) -> Result<Option<Seat>, HubError>;
    fn count(&self, to: u32) -> impl Stream<Item = u32>;
    fn failing(&self) -> impl Stream<Item = Result<u32, HubError>>;
    async fn later(&self, to: u32) -> impl Stream<Item = u32>;
    async fn checked(&self, to: u32) -> Result<impl Stream<Item = u32>, std::fmt::Error>;
    async fn sum(&self, start: u32, numbers: impl Stream<Item = u32>) -> u32;
}

struct Theatre;

impl House for Theatre {
    async fn on_connected(&self, cx: &Context<dyn House>) -> Result<(), HubError> {
        Ok(cx.clients().others().wave().await?)
    }
    async fn take(&self, cx: &Context<dyn House>, seat: Seat) -> Result<Seat, HubError> {
        cx.clients()
            .all()
            .seat_taken(&seat, cx.connection_id())
            .await?;
        match seat.row {
            Some(_) => Ok(seat),
            None => Err(HubError::new("There is no such row.")),
        }
    }
    async fn add(&self, a: u32, b: u32) -> u32 {
        a + b
    }
    async fn greet(&self, name: String, greeting: Option<String>, times: Option<u32>) -> String {
        format!("{} {name} {times:?}", greeting.unwrap_or("Hello".into()))
    }
    async fn nothing(&self) {}
    async fn choose(&self, cx: &Context<dyn House>) -> Result<Option<Seat>, HubError> {
        let seats = [Seat {
            room_name: "A".into(),
            row: Some(1),
        }];
        Ok(cx.clients().caller().choose(&seats[..]).await?)
    }
    fn count(&self, to: u32) -> impl Stream<Item = u32> {
        stream::iter(0..to)
    }
    fn failing(&self) -> impl Stream<Item = Result<u32, HubError>> {
        stream::iter([Ok(1), Err(HubError::new("Enough.")), Ok(2)])
    }
    async fn later(&self, to: u32) -> impl Stream<Item = u32> {
        stream::iter(0..to)
    }
    async fn checked(&self, to: u32) -> Result<impl Stream<Item = u32>, std::fmt::Error> {
        if to == 0 {
            Err(std::fmt::Error)
        } else {
            Ok(stream::iter(0..to))
        }
    }
    async fn sum(&self, start: u32, numbers: impl Stream<Item = u32>) -> u32 {
        numbers.fold(start, async |sum, number| sum + number).await
    }
}

/// A connection that keeps what is sent to it.
struct Connection {
    items: Items,
    http: http::request::Parts,
    port: Arc<dyn Port>,
    sent: Mutex<Vec<String>>,
}

/// A hub that keeps what is sent to clients, and answers for them.
#[derive(Default)]
struct FakePort {
    sent: Mutex<Vec<(Target, String)>>,
}

impl Port for FakePort {
    fn protocols(&self) -> Protocols {
        Protocol::Json.into()
    }
    fn send(&self, target: Target, message: EncodedInvocation) -> Sent {
        let (_, message) = message.into_parts().next().expect("a message for JSON");
        self.sent.lock().unwrap().push((target, text(&message)));
        Sent::Done(Ok(()))
    }
    fn invoke(
        &self,
        id: smol_str::SmolStr,
        encode: &dyn Fn(Protocol, &str) -> Result<Encoded, EncodeError>,
    ) -> Pin<Box<dyn Future<Output = Result<ClientResult, ClientResultError>> + Send>> {
        let message = encode(Protocol::Json, "s1").expect("arguments that can be encoded");
        self.sent
            .lock()
            .unwrap()
            .push((Target::Connection(id), text(&message)));
        let answer = OwnedValue::from(RawValue::json(r#"{"roomName":"B","row":null}"#));
        Box::pin(std::future::ready(Ok(Some(answer))))
    }
    fn group(&self, _: GroupChange, _: &str, _: &str) -> Sent {
        unreachable!("no test joins a group")
    }
    fn close(&self, _: &str, _: CloseMessage) {}
}

impl ConnectionScope for Connection {
    fn connection_id(&self) -> &'static str {
        "c1"
    }
    fn user(&self) -> Option<&User> {
        None
    }
    fn items(&self) -> &Items {
        &self.items
    }
    fn http(&self) -> &http::request::Parts {
        &self.http
    }
    fn transport(&self) -> TransportType {
        TransportType::WebSockets
    }
    fn aborted(&self) -> Stopped {
        Box::pin(std::future::pending())
    }
    fn is_aborted(&self) -> bool {
        false
    }
    fn cancelled(&self, _: CallNumber) -> Stopped {
        Box::pin(std::future::pending())
    }
    fn close(&self, _: CloseMessage) {}
    fn port(&self) -> &Arc<dyn Port> {
        &self.port
    }
    fn poll_room(&self, _: &mut std::task::Context<'_>) -> Poll<bool> {
        Poll::Ready(true)
    }
    fn send_to_caller(&self, message: Encoded) {
        self.sent.lock().unwrap().push(text(&message));
    }
}

fn text(message: &Encoded) -> String {
    String::from_utf8_lossy(message.payload())
        .trim_end_matches('\x1e')
        .to_owned()
}

fn connection() -> (Arc<Connection>, Arc<FakePort>) {
    let port = Arc::new(FakePort::default());
    let http = http::Request::new(()).into_parts().0;
    let (items, sent) = (Items::default(), Mutex::default());
    (
        Arc::new(Connection {
            items,
            http,
            port: port.clone(),
            sent,
        }),
        port,
    )
}

/// What a call leaves behind: messages to its caller, and how it ended.
#[derive(Debug, PartialEq)]
struct Left {
    caller: Vec<String>,
    clients: Vec<(Target, String)>,
    end: String,
}

fn call_with(method: &str, arguments: &str, uploads: Vec<UploadQueue>) -> Left {
    let (scope, port) = connection();
    let row = <dyn House as Serve<Theatre>>::METHODS
        .iter()
        .find(|row| row.description().wire_name == method)
        .expect("a method of the table");
    let shared = || scope.clone() as Arc<dyn ConnectionScope>;
    let call = Call::new(
        &shared,
        CallNumber(7),
        Arguments::json(arguments),
        Some("1"),
        uploads,
    );
    let end = match row.call(&Arc::new(Theatre), call) {
        Err(error) => format!("not bound: {error}"),
        Ok(future) => match future.now_or_never().expect("no method of the test waits") {
            Outcome::Completion(message) => text(&message),
            Outcome::Failed(error) => format!("failed: {error}"),
            Outcome::StreamFailed(error) => format!("stream failed: {error}"),
            other => format!("{other:?}"),
        },
    };
    let caller = std::mem::take(&mut *scope.sent.lock().unwrap());
    let clients = std::mem::take(&mut *port.sent.lock().unwrap());
    Left {
        caller,
        clients,
        end,
    }
}

#[track_caller]
fn check(method: &str, arguments: &str, items: &[&str], end: &str) {
    let left = call_with(method, arguments, Vec::new());
    let items: Vec<_> = items
        .iter()
        .map(|item| format!(r#"{{"type":2,"invocationId":"1","item":{item}}}"#))
        .collect();
    assert_eq!(
        left,
        Left {
            caller: items,
            clients: Vec::new(),
            end: end.to_owned()
        }
    );
}

fn completion(result: &str) -> String {
    format!(r#"{{"type":3,"invocationId":"1","result":{result}}}"#)
}

#[test]
fn calls_are_decoded_and_answered() {
    check("Add", "[1,2]", &[], &completion("3"));
    check("Nothing", "[]", &[], &completion("null"));
    check(
        "Greet",
        r#"["Ann","Hi",2]"#,
        &[],
        &completion(r#""Hi Ann Some(2)""#),
    );
    check(
        "Greet",
        r#"["Ann",null]"#,
        &[],
        &completion(r#""Hello Ann None""#),
    );
    check(
        "Greet",
        r#"["Ann"]"#,
        &[],
        &completion(r#""Hello Ann None""#),
    );
}

#[test]
fn arguments_that_do_not_fit_never_reach_the_method() {
    let count = |provided: usize, expected: usize| {
        format!(
            "not bound: InvalidDataException: Invocation provides {provided} argument(s) but \
             target expects {expected}."
        )
    };
    check("Add", "[1]", &[], &count(1, 2));
    check("Add", "[1,2,3]", &[], &count(3, 2));
    check("Nothing", "[1]", &[], &count(1, 0));
    check("Count", "[]", &[], &count(0, 1));
    let left = call_with("Add", r#"[1,"two"]"#, Vec::new());
    assert!(
        left.end
            .starts_with("not bound: InvalidDataException: Error binding arguments.")
    );
}

#[test]
fn streams_are_forwarded_item_by_item() {
    let end = r#"{"type":3,"invocationId":"1"}"#;
    check("Count", "[3]", &["0", "1", "2"], end);
    check("Count", "[0]", &[], end);
    check("Later", "[2]", &["0", "1"], end);
    check("Checked", "[1]", &["0"], end);
    check(
        "Failing",
        "[]",
        &["1"],
        "stream failed: HubException: Enough.",
    );
}

#[test]
fn a_stream_that_does_not_come_about_is_a_failed_call() {
    let left = call_with("Checked", "[0]", Vec::new());
    assert!(left.end.starts_with("failed: Error:"), "{}", left.end);
}

#[test]
fn uploads_feed_the_method() {
    let (sender, queue) = UploadQueue::bounded(10);
    for number in ["1", "2"] {
        sender.send(OwnedValue::from(RawValue::json(number)));
    }
    sender.complete(None);
    let left = call_with("Sum", "[10]", vec![queue]);
    assert_eq!(left.end, completion("13"));
}

#[test]
fn proxies_write_names_and_arguments() {
    let left = call_with("Take", r#"[{"roomName":"A","row":3}]"#, Vec::new());
    let sent = r#"{"type":1,"target":"SeatTaken","arguments":[{"roomName":"A","row":3},"c1"]}"#;
    assert_eq!(left.clients, [(Target::All, sent.to_owned())]);
    assert_eq!(left.end, completion(r#"{"roomName":"A","row":3}"#));
    let left = call_with("Take", r#"[{"roomName":"A"}]"#, Vec::new());
    assert_eq!(left.end, "failed: HubException: There is no such row.");
}

#[test]
fn a_client_is_asked_for_a_result() {
    let left = call_with("Choose", "[]", Vec::new());
    let asked = r#"{"type":1,"invocationId":"s1","target":"Choose","arguments":[[{"roomName":"A","row":1}]]}"#;
    assert_eq!(
        left.clients,
        [(Target::Connection("c1".into()), asked.to_owned())]
    );
    assert_eq!(left.end, completion(r#"{"roomName":"B","row":null}"#));
}

#[test]
fn connecting_reaches_the_user_and_disconnecting_may_be_left_to_us() {
    let (scope, port) = connection();
    let cx: Context<dyn House> = Context::new(scope, CallNumber(0));
    let connected = <dyn House as Serve<Theatre>>::on_connected(&Theatre, &cx);
    assert!(connected.now_or_never().expect("it does not wait").is_ok());
    let sent = r#"{"type":1,"target":"Wave","arguments":[]}"#.to_owned();
    assert_eq!(
        *port.sent.lock().unwrap(),
        [(Target::AllExcept(vec!["c1".into()]), sent)]
    );
    let reason = DisconnectReason::ConnectionLost;
    let disconnected = <dyn House as Serve<Theatre>>::on_disconnected(&Theatre, &cx, reason);
    assert!(disconnected.now_or_never().is_some());
}

#[test]
fn the_description_says_what_the_trait_says() {
    let hub = <dyn House as HubContract>::DESCRIPTION;
    assert_eq!((hub.name, hub.module), ("House", module_path!()));
    let kinds = hub
        .methods
        .iter()
        .map(|method| (method.wire_name, method.kind, method.uploads()));
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [
            ("Take", MethodKind::Invocation, 0),
            ("Add", MethodKind::Invocation, 0),
            ("Greet", MethodKind::Invocation, 0),
            ("Nothing", MethodKind::Invocation, 0),
            ("Choose", MethodKind::Invocation, 0),
            ("Count", MethodKind::Stream, 0),
            ("Failing", MethodKind::Stream, 0),
            ("Later", MethodKind::Stream, 0),
            ("Checked", MethodKind::Stream, 0),
            ("Sum", MethodKind::Invocation, 1),
        ]
    );
    let config = hub_core::private::ts_rs::Config::new();
    let signatures = <dyn House as HubContract>::SIGNATURES;
    let answers = signatures
        .iter()
        .map(|signature| signature.answer.name(&config));
    assert_eq!(
        answers.collect::<Vec<_>>(),
        [
            "Seat",
            "number",
            "string",
            "null",
            "Seat | null",
            "number",
            "number",
            "number",
            "number",
            "number"
        ]
    );
    let optional = signatures[2]
        .parameters
        .iter()
        .map(|parameter| parameter.optional);
    assert_eq!(optional.collect::<Vec<_>>(), [false, true, true]);
    let client = <dyn Guest as ClientContract>::DESCRIPTION;
    let results = client
        .methods
        .iter()
        .map(|method| (method.wire_name, method.has_result));
    assert_eq!(
        results.collect::<Vec<_>>(),
        [("SeatTaken", false), ("Wave", false), ("Choose", true)]
    );
}
