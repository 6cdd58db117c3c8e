use hub_runtime::prelude::*;

#[hub_type]
trait Message {}

fn main() {}
