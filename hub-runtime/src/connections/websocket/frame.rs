//! The reading side: bytes off the socket become events, in place, whatever way they were split.

#![expect(
    clippy::mut_mut,
    reason = "an input that shrinks from the front, as `split_off_mut` has it"
)]

use super::close::{self, CloseCode, FrameError};
use super::deflate::{Deflate, Inflate};
use super::header::{Header, MAX_CLIENT_HEADER, Opcode, WholeMessage};
use super::utf8::Utf8;
use std::mem;

/// The most frames a message may come in, empty ones included: a message that never ends would
/// otherwise keep a connection busy for nothing.
pub(crate) const MAX_FRAGMENTS: u16 = 4096;

/// What a peer sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// The next piece of a message, unmasked. Pieces come as they arrive. A message without bytes,
    /// or whose end comes late, ends with an empty piece.
    Data {
        payload: Payload<'a>,
        /// Whether the message ends with this piece.
        end_of_message: bool,
    },
    /// To be answered with a [`pong`](super::write::pong) of the same payload.
    Ping(&'a [u8]),
    /// A sign of life.
    Pong,
    /// The peer's last frame, to be answered with a [`close_frame`](super::write::close_frame) of
    /// the same code unless ours is already on its way. Whatever follows is discarded.
    Close(Option<CloseCode>),
}

/// A piece of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    Binary(&'a [u8]),
    Text(&'a str),
    /// Of a text, so far right: the piece begins or ends within a character.
    PartOfText(&'a [u8]),
}

impl<'a> Payload<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Binary(bytes) | Self::PartOfText(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }

    /// Whether the message is text rather than bytes.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, Self::Binary(_))
    }
}

/// Reads the frames of one client (RFC 6455, sections 5 and 8.1). It keeps no payload but that of a
/// control frame whose end has not arrived.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    /// Where in a frame we are.
    place: Place,
    /// The message that continuation frames belong to.
    message: Option<Message>,
    /// The state of a text message.
    utf8: Utf8,
    /// Where messages may be compressed: what inflates them.
    inflate: Option<Inflate>,
    /// What has arrived of the control frame at hand, if it arrives in parts. Empty, and without
    /// memory, otherwise.
    control: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Place {
    /// Between two frames.
    #[default]
    Between,
    /// Within a head, of which `filled` bytes have arrived.
    Head {
        bytes: [u8; MAX_CLIENT_HEADER],
        filled: u8,
    },
    /// Within a payload: `length` counts what is missing, `key` is turned to fit the next byte.
    Payload(Header),
    /// Behind a close frame or an error.
    Done,
}

#[derive(Clone, Copy, Debug)]
struct Message {
    text: bool,
    compressed: bool,
    /// How many frames of it have begun.
    fragments: u16,
}

/// A step of the reader, before the payload is found of what may be kept in the reader: of a control
/// frame, or of a compressed message.
enum Step<'a> {
    Event(Event<'a>),
    Inflated {
        is_text: bool,
        end_of_message: bool,
    },
    Control {
        opcode: Opcode,
        payload: Option<&'a [u8]>,
    },
}

impl FrameReader {
    /// Reads frames whose messages may be compressed, if that is agreed.
    pub(crate) fn new(deflate: Option<Deflate>) -> Self {
        Self {
            inflate: deflate.map(Inflate::new),
            ..Self::default()
        }
    }

    /// Takes the next event from the front of `input`, which shrinks to what follows it. Call it
    /// until it returns `None`: then all of `input` is used up, and nothing of it need be kept.
    ///
    /// An error is the last word: afterwards, as behind a close frame, all input is discarded.
    #[inline]
    pub(crate) fn next<'e, 'a: 'e>(
        &'e mut self,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Event<'e>>, FrameError> {
        if self.control.capacity() > 0 && matches!(self.place, Place::Between) {
            self.control = Vec::new();
        }
        if let Some(inflate) = &mut self.inflate {
            inflate.let_go();
        }
        if let Some(payload) = self.whole_message(input) {
            return payload.map(|payload| {
                Some(Event::Data {
                    payload,
                    end_of_message: true,
                })
            });
        }
        let (opcode, payload) = match self.step(input) {
            Ok(Some(Step::Event(event))) => return Ok(Some(event)),
            Ok(Some(Step::Inflated {
                is_text,
                end_of_message,
            })) => {
                let bytes = self.inflate.as_ref().map_or(&[][..], Inflate::output);
                let payload = if is_text {
                    text(&mut self.utf8, bytes, end_of_message)
                } else {
                    Ok(Payload::Binary(bytes))
                };
                if payload.is_err() {
                    self.place = Place::Done;
                }
                return payload.map(|payload| {
                    Some(Event::Data {
                        payload,
                        end_of_message,
                    })
                });
            }
            Ok(Some(Step::Control { opcode, payload })) => (opcode, payload),
            Ok(None) => return Ok(None),
            Err(error) => {
                self.place = Place::Done;
                return Err(error);
            }
        };
        let payload = payload.unwrap_or(&self.control);
        Ok(Some(match opcode {
            Opcode::Ping => Event::Ping(payload),
            Opcode::Pong => Event::Pong,
            _ => {
                self.place = Place::Done;
                Event::Close(close::parse(payload)?)
            }
        }))
    }

    /// A message that is there whole, in one frame: the way of nearly all, which has fewer cases to
    /// tell apart. Whatever is not quite so is left to the steps.
    #[inline]
    fn whole_message<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Option<Result<Payload<'a>, FrameError>> {
        if self.message.is_some() || !matches!(self.place, Place::Between) {
            return None;
        }
        let head = WholeMessage::at_front(input)?;
        take(input, head.size);
        let bytes = take(input, head.length);
        unmask(bytes, head.key);
        if !head.is_text {
            return Some(Ok(Payload::Binary(bytes)));
        }
        let text = str::from_utf8(bytes).map(Payload::Text);
        Some(text.map_err(|_| {
            self.place = Place::Done;
            FrameError::InvalidUtf8
        }))
    }

    #[inline]
    fn step<'a>(&mut self, input: &mut &'a mut [u8]) -> Result<Option<Step<'a>>, FrameError> {
        while let Some(frame) = self.frame(input)? {
            if frame.opcode.is_control() {
                return Ok(self.control_part(frame, input));
            }
            if frame.length > 0 && input.is_empty() {
                return Ok(None);
            }
            if self.message.is_some_and(|message| message.compressed) {
                match self.inflate_piece(frame, input)? {
                    None => continue,
                    piece => return Ok(piece),
                }
            }
            let event = self.data_piece(frame, input)?;
            // An empty frame within a message tells nobody anything.
            if let Event::Data {
                payload,
                end_of_message: false,
            } = event
                && payload.bytes().is_empty()
            {
                continue;
            }
            return Ok(Some(Step::Event(event)));
        }
        Ok(None)
    }

    /// The frame we are in, or the next one if its head is complete.
    #[inline]
    fn frame(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError> {
        match self.place {
            Place::Payload(frame) => Ok(Some(frame)),
            Place::Between => match Header::parse(input, self.inflate.is_some())? {
                Some((frame, size)) => {
                    take(input, size);
                    self.begin(frame).map(Some)
                }
                None => self.continue_head([0; MAX_CLIENT_HEADER], 0, input),
            },
            Place::Head { bytes, filled } => self.continue_head(bytes, usize::from(filled), input),
            Place::Done => {
                *input = &mut [];
                Ok(None)
            }
        }
    }

    /// Completes a head that arrives in parts.
    fn continue_head(
        &mut self,
        mut bytes: [u8; MAX_CLIENT_HEADER],
        mut filled: usize,
        input: &mut &mut [u8],
    ) -> Result<Option<Header>, FrameError> {
        while let [byte, ..] = **input {
            bytes[filled] = byte;
            filled += 1;
            take(input, 1);
            if let Some((frame, _)) = Header::parse(&bytes[..filled], self.inflate.is_some())? {
                return self.begin(frame).map(Some);
            }
        }
        if filled > 0 {
            self.place = Place::Head {
                bytes,
                filled: filled as u8,
            };
        }
        Ok(None)
    }

    /// Enters a frame. Control frames may stand between the fragments of a message (section 5.4).
    #[inline]
    fn begin(&mut self, frame: Header) -> Result<Header, FrameError> {
        let message = match (frame.opcode, self.message) {
            (Opcode::Text | Opcode::Binary, None) => Message {
                text: frame.opcode == Opcode::Text,
                compressed: frame.compressed,
                fragments: 1,
            },
            (Opcode::Text | Opcode::Binary, Some(_)) => {
                return Err(FrameError::ExpectedContinuation);
            }
            (Opcode::Continuation, Some(message)) => Message {
                fragments: message.fragments + 1,
                ..message
            },
            (Opcode::Continuation, None) => return Err(FrameError::UnexpectedContinuation),
            _ => {
                self.place = Place::Payload(frame);
                return Ok(frame);
            }
        };
        if message.fragments >= MAX_FRAGMENTS && !frame.fin {
            return Err(FrameError::TooManyFragments);
        }
        self.message = Some(message);
        self.place = Place::Payload(frame);
        Ok(frame)
    }

    #[inline]
    fn data_piece<'a>(
        &mut self,
        frame: Header,
        input: &mut &'a mut [u8],
    ) -> Result<Event<'a>, FrameError> {
        let (bytes, left) = self.payload_part(frame, input);
        let is_text = self.message.is_some_and(|message| message.text);
        let end_of_message = frame.fin && left == 0;
        let payload = if is_text {
            text(&mut self.utf8, bytes, end_of_message)?
        } else {
            Payload::Binary(bytes)
        };
        if end_of_message {
            self.message = None;
        }
        Ok(Event::Data {
            payload,
            end_of_message,
        })
    }

    /// Inflates the next piece of a compressed message. `None` if there is nothing of it yet.
    fn inflate_piece<'a>(
        &mut self,
        frame: Header,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Step<'a>>, FrameError> {
        let (Some(inflate), Some(message)) = (&mut self.inflate, self.message) else {
            return Ok(None);
        };
        let size = frame.length.min(input.len() as u64) as usize;
        let part = &mut input[..size];
        unmask(part, frame.key);
        let is_last = frame.fin && size as u64 == frame.length;
        let piece = inflate.piece(part, is_last)?;
        // What there was no room for goes back as it came.
        let rest = frame.behind(piece.used);
        unmask(&mut part[piece.used..], rest.key);
        take(input, piece.used);
        let is_over = rest.length == 0 && piece.is_drained && piece.end_of_message == frame.fin;
        self.place = if is_over {
            Place::Between
        } else {
            Place::Payload(rest)
        };
        let end_of_message = piece.end_of_message;
        if end_of_message {
            self.message = None;
        }
        let is_empty = inflate.output().is_empty() && !end_of_message;
        Ok((!is_empty).then_some(Step::Inflated {
            is_text: message.text,
            end_of_message,
        }))
    }

    /// Puts the rest of a read off, if whoever takes its messages is busy, or if more has come of it
    /// by inflating than comes of any other. `true`: go on with [`take_put_off`](Self::take_put_off)
    /// before anything else is read.
    pub(crate) fn put_off(&mut self, rest: &[u8], is_busy: bool) -> bool {
        let inflate = self.inflate.as_mut();
        inflate.is_some_and(|inflate| inflate.put_off(rest, is_busy))
    }

    /// What was put off.
    pub(crate) fn take_put_off(&mut self) -> Option<Vec<u8>> {
        self.inflate.as_mut()?.take_put_off()
    }

    fn control_part<'a>(&mut self, frame: Header, input: &mut &'a mut [u8]) -> Option<Step<'a>> {
        let (part, left) = self.payload_part(frame, input);
        if left == 0 && self.control.is_empty() {
            return Some(Step::Control {
                opcode: frame.opcode,
                payload: Some(part),
            });
        }
        self.control.extend_from_slice(part);
        (left == 0).then_some(Step::Control {
            opcode: frame.opcode,
            payload: None,
        })
    }

    /// Takes and unmasks what is there of a payload, and counts what is missing.
    #[inline]
    fn payload_part<'a>(&mut self, frame: Header, input: &mut &'a mut [u8]) -> (&'a [u8], u64) {
        let size = frame.length.min(input.len() as u64) as usize;
        let part = take(input, size);
        unmask(part, frame.key);
        let rest = frame.behind(size);
        self.place = if rest.length == 0 {
            Place::Between
        } else {
            Place::Payload(rest)
        };
        (part, rest.length)
    }
}

/// The next piece of a text, or the last one, behind which no character may be open.
#[inline]
fn text<'a>(
    utf8: &mut Utf8,
    bytes: &'a [u8],
    end_of_message: bool,
) -> Result<Payload<'a>, FrameError> {
    if utf8.is_complete()
        && let Ok(text) = str::from_utf8(bytes)
    {
        return Ok(Payload::Text(text));
    }
    if utf8.accepts_piece(bytes, end_of_message) {
        Ok(Payload::PartOfText(bytes))
    } else {
        Err(FrameError::InvalidUtf8)
    }
}

/// Cuts the first `size` bytes off `input`.
#[inline]
fn take<'a>(input: &mut &'a mut [u8], size: usize) -> &'a mut [u8] {
    let (front, rest) = mem::take(input).split_at_mut(size);
    *input = rest;
    front
}

/// Section 5.3, a word at a time.
#[inline]
fn unmask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    let (halves, rest) = rest.as_chunks_mut();
    for half in halves {
        *half = (u32::from_ne_bytes(*half) ^ u32::from_ne_bytes(key)).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
    }
}

#[cfg(test)]
pub(super) mod tests;
