//! What the values of both protocols become in Rust, and how they are written.

use std::collections::BTreeMap;
use std::fmt::Debug;

use hub_core::protocol::{Encoded, Message, Protocol, RawValue};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

#[expect(
    clippy::needless_pass_by_value,
    reason = "cases read better without references"
)]
fn check<T: DeserializeOwned + PartialEq + Debug>(bytes: &[u8], expected: T) {
    let value = RawValue::message_pack(bytes).decode::<T>();
    assert_eq!(value.unwrap(), expected, "{bytes:x?}");
}

fn check_refused<T: DeserializeOwned + Debug>(bytes: &[u8], expected: &str) {
    let error = RawValue::message_pack(bytes).decode::<T>().unwrap_err();
    assert!(error.to_string().contains(expected), "{bytes:x?}: {error}");
}

#[test]
fn integers_are_taken_in_any_form() {
    check(b"\x05", 5u8);
    check(b"\xcd\x00\x05", 5u8);
    check(b"\xd3\x00\x00\x00\x00\x00\x00\x00\x05", 5i8);
    check(b"\xff", -1i64);
    check(b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", u64::MAX);
    check(b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", i64::MIN);
    check(b"\x05", 5u128);
    check(b"\xff", -1i128);
}

#[test]
fn integers_beyond_their_type_are_refused() {
    check_refused::<u8>(b"\xcd\x01\x00", "256");
    check_refused::<u8>(b"\xff", "-1");
    check_refused::<i32>(
        b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
        "-9223372036854775808",
    );
}

#[test]
fn floats_without_a_fraction_are_integers_too() {
    // JavaScript writes integers beyond 2^53 as floats.
    check(b"\xcb\x43\x40\x00\x00\x00\x00\x00\x00", 1u64 << 53);
    check(b"\xcb\xc3\x40\x00\x00\x00\x00\x00\x00", -(1i64 << 53));
    check(b"\xca\x40\x00\x00\x00", 2u8);
    check(
        b"\xcb\x43\xdf\xff\xff\xff\xff\xff\xff",
        9_223_372_036_854_774_784i64,
    );
    check_refused::<u64>(b"\xcb\x43\xf0\x00\x00\x00\x00\x00\x00", "floating point");
    check_refused::<u64>(b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", "floating point");
    check_refused::<i64>(b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", "floating point");
    check_refused::<i64>(b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00", "floating point");
}

#[test]
fn floats_are_taken_in_any_form() {
    check(b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", 1.5f64);
    check(b"\xca\x3f\xc0\x00\x00", 1.5f64);
    check(b"\x02", 2.0f32);
    check(b"\xff", -1.0f64);
}

#[test]
fn a_float_in_json_was_off_by_its_last_bit() {
    for value in [
        0.985_690_694_632_869_5_f64,
        2.534_215_658_022_572e-29,
        0.1 + 0.2,
    ] {
        let text = format!("{value:?}");
        let read = RawValue::json(&text).decode::<f64>().unwrap();
        assert_eq!(read.to_bits(), value.to_bits(), "{text}");
        let [read] = RawValue::json(&format!("[{text}]"))
            .decode::<[f64; 1]>()
            .unwrap();
        assert_eq!(read.to_bits(), value.to_bits(), "{text}");
    }
}

#[test]
fn map_keys_may_be_numbers_written_as_texts() {
    check(
        b"\x82\xa210\x01\xa15\x02",
        BTreeMap::from([(10u32, 1), (5, 2)]),
    );
    check(
        b"\x82\x0a\x01\x05\x02",
        BTreeMap::from([(10u32, 1), (5, 2)]),
    );
    check(b"\x81\xa3-10\x01", BTreeMap::from([(-10i8, 1)]));
    check(b"\x81\xa4true\x01", BTreeMap::from([(true, 1)]));
    check(
        b"\x81\xa3\xc3\xa4!\x01",
        BTreeMap::from([("ä!".to_owned(), 1)]),
    );
    check(b"\x81\xa15\x01", BTreeMap::from([(Some(Id(5)), 1)]));
    check(b"\x81\xa3Red\x01", BTreeMap::from([(Colour::Red, 1)]));
    check_refused::<BTreeMap<u8, u8>>(b"\x81\xa3256\x01", "256");
    check_refused::<BTreeMap<u8, u8>>(b"\x81\xa1x\x01", "invalid digit");
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
struct Id(u32);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
enum Colour {
    Red,
    Green,
    Rgb(u8, u8, u8),
    Grey(u8),
    Named { name: String },
}

#[test]
fn enums_are_taken_by_name_or_number() {
    check(b"\xa5Green", Colour::Green);
    check(b"\x01", Colour::Green);
    check(b"\x81\xa4Grey\x07", Colour::Grey(7));
    check(b"\x81\xa3Rgb\x93\x01\x02\x03", Colour::Rgb(1, 2, 3));
    check(
        b"\x81\xa5Named\x81\xa4name\xa1x",
        Colour::Named {
            name: "x".to_owned(),
        },
    );
    check(b"\x81\xa3Red\xc0", Colour::Red);
    check_refused::<Colour>(b"\xa4Blue", "unknown variant");
    check_refused::<Colour>(b"\x09", "variant index");
    check_refused::<Colour>(b"\x03", "unit variant");
    check_refused::<Colour>(b"\x80", "the name of a variant");
}

#[test]
fn timestamps_are_texts() {
    check(
        b"\xd6\xff\x3c\xa8\x34\x5f",
        "2002-04-01T10:20:15Z".to_owned(),
    );
    check(
        b"\xd7\xff\xbc\x1c\xbd\x00\x65\xe0\x79\xf0",
        "2024-02-29T12:34:56.789Z".to_owned(),
    );
    check_refused::<String>(b"\xd5\xff\x00\x00", "timestamp");
    check_refused::<String>(b"\xd4\x05\x00", "extension type");
    check_refused::<u32>(b"\xd6\xff\x3c\xa8\x34\x5f", "invalid type: string");
}

#[test]
fn nil_is_none_or_unit() {
    check(b"\xc0", None::<u8>);
    check(b"\x05", Some(5u8));
    check(b"\xc0", ());
    check_refused::<u8>(b"\xc0", "unit value");
    check_refused::<()>(b"\x05", "integer");
}

#[test]
fn bytes_may_be_lists_of_numbers() {
    check(b"\x92\x01\xcc\xff", vec![1u8, 255]);
    let borrowed: &[u8] = RawValue::message_pack(b"\xc4\x02\x01\x02")
        .decode()
        .unwrap();
    assert_eq!(borrowed, [1, 2]);
    let text: &[u8] = RawValue::message_pack(b"\xa2ab").decode().unwrap();
    assert_eq!(text, b"ab");
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    first_name: String,
    age: Option<u8>,
}

#[test]
fn structs_are_maps_or_arrays() {
    let person = || Person {
        first_name: "A".to_owned(),
        age: None,
    };
    check(b"\x82\xa9firstName\xa1A\xa3age\xc0", person());
    check(b"\x82\xa5other\x91\xc0\xa9firstName\xa1A", person());
    check(b"\x92\xa1A\xc0", person());
    check_refused::<Person>(b"\x80", "missing field `firstName`");
    check_refused::<Person>(b"\x93\xa1A\xc0\xc0", "too many items");
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind")]
enum Shape {
    Circle { radius: f64 },
    Marked { at: String },
}

#[test]
fn tagged_enums_see_through_every_form() {
    check(
        b"\x82\xa6radius\x02\xa4kind\xa6Circle",
        Shape::Circle { radius: 2.0 },
    );
    check(
        b"\x82\xa4kind\xa6Marked\xa2at\xd6\xff\x00\x00\x00\x00",
        Shape::Marked {
            at: "1970-01-01T00:00:00Z".to_owned(),
        },
    );
}

#[test]
fn what_is_left_over_or_missing_is_refused() {
    check_refused::<u8>(b"", "cut off");
    check_refused::<u8>(b"\x05\x05", "left over");
    check_refused::<String>(b"\xa2\xff\xfe", "not UTF-8");
    check_refused::<Vec<u8>>(b"\x92\x05", "cut off");
    check_refused::<(u8, u8)>(b"\x93\x01\x02\x03", "too many items");
    check_refused::<(u8, u8)>(b"\x91\x01", "invalid length 1");
    check_refused::<u8>(b"\xc1", "0xc1");
}

#[test]
fn lengths_are_claims_and_nothing_is_reserved_for_them() {
    check_refused::<Vec<[u64; 32]>>(b"\xdd\xff\xff\xff\xff\x00", "cut off");
    check_refused::<BTreeMap<String, u8>>(b"\xdf\xff\xff\xff\xff\xa0", "cut off");
    check_refused::<String>(b"\xdb\xff\xff\xff\xff\x00", "cut off");
    check_refused::<Vec<u8>>(b"\xc6\xff\xff\xff\xff\x00", "cut off");
}

#[derive(Debug, Deserialize)]
struct Nested {
    #[serde(rename = "n")]
    _inner: Option<Box<Nested>>,
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Deep(#[expect(dead_code, reason = "only nesting matters")] Vec<Deep>);

#[test]
fn nesting_is_bounded() {
    let arrays = |depth: usize| [vec![0x91; depth - 1], vec![0x90]].concat();
    assert!(RawValue::message_pack(&arrays(64)).decode::<Deep>().is_ok());
    check_refused::<Deep>(&arrays(65), "nested too deeply");
    check_refused::<Deep>(&arrays(1_000_000), "nested too deeply");
    check_refused::<IgnoredAny>(&arrays(1_000_000), "nested too deeply");
    check(
        &[&b"\xdc\0\x64"[..], &[0x90; 100]].concat(),
        vec![[0u8; 0]; 100],
    );
    let maps = [b"\x81\xa1n".repeat(100_000), vec![0xc0]].concat();
    check_refused::<Nested>(&maps, "nested too deeply");
}

/// Writes a value as a stream item and returns the bytes of the item.
fn written<T: Serialize>(protocol: Protocol, value: &T) -> Vec<u8> {
    let encoded = Encoded::stream_item(protocol, "1", value).unwrap();
    let body = match protocol {
        Protocol::Json => encoded.payload().strip_suffix(b"\x1e").unwrap(),
        Protocol::MessagePack => &encoded.payload()[1..],
    };
    match Message::parse(protocol, body) {
        Ok(Message::StreamItem { item, .. }) => item.bytes().to_vec(),
        other => panic!("{other:?}"),
    }
}

fn check_written<T: Serialize>(value: T, json: &str, message_pack: &[u8]) {
    let text = String::from_utf8(written(Protocol::Json, &value)).unwrap();
    assert_eq!(text, json);
    assert_eq!(
        written(Protocol::MessagePack, &value),
        message_pack,
        "{json}"
    );
}

#[test]
fn one_description_fits_both_protocols() {
    check_written(
        Person {
            first_name: "A".to_owned(),
            age: Some(5),
        },
        r#"{"firstName":"A","age":5}"#,
        b"\x82\xa9firstName\xa1A\xa3age\x05",
    );
    check_written(Colour::Green, r#""Green""#, b"\xa5Green");
    check_written(Colour::Grey(7), r#"{"Grey":7}"#, b"\x81\xa4Grey\x07");
    check_written(
        Colour::Rgb(1, 2, 3),
        r#"{"Rgb":[1,2,3]}"#,
        b"\x81\xa3Rgb\x93\x01\x02\x03",
    );
    check_written(
        Shape::Circle { radius: 2.0 },
        r#"{"kind":"Circle","radius":2.0}"#,
        b"\x82\xa4kind\xa6Circle\xa6radius\xcb\x40\x00\x00\x00\x00\x00\x00\x00",
    );
    check_written(
        std::net::Ipv4Addr::LOCALHOST,
        r#""127.0.0.1""#,
        b"\xa9127.0.0.1",
    );
    check_written((), "null", b"\xc0");
    check_written(None::<u8>, "null", b"\xc0");
    check_written(300, "300", b"\xcd\x01\x2c");
    check_written(-1, "-1", b"\xff");
    check_written("a\u{1e}\"", r#""a\u001e\"""#, b"\xa3a\x1e\"");
    check_written(
        hub_core::bytes::Bytes::from(&b"\x01\x02\x03"[..]),
        r#""AQID""#,
        b"\xc4\x03\x01\x02\x03",
    );
}

#[test]
fn what_json_cannot_say_is_null() {
    assert_eq!(written(Protocol::Json, &f64::NAN), b"null");
}
