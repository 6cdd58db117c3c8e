//! Arguments of a call, and how they are bound to parameters.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::Error as Missing;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::value::Raw;
use super::{Protocol, ValueError, json, message_pack};

/// The arguments of a call, still as they were written: one array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arguments<'a>(pub(super) Raw<'a>);

impl<'a> Arguments<'a> {
    /// An array written in `protocol`. The bytes are judged when they are decoded.
    pub fn new(protocol: Protocol, array: &'a [u8]) -> Self {
        Self(Raw::new(protocol, array))
    }

    /// An array written in JSON.
    pub const fn json(array: &'a str) -> Self {
        Self(Raw::Json(array))
    }

    /// An array written in MessagePack.
    pub const fn message_pack(array: &'a [u8]) -> Self {
        Self(Raw::MessagePack(array))
    }

    /// The protocol the arguments are written in.
    pub const fn protocol(self) -> Protocol {
        self.0.protocol()
    }

    /// The array as it was written.
    pub const fn bytes(self) -> &'a [u8] {
        self.0.bytes()
    }

    /// Binds the arguments to the parameters `T`, by position, straight from the received bytes.
    ///
    /// The count must be exact, except that trailing parameters of type `Option` may be missing.
    pub fn decode<T: ArgumentTuple>(self) -> Result<T, BindError> {
        let mut failure = None;
        let binding = Binding {
            failure: &mut failure,
            bound: PhantomData,
        };
        let bound = match self.0 {
            Raw::Json(text) => json::visit_array(text, binding).map_err(ValueError::Json),
            Raw::MessagePack(bytes) => {
                message_pack::visit_array(bytes, binding).map_err(ValueError::MessagePack)
            }
        };
        // The failure of one argument says more than the error it left in the deserializer.
        bound.map_err(|error| match failure {
            Some(Failure::Count(provided)) => BindError::Count {
                provided,
                expected: T::COUNT,
            },
            Some(Failure::Argument(index)) => BindError::Argument { index, error },
            None => BindError::Argument { index: 0, error },
        })
    }
}

impl Arguments<'_> {
    /// Decodes one argument alone, by its position from 0; a missing one as an `Option` if it is
    /// one. The others are not looked at.
    pub fn get<T: DeserializeOwned>(self, index: usize) -> Result<T, ValueError> {
        let one = One {
            index,
            decoded: PhantomData,
        };
        match self.0 {
            Raw::Json(text) => json::visit_array(text, one).map_err(ValueError::Json),
            Raw::MessagePack(bytes) => {
                message_pack::visit_array(bytes, one).map_err(ValueError::MessagePack)
            }
        }
    }
}

/// Reads the argument at a position, and skips all others.
struct One<T> {
    index: usize,
    decoded: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for One<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array with an argument {}", self.index)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut arguments: S) -> Result<T, S::Error> {
        for _ in 0..self.index {
            if arguments.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        let decoded = match arguments.next_element()? {
            Some(decoded) => decoded,
            None => T::deserialize(Absent).map_err(S::Error::custom)?,
        };
        while arguments.next_element::<IgnoredAny>()?.is_some() {}
        Ok(decoded)
    }
}

/// Why arguments do not fit the parameters (SignalR wire specification, section 12.2).
///
/// `Display` is the detail that a caller may see if detailed errors are on: exception name and
/// message. What exactly was wrong with a value is the source, which belongs into a log.
#[derive(Debug)]
#[non_exhaustive]
pub enum BindError {
    /// Too many or too few arguments.
    Count {
        /// How many were sent.
        provided: usize,
        /// How many the method takes.
        expected: usize,
    },
    /// An argument is not of the type of its parameter.
    Argument {
        /// Position of the argument, from 0.
        index: usize,
        /// What is wrong with it.
        error: ValueError,
    },
}

impl BindError {
    /// The name by which .NET's clients know the error.
    pub const fn exception_name(&self) -> &'static str {
        "InvalidDataException"
    }

    /// What is wrong, without values.
    pub fn message(&self) -> String {
        const HINT: &str = "Make sure that the types of the provided values match the types of \
                            the hub method being invoked.";
        match self {
            Self::Count { provided, expected } => {
                format!("Invocation provides {provided} argument(s) but target expects {expected}.")
            }
            Self::Argument {
                error: ValueError::Json(_),
                ..
            } => format!("Error binding arguments. {HINT}"),
            Self::Argument { index, .. } => {
                format!("Error binding argument {}. {HINT}", index + 1)
            }
        }
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.exception_name(), self.message())
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Count { .. } => None,
            Self::Argument { error, .. } => Some(error),
        }
    }
}

/// The parameters of a hub method: `()` or a tuple of up to 16 owned values.
pub trait ArgumentTuple: Sized {
    /// How many parameters there are.
    const COUNT: usize;

    #[doc(hidden)]
    fn bind<'de, S: SeqAccess<'de>>(arguments: &mut Binder<'_, S>) -> Result<Self, S::Error>;
}

macro_rules! argument_tuples {
    ($($T:ident)+) => {
        argument_tuples!(@one $($T)+);
        argument_tuples!(@shorter $($T)+);
    };
    (@shorter $first:ident) => {};
    (@shorter $first:ident $($T:ident)+) => { argument_tuples!($($T)+); };
    (@one $($T:ident)+) => {
        impl<$($T: DeserializeOwned),+> ArgumentTuple for ($($T,)+) {
            const COUNT: usize = [$(stringify!($T)),+].len();

            fn bind<'de, Seq: SeqAccess<'de>>(
                arguments: &mut Binder<'_, Seq>,
            ) -> Result<Self, Seq::Error> {
                Ok(($(arguments.next::<$T>()?,)+))
            }
        }
    };
}

impl ArgumentTuple for () {
    const COUNT: usize = 0;

    fn bind<'de, S: SeqAccess<'de>>(_: &mut Binder<'_, S>) -> Result<Self, S::Error> {
        Ok(())
    }
}

argument_tuples!(A B C D E F G H I J K L M N O P);

/// Takes arguments one by one and notes which of them failed.
#[doc(hidden)]
#[derive(Debug)]
pub struct Binder<'a, S> {
    arguments: S,
    /// How many arguments were there so far.
    provided: usize,
    failure: &'a mut Option<Failure>,
}

#[derive(Debug)]
enum Failure {
    /// So many were provided, which is the wrong number.
    Count(usize),
    /// The argument at this position does not fit.
    Argument(usize),
}

impl<'de, S: SeqAccess<'de>> Binder<'_, S> {
    fn next<T: DeserializeOwned>(&mut self) -> Result<T, S::Error> {
        match self.arguments.next_element() {
            Ok(Some(argument)) => {
                self.provided += 1;
                Ok(argument)
            }
            Ok(None) => T::deserialize(Absent).map_err(|_| self.wrong_count()),
            Err(error) => {
                *self.failure = Some(Failure::Argument(self.provided));
                Err(error)
            }
        }
    }

    fn end(mut self) -> Result<(), S::Error> {
        let expected = self.provided;
        while self.arguments.next_element::<IgnoredAny>()?.is_some() {
            self.provided += 1;
        }
        if self.provided > expected {
            return Err(self.wrong_count());
        }
        Ok(())
    }

    fn wrong_count(&mut self) -> S::Error {
        *self.failure = Some(Failure::Count(self.provided));
        S::Error::custom("wrong number of arguments")
    }
}

struct Binding<'a, T> {
    failure: &'a mut Option<Failure>,
    bound: PhantomData<T>,
}

impl<'de, T: ArgumentTuple> Visitor<'de> for Binding<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {} argument(s)", T::COUNT)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, arguments: S) -> Result<T, S::Error> {
        let mut binder = Binder {
            arguments,
            provided: 0,
            failure: self.failure,
        };
        let bound = T::bind(&mut binder)?;
        binder.end()?;
        Ok(bound)
    }
}

/// An argument that is not there. Only an `Option` can be made of it, which is how options are
/// told from other types without a trait of our own on every parameter.
struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = Missing;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Missing> {
        Err(Missing::custom("missing argument"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Missing> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: ArgumentTuple + PartialEq + fmt::Debug>(
        json: &str,
        message_pack: &[u8],
        expected: Result<T, [&str; 2]>,
    ) {
        let [json, message_pack] = [Arguments::json(json), Arguments::message_pack(message_pack)]
            .map(|arguments| arguments.decode::<T>().map_err(|error| error.to_string()));
        match expected {
            Ok(expected) => assert_eq!(
                (json.as_ref(), message_pack.as_ref()),
                (Ok(&expected), Ok(&expected))
            ),
            Err([in_json, in_message_pack]) => {
                assert_eq!(
                    json.unwrap_err(),
                    format!("InvalidDataException: {in_json}")
                );
                assert_eq!(
                    message_pack.unwrap_err(),
                    format!("InvalidDataException: {in_message_pack}")
                );
            }
        }
    }

    #[test]
    fn arguments_bind_by_position() {
        check("[]", b"\x90", Ok(()));
        check(
            "[1,\"a\",null]",
            b"\x93\x01\xa1a\xc0",
            Ok((1u8, "a".to_owned(), None::<u8>)),
        );
    }

    #[test]
    fn one_argument_is_read_alone() {
        let both = [
            Arguments::json("[{\"a\":[1]},\"x\",3]"),
            Arguments::message_pack(b"\x93\x81\xa1a\x91\x01\xa1x\x03"),
        ];
        for arguments in both {
            assert_eq!(arguments.get::<String>(1).unwrap(), "x");
            assert_eq!(arguments.get::<u8>(2).unwrap(), 3);
            assert_eq!(arguments.get::<Option<u8>>(3).unwrap(), None);
            assert!(arguments.get::<u8>(3).is_err());
            assert!(arguments.get::<u8>(usize::MAX).is_err());
            assert!(arguments.get::<u8>(1).is_err());
        }
    }

    #[test]
    fn sixteen_parameters_are_the_most() {
        type Sixteen = (
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
            u8,
        );
        let json = Arguments::json("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]");
        let bound = json.decode::<Sixteen>().unwrap();
        assert_eq!((bound.0, bound.15, Sixteen::COUNT), (1, 16, 16));
    }

    #[test]
    fn trailing_options_may_be_missing() {
        check("[1]", b"\x91\x01", Ok((1u8, None::<u8>, None::<String>)));
        check("[]", b"\x90", Ok((None::<u8>,)));
        check("[1,2]", b"\x92\x01\x02", Ok((1u8, Some(2u8), None::<u8>)));
    }

    #[test]
    fn the_count_must_be_right() {
        let count = |provided, expected| {
            format!("Invocation provides {provided} argument(s) but target expects {expected}.")
        };
        check::<(u8,)>("[]", b"\x90", Err([&count(0, 1); 2]));
        check::<(u8, u8)>("[1]", b"\x91\x01", Err([&count(1, 2); 2]));
        check::<(Option<u8>, u8)>("[1]", b"\x91\x01", Err([&count(1, 2); 2]));
        check::<(Option<u8>, u8)>("[]", b"\x90", Err([&count(0, 2); 2]));
        check::<()>("[1,2,[3]]", b"\x93\x01\x02\x91\x03", Err([&count(3, 0); 2]));
        check::<(Option<u8>,)>("[1,2]", b"\x92\x01\x02", Err([&count(2, 1); 2]));
    }

    const HINT: &str = "Make sure that the types of the provided values match the types of the \
                        hub method being invoked.";

    #[test]
    fn the_types_must_be_right() {
        let json = format!("Error binding arguments. {HINT}");
        let first = format!("Error binding argument 1. {HINT}");
        let second = format!("Error binding argument 2. {HINT}");
        check::<(u8, u8)>("[\"a\",2]", b"\x92\xa1a\x02", Err([&json, &first]));
        check::<(u8, u8)>("[1,-2]", b"\x92\x01\xfe", Err([&json, &second]));
        check::<(u8,)>("{}", b"\x80", Err([&json, &first]));
        check::<(u8,)>("[1", b"\x91", Err([&json, &first]));
        check::<(u8,)>("[1]]", b"\x91\x01\x01", Err([&json, &first]));
    }

    #[test]
    fn the_source_of_the_error_is_kept() {
        let error = Arguments::json("[\"a\"]").decode::<(u8,)>().unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            source.starts_with("invalid type: string \"a\", expected u8"),
            "{source}"
        );
    }
}
