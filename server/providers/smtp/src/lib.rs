#![doc = include_str!("../README.md")]

use std::path::Path;

use async_trait::async_trait;
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use souk_contract::{Error, Mail, MailTransport, Result};

/// An SMTP server.
pub struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// `url`: `smtps://user:password@host:465`, `smtp://host:587?tls=required`, `smtp://127.0.0.1:25`.
    ///
    /// # Errors
    /// `Invalid` for a sender or a URL that can't be read; the password is not repeated.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| Error::invalid("mail.smtp", "invalid", "This is not an SMTP URL."))?
            .build();
        Ok(Self { from: sender(from)?, transport })
    }
}

#[async_trait]
impl MailTransport for Smtp {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let message = message(&self.from, mail)?;
        self.transport.send(message).await.map(drop).map_err(|error| {
            if error.is_permanent() {
                return Error::invalid("to", "refused", error.to_string());
            }
            Error::Unavailable { what: format!("The mail server ({error})") }
        })
    }
}

/// A folder that keeps every mail as a file: for shops without a mail server yet, and for trying things out.
pub struct Folder {
    from: Mailbox,
    transport: AsyncFileTransport<Tokio1Executor>,
}

impl Folder {
    /// # Errors
    /// `Invalid` for a sender that can't be read, `Unavailable` where the folder can't be made.
    pub fn new(folder: &Path, from: &str) -> Result<Self> {
        let failed =
            |error: std::io::Error| Error::Unavailable { what: format!("{} ({error})", folder.display()) };
        std::fs::create_dir_all(folder).map_err(failed)?;
        Ok(Self { from: sender(from)?, transport: AsyncFileTransport::new(folder) })
    }
}

#[async_trait]
impl MailTransport for Folder {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let message = message(&self.from, mail)?;
        let failed = |error: lettre::transport::file::Error| Error::Unavailable { what: error.to_string() };
        self.transport.send(message).await.map(drop).map_err(failed)
    }
}

fn sender(from: &str) -> Result<Mailbox> {
    from.parse()
        .map_err(|_| Error::invalid("mail.from", "invalid", "A sender looks like: Shop <shop@example.com>."))
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message> {
    let to: Mailbox =
        mail.to.parse().map_err(|_| Error::invalid("to", "invalid", "This is not a mail address."))?;
    let domain = from.email.domain();
    Message::builder()
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .date(
            std::time::UNIX_EPOCH + std::time::Duration::from_micros(mail.created_at.micros().unsigned_abs()),
        )
        .from(from.clone())
        .to(to)
        .subject(mail.subject.clone())
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_contract::{Id, MailState, Timestamp};

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            id: Id::new(uuid::Uuid::from_u128(7)),
            to: to.into(),
            subject: subject.into(),
            text: "Grüezi".into(),
            html: "<p>Grüezi</p>".into(),
            template: "test".into(),
            state: MailState::Queued,
            attempts: 0,
            last_error: None,
            created_at: Timestamp::new(chrono::DateTime::UNIX_EPOCH),
        }
    }

    #[tokio::test]
    async fn a_folder_keeps_a_message_that_programs_can_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let transport = Folder::new(folder.path(), "Souk <shop@example.com>").expect("a folder");
        transport.send(&mail("ada@example.com", "Your order")).await.expect("sent");
        let file =
            std::fs::read_dir(folder.path()).expect("a folder").next().expect("a file").expect("a file");
        let text = std::fs::read_to_string(file.path()).expect("text");
        for part in
            ["To: ada@example.com", "Subject: Your order", "multipart/alternative", "Message-ID: <00000000"]
        {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }

    #[tokio::test]
    async fn headers_can_not_be_injected() {
        let from = sender("Souk <shop@example.com>").expect("a sender");
        assert!(message(&from, &mail("ada@example.com\r\nBcc: eve@example.com", "Hi")).is_err());
        let sent = message(&from, &mail("ada@example.com", "Hi\r\nBcc: eve@example.com")).expect("a message");
        let text = String::from_utf8(sent.formatted()).expect("text");
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }
}
