//! The timestamp extension, as text.

/// The RFC 3339 text of a timestamp in any of its three forms; `None` if the data is none.
///
/// Fractions are written only when there are some, with as many digits as they need
/// (`2002-04-01T10:20:15Z`, `2024-02-29T12:34:56.789Z`).
pub(super) fn to_text(data: &[u8]) -> Option<String> {
    let (seconds, nanoseconds) = match *data {
        [a, b, c, d] => (i64::from(u32::from_be_bytes([a, b, c, d])), 0),
        [_, _, _, _, _, _, _, _] => {
            let both = u64::from_be_bytes(data.try_into().ok()?);
            ((both & 0x3_ffff_ffff).cast_signed(), (both >> 34) as u32)
        }
        [a, b, c, d, ref seconds @ ..] => {
            let seconds = i64::from_be_bytes(seconds.try_into().ok()?);
            (seconds, u32::from_be_bytes([a, b, c, d]))
        }
        _ => return None,
    };
    let fraction = match nanoseconds {
        0 => String::new(),
        1..1_000_000_000 => {
            let digits = format!("{nanoseconds:09}");
            format!(".{}", digits.trim_end_matches('0'))
        }
        _ => return None,
    };
    let (year, month, day) = civil_date(seconds.div_euclid(86_400))?;
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"
    ))
}

/// The date `days` after 1970-01-01 in the proleptic Gregorian calendar, if RFC 3339 can write it
/// (years 0 to 9999).
fn civil_date(days: i64) -> Option<(i64, i64, i64)> {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    // Years are counted from the first of March, so that the leap day ends one.
    let days = days.checked_add(719_468)?;
    let era = days.div_euclid(DAYS_IN_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_IN_400_YEARS);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (0..=9999).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &[u8], expected: Option<&str>) {
        assert_eq!(to_text(data).as_deref(), expected, "{data:x?}");
    }

    fn check_seconds(seconds: i64, expected: Option<&str>) {
        check(&[&[0; 4][..], &seconds.to_be_bytes()].concat(), expected);
    }

    #[test]
    fn the_three_forms_are_read() {
        check(b"\x3c\xa8\x34\x5f", Some("2002-04-01T10:20:15Z"));
        check(
            b"\xbc\x1c\xbd\x00\x65\xe0\x79\xf0",
            Some("2024-02-29T12:34:56.789Z"),
        );
        check(
            b"\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
            Some("1969-12-31T23:59:59Z"),
        );
        check(
            b"\0\0\0\x01\0\0\0\0\0\0\0\0",
            Some("1970-01-01T00:00:00.000000001Z"),
        );
    }

    #[test]
    fn dates_keep_to_the_calendar() {
        check_seconds(951_782_400, Some("2000-02-29T00:00:00Z"));
        check_seconds(4_107_542_399, Some("2100-02-28T23:59:59Z"));
        check_seconds(4_107_542_400, Some("2100-03-01T00:00:00Z"));
        check_seconds(253_402_300_799, Some("9999-12-31T23:59:59Z"));
        check_seconds(-62_167_219_200, Some("0000-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        check_seconds(253_402_300_800, None);
        check_seconds(-62_167_219_201, None);
        check_seconds(i64::MAX, None);
        check_seconds(i64::MIN, None);
        check(b"", None);
        check(b"\0\0\0\0\0", None);
        check(b"\xff\xff\xff\xff\0\0\0\0", None);
    }
}
