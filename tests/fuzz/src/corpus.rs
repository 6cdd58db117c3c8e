//! The inputs that are committed for a target, because they reach what its seeds do not: one on each
//! line, as `escape_ascii` writes bytes.

use std::path::PathBuf;
use std::{fs, io};

use crate::seeds;

/// A longer input is not committed: it seldom reaches what shorter ones together do not.
const LONGEST: usize = 200;

/// Where the fuzzer of the target `name` collects its inputs.
pub fn folder(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "corpus", name]
        .iter()
        .collect()
}

/// The seeds of the target `name`, and what was committed for it.
pub fn of(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let committed = fs::read_to_string(file(name))?;
    let committed = committed
        .lines()
        .map(|line| unescape(line).ok_or_else(|| io::Error::other(format!("{name}: {line}"))));
    let seeds = seeds::of(name).into_iter().map(Ok);
    seeds.chain(committed).collect()
}

/// Writes the file that is committed for the target `name`.
pub fn commit(name: &str, inputs: Vec<Vec<u8>>) -> io::Result<()> {
    let seeds = seeds::of(name);
    let mut new = inputs;
    new.retain(|input| input.len() <= LONGEST && !seeds.contains(input));
    new.sort_by(|left, right| (left.len(), left).cmp(&(right.len(), right)));
    let lines = new
        .iter()
        .map(|input| format!("{}\n", input.escape_ascii()));
    fs::write(file(name), lines.collect::<String>())
}

fn file(name: &str) -> PathBuf {
    folder(name).with_extension("txt")
}

/// Reads what `escape_ascii` has written.
fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut unescaped = Vec::new();
    while let Some(byte) = bytes.next() {
        unescaped.push(match byte {
            b'\\' => match bytes.next()? {
                b't' => b'\t',
                b'r' => b'\r',
                b'n' => b'\n',
                b'x' => {
                    let digits = [bytes.next()?, bytes.next()?];
                    u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
                }
                quoted => quoted,
            },
            plain => plain,
        });
    }
    Some(unescaped)
}
