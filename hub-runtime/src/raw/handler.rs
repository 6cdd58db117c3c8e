use super::connection::RawConnection;
use std::future::Future;
use std::pin::Pin;

/// What serves connections without the hub protocol (SignalR's `ConnectionHandler`): any function
/// from a [`RawConnection`] to a future. The connection ends with the future.
///
/// ```
/// use hub_runtime::{Hubs, RawConnection};
///
/// async fn echo(mut connection: RawConnection) {
///     while let Some(message) = connection.receive().await {
///         if connection.send(message).await.is_err() {
///             return;
///         }
///     }
/// }
///
/// # fn main() -> Result<(), hub_runtime::BuildError> {
/// let hubs = Hubs::builder().connection_handler("/echo", echo).build()?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot serve connections",
    label = "not a function from a `RawConnection` to a future",
    note = "write `async fn handle(connection: RawConnection)`, or a closure `move |connection: RawConnection| async move {{ … }}`; the future has to be `Send`"
)]
pub trait ConnectionHandler: Send + Sync + 'static {
    /// Serves one connection.
    fn handle(&self, connection: RawConnection) -> impl Future<Output = ()> + Send + 'static;
}

#[diagnostic::do_not_recommend]
impl<F, R> ConnectionHandler for F
where
    F: Fn(RawConnection) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    fn handle(&self, connection: RawConnection) -> impl Future<Output = ()> + Send + 'static {
        self(connection)
    }
}

/// A handler whose type has been hidden.
pub(crate) trait ErasedHandler: Send + Sync {
    fn handle(&self, connection: RawConnection) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

impl<H: ConnectionHandler> ErasedHandler for H {
    fn handle(&self, connection: RawConnection) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(ConnectionHandler::handle(self, connection))
    }
}
