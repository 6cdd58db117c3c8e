//! Figures with names, as text that can be read back.

use std::fmt::Write as _;
use std::fs;

use crate::Failure;

/// What an earlier run has printed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Table(Vec<Row>);

/// A name, and a figure for each column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) figures: Vec<u64>,
}

impl Table {
    /// Reads a file that holds a run's output.
    pub(super) fn read(file: &str) -> Result<Self, Failure> {
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let table = Self::parse(&text);
        if table.0.is_empty() {
            return Err(format!("{file} holds no figures of a run"));
        }
        Ok(table)
    }

    fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(Row::parse).collect())
    }

    pub(super) fn row(&self, name: &str) -> Option<&Row> {
        self.0.iter().find(|row| row.name == name)
    }

    /// The line above the rows.
    pub(super) fn head(title: &str, columns: &[&str]) -> String {
        let mut line = format!("{title:24}");
        for column in columns {
            let _ = write!(line, "{column:>12}{:10}", "");
        }
        line.trim_end().to_owned()
    }
}

impl Row {
    /// The row as a line; behind each figure its change from `before`, in percent.
    pub(super) fn render(&self, before: Option<&Self>) -> String {
        let mut line = format!("{:24}", self.name);
        for (column, figure) in self.figures.iter().enumerate() {
            let before = before.and_then(|row| row.figures.get(column));
            let change = before.map(|before| change(*before, *figure));
            let _ = write!(
                line,
                "{:>12} {:9}",
                grouped(*figure),
                change.unwrap_or_default()
            );
        }
        line.trim_end().to_owned()
    }

    /// A name and figures; changes among them are passed over.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        let figures = words.filter(|word| !word.ends_with('%'));
        let figures: Result<Vec<u64>, _> =
            figures.map(|word| word.replace(',', "").parse()).collect();
        let figures = figures.ok().filter(|figures| !figures.is_empty())?;
        Some(Self { name, figures })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a percentage with one digit")]
fn change(before: u64, now: u64) -> String {
    format!("{:+.1}%", (now as f64 / before as f64 - 1.0) * 100.0)
}

/// With a comma before each three digits.
fn grouped(figure: u64) -> String {
    let digits = figure.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&groups.join(&b',')).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, figures: &[u64]) -> Row {
        let (name, figures) = (name.to_owned(), figures.to_vec());
        Row { name, figures }
    }

    #[test]
    fn what_was_printed_is_read_back() {
        let rows = [row("echo", &[12_720, 999]), row("stream", &[1_234_567, 1])];
        let before = row("echo", &[12_000, 1000]);
        let text = [
            "$ cargo build --release --package hub-bench".to_owned(),
            Table::head("instructions a message", &["json", "messagepack"]),
            rows[0].render(Some(&before)),
            rows[1].render(None),
            "\nwhere they go: callgrind_annotate target/bench/echo.json".to_owned(),
        ];
        assert_eq!(Table::parse(&text.join("\n")), Table(rows.to_vec()));
    }

    #[test]
    fn figures_are_grouped_and_changes_have_a_sign() {
        let line = row("echo", &[12_720, 999]).render(Some(&row("echo", &[12_000, 1000])));
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words, ["echo", "12,720", "+6.0%", "999", "-0.1%"]);
    }
}
