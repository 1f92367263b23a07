//! A file's products in batches, read on a thread of its own, a few batches ahead.

use std::io::{self, BufReader, Read};

use souk_contract::Currency;
use souk_shopify_csv::{Chosen, Entry, HeaderError, ReadError, Reader, RowIssue};
use tokio::sync::mpsc;

use crate::present::Present;

/// Products in a batch.
pub const BATCH: usize = 200;
const AHEAD: usize = 2;

/// What was read since the last one.
#[derive(Debug, Default)]
pub struct Batch {
    /// With their number in the file, from 0.
    pub entries: Vec<(i64, Entry)>,
    pub bytes: u64,
}

/// A file whose header row was understood.
pub struct Opened {
    pub present: Present,
    /// Remarks on the header row.
    pub issues: Vec<RowIssue>,
    /// Of this row.
    pub batches: mpsc::Receiver<Result<Batch, ReadError>>,
}

/// Blocks until the header row is there.
///
/// # Errors
/// Where it can't be understood.
pub fn open(
    input: impl Read + Send + 'static,
    currency: Currency,
    chosen: &Chosen,
) -> Result<Opened, HeaderError> {
    let mut reader = Reader::with_columns(BufReader::new(input), currency, chosen)?;
    let (sender, batches) = mpsc::channel(AHEAD);
    let opened = Opened { present: Present::of(&reader), issues: reader.header_issues().to_vec(), batches };
    std::thread::spawn(move || {
        let (mut seen, mut number) = (0, 0);
        let mut batch = Batch::default();
        while let Some(next) = reader.next() {
            match next {
                Ok(entry) => batch.entries.push((number, entry)),
                Err(error) => {
                    let _ = sender.blocking_send(Ok(std::mem::take(&mut batch)));
                    let _ = sender.blocking_send(Err(error));
                    return;
                }
            }
            number += 1;
            if batch.entries.len() >= BATCH {
                batch.bytes = reader.bytes_read() - seen;
                seen = reader.bytes_read();
                // Nobody listens any more: the import failed.
                if sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                    return;
                }
            }
        }
        batch.bytes = reader.bytes_read() - seen;
        let _ = sender.blocking_send(Ok(batch));
    });
    Ok(opened)
}

/// A file that comes in pieces from elsewhere, for a reader that blocks.
pub(crate) struct Pieces {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
}

impl Pieces {
    pub(crate) fn new(receiver: mpsc::Receiver<io::Result<Vec<u8>>>) -> Self {
        Self { receiver, piece: Vec::new(), at: 0 }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.receiver.blocking_recv() {
                None => return Ok(0),
                Some(piece) => (self.piece, self.at) = (piece?, 0),
            }
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}
