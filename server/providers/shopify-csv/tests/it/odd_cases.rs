use rust_decimal::Decimal;
use souk_contract::{Currency, Money};
use souk_shopify_csv::{
    HeaderError, InventoryPolicy, ProductOption, Reader, RowIssue, Status, WeightUnit, WriteError, Writer,
};

use crate::{assert_remark, entries, product, remarks};

const HEAD: &str = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n";

fn rows(rows: &str) -> Vec<souk_shopify_csv::Entry> {
    entries(format!("{HEAD}{rows}"))
}

fn handles(entries: &[souk_shopify_csv::Entry]) -> Vec<&str> {
    entries.iter().filter(|entry| entry.product.is_some()).map(|entry| entry.handle.as_str()).collect()
}

#[test]
fn the_newer_headers_mean_the_same() {
    let new = product(
        "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,\
         Option1 name,Option1 value,Option1 Linked To,Price,Price / International,Compare-at price,Cost per item,\
         Charge tax,Tax code,Inventory tracker,Inventory quantity,Continue selling when out of stock,\
         Weight value (grams),Weight unit for display,Requires shipping,Fulfillment service,Product image URL,\
         Image position,Image alt text,Variant image URL,Gift card,SEO title,SEO description,Included / International\n\
         Tee,tee,<p>Soft</p>,Acme,Apparel > Tops,Shirts,\"a, b,,a\",TRUE,Active,T-1,'00123,\
         Color,red,product.metafields.shopify.color-pattern,10.00,11.00,12.00,4.00,\
         FALSE,P1,shopify,7,DENY,250.5,g,TRUE,manual,https://x.example/1.jpg,2,Front,https://x.example/1.jpg,FALSE,\
         Tee!,A tee,TRUE\n",
    );
    assert_eq!(
        (new.handle.as_str(), new.title.as_str(), new.body_html.as_str()),
        ("tee", "Tee", "<p>Soft</p>")
    );
    assert_eq!(new.category.as_deref(), Some("Apparel > Tops"));
    assert_eq!(new.product_type.as_deref(), Some("Shirts"));
    assert_eq!(new.tags, ["a", "b"]);
    assert_eq!((new.published, new.status, new.gift_card), (Some(true), Some(Status::Active), Some(false)));
    assert!(new.is_visible());
    let linked_to = Some("product.metafields.shopify.color-pattern".to_owned());
    assert_eq!(new.options, [ProductOption { name: "Color".to_owned(), linked_to }]);
    assert_eq!(new.seo_title.as_deref(), Some("Tee!"));
    assert_eq!(new.extra.get("Included / International").map(String::as_str), Some("TRUE"));
    let variant = &new.variants[0];
    assert_eq!(variant.option_values, ["red"]);
    assert_eq!(variant.price, Some(Money::new(1000, Currency::EUR)));
    assert_eq!(variant.compare_at, Some(Money::new(1200, Currency::EUR)));
    assert_eq!(variant.cost, Some(Money::new(400, Currency::EUR)));
    assert_eq!((variant.sku.as_deref(), variant.barcode.as_deref()), (Some("T-1"), Some("00123")));
    assert_eq!((variant.grams, variant.weight_unit), (Some(Decimal::new(2505, 1)), Some(WeightUnit::Gram)));
    assert_eq!((variant.tracker.as_deref(), variant.quantity), (Some("shopify"), Some(7)));
    assert_eq!(variant.policy, Some(InventoryPolicy::Deny));
    assert_eq!((variant.taxable, variant.requires_shipping), (Some(false), Some(true)));
    assert_eq!(variant.extra.get("Price / International").map(String::as_str), Some("11.00"));
    let image = &new.images[0];
    assert_eq!((image.position, image.alt.as_deref()), (Some(2), Some("Front")));
}

#[test]
fn order_and_case_of_columns_do_not_matter_and_most_may_be_missing() {
    let found = product("  VARIANT PRICE ,title,HANDLE\n5,Mug,mug\n");
    assert_eq!((found.handle.as_str(), found.title.as_str()), ("mug", "Mug"));
    assert_eq!(found.variants[0].price, Some(Money::new(500, Currency::EUR)));
    assert_eq!((found.variants.len(), found.options.len(), found.published), (1, 0, None));
}

#[test]
fn a_file_without_handles_makes_them_from_titles() {
    let csv = "Title,Price\nBlue Mug,5\nRed Mug,6\n";
    let reader = Reader::new(csv.as_bytes(), Currency::EUR).unwrap();
    assert!(reader.header_issues().iter().any(|issue| issue.reason.contains("made from the titles")));
    assert_eq!(handles(&entries(csv)), ["blue-mug", "red-mug"]);
}

#[test]
fn files_that_are_something_else_are_refused() {
    let refused = |bytes: &[u8]| Reader::new(bytes, Currency::EUR).unwrap_err();
    assert!(matches!(refused(b""), HeaderError::Empty));
    assert!(matches!(refused(b"\n\n\n"), HeaderError::Empty));
    assert!(matches!(refused(b"\xff\xfeH\0a\0"), HeaderError::Utf16));
    assert!(matches!(refused(b"PK\x03\x04rest"), HeaderError::Spreadsheet));
    let HeaderError::NotProducts { found } = refused(b"Name,Email\na,b\n") else { panic!() };
    assert_eq!(found, "Name, Email");
    let HeaderError::Duplicate { name, first, second } = refused(b"Handle,Title,Price,price\n") else {
        panic!()
    };
    assert_eq!((name.as_str(), first, second), ("price", 3, 4));
}

#[test]
fn two_names_for_one_column_keep_the_first_and_say_so() {
    let csv = "Handle,Title,Variant Price,Price,Odd,Odd,\nmug,Mug,5,6,x,y,\n";
    let reader = Reader::new(csv.as_bytes(), Currency::EUR).unwrap();
    let reasons: Vec<&str> = reader.header_issues().iter().map(|issue| issue.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("means the same") && reasons[1].contains("twice"), "{reasons:?}");
    let found = product(csv);
    assert_eq!(found.variants[0].price, Some(Money::new(500, Currency::EUR)));
    let extra: Vec<_> = found.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(extra, [("Odd", "x"), ("Price", "6")]);
}

#[test]
fn lines_are_those_of_the_file() {
    for newline in ["\n", "\r\n", "\r"] {
        let csv = "\u{feff}Handle,Title,Body (HTML),Price\n\
                   \n\n\
                   a,A,\"one\ntwo\n\nthree\",x\n\
                   ,,,\n\
                   \n\
                   b,B,,y\n\
                   c,C,\"\n\",z\n"
            .replace('\n', newline);
        let found = entries(&csv);
        let lines: Vec<u64> = found.iter().flat_map(|entry| &entry.issues).map(|issue| issue.line).collect();
        assert_eq!(lines, [4, 10, 11], "{newline:?}");
        assert_eq!(found.iter().map(|entry| entry.line).collect::<Vec<_>>(), lines);
    }
}

#[test]
fn windows_1252_is_read_and_remarked_on_once() {
    let found = entries(b"Handle,Title,Price\nmug,Caf\xe9 \x80,1\nna,Na\xefve,1\nok,\xc3\xa9,1\n");
    let titles: Vec<&str> =
        found.iter().map(|entry| entry.product.as_ref().unwrap().title.as_str()).collect();
    assert_eq!(titles, ["Café €", "Naïve", "é"]);
    assert_eq!(remarks(&found).len(), 1);
    assert_remark(&found, "warning 2 -", "Windows-1252");
}

#[test]
fn an_error_skips_the_whole_product_and_no_other() {
    let found = rows(
        "a,A,Size,S,1,10.00,\n\
         a,,,M,2,ten,\n\
         a,,,L,3,10.00,\n\
         b,B,Size,S,1,-1,\n\
         c,C,Title,Default Title,1,10.00,\n",
    );
    assert_eq!(handles(&found), ["c"]);
    assert_eq!(remarks(&found).len(), 2);
    assert_remark(&found, "error 3 Variant Price", "not a number");
    assert_remark(&found, "error 5 Variant Price", "negative");
    let issue = &found[0].issues[0];
    assert_eq!(
        issue.to_string(),
        "line 3, Variant Price \"ten\": is not a number; write digits and a point, without a currency sign"
    );
    assert_eq!((found[0].rows, found[0].line), (3, 2));
}

#[test]
fn prices_keep_to_the_currency() {
    let csv = format!("{HEAD}a,A,,,,100.50,\nb,B,,,,100.00,\n");
    let found: Vec<_> =
        Reader::new(csv.as_bytes(), Currency::JPY).unwrap().map(|entry| entry.unwrap()).collect();
    assert_remark(&found, "error 2 Variant Price", "JPY has none");
    assert_eq!(found[1].product.as_ref().unwrap().variants[0].price, Some(Money::new(100, Currency::JPY)));
    let found = rows("a,A,,,,\"1,234\",\nb,B,,,,\"1,234.50\",\nc,C,,,,,\n");
    assert_remark(&found, "error 2 Variant Price", "ambiguous");
    assert_remark(&found, "warning 3 Variant Price", "read as 1234.50");
    assert_remark(&found, "warning 4 Variant Price", "no price");
    assert_eq!(handles(&found), ["b", "c"]);
}

#[test]
fn a_handle_that_comes_back_is_reported_and_overwrites_nothing() {
    let found = rows("a,A,,,1,1.00,\nb,B,,,1,1.00,\na,Other,,,2,2.00,\na,,,,,,x.jpg\n");
    assert_eq!(handles(&found), ["a", "b"]);
    assert_remark(&found, "error 4 Handle", "line 2");
    assert_eq!(found[2].rows, 2);
}

#[test]
fn rows_without_handle_or_title() {
    let found = rows(
        ",Lost,,,1,1.00,\na,,,,1,1.00,\nb,B,,,1,1.00,\nc,C,Size,S,1,1.00,\n,,,M,2,1.00,\nd,D,,,1,1.00,\n",
    );
    assert_remark(&found, "error 2 Handle", "no handle");
    assert_remark(&found, "error 3 Title", "needs a title");
    // A row with neither can only continue the product above, which is then not whole.
    assert_remark(&found, "error 6 Handle", "no handle");
    assert_eq!(handles(&found), ["b", "d"]);
}

#[test]
fn options_and_their_values() {
    let found = rows(
        "none,N,Title,Default Title,1,1.00,\n\
         own,O,Title,Linen,1,1.00,\n\
         unnamed,U,,Red,1,1.00,\n\
         missing,M,Size,S,1,1.00,\n\
         missing,,,,2,1.00,\n\
         twice,T,Size,S,1,1.00,\n\
         twice,,,S,2,1.00,\n\
         second,S,Title,Default Title,1,1.00,\n\
         second,,,Default Title,2,1.00,\n\
         renamed,R,COLOR,Red,1,1.00,\n\
         renamed,,Colour,Blue,2,1.00,\n",
    );
    assert_eq!(handles(&found), ["none", "own", "renamed"]);
    let none = found[0].product.as_ref().unwrap();
    assert!(none.options.is_empty() && none.variants[0].option_values.is_empty());
    let own = found[1].product.as_ref().unwrap();
    assert_eq!((own.options[0].name.as_str(), own.variants[0].option_values[0].as_str()), ("Title", "Linen"));
    assert_remark(&found, "error 4 Option1 Value", "no name");
    assert_remark(&found, "error 6 Option1 Value", "no value for \"Size\"");
    assert_remark(&found, "error 8 Option1 Value", "as on line 7");
    assert_remark(&found, "error 10 Option1 Value", "no options");
    assert_remark(&found, "warning 12 Option1 Name", "differs from \"COLOR\"");
    assert_eq!(found.last().unwrap().product.as_ref().unwrap().options[0].name, "COLOR");
}

#[test]
fn more_than_three_options_where_the_file_has_columns() {
    let csv = "Handle,Title,Price,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,\
               Option4 Name,Option4 Value\n\
               a,A,1,W,1,X,2,Y,3,Z,4\n\
               b,B,1,W,1,w,2,,,,\n";
    let found = entries(csv);
    let a = found[0].product.as_ref().unwrap();
    assert_eq!(a.variants[0].option_values, ["1", "2", "3", "4"]);
    assert_remark(&found, "error 3 Option2 Name", "two options");
    let mut narrow = Writer::new(Vec::new(), []).unwrap();
    assert!(matches!(narrow.write(a), Err(WriteError::Product { .. })));
    let mut wide = Writer::with_options(Vec::new(), [], 4).unwrap();
    wide.write(a).unwrap();
    let written = wide.finish().unwrap();
    assert_eq!(entries(written)[0].product.as_ref(), Some(a));
}

#[test]
fn pictures() {
    let csv = "Handle,Title,Price,Image Src,Image Position,Image Alt Text,Variant Image,Note\n\
               a,A,1,2.jpg,2,Two,9.jpg,\n\
               a,,,1.jpg,1,,,kept\n\
               a,,,2.jpg,3,,,\n\
               a,,,3.jpg,first,,,\n\
               a,,,,,Nothing,,\n\
               a,,,,,,,lost\n";
    let found = entries(csv);
    let a = found[0].product.as_ref().unwrap();
    assert_eq!(
        a.images.iter().map(|image| image.src.as_str()).collect::<Vec<_>>(),
        ["2.jpg", "1.jpg", "3.jpg"]
    );
    let order: Vec<&str> = a.images_in_order().iter().map(|image| image.src.as_str()).collect();
    assert_eq!(order, ["1.jpg", "2.jpg", "3.jpg"]);
    assert_eq!(a.images[1].extra.get("Note").map(String::as_str), Some("kept"));
    assert_eq!((a.variants.len(), a.variants[0].image.as_deref()), (1, Some("9.jpg")));
    assert_remark(&found, "warning 4 Image Src", "already");
    assert_remark(&found, "warning 5 Image Position", "not a position");
    assert_remark(&found, "warning 6 Image Alt Text", "not there");
    assert_remark(&found, "warning 6 -", "neither a variant nor a picture");
    assert_remark(&found, "warning 7 -", "neither a variant nor a picture");
}

#[test]
fn a_first_row_may_hold_the_product_alone() {
    let found = rows("a,A,Size,,,,1.jpg\na,,,S,1,1.00,\na,,,M,2,1.00,\n");
    let a = found[0].product.as_ref().unwrap();
    assert_eq!((a.variants.len(), a.images.len(), a.options[0].name.as_str()), (2, 1, "Size"));
    assert!(found[0].issues.is_empty());
}

#[test]
fn other_values_that_cannot_be_read() {
    let head = "Handle,Title,Price,Published,Status,Variant Grams,Variant Weight Unit,Variant Inventory Qty,\
                Variant Inventory Policy,Variant Barcode,Variant Taxable\n";
    let found = entries(format!(
        "{head}a,A,1,maybe,live,heavy,stone,1.5,refuse,4.00638E+12,perhaps\n\
         b,B,1,no,DRAFT,1,LB,-4,Continue,'4006381333931,1\n"
    ));
    for (start, part) in [
        ("error 2 Published", "neither true nor false"),
        ("error 2 Status", "none of active"),
        ("error 2 Variant Grams", "not a number"),
        ("warning 2 Variant Weight Unit", "none of g"),
        ("error 2 Variant Inventory Qty", "whole"),
        ("error 2 Variant Inventory Policy", "deny"),
        ("warning 2 Variant Barcode", "spreadsheet"),
        ("error 2 Variant Taxable", "neither"),
    ] {
        assert_remark(&found, start, part);
    }
    let b = found[1].product.as_ref().unwrap();
    assert!(found[1].issues.is_empty() && !b.is_visible());
    assert_eq!((b.published, b.status), (Some(false), Some(Status::Draft)));
    let variant = &b.variants[0];
    assert_eq!((variant.weight_unit, variant.quantity), (Some(WeightUnit::Pound), Some(-4)));
    assert_eq!(variant.policy, Some(InventoryPolicy::Continue));
    assert_eq!(variant.barcode.as_deref(), Some("4006381333931"));
}

#[test]
fn a_repeated_sku_and_a_second_title_are_only_remarked_on() {
    let found = rows("a,A,Size,S,X,1.00,\na,A,,M,X,1.00,\na,B,,L,Y,1.00,\n");
    assert_eq!(handles(&found), ["a"]);
    assert_eq!(remarks(&found).len(), 2);
    assert_remark(&found, "warning 3 Variant SKU", "as on line 2");
    assert_remark(&found, "warning 4 Title", "first row");
}

#[test]
fn rows_of_the_wrong_width() {
    let found = rows(
        "a,A,Title,Default Title,1,1.00\nb,B, with a comma,Title,Default Title,1,1.00,\nc,C,,,1,1.00,\n",
    );
    assert_remark(&found, "warning 2 -", "6 cells");
    assert_remark(&found, "error 3 -", "quote missing");
    assert_eq!(handles(&found), ["a", "c"]);
    let found = rows("a,A,,,1,1.00,\nb,B,Size,S,2,1");
    assert_remark(&found, "error 3 -", "breaks off");
    assert_eq!(handles(&found), ["a"]);
    // Whole, but without a line break at the end.
    assert_eq!(handles(&rows("a,A,,,1,1.00,x.jpg")), ["a"]);
}

#[test]
fn a_quote_that_is_never_closed() {
    let found = rows("a,A,,,1,1.00,\nb,\"B,,,1,1.00,\nc,C,,,1,1.00,\n");
    assert_eq!(handles(&found), ["a"]);
    assert_remark(&found, "error 3 -", "never closed");
    assert!(found.iter().flat_map(|entry| &entry.issues).all(|issue| !issue.value.contains("end of file")));
}

#[test]
fn a_runaway_row_stops_the_reading_instead_of_filling_memory() {
    let mut csv = format!("{HEAD}a,A,,,1,1.00,\nb,\"").into_bytes();
    csv.resize(20 * 1024 * 1024, b'x');
    let mut reader = Reader::new(csv.as_slice(), Currency::EUR).unwrap();
    let error = loop {
        match reader.next() {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("read to the end"),
        }
    };
    assert!(error.to_string().contains("longer than 16 MiB"), "{error}");
    assert!(reader.next().is_none());
}

#[test]
fn long_values_are_shortened_in_remarks() {
    let found = rows(&format!("a,A,,,1,{},\n", "é".repeat(300)));
    assert_eq!(found[0].issues[0].value.chars().count(), RowIssue::VALUE_CHARS);
    assert!(found[0].issues[0].value.ends_with('…'));
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let good = product(&format!("{HEAD}a,A,Size,S,1,1.00,\n"));
    let refuse = |change: &dyn Fn(&mut souk_shopify_csv::ProductDocument)| {
        let mut bad = good.clone();
        change(&mut bad);
        let mut writer = Writer::new(Vec::new(), ["Note".to_owned()]).unwrap();
        let before = writer.write(&bad);
        assert!(matches!(before, Err(WriteError::Product { .. })), "{bad:?}");
        assert_eq!(writer.finish().unwrap().iter().filter(|byte| **byte == b'\n').count(), 1);
    };
    refuse(&|product| product.title.clear());
    refuse(&|product| product.variants.clear());
    refuse(&|product| product.variants[0].option_values.clear());
    refuse(&|product| product.variants.extend_from_within(..));
    refuse(&|product| product.tags.push("a,b".to_owned()));
    refuse(&|product| product.variants[0].price = Some(Money::new(-1, Currency::EUR)));
    refuse(&|product| product.variants[0].cost = Some(Money::new(1, Currency::USD)));
    refuse(&|product| drop(product.extra.insert("Unheard of".to_owned(), "x".to_owned())));
    refuse(&|product| drop(product.variants[0].extra.insert("Note".to_owned(), "x".to_owned())));
    for column in ["title", "", " Note", "Option7 Name"] {
        let refused = Writer::new(Vec::new(), [column.to_owned()]).err();
        assert!(matches!(refused, Some(WriteError::Column(_))), "{column:?}");
    }
}
