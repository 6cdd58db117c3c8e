//! The task of one connection: the user's handler, the reader and the writer beside each other.

use super::application::Life;
use super::connection::{About, RawConnection, RawSender, Shared};
use super::message::RawMessage;
use super::options::ConnectionOptions;
use super::reader::{ReadEnd, Reader, Received};
use super::writer::Writer;
use crate::connections::websocket::close::CloseCode;
use crate::connections::websocket::write::ping;
use crate::connections::{Application as _, Head, NewConnection};
use crate::driver::{Link, panic_text};
use crate::server::drain::DrainGuard;
use crate::server::live::Member as _;
use crate::telemetry::{self, Ending, LifeEnd, LogId, Who, targets};
use bytes::Bytes;
use futures_util::FutureExt as _;
use hub_core::negotiate::TransportType;
use std::any::Any;
use std::future::{Future, pending};
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// Messages that wait for the handler, beside the one that is being read.
const RECEIVED: usize = 1;
/// Messages that wait to be written; then `send` waits.
const SENT: usize = 16;
/// Pongs that wait to be written; then reading stops.
const CONTROL: usize = 8;

/// How a handler has ended.
type HandlerEnd = Result<(), Box<dyn Any + Send>>;
/// A handler that serves its connection.
type Handler = Pin<Box<dyn Future<Output = HandlerEnd> + Send>>;

/// What happens first.
enum First {
    Handler(HandlerEnd),
    Client(ReadEnd),
    /// The handler has let go of the connection.
    LetGo,
    /// A write has failed.
    Lost,
    /// The server wants it, and says so.
    Asked(CloseCode),
}

/// Runs a connection from its first byte to its last.
pub(super) async fn run(life: Arc<Life>, mut new: NewConnection, link: Link) {
    let Some(_place) = life.live().enter(&life) else {
        return;
    };
    // Given back when everything has ended.
    let _admitted = new.admitted;
    let options = life.application.options();
    let (received, to_handler) = mpsc::channel(RECEIVED);
    let (messages, to_writer) = mpsc::channel(SENT);
    let (frames, control) = mpsc::channel(CONTROL);
    let mut reader = Reader::new(
        link.input,
        new.transport,
        link.framing,
        options.maximum_message_size,
    );
    let mut writer = Writer {
        output: link.output,
        framing: link.framing,
        send_timeout: options.transport_send_timeout,
        messages: to_writer,
        control,
    };
    let keep_alive = match new.transport {
        TransportType::WebSockets => options.keep_alive_interval,
        _ => Duration::MAX,
    };
    let shared = Arc::new(Shared {
        id: new.id,
        transport: new.transport,
    });
    let connection = RawConnection {
        received: to_handler,
        sender: RawSender {
            messages,
            shared: Arc::clone(&shared),
        },
        about: Box::new(About {
            ticket: new.ticket,
            head: Head::new(new.http),
        }),
    };
    let log = Log::begin(&life, &shared, new.id_is_token);
    let handler = handle(Arc::clone(&life), connection);
    let reading = Box::pin(read(&mut reader, received, frames, keep_alive));
    let asked = asked_to_end(&life, new.guard.as_mut());
    let (code, handler) = serve(options, handler, reading, &mut writer, asked).await;
    // A client that comes back at once must not find its old connection.
    drop(new.lease);
    log.end();
    writer.messages.close();
    let close = async {
        // Without a code there is nobody to close for: the client has gone, or does not read.
        if code.is_some() && writer.finish(code).await.is_ok() {
            let _ = tokio::io::copy(&mut reader.input, &mut tokio::io::sink()).await;
        }
    };
    // The handler hears of the end at once, however long the client takes to close its side.
    let _ = tokio::join!(
        timeout(options.close_timeout, close),
        timeout(options.abort_grace_period, last_words(handler)),
    );
}

/// What log and metrics are told of a connection, which has no handshake: it is open at once.
struct Log<'a> {
    application: &'a Life,
    shared: &'a Shared,
    id_is_token: bool,
    life: telemetry::Life,
    ending: Ending<'static>,
}

impl<'a> Log<'a> {
    fn begin(application: &'a Life, shared: &'a Shared, id_is_token: bool) -> Self {
        let handler = &application.application;
        let who = who(application, shared, id_is_token);
        let now = handler.clock().exact_millis();
        let life = telemetry::Life::begin(handler.metrics(), who, now);
        telemetry::Life::opened(who, None);
        Self {
            application,
            shared,
            id_is_token,
            life,
            ending: Ending::Dropped,
        }
    }

    fn end(mut self) {
        self.ending = Ending::Closed;
    }
}

/// Also where its task is gone before its end.
impl Drop for Log<'_> {
    fn drop(&mut self) {
        let handler = &self.application.application;
        let who = who(self.application, self.shared, self.id_is_token);
        let end = LifeEnd {
            reason: self.ending,
            was_opened: true,
            now: handler.clock().exact_millis(),
        };
        self.life.ended(handler.metrics(), who, end);
    }
}

fn who<'a>(life: &'a Life, shared: &'a Shared, id_is_token: bool) -> Who<'a> {
    Who {
        hub: life.application.name(),
        id: LogId::new(&shared.id, id_is_token, life.number()),
        transport: shared.transport,
        user: None,
    }
}

/// Until something ends the connection. What is left is the close code, and the handler if it has
/// not ended.
async fn serve(
    options: &ConnectionOptions,
    mut handler: Handler,
    mut reading: Pin<Box<impl Future<Output = ReadEnd>>>,
    writer: &mut Writer,
    asked: impl Future<Output = CloseCode>,
) -> (Option<CloseCode>, Option<Handler>) {
    let stop = Notify::new();
    let mut writing = pin!(writer.run(&stop));
    let first = tokio::select! {
        biased;
        end = &mut handler => First::Handler(end),
        end = &mut reading => First::Client(end),
        written = &mut writing => if written.is_ok() { First::LetGo } else { First::Lost },
        code = asked => First::Asked(code),
    };
    let code = match first {
        First::Client(ReadEnd::Closed(code)) => return (Some(code), Some(handler)),
        First::Client(ReadEnd::Refused(code)) | First::Asked(code) => code,
        First::Client(ReadEnd::Lost) | First::Lost => return (None, Some(handler)),
        First::LetGo => return (Some(CloseCode::NORMAL), Some(handler)),
        First::Handler(end) => {
            let code = log_end(end);
            stop.notify_one();
            // What it has sent still goes out, to a client that is there.
            let drained = tokio::select! {
                written = timeout(options.transport_send_timeout, &mut writing) => matches!(written, Ok(Ok(()))),
                _ = &mut reading => false,
            };
            return (drained.then_some(code), None);
        }
    };
    // The handler receives what came before and nothing more, and may answer it and say goodbye.
    drop(reading);
    let handler = tokio::select! {
        end = timeout(options.abort_grace_period, &mut handler) => end.map(log_end).err().map(|_| handler),
        _ = &mut writing => return (None, Some(handler)),
    };
    stop.notify_one();
    let _ = timeout(options.transport_send_timeout, &mut writing).await;
    (Some(code), handler)
}

/// A panic is the handler's end.
fn handle(life: Arc<Life>, connection: RawConnection) -> Handler {
    let handler = async move { life.application.handler.handle(connection).await };
    Box::pin(AssertUnwindSafe(handler).catch_unwind())
}

async fn last_words(handler: Option<Handler>) {
    if let Some(handler) = handler {
        log_end(handler.await);
    }
}

fn log_end(end: HandlerEnd) -> CloseCode {
    match end {
        Ok(()) => CloseCode::NORMAL,
        Err(panic) => {
            let text = panic_text(&*panic);
            tracing::error!(target: targets::SESSION, panic = text, "a connection's handler panicked");
            CloseCode::INTERNAL_ERROR
        }
    }
}

/// Waits for the server's shutdown, that of its hubs, or the end of the user's time.
async fn asked_to_end(life: &Life, guard: Option<&mut DrainGuard>) -> CloseCode {
    let server = async {
        match guard {
            Some(guard) => guard.signalled().await,
            None => pending().await,
        }
    };
    tokio::select! {
        code = life.asked_to_end() => code,
        () = server => CloseCode::GOING_AWAY,
    }
}

/// Hands messages to the handler. A client that is silent for `keep_alive` is asked for a sign of
/// life, and given up if it owes it for as long again.
async fn read(
    reader: &mut Reader,
    received: mpsc::Sender<RawMessage>,
    control: mpsc::Sender<Bytes>,
    keep_alive: Duration,
) -> ReadEnd {
    let mut pinged = false;
    loop {
        let next = timeout(keep_alive, reader.next()).await;
        if next.is_err() && pinged {
            return ReadEnd::Lost;
        }
        pinged = next.is_err();
        // A closed channel is that of somebody who is no longer interested.
        match next {
            Err(_) => drop(control.send(ping().into()).await),
            Ok(Received::Message(message)) => drop(received.send(message).await),
            Ok(Received::Ping(pong)) => drop(control.send(pong).await),
            Ok(Received::Pong) => {}
            Ok(Received::End(end)) => return end,
        }
    }
}
