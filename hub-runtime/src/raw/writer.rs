//! The writing half: messages become bytes on the transport.

use super::message::RawMessage;
use crate::connections::websocket::close::CloseCode;
use crate::connections::websocket::deflate;
use crate::connections::websocket::write::{Opcode, close_frame, header};
use crate::driver::{Framing, Transport};
use bytes::Bytes;
use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

/// Writes one connection.
pub(super) struct Writer {
    pub(super) output: Box<dyn Transport>,
    pub(super) framing: Framing,
    /// For one message.
    pub(super) send_timeout: Duration,
    pub(super) messages: mpsc::Receiver<RawMessage>,
    /// Frames about the connection itself.
    pub(super) control: mpsc::Receiver<Bytes>,
}

impl Writer {
    /// Writes what is sent until there is no sender left, or after `stop` what has been sent
    /// before. An error says that the client is gone, or does not read.
    pub(super) async fn run(&mut self, stop: &Notify) -> io::Result<()> {
        loop {
            tokio::select! {
                biased;
                () = stop.notified() => self.messages.close(),
                Some(frame) = self.control.recv() => self.write(&[], &frame).await?,
                message = self.messages.recv() => match message {
                    Some(message) => self.write_message(&message).await?,
                    None => return Ok(()),
                },
            }
        }
    }

    async fn write_message(&self, message: &RawMessage) -> io::Result<()> {
        let opcode = if message.is_text() {
            Opcode::Text
        } else {
            Opcode::Binary
        };
        match self.framing {
            Framing::WebSocket(deflate) => {
                let compressed = deflate.and_then(|it| deflate::frame(it, opcode, message));
                match compressed {
                    Some((buffer, start)) => self.write(&[], &buffer[start..]).await,
                    None => self.write(&header(opcode, message.len()), message).await,
                }
            }
            Framing::Bare if message.is_empty() => Ok(()),
            Framing::Bare => self.write(&[], message).await,
        }
    }

    /// Ends the writing side, with a close frame where the transport has one.
    pub(super) async fn finish(&self, code: Option<CloseCode>) -> io::Result<()> {
        if let Some(code) = code.filter(|_| self.framing.is_websocket()) {
            self.write(&[], &close_frame(Some(code), "")).await?;
        }
        poll_fn(|task| self.output.poll_shutdown(task)).await
    }

    async fn write(&self, head: &[u8], payload: &[u8]) -> io::Result<()> {
        let written = timeout(self.send_timeout, self.write_all(head, payload)).await;
        written.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
    }

    async fn write_all(&self, head: &[u8], payload: &[u8]) -> io::Result<()> {
        let mut pieces = [IoSlice::new(head), IoSlice::new(payload)];
        let mut pieces = &mut pieces[usize::from(head.is_empty())..];
        let mut left = head.len() + payload.len();
        while left > 0 {
            let count = poll_fn(|task| self.output.poll_write(task, pieces)).await?;
            if count == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            IoSlice::advance_slices(&mut pieces, count);
            left -= count;
        }
        poll_fn(|task| self.output.poll_flush(task)).await
    }
}
