//! The handshake, both messages of it: the input is a message without its separator.

use hub_core::protocol::handshake::{
    self, HandshakeError, HandshakeRequest, HandshakeResponseError,
};
use hub_core::protocol::{Protocol, Protocols, TransferFormats};
use serde::de::IgnoredAny;

use crate::tree::Tree;

/// A request and an answer mean what `serde_json` finds in them; what becomes of a request is what
/// its client is told.
pub fn check(input: &[u8]) {
    let text = str::from_utf8(input).ok();
    // The tree may fail where nobody reads: by half a character, or a number beyond all floats.
    let tree = text.and_then(|text| serde_json::from_str::<Tree>(text).ok());
    let is_json = text.is_some_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    check_request(input, tree.as_ref(), is_json);
    check_response(input, tree.as_ref(), is_json);
}

fn check_request(input: &[u8], tree: Option<&Tree>, is_json: bool) {
    let request = handshake::parse_request(input);
    if let Some(tree) = tree {
        let expected = expected_request(tree);
        let found = request.as_ref().ok();
        let found = found.map(|request| (&*request.protocol, request.version));
        assert_eq!(found, expected);
    }
    match request {
        Ok(request) => {
            assert!(is_json);
            check_decision(&request);
        }
        Err(error) => check_refusal(&error),
    }
}

fn expected_request(tree: &Tree) -> Option<(&str, i64)> {
    let protocol = only_member(tree, "protocol")??.text()?;
    let version = only_member(tree, "version")??.integer()?;
    Some((protocol, version))
}

/// The member `name`, unless there are two of it or there is no object. Null counts as left out.
fn only_member<'a>(tree: &'a Tree, name: &str) -> Option<Option<&'a Tree>> {
    let Tree::Map(members) = tree else {
        return None;
    };
    let mut named = members.iter().filter(|(key, _)| key.text() == Some(name));
    let first = named.next().map(|(_, value)| value);
    let first = first.filter(|value| **value != Tree::Null);
    named.next().is_none().then_some(first)
}

fn check_decision(request: &HandshakeRequest<'_>) {
    for offered in [Protocols::NONE, Protocols::JSON, Protocols::ALL] {
        for transport in [TransferFormats::Text, TransferFormats::TextAndBinary] {
            match request.accept(offered, transport) {
                Ok(agreement) => {
                    assert!(offered.contains(agreement.protocol));
                    assert!(transport.supports(agreement.protocol.transfer_format()));
                    assert!(
                        request
                            .protocol
                            .eq_ignore_ascii_case(agreement.protocol.name())
                    );
                    assert_eq!(i64::from(agreement.version), request.version.max(0));
                    assert!(agreement.version <= Protocol::MAX_VERSION);
                }
                Err(error) => check_refusal(&error),
            }
        }
    }
}

/// A refusal is short, and its client reads what we say.
fn check_refusal(error: &HandshakeError) {
    for detailed_errors in [false, true] {
        let reply = error.reply(detailed_errors);
        let body = reply.strip_suffix(b"\x1e").expect("a separator ends it");
        assert!(!body.contains(&0x1e));
        // A quote of 200 characters, each of which may be written as six.
        assert!(reply.len() < 1600, "{}", reply.len());
        let Err(HandshakeResponseError::Rejected(text)) = handshake::parse_response(body) else {
            panic!("no refusal: {}", reply.escape_ascii());
        };
        assert!(text.starts_with(&error.to_string()), "{text}");
    }
}

fn check_response(input: &[u8], tree: Option<&Tree>, is_json: bool) {
    let response = handshake::parse_response(input);
    if !is_json {
        assert!(matches!(
            response,
            Err(HandshakeResponseError::Malformed(_))
        ));
    }
    if let Some(tree) = tree {
        let expected = expected_response(tree);
        match &response {
            Ok(()) => assert_eq!(expected, Some(Ok(()))),
            Err(HandshakeResponseError::Rejected(error)) => {
                assert_eq!(expected, Some(Err(Some(&**error))));
            }
            Err(HandshakeResponseError::HubMessage) => assert_eq!(expected, Some(Err(None))),
            Err(_) => assert_eq!(expected, None),
        }
    }
}

/// `None` if the answer cannot be read, `Err` with the server's error, or without one for a hub
/// message.
fn expected_response(tree: &Tree) -> Option<Result<(), Option<&str>>> {
    let (error, kind) = (only_member(tree, "error")?, only_member(tree, "type")?);
    if kind.is_some() {
        return Some(Err(None));
    }
    Some(match error.map(Tree::text) {
        None | Some(Some("")) => Ok(()),
        Some(text) => Err(Some(text?)),
    })
}
