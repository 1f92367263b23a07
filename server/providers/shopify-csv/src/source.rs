//! The bytes on their way to the CSV parser: counts physical lines, bounds a record, and marks the end.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

/// Follows the last byte of the input. Outside quotes it makes a record of its own; inside quotes it ends
/// up in the last cell, and so betrays a quote that was never closed.
pub(crate) const END_MARK: &str = "\u{0}\u{1}souk: end of file\u{1}\u{0}";

/// Far above Shopify's own limit for a cell; a stray quote must not pull a whole file into memory.
pub(crate) const MAX_RECORD_BYTES: u64 = 16 * 1024 * 1024;

struct Line {
    start: u64,
    number: u64,
    blank: bool,
}

/// A reader over `R` that knows on which line a byte stands. The parser's own count does not move past a
/// CRLF or blank lines until the next record is under way.
pub(crate) struct Source<R> {
    inner: R,
    offset: u64,
    /// Lines from the one asked for last up to the one being read.
    lines: VecDeque<Line>,
    after_cr: bool,
    /// What is left of the end mark, once the input has ended.
    tail: Option<VecDeque<u8>>,
    record_start: u64,
}

impl<R: Read> Source<R> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            offset: 0,
            lines: VecDeque::from([Line { start: 0, number: 1, blank: true }]),
            after_cr: false,
            tail: None,
            record_start: 0,
        }
    }

    /// Input bytes read so far, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        self.offset
    }

    /// Tells where the next record begins, so that its size can be bounded.
    pub fn begin_record(&mut self, byte: u64) {
        self.record_start = byte;
    }

    /// The line of a record that the parser began to read at `byte`, blank lines before it skipped.
    /// Offsets must not decrease from call to call.
    pub fn line_of(&mut self, byte: u64) -> u64 {
        while self.lines.get(1).is_some_and(|next| next.start <= byte) {
            self.lines.pop_front();
        }
        // Not at a line's start: the line feed of the CRLF before this record.
        let inside = self.lines.front().is_some_and(|line| line.start < byte);
        if inside && self.lines.len() > 1 {
            self.lines.pop_front();
        }
        while self.lines.len() > 1 && self.lines.front().is_some_and(|line| line.blank) {
            self.lines.pop_front();
        }
        self.lines.front().map_or(1, |line| line.number)
    }

    fn count(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.offset += 1;
            let Some(current) = self.lines.back_mut() else { continue };
            match byte {
                b'\n' if self.after_cr => {
                    current.start = self.offset;
                    self.after_cr = false;
                }
                b'\n' | b'\r' => {
                    let number = current.number + 1;
                    self.lines.push_back(Line { start: self.offset, number, blank: true });
                    self.after_cr = byte == b'\r';
                }
                _ => {
                    current.blank = false;
                    self.after_cr = false;
                }
            }
        }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.tail.is_none() {
            let read = self.inner.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                self.count(&buffer[..read]);
                if self.offset.saturating_sub(self.record_start) > MAX_RECORD_BYTES {
                    return Err(io::Error::new(
                        io::ErrorKind::FileTooLarge,
                        format!(
                            "a row is longer than {} MiB; is a quote missing?",
                            MAX_RECORD_BYTES / 1024 / 1024
                        ),
                    ));
                }
                return Ok(read);
            }
            self.tail = Some(format!("\n{END_MARK}\n").into_bytes().into());
        }
        match &mut self.tail {
            Some(tail) => tail.read(buffer),
            None => Ok(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, so that every CRLF is split.
    struct Drip<'a>(&'a [u8]);
    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn finds_lines_whatever_the_ending() {
        for text in ["a\nb\n\n\nc\n", "a\r\nb\r\n\r\n\r\nc\r\n", "a\rb\r\r\rc"] {
            let mut source = Source::new(Drip(text.as_bytes()));
            let mut all = String::new();
            source.read_to_string(&mut all).unwrap();
            assert!(all.ends_with(&format!("\n{END_MARK}\n")));
            assert_eq!(source.line_of(0), 1);
            // Where the parser stands after `a` and one terminator byte.
            assert_eq!(source.line_of(2), 2, "{text:?}");
            let after_b = text.find('b').unwrap() as u64 + 2;
            assert_eq!(source.line_of(after_b), 5, "{text:?}");
        }
    }
}
