//! The readers must agree: what a quick one accepts, the thorough one reads alike.

use serde::Deserialize;

use super::{call, interpret, members, scanner};
use crate::protocol::Message;

#[derive(Deserialize)]
struct Vector {
    protocol: String,
    bytes: String,
}

/// The JSON messages of the vector file, without separators.
fn messages() -> Vec<String> {
    let vectors = include_str!("../../../tests/data/vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(vectors).unwrap();
    let json = vectors.iter().filter(|vector| vector.protocol == "json");
    let messages = json.flat_map(|vector| vector.bytes.split_terminator('\u{1e}'));
    messages.map(str::to_owned).collect()
}

/// Whether the scanner knows `text`; if so, both must find the same. That goes for the reader of
/// calls, too.
pub(super) fn agree(text: &str) -> bool {
    if let Some(call) = call::read(text) {
        let thorough = members::read(text).unwrap();
        let expected = Ok(Message::Invocation(call));
        assert_eq!(interpret(&thorough), expected, "{text}");
    }
    let Some(mut quick) = scanner::scan(text) else {
        return false;
    };
    let thorough = members::read(text).unwrap();
    assert_eq!(interpret(&quick), interpret(&thorough), "{text}");
    // Only the quick one knows that there are none.
    quick.has_escapes = true;
    assert_eq!(quick, thorough, "{text}");
    true
}

#[test]
fn on_every_vector() {
    let messages = messages();
    let known = messages.iter().filter(|message| agree(message)).count();
    assert_eq!(messages.len(), 86);
    // The rest is broken, cut off, empty or no object.
    assert_eq!(known, 82);
}

#[test]
fn on_mutated_vectors() {
    let messages = messages();
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut below = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize % bound
    };
    // Mostly what means something in JSON, so that many mutations stay close to it.
    let pieces = b"{}[]\",:\\ 0-1.eEtfn\n\t\x01u/x".map(char::from);
    let mut known = 0;
    for _ in 0..20_000 {
        let mut text: Vec<char> = messages[below(messages.len())].chars().collect();
        for _ in 0..=below(2) {
            let at = below(text.len() + 1);
            let piece = pieces[below(pieces.len())];
            match below(4) {
                0 => text.insert(at, piece),
                1 if at < text.len() => text[at] = piece,
                2 if at < text.len() => drop(text.remove(at)),
                _ => text.truncate(at.max(1)),
            }
        }
        known += usize::from(agree(&text.into_iter().collect::<String>()));
    }
    assert!((1_000..19_000).contains(&known), "{known}");
}
