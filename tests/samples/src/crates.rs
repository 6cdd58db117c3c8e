//! Types of other crates, by the features of their names.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use hub_runtime::{Timestamp, hub_type};
use indexmap::{IndexMap, IndexSet};
use url::Url;
use uuid::Uuid;

#[hub_type]
#[derive(Debug, Clone)]
pub struct Dated {
    pub at: DateTime<Utc>,
    pub id: Uuid,
    pub days: Vec<NaiveDate>,
}

fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_017_656_415, 250_000_000).expect("a moment that chrono knows")
}

fn day() -> NaiveDate {
    moment().date_naive()
}

crate::samples! {
    CratesHub, Crates;
    moment: DateTime<Utc> = [moment(), DateTime::default()] as ["moment", "at(\"1970-01-01T00:00:00Z\")"], not "1017656415";
    moment_elsewhere: DateTime<FixedOffset> = [moment().fixed_offset()]
        as ["moment"], not "{}";
    date: NaiveDate = [day()], not "[2002, 4, 1]";
    date_and_time: NaiveDateTime = [moment().naive_utc()], not "0";
    time: NaiveTime = [NaiveTime::MIN], not "0";
    timestamp: Timestamp = [DateTime::from_timestamp(1_017_656_415, 0).expect("a moment").into()] as ["stamp"], not "0";
    uuid: Uuid = [Uuid::nil(), Uuid::max()], not "0";
    url: Url = ["https://example.org/a?b=c".parse().expect("an address")], not "{ href: \"\" }";
    ordered_map: IndexMap<String, u32> = [IndexMap::from([("b".to_owned(), 1), ("a".to_owned(), 2)])], not "{ a: null }";
    ordered_set: IndexSet<u32> = [IndexSet::from([2, 1])], not "[null]";
    dated: Dated = [Dated { at: moment(), id: Uuid::nil(), days: vec![day()] }]
        as ["{ at: moment, id: \"00000000-0000-0000-0000-000000000000\", days: [\"2002-04-01\"] }"], not "{ at: 0, id: \"\", days: [] }";
}
