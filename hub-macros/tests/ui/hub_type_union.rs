use hub_runtime::prelude::*;

#[hub_type]
union Bits {
    a: u32,
    b: f32,
}

fn main() {}
