//! What the language itself has.

use hub_runtime::{AsText, Bytes};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::{NonZeroI16, NonZeroU8, NonZeroU32};

crate::samples! {
    PlainHub, Plain;
    boolean: bool = [true, false], not "1";
    byte: u8 = [0, 255], not "\"0\"";
    signed_byte: i8 = [-128, 127], not "null";
    short: u16 = [0, 65_535], not "true";
    signed_short: i16 = [-32_768, 32_767], not "[]";
    int: u32 = [0, u32::MAX], not "\"1\"";
    signed_int: i32 = [i32::MIN, i32::MAX], not "{}";
    float: f32 = [0.5, -1.25], not "\"NaN\"";
    double: f64 = [0.1, 1e300, -2.5], not "false";
    letter: char = ['a', 'ß', '🦀'], not "97";
    text: String = [String::new(), "a \"quoted\" line\n".to_owned(), "🦀".to_owned()], not "0";
    unit: () = [()], not "undefined";
    non_zero_byte: NonZeroU8 = [NonZeroU8::MIN, NonZeroU8::MAX], not "\"1\"";
    non_zero_short: NonZeroI16 = [NonZeroI16::MIN, NonZeroI16::MAX], not "true";
    non_zero_int: NonZeroU32 = [NonZeroU32::MIN, NonZeroU32::MAX], not "null";
    binary: Bytes = [Bytes::default(), vec![0, 127, 255].into()] as ["none", "bytes"], not "[0, 127, 255]";
    large_as_text: AsText<u64> = [AsText(0), AsText(u64::MAX)], not "18446744073709551615";
    larger_as_text: AsText<i128> = [AsText(i128::MIN)], not "0";
    address: IpAddr = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()], not "[127, 0, 0, 1]";
    old_address: Ipv4Addr = [Ipv4Addr::BROADCAST], not "4294967295";
    new_address: Ipv6Addr = [Ipv6Addr::UNSPECIFIED], not "0";
    socket: SocketAddr = [([127, 0, 0, 1], 80).into()], not "80";
}
