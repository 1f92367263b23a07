//! Whether a file may be one of ours, while it arrives.

use souk_contract::{Error, MAX_IMPORT_BYTES};

/// Follows the bytes of a file.
#[derive(Default)]
pub(crate) struct Check {
    bytes: u64,
    /// From 1.
    line: u64,
    /// The beginning of a character whose rest is in the next piece.
    open: Vec<u8>,
}

fn refused(code: &str, message: impl Into<String>) -> Error {
    Error::invalid("file", code, message)
}

impl Check {
    /// # Errors
    /// `Invalid file`, which says what is wrong and where.
    pub(crate) fn piece(&mut self, piece: &[u8]) -> Result<(), Error> {
        if self.bytes == 0 {
            first_look(piece)?;
            self.line = 1;
        }
        self.bytes += piece.len() as u64;
        if self.bytes > MAX_IMPORT_BYTES {
            let most = MAX_IMPORT_BYTES / 1024 / 1024;
            return Err(refused(
                "too_large",
                format!("The file is larger than {most} MiB. Please split it."),
            ));
        }
        if let Some(at) = piece.iter().position(|byte| *byte == 0) {
            let line = self.line + lines(&piece[..at]);
            return Err(refused(
                "not_csv",
                format!("Line {line} holds what no text does: this is no CSV file."),
            ));
        }
        let mut text = std::mem::take(&mut self.open);
        text.extend_from_slice(piece);
        match std::str::from_utf8(&text) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => {
                self.open = text.split_off(error.valid_up_to());
            }
            Err(error) => {
                let line = self.line + lines(&text[..error.valid_up_to()]);
                return Err(not_utf8(line));
            }
        }
        self.line += lines(&text);
        Ok(())
    }

    /// At the end; how many bytes there were.
    pub(crate) fn done(self) -> Result<u64, Error> {
        if self.bytes == 0 {
            return Err(refused("empty", "The file is empty."));
        }
        if !self.open.is_empty() {
            return Err(not_utf8(self.line));
        }
        Ok(self.bytes)
    }
}

fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn not_utf8(line: u64) -> Error {
    refused("not_utf8", format!("Line {line} is not UTF-8. Please save the file as \"CSV UTF-8\"."))
}

fn first_look(piece: &[u8]) -> Result<(), Error> {
    if piece.starts_with(&[0xFF, 0xFE]) || piece.starts_with(&[0xFE, 0xFF]) {
        return Err(refused("not_utf8", "The file is in UTF-16. Please save it as \"CSV UTF-8\"."));
    }
    let kinds: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "a spreadsheet or an archive"),
        (b"\xD0\xCF\x11\xE0", "an old spreadsheet"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"\x1F\x8B", "a packed file"),
    ];
    match kinds.into_iter().find(|(mark, _)| piece.starts_with(mark)) {
        Some((_, kind)) => Err(refused(
            "not_csv",
            format!("This is {kind}, not a CSV file. Please save it as \"CSV UTF-8\"."),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(pieces: &[&[u8]]) -> String {
        let mut check = Check::default();
        let outcome = pieces.iter().try_for_each(|piece| check.piece(piece)).and_then(|()| check.done());
        match outcome {
            Ok(bytes) => bytes.to_string(),
            Err(Error::Invalid { fields }) => format!("{}: {}", fields[0].code, fields[0].message),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_is_refused_with_its_line() {
        assert_eq!(code(&["Title\nBürste\n".as_bytes()]), "14");
        assert_eq!(code(&[b"Title\nB\xC3", b"\xBCrste"]), "13", "a letter over two pieces");
        assert!(code(&[b"Title\nA\nB\xFCrste\n"]).starts_with("not_utf8: Line 3"));
        assert!(code(&[b"Title\nB\xC3"]).starts_with("not_utf8: Line 2"));
        assert!(code(&[b"Title\n\n\0"]).starts_with("not_csv: Line 3"));
        assert!(code(&[b"PK\x03\x04...."]).starts_with("not_csv"));
        assert!(code(&[]).starts_with("empty"));
        let large = vec![b'a'; 1024 * 1024];
        assert!(code(&vec![large.as_slice(); 65]).starts_with("too_large"));
    }
}
