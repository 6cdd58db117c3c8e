//! What has been encoded, read again, and changed: for filters, which see messages on their way.

use serde::Serialize;

use super::encoded::{Head, Tail, begin, end};
use super::{
    Arguments, EncodeError, Encoded, EncodedInvocation, Framing, Invocation, Message, Protocol,
    ReplaceError,
};

impl Encoded {
    /// Reads the message back. `None` if it was not written by this type's functions for
    /// `protocol`.
    pub fn read(&self, protocol: Protocol) -> Option<Message<'_>> {
        let frame = Framing::new(protocol).next(self.payload(), None).ok()??;
        Message::parse(protocol, frame.body).ok()
    }
}

impl EncodedInvocation {
    /// An invocation for one receiver, in its protocol.
    pub fn single(protocol: Protocol, message: Encoded) -> Self {
        let mut single = Self::default();
        match protocol {
            Protocol::Json => single.json = Some(message),
            Protocol::MessagePack => single.message_pack = Some(message),
        }
        single
    }

    /// What the invocation says, read from one of its forms. `None` if it has none.
    pub fn read(&self) -> Option<Invocation<'_>> {
        let mut forms = Protocol::ALL
            .into_iter()
            .filter_map(|protocol| self.get(protocol)?.read(protocol));
        match forms.next() {
            Some(Message::Invocation(invocation)) => Some(invocation),
            _ => None,
        }
    }

    /// Replaces one argument, in every form. After an error nothing has changed.
    pub fn replace<T: Serialize + ?Sized>(
        &mut self,
        index: usize,
        value: &T,
    ) -> Result<(), ReplaceError> {
        let replaced = |form: &Option<Encoded>, protocol| {
            let message = form.as_ref().and_then(|form| form.read(protocol));
            let Some(Message::Invocation(invocation)) = message else {
                return Ok(None);
            };
            let arguments = invocation.arguments.replace(index, value)?;
            let id = invocation.invocation_id.as_deref();
            let form = invocation_of(id, &invocation.target, arguments.as_arguments())?;
            Ok::<_, ReplaceError>(Some(form))
        };
        let json = replaced(&self.json, Protocol::Json)?;
        let message_pack = replaced(&self.message_pack, Protocol::MessagePack)?;
        (self.json, self.message_pack) = (json, message_pack);
        Ok(())
    }
}

/// A call whose arguments are written already.
fn invocation_of(
    invocation_id: Option<&str>,
    target: &str,
    arguments: Arguments<'_>,
) -> Result<Encoded, EncodeError> {
    let head = Head::Invocation {
        streaming: false,
        invocation_id,
        target,
    };
    let protocol = arguments.protocol();
    let mut buf = begin(protocol, head);
    buf.extend_from_slice(arguments.bytes());
    end(protocol, buf, Tail::StreamIds(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CompletionOutcome, Protocols};

    #[test]
    fn a_message_reads_back() {
        for protocol in Protocol::ALL {
            let answer = Encoded::completion_value(protocol, "1", "a").unwrap();
            let Some(Message::Completion { outcome, .. }) = answer.read(protocol) else {
                panic!("a completion");
            };
            let CompletionOutcome::Value(value) = outcome else {
                panic!("a value");
            };
            assert_eq!(value.decode::<String>().unwrap(), "a");
        }
    }

    #[test]
    fn an_argument_is_replaced_in_every_form() {
        let encode = |arguments| {
            let invocation =
                EncodedInvocation::encode(Protocols::ALL, Some("s1"), "Tell", &arguments);
            let mut invocation = invocation.unwrap();
            invocation.set_key("a key");
            invocation
        };
        let mut invocation = encode((&1, &"secret"));
        invocation.replace(1, "***").unwrap();
        assert_eq!(invocation, encode((&1, &"***")));
        let read = invocation.read().unwrap();
        assert_eq!(read.target, "Tell");
        assert_eq!(read.arguments.get::<String>(1).unwrap(), "***");
    }
}
