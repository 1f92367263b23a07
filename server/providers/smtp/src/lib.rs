#![doc = include_str!("../README.md")]

use std::path::Path;

use async_trait::async_trait;
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use souk_contract::{Error, Mail, MailSender, MailTransport, Result};

/// An SMTP server.
pub struct Smtp {
    from: From,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// `url`: `smtps://user:password@host:465`, `smtp://host:587?tls=required`, `smtp://127.0.0.1:25`. `from`: the sender of every
    /// mail; none: the shop.
    ///
    /// # Errors
    /// `Invalid` for a sender or a URL that can't be read; the password is not repeated.
    pub fn new(url: &str, from: Option<&str>) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| Error::invalid("mail.smtp", "invalid", "This is not an SMTP URL."))?
            .build();
        Ok(Self { from: From::read(from)?, transport })
    }
}

#[async_trait]
impl MailTransport for Smtp {
    async fn send(&self, mail: &Mail, sender: &MailSender) -> Result<()> {
        let message = message(&self.from, mail, sender)?;
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
    from: From,
    transport: AsyncFileTransport<Tokio1Executor>,
}

impl Folder {
    /// `from`: as [`Smtp::new`] takes it.
    ///
    /// # Errors
    /// `Invalid` for a sender that can't be read, `Unavailable` where the folder can't be made.
    pub fn new(folder: &Path, from: Option<&str>) -> Result<Self> {
        let failed =
            |error: std::io::Error| Error::Unavailable { what: format!("{} ({error})", folder.display()) };
        std::fs::create_dir_all(folder).map_err(failed)?;
        Ok(Self { from: From::read(from)?, transport: AsyncFileTransport::new(folder) })
    }
}

#[async_trait]
impl MailTransport for Folder {
    async fn send(&self, mail: &Mail, sender: &MailSender) -> Result<()> {
        let message = message(&self.from, mail, sender)?;
        let failed = |error: lettre::transport::file::Error| Error::Unavailable { what: error.to_string() };
        self.transport.send(message).await.map(drop).map_err(failed)
    }
}

/// Who every mail is from; none: the shop.
struct From(Option<Mailbox>);

impl From {
    fn read(from: Option<&str>) -> Result<Self> {
        let wrong =
            |_| Error::invalid("mail.from", "invalid", "A sender looks like: Shop <shop@example.com>.");
        from.map(|from| from.parse().map_err(wrong)).transpose().map(Self)
    }
}

fn message(from: &From, mail: &Mail, sender: &MailSender) -> Result<Message> {
    let address = sender.email.parse().map_err(Error::internal)?;
    // A name of two lines can't be written into a header.
    let name = sender.name.chars().filter(|c| !c.is_control()).collect();
    let shop = Mailbox::new(Some(name), address);
    // Answers go to the shop, whoever carries its mails.
    let (from, reply_to) = match &from.0 {
        Some(from) if from.email != shop.email => (from.clone(), Some(shop)),
        Some(from) => (from.clone(), None),
        None => (shop, None),
    };
    let to: Mailbox =
        mail.to.parse().map_err(|_| Error::invalid("to", "invalid", "This is not a mail address."))?;
    let domain = from.email.domain();
    let mut builder = Message::builder();
    if let Some(shop) = reply_to {
        builder = builder.reply_to(shop);
    }
    builder
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
        let transport = Folder::new(folder.path(), None).expect("a folder");
        transport.send(&mail("ada@example.com", "Your order"), &shop()).await.expect("sent");
        let file =
            std::fs::read_dir(folder.path()).expect("a folder").next().expect("a file").expect("a file");
        let text = std::fs::read_to_string(file.path()).expect("text");
        for part in [
            "From: Souk <shop@example.com>",
            "To: ada@example.com",
            "Subject: Your order",
            "multipart/alternative",
            "Message-ID: <00000000",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }

    fn shop() -> MailSender {
        MailSender { name: "Souk".into(), email: "shop@example.com".into() }
    }

    fn text(message: Message) -> String {
        String::from_utf8(message.formatted()).expect("text")
    }

    #[test]
    fn answers_go_to_the_shop() {
        let mail = mail("ada@example.com", "Hi");
        let ours = text(message(&From(None), &mail, &shop()).expect("a message"));
        assert!(ours.contains("From: Souk <shop@example.com>") && !ours.contains("Reply-To:"), "{ours}");
        let carrier = From::read(Some("Post <no-reply@carrier.example>")).expect("a sender");
        let carried = text(message(&carrier, &mail, &shop()).expect("a message"));
        assert!(carried.contains("From: Post <no-reply@carrier.example>"), "{carried}");
        assert!(carried.contains("Reply-To: Souk <shop@example.com>"), "{carried}");
    }

    #[test]
    fn headers_can_not_be_injected() {
        let from = From(None);
        assert!(message(&from, &mail("ada@example.com\r\nBcc: eve@example.com", "Hi"), &shop()).is_err());
        let hostile = MailSender { name: "Tea\r\nBcc: eve@example.com".into(), ..shop() };
        for (subject, sender) in [("Hi\r\nBcc: eve@example.com", &shop()), ("Hi", &hostile)] {
            let sent = message(&from, &mail("ada@example.com", subject), sender).expect("a message");
            let text = text(sent);
            assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
        }
        let quoted = MailSender { name: "\"Tea\" <Sons>, Ltd".into(), ..shop() };
        let sent = text(message(&from, &mail("ada@example.com", "Hi"), &quoted).expect("a message"));
        let line = sent.lines().find_map(|line| line.strip_prefix("From: ")).expect("a sender");
        let read: Mailbox = line.parse().expect("one address");
        assert_eq!(read.email.to_string(), quoted.email, "{line}");
    }
}
