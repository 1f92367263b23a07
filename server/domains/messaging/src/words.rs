//! What each kind of mail says around its facts, as the program brings it, and the checks of what staff write instead.

use souk_contract::{Error, FieldError, MailKind, MailPlaceholder, MailWords, Result};

const MOST_LINE: usize = 200;
const MOST_BODY: usize = 5_000;
const MOST_BUTTON: usize = 80;

/// Name and meaning.
type Placeholder = (&'static str, &'static str);

const SHOP: Placeholder = ("shop", "The shop's name");
const NAME: Placeholder = ("name", "The customer's name; “customer” where none is known");
const NUMBER: Placeholder = ("number", "The order's number");
const TOTAL: Placeholder = ("total", "What the order costs, with delivery and tax");
const PAID: Placeholder = ("paid", "“ and your payment” where it is paid, else nothing");
const ITEMS: Placeholder = ("items", "What it is about: one line a product");
const TRACKING: Placeholder = ("tracking", "Carrier and tracking number, where there is one");
const AMOUNT: Placeholder = ("amount", "The money that goes back");
const RETURN: Placeholder = ("return", "The return's number");
const REPLY: Placeholder = ("reply", "What you wrote to the customer about it, where you did");
const DELIVERY: Placeholder = ("delivery", "How much of it is for the delivery, where it is some");

pub(crate) fn placeholders(kind: MailKind) -> &'static [Placeholder] {
    match kind {
        MailKind::OrderConfirmation => &[SHOP, NAME, NUMBER, TOTAL, PAID],
        MailKind::OrderShipped | MailKind::OrderShippedInPart => {
            &[SHOP, NAME, NUMBER, TOTAL, ITEMS, TRACKING]
        }
        MailKind::OrderRefunded => &[SHOP, NAME, NUMBER, TOTAL, AMOUNT, ITEMS, DELIVERY],
        MailKind::OrderCancelled => &[SHOP, NAME, NUMBER, TOTAL],
        MailKind::ReturnRequested | MailKind::ReturnReceived => &[SHOP, NAME, NUMBER, TOTAL, RETURN, ITEMS],
        MailKind::ReturnApproved | MailKind::ReturnDeclined => {
            &[SHOP, NAME, NUMBER, TOTAL, RETURN, ITEMS, REPLY]
        }
        MailKind::Welcome | MailKind::PasswordReset => &[SHOP, NAME],
    }
}

pub(crate) fn told(kind: MailKind) -> Vec<MailPlaceholder> {
    let told = |(name, meaning): &Placeholder| MailPlaceholder {
        name: (*name).to_owned(),
        meaning: (*meaning).to_owned(),
    };
    placeholders(kind).iter().map(told).collect()
}

pub(crate) fn own(kind: MailKind) -> MailWords {
    let [subject, title, body, button] = match kind {
        MailKind::OrderConfirmation => [
            "Your order #{number} at {shop}",
            "Thank you for your order",
            "We have received order #{number}{paid}.",
            "See your order",
        ],
        MailKind::OrderShipped => [
            "Your order is on its way",
            "Your order is on its way",
            "Your order #{number} is on its way.\n{items}\n{tracking}",
            "Follow your order",
        ],
        MailKind::OrderShippedInPart => [
            "A part of your order is on its way",
            "A part of your order is on its way",
            "A part of your order #{number} is on its way; the rest follows.\n{items}\n{tracking}",
            "Follow your order",
        ],
        MailKind::OrderRefunded => [
            "Your refund",
            "Your refund",
            "We have sent {amount} of your order #{number} back to you.\n{items}\n{delivery}\n\
             It takes your bank a few days to show it. The credit note is on your order's page.",
            "See your order",
        ],
        MailKind::OrderCancelled => [
            "Your order was cancelled",
            "Your order was cancelled",
            "Your order #{number} was cancelled, and nothing of it will be sent.\n\
             An amount that was held on your card is free again.",
            "See your order",
        ],
        MailKind::ReturnRequested => [
            "We have your return {return}",
            "You asked to send something back",
            "You asked to send back a part of your order #{number}.\n{items}\n\
             We look at it and write to you. Please send nothing before we have.",
            "See your return",
        ],
        MailKind::ReturnApproved => [
            "Your return {return}",
            "You can send it back",
            "You can send this back now.\n{items}\n{reply}\nPlease write {return} on the parcel.",
            "See your return",
        ],
        MailKind::ReturnDeclined => [
            "About your return {return}",
            "We can't take it back",
            "We can't take this back.\n{items}\n{reply}\nAnswer this mail if you see it differently.",
            "See your return",
        ],
        MailKind::ReturnReceived => [
            "Your return {return} is here",
            "Your return is here",
            "What you sent back is here.\n{items}\nWe look at it, and then send your money back.",
            "See your return",
        ],
        MailKind::Welcome => [
            "Welcome to {shop}",
            "Welcome to {shop}",
            "Hello {name},\nyour account is ready: it keeps your orders and addresses.",
            "Your account",
        ],
        MailKind::PasswordReset => [
            "Set a new password",
            "Set a new password",
            "Hello {name},\n\
             somebody, hopefully you, asked to set a new password. The link works once, for an hour.\n\
             If it wasn't you, there is nothing to do: your password stays as it is.",
            "Set a new password",
        ],
    };
    MailWords {
        subject: subject.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        button: button.to_owned(),
    }
}

/// # Errors
/// `Invalid` with everything that is wrong.
pub(crate) fn check(kind: MailKind, words: &MailWords) -> Result<()> {
    let known = placeholders(kind);
    let fields = [
        ("subject", &words.subject, MOST_LINE),
        ("title", &words.title, MOST_LINE),
        ("body", &words.body, MOST_BODY),
        ("button", &words.button, MOST_BUTTON),
    ];
    let mut faults = Vec::new();
    for (field, text, most) in fields {
        let mut fault = |code: &str, message: String| {
            faults.push(FieldError { field: field.into(), code: code.into(), message });
        };
        if text.trim().is_empty() {
            fault("required", "Please fill this in.".into());
        } else if text.chars().count() > most {
            fault("too_long", format!("At most {most} characters."));
        } else if text.chars().any(|one| one.is_control() && !(field == "body" && one == '\n')) {
            fault("invalid", "One line of text, without control characters.".into());
        }
        let strange = named(text).find(|name| known.iter().all(|(known, _)| known != name));
        if let Some(strange) = strange {
            let known: Vec<String> = known.iter().map(|(name, _)| format!("{{{name}}}")).collect();
            let message = format!("{{{strange}}} means nothing here. There are {}.", known.join(", "));
            fault("unknown_placeholder", message);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid { fields: faults }) }
}

/// Puts values where their names stand, once: what a value says is not read again. Other braces stay.
pub(crate) fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next(rest) {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.extend(["{", name, "}"]);
            }
        }
        rest = after;
    }
    filled + rest
}

fn named(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = next(rest)?;
        rest = after;
        Some(name)
    })
}

/// The next `{name}`: what is before it, the name, and what is after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let (name, after) = rest.split_once('}')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_name.then(|| (&text[..at], name, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> [(&'static str, String); 2] {
        [("shop", "{number}".to_owned()), ("number", "7".to_owned())]
    }

    #[test]
    fn names_are_filled_once_and_other_braces_stay() {
        let fill = |text| fill(text, &values());
        assert_eq!(fill("#{number} at {shop}"), "#7 at {number}");
        assert_eq!(fill("{{number}} {} {No} {number {unknown} {shop"), "{7} {} {No} {number {unknown} {shop");
        assert_eq!(fill("ü{number}ß"), "ü7ß");
        assert_eq!(fill(""), "");
    }

    #[test]
    fn what_the_program_brings_passes_its_own_check() {
        for kind in MailKind::ALL {
            check(kind, &own(kind)).expect("fit");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let words = MailWords {
            subject: "Two\nlines".into(),
            title: " ".into(),
            body: "Hello {name}, your {order}".into(),
            button: "x".repeat(81),
        };
        let Err(Error::Invalid { fields }) = check(MailKind::Welcome, &words) else { panic!("refused") };
        let all: Vec<(&str, &str)> =
            fields.iter().map(|one| (one.field.as_str(), one.code.as_str())).collect();
        let expected = [
            ("subject", "invalid"),
            ("title", "required"),
            ("body", "unknown_placeholder"),
            ("button", "too_long"),
        ];
        assert_eq!(all, expected);
        assert!(fields[2].message.contains("{order}") && fields[2].message.contains("{shop}, {name}"));
    }
}
