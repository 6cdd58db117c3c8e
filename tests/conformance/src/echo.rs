//! `/echo`: a connection without the hub protocol.

use hub_runtime::RawConnection;

/// Returns everything as it came.
pub(crate) async fn echo(mut connection: RawConnection) {
    while let Some(message) = connection.receive().await {
        if connection.send(message).await.is_err() {
            return;
        }
    }
}
