//! The project's two commands.
fn main() {}
