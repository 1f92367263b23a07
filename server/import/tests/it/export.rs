//! The way out, and in again.

use souk_contract::{
    AttributeData, AttributeInput, AttributeKind, AttributeOption, AttributeValue, Attributes as _,
    ImportChange, Imports as _, ProductTemplateInput,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{FILE, shop::Shop};

fn attribute(code: &str, kind: AttributeKind, options: &[&str]) -> AttributeInput {
    let option = |value: &&str| AttributeOption {
        value: (*value).to_owned(),
        label: value.to_uppercase(),
        swatch: None,
    };
    AttributeInput {
        code: code.to_owned(),
        name: code.to_uppercase(),
        kind,
        unit: None,
        options: options.iter().map(option).collect(),
        required: false,
        help: String::new(),
    }
}

fn value(code: &str, value: AttributeData) -> AttributeValue {
    AttributeValue { code: code.to_owned(), value }
}

/// Into another file: each change in its place.
fn changed(csv: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(csv.to_owned(), |csv, (from, to)| {
        assert!(csv.contains(from), "{from} in {csv}");
        csv.replacen(from, to, 1)
    })
}

each_engine! {
    async fn an_export_changes_nothing_and_carries_attributes(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let import = shop.upload("a.csv", FILE).await.expect("taken in");
        shop.check(import.id, &[]).await;
        shop.write(import.id).await;
        for input in [
            attribute("material", AttributeKind::MultiSelect, &["oak", "steel"]),
            attribute("height", AttributeKind::Number, &[]),
            attribute("note", AttributeKind::Text, &[]),
        ] {
            shop.catalog.put_attribute(&shop.ctx, None, input, None).await.expect("an attribute");
        }
        let template = ProductTemplateInput { name: "Tableware".to_owned(), groups: Vec::new() };
        let template = shop.catalog.put_product_template(&shop.ctx, None, template, None).await.expect("a template");
        let mut mug = shop.records().await.remove(1);
        mug.input.template_id = Some(template.id);
        mug.input.attributes = Some(vec![
            value("height", AttributeData::Number(97.25)),
            value("material", AttributeData::Many(vec!["steel".to_owned(), "oak".to_owned()])),
            value("note", AttributeData::Text("=HYPERLINK(\"x\")".to_owned())),
        ]);
        shop.put(mug.id, mug.input.clone()).await;

        let file = shop.imports.export(&shop.ctx).await.expect("a file");
        assert_eq!((file.products, file.left_out.as_slice()), (2, [].as_slice()));
        assert!(file.csv.contains("'=HYPERLINK"), "{}", file.csv);
        let again = shop.upload("b.csv", &file.csv).await.expect("taken in");
        shop.check(again.id, &[]).await;
        let said = shop.products(again.id).await;
        assert!(said.iter().all(|one| one.change == ImportChange::Unchanged), "{said:?}");

        // By label, without one that was there, and with one that is no number.
        let wrong = changed(&file.csv, &[("97.25", "tall")]);
        let import = shop.upload("c.csv", &wrong).await.expect("taken in");
        shop.check(import.id, &[]).await;
        let issues = shop.issues(import.id).await;
        assert!(issues.iter().any(|one| one.is_error && one.reason.contains("HEIGHT is \"tall\"")), "{issues:?}");
        let other = changed(&file.csv, &[("steel; oak", "OAK"), ("97.25", ""), ("Tableware", "")]);
        let import = shop.upload("d.csv", &other).await.expect("taken in");
        shop.check(import.id, &[]).await;
        shop.write(import.id).await;
        let mug = shop.records().await.remove(1).input;
        assert_eq!(mug.template_id, None);
        let material = AttributeData::Many(vec!["oak".to_owned()]);
        let note = AttributeData::Text("=HYPERLINK(\"x\")".to_owned());
        assert_eq!(mug.attributes, Some(vec![value("material", material), value("note", note)]));
    }
}

each_engine! {
    async fn a_shop_without_these_attributes_keeps_their_cells(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let text = "Handle,Title,Variant Price,Product Template,Attribute: material\nmug,Mug,9.50,Tableware,oak\n";
        let import = shop.upload("a.csv", text).await.expect("taken in");
        shop.check(import.id, &[]).await;
        shop.write(import.id).await;
        let mug = shop.records().await.remove(0).input;
        assert_eq!((mug.template_id, mug.attributes.as_ref()), (None, None));
        let file = shop.imports.export(&shop.ctx).await.expect("a file");
        assert!(file.csv.contains("Attribute: material") && file.csv.contains("Tableware"), "{}", file.csv);

        let material = attribute("material", AttributeKind::Select, &["oak"]);
        shop.catalog.put_attribute(&shop.ctx, None, material, None).await.expect("an attribute");
        let again = shop.upload("b.csv", &file.csv).await.expect("taken in");
        shop.check(again.id, &[]).await;
        shop.write(again.id).await;
        let mug = shop.records().await.remove(0).input;
        assert_eq!(mug.attributes, Some(vec![value("material", AttributeData::Text("oak".to_owned()))]));
        assert_eq!(mug.extra.keys().collect::<Vec<_>>(), ["Product Template"]);
    }
}
