//! What staff let mails say.

use souk_contract::{
    CustomerRegistered, Error, MailKind, MailTemplate, MailWords, Messaging as _, OrderPlaced,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Office, neighbours::order};

fn words(subject: &str, body: &str) -> MailWords {
    MailWords {
        subject: subject.into(),
        title: "Hello".into(),
        body: body.into(),
        button: "Look <here>".into(),
    }
}

async fn template(office: &Office, kind: MailKind) -> MailTemplate {
    let all = office.messaging.templates(&office.ctx).await.expect("templates");
    assert_eq!(all.iter().map(|one| one.kind).collect::<Vec<_>>(), MailKind::ALL);
    all.into_iter().find(|one| one.kind == kind).expect("each kind")
}

fn code(result: Result<MailTemplate, Error>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

each_engine! {
    async fn letters_say_what_staff_wrote_until_they_take_it_back(kit: TestKit) {
        let office = Office::new(&kit).await;
        let kind = MailKind::Welcome;
        let first = template(&office, kind).await;
        assert_eq!((first.is_own, first.version), (false, 0));
        let own = words("Hi {name}, from {shop}", "Dear {name}\r\n\r\n<b>bold</b> {braces are fine");
        let set = office.messaging.set_template(&office.ctx, kind, Some(own), Some(0)).await.expect("set");
        assert_eq!((set.is_own, set.version), (true, 1));
        assert_eq!(template(&office, kind).await, set);

        // A name that looks like a placeholder is a name.
        let customer_id = office.accounts.add("{shop}", "ada@example.com");
        office.publish(&CustomerRegistered { customer_id }).await;
        office.carry().await;
        let mail = office.only_mail().await;
        assert_eq!(mail.subject, "Hi {shop}, from Tea & <Sons>");
        assert!(mail.text.contains("Dear {shop}\n\n<b>bold</b> {braces are fine\n"), "{}", mail.text);
        assert!(mail.html.contains("<p>Dear {shop}</p>") && !mail.html.contains("<b>"), "{}", mail.html);
        assert!(mail.text.contains("Look <here>: https://shop.example/account"), "{}", mail.text);

        let back = office.messaging.set_template(&office.ctx, kind, None, Some(1)).await.expect("taken back");
        assert_eq!((back.is_own, back.version, &back.words), (false, 2, &first.words));
        let customer_id = office.accounts.add("Bo", "bo@example.com");
        office.publish(&CustomerRegistered { customer_id }).await;
        office.carry().await;
        assert_eq!(office.mails().await[1].subject, "Welcome to Tea & <Sons>");
    }

    async fn a_stale_write_and_unknown_placeholders_are_refused(kit: TestKit) {
        let office = Office::new(&kit).await;
        let (kind, set) = (MailKind::OrderCancelled, words("Gone: {number}", "Sorry, {name}."));
        let put = |words: &MailWords, version| {
            office.messaging.set_template(&office.ctx, kind, Some(words.clone()), Some(version))
        };
        assert_eq!(put(&set, 0).await.expect("set").version, 1);
        assert_eq!(put(&set, 1).await.expect("unchanged").version, 1, "nothing changed");
        assert_eq!(code(put(&words("Other", "Words"), 0).await), "stale_version");
        assert_eq!(code(office.messaging.set_template(&office.ctx, kind, None, Some(0)).await), "stale_version");
        let Err(Error::Invalid { fields }) = put(&words("{items}", "x"), 1).await else { panic!("refused") };
        assert_eq!((fields[0].field.as_str(), fields[0].code.as_str()), ("subject", "unknown_placeholder"));
        assert_eq!(template(&office, kind).await.words, set, "nothing of it was kept");
    }

    async fn two_who_save_at_once_do_not_overwrite_each_other(kit: TestKit) {
        let office = Office::new(&kit).await;
        let put = |subject: &str| {
            let words = words(subject, "Text");
            office.messaging.set_template(&office.ctx, MailKind::Welcome, Some(words), Some(0))
        };
        let (one, other) = tokio::join!(put("One"), put("Other"));
        let (good, bad) = if one.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(code(bad), "stale_version");
        assert_eq!(template(&office, MailKind::Welcome).await, good.expect("one of them"));
    }

    async fn a_preview_is_the_letter_and_leaves_nothing(kit: TestKit) {
        let office = Office::new(&kit).await;
        for kind in MailKind::ALL {
            let words = template(&office, kind).await.words;
            let preview = office.messaging.preview(&office.ctx, kind, &words).await.expect("a preview");
            let all = [&preview.subject, &preview.text, &preview.html];
            for text in all {
                assert!(!text.contains('{') && !text.contains('}'), "{kind:?}: {text}");
            }
            assert!(preview.html.contains("Tea &#38; &#60;Sons&#62;"), "{}", preview.html);
        }
        let words = words("{total}", "{paid}\n{number}");
        let preview =
            office.messaging.preview(&office.ctx, MailKind::OrderConfirmation, &words).await.expect("a preview");
        assert_eq!(preview.subject, "€54.90");
        assert!(preview.html.contains("Stoneware mug") && preview.html.contains("<p>and your payment</p>"));
        let refused = office.messaging.preview(&office.ctx, MailKind::Welcome, &words).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
        assert_eq!(office.mails().await, []);
        assert!(office.postman.carried().is_empty());
    }

    async fn a_confirmation_has_its_lines_whatever_the_words_are(kit: TestKit) {
        let office = Office::new(&kit).await;
        let set = office.messaging.set_template(
            &office.ctx, MailKind::OrderConfirmation, Some(words("Thanks {name}", "Yours")), None,
        );
        set.await.expect("set");
        let order_id = office.books.add(order(1001, "Green tea", "Ada\r\nBcc: all@example.com"));
        office.publish(&OrderPlaced { order_id }).await;
        office.carry().await;
        let mail = office.only_mail().await;
        assert_eq!(mail.subject, "Thanks Ada Bcc: all@example.com", "one line");
        for said in ["Green tea", "€22.90", "Yours"] {
            assert!(mail.text.contains(said) && mail.html.contains(said), "{said}: {}", mail.text);
        }
    }
}
