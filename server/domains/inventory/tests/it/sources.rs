//! Figures that are fetched from outside systems, and files that are handed in.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use souk_contract::{
    Actor, AdjustStock, Ctx, Currency, Error, Fetched, Inventory as _, LocationInput, NotFetched, Outbound,
    PageRequest, Preset, Reach, SecretText, StaffId, StockColumns, StockFile, StockFormat, StockMode,
    StockRun, StockRunState, StockSource, StockSourceInput, StockSources as _, Stockroom as _, Timestamp,
    VariantCodes, VariantId, Wanted,
};
use souk_inventory::{LocalStockSources, LocalStockroom, MIGRATIONS};
use souk_kernel::{Db, each_engine, testing::TestKit};

use crate::{Labels, Shelf, variant};

/// An outside system: what it answers next, and what it was asked.
#[derive(Default)]
struct Till {
    answers: Mutex<Vec<Result<Page, String>>>,
    asked: Mutex<Vec<Asked>>,
}

/// Address, header and etag.
type Asked = (String, Option<(String, String)>, Option<String>);

/// Names the first rows and then never answers, as when the process is killed at its work.
#[derive(Default)]
struct Killed(AtomicUsize);

#[async_trait]
impl VariantCodes for Killed {
    async fn by_codes(&self, codes: &[String]) -> Result<BTreeMap<String, Vec<VariantId>>, Error> {
        if self.0.fetch_add(1, Ordering::SeqCst) > 0 {
            std::future::pending::<()>().await;
        }
        Labels.by_codes(codes).await
    }

    async fn known(&self, ids: &[VariantId]) -> Result<BTreeSet<VariantId>, Error> {
        Labels.known(ids).await
    }

    async fn of_products(&self, vendor: Option<&str>, kind: Option<&str>) -> Result<Vec<VariantId>, Error> {
        Labels.of_products(vendor, kind).await
    }
}

#[derive(Clone)]
struct Page {
    text: String,
    etag: Option<String>,
    modified_at: Option<Timestamp>,
}

impl Till {
    /// From now on.
    fn says(&self, text: &str) {
        self.answer(Ok(Page { text: text.into(), etag: None, modified_at: None }));
    }

    fn answer(&self, answer: Result<Page, String>) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = vec![answer];
    }

    /// After what it says first.
    fn then_says(&self, text: &str) {
        let page = Page { text: text.into(), etag: None, modified_at: None };
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(Ok(page));
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Outbound for Till {
    async fn fetch(&self, wanted: &Wanted) -> Result<Fetched, NotFetched> {
        let asked = (wanted.url.clone(), wanted.header.clone(), wanted.etag.clone());
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        // The last one for ever.
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        let page = answer.map_err(NotFetched)?;
        if page.etag.is_some() && page.etag == wanted.etag {
            return Ok(Fetched::Same);
        }
        Ok(Fetched::New { bytes: page.text.into_bytes(), etag: page.etag, modified_at: page.modified_at })
    }

    fn origin(&self, url: &str) -> Result<String, NotFetched> {
        let rest = url.strip_prefix("https://").ok_or_else(|| NotFetched("not an http address".into()))?;
        Ok(rest.split('/').next().unwrap_or_default().to_owned())
    }

    fn join(&self, from: &str, link: &str) -> Result<String, NotFetched> {
        let origin = self.origin(from)?;
        Ok(if link.starts_with('/') { format!("https://{origin}{link}") } else { link.to_owned() })
    }
}

struct Desk {
    shelf: Shelf,
    till: Arc<Till>,
    sources: LocalStockSources,
    db: Db,
    ctx: Ctx,
}

impl Desk {
    async fn open(kit: &TestKit) -> Self {
        let shelf = Shelf::new(kit).await;
        let till = Arc::new(Till::default());
        let sources = sources(&shelf, &till, Arc::new(Labels));
        let ctx = Ctx::guest("test").with_actor(Actor::staff(staff(), Preset::Owner.grants()));
        Self { shelf, till, sources, db: kit.db("inventory", MIGRATIONS).await, ctx }
    }

    async fn source(&self, input: StockSourceInput) -> StockSource {
        self.sources.put_source(&self.ctx, None, input, None).await.expect("a source")
    }

    /// Fetches it to the end.
    async fn run(&self, source: &StockSource) -> StockRun {
        self.sources.run_source(&self.ctx, source.id, false).await.expect("a run");
        assert!(self.sources.work().await.expect("work"));
        self.last(source).await
    }

    async fn last(&self, source: &StockSource) -> StockRun {
        let source = self.sources.source(&self.ctx, source.id).await.expect("the source");
        source.last_run.expect("a run")
    }

    async fn reasons(&self, run: &StockRun) -> Vec<(i64, String)> {
        let all = self.sources.run_findings(&self.ctx, run.id).await.expect("findings");
        all.into_iter().map(|one| (one.line, one.reason)).collect()
    }

    async fn on_hand(&self, number: u128) -> i64 {
        self.shelf.level(number).await.on_hand
    }

    async fn adjust(&self, number: u128, delta: i64) {
        let reason = "found".into();
        let request =
            AdjustStock { variant_id: variant(number), location_id: None, delta, reason, if_version: None };
        self.shelf.inventory.adjust(&self.ctx, request).await.expect("adjusted");
    }
}

/// As another process has them.
fn sources(shelf: &Shelf, till: &Arc<Till>, codes: Arc<dyn VariantCodes>) -> LocalStockSources {
    let stockroom = LocalStockroom::new(shelf.inventory.clone(), codes, Currency::EUR);
    LocalStockSources::new(Arc::new(stockroom), till.clone())
}

fn staff() -> StaffId {
    StaffId::new(uuid::Uuid::from_u128(7))
}

fn columns() -> StockColumns {
    StockColumns { code: "sku".into(), quantity: "stock".into(), ..StockColumns::default() }
}

fn csv() -> StockSourceInput {
    StockSourceInput {
        name: "Till".into(),
        url: "https://till.example/stock.csv".into(),
        format: StockFormat::Csv,
        mode: StockMode::Absolute,
        columns: columns(),
        rows_at: None,
        next_at: None,
        location_id: None,
        every_minutes: 15,
        active: true,
        header: None,
        secret: None,
    }
}

fn counts(run: &StockRun) -> [i64; 6] {
    let counts = run.counts;
    [counts.rows, counts.applied, counts.unchanged, counts.conflicts, counts.unknown, counts.faulty]
}

each_engine! {
    async fn a_file_is_fetched_and_the_same_again_changes_nothing(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let source = desk.source(csv()).await;
        desk.till.says("sku,stock\nSKU-1,7\nSKU-2,4\n\nSKU-3,many\n");
        let run = desk.run(&source).await;
        assert_eq!((run.state, counts(&run)), (StockRunState::Done, [3, 2, 0, 0, 0, 1]));
        assert_eq!(desk.reasons(&run).await, [(5, "bad_quantity".to_owned())]);
        assert_eq!((desk.on_hand(1).await, desk.on_hand(2).await), (7, 4));
        // What somebody changed since is not changed back.
        kit.later(60);
        desk.adjust(1, -2).await;
        kit.later(60);
        let again = desk.run(&source).await;
        assert_eq!((again.state, counts(&again)), (StockRunState::Unchanged, [0; 6]));
        assert_eq!(desk.on_hand(1).await, 5);
        // Other contents are newer than that.
        kit.later(60);
        desk.till.says("sku;stock\nSKU-1;6\nSKU-2;4\n");
        let run = desk.run(&source).await;
        assert_eq!(counts(&run), [2, 1, 1, 0, 0, 0]);
        assert_eq!(desk.on_hand(1).await, 6);
        let page = PageRequest::default();
        let moved = desk.shelf.inventory.movements(&desk.ctx, variant(1), &page).await.expect("movements").items;
        assert_eq!((moved[0].kind.as_str(), moved[0].reason.as_str(), moved[0].actor.as_str()), ("synced", "Till", "system"));
        desk.shelf.assert_books_agree().await;
    }

    async fn an_etag_is_asked_for_and_an_older_file_is_as_old_as_it_says(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let written_at = kit.now();
        kit.later(3600);
        desk.adjust(2, 9).await;
        kit.later(60);
        let source = desk.source(csv()).await;
        let text = "sku,stock\nSKU-1,7\nSKU-2,4\n".to_owned();
        desk.till.answer(Ok(Page { text, etag: Some("\"v1\"".into()), modified_at: Some(written_at) }));
        let run = desk.run(&source).await;
        assert_eq!(counts(&run), [2, 1, 0, 1, 0, 0]);
        let findings = desk.sources.run_findings(&desk.ctx, run.id).await.expect("findings");
        assert_eq!((findings[0].reason.as_str(), findings[0].on_hand), ("newer_movement", Some(9)));
        assert_eq!(desk.run(&source).await.state, StockRunState::Unchanged);
        assert_eq!(desk.till.asked()[1].2.as_deref(), Some("\"v1\""));
    }

    async fn rows_that_were_not_known_are_tried_again_with_the_same_file(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let with_place = StockColumns { location: Some("place".into()), ..columns() };
        let source = desk.source(StockSourceInput { columns: with_place, ..csv() }).await;
        let text = "sku,stock,place\nSKU-1,7,Main\nSKU-1,3,Store\nNOPE,1,Main\n".to_owned();
        desk.till.answer(Ok(Page { text, etag: Some("\"v1\"".into()), modified_at: None }));
        let run = desk.run(&source).await;
        assert_eq!(counts(&run), [3, 1, 0, 0, 2, 0]);
        assert_eq!(desk.reasons(&run).await, [(3, "unknown_location".into()), (4, "unknown_sku".into())]);
        let input = LocationInput { name: "Store".into(), address: String::new(), active: true };
        desk.shelf.stockroom.put_location(&desk.ctx, None, input, None).await.expect("a location");
        let run = desk.run(&source).await;
        assert_eq!(counts(&run), [3, 1, 1, 0, 1, 0]);
        assert_eq!((desk.on_hand(1).await, &desk.till.asked()[1].2), (10, &None));
    }

    async fn differences_count_once_for_their_reference(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let named = StockColumns { reference: Some("receipt".into()), ..columns() };
        let input = StockSourceInput { mode: StockMode::Delta, columns: named, ..csv() };
        let source = desk.source(input.clone()).await;
        desk.till.says("sku,stock,receipt\nSKU-1,10,r1\nSKU-1,-2,r2\nSKU-1,-1,\n");
        assert_eq!(counts(&desk.run(&source).await), [3, 2, 0, 0, 0, 1]);
        desk.till.says("sku,stock,receipt\nSKU-1,10,r1\nSKU-1,-2,r2\nSKU-1,-3,r3\nSKU-1,-4,r1\n");
        let run = desk.run(&source).await;
        assert_eq!((counts(&run), desk.on_hand(1).await), ([4, 1, 2, 1, 0, 0], 5));
        assert_eq!(desk.reasons(&run).await, [(5, "reference_reused".to_owned())]);
        // Another till has receipts of its own.
        let other = desk.source(StockSourceInput { name: "Other".into(), ..input }).await;
        let run = desk.run(&other).await;
        assert_eq!((counts(&run)[1], desk.on_hand(1).await), (3, 10));
        desk.shelf.assert_books_agree().await;
    }

    async fn pages_of_json_are_followed_on_their_host_with_the_secret(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let input = StockSourceInput {
            url: "https://erp.example/api".into(),
            format: StockFormat::Json,
            rows_at: Some("data".into()),
            next_at: Some("next".into()),
            secret: Some(SecretText("letmein".into())),
            ..csv()
        };
        let source = desk.source(input.clone()).await;
        assert!(source.has_secret && !format!("{source:?} {input:?}").contains("letmein"));
        desk.till.says(r#"{"data":[{"sku":"SKU-1","stock":1}],"next":"/api?page=2"}"#);
        desk.till.then_says(r#"{"data":[{"sku":"SKU-2","stock":2},{"sku":"SKU-2","stock":3}],"next":null}"#);
        let run = desk.run(&source).await;
        assert_eq!((counts(&run), desk.on_hand(1).await), ([3, 1, 0, 2, 0, 0], 1));
        let asked = desk.till.asked();
        let bearer = Some(("Authorization".to_owned(), "Bearer letmein".to_owned()));
        assert_eq!((asked[1].0.as_str(), &asked[1].1), ("https://erp.example/api?page=2", &bearer));
        // Nothing of it can be read in the database.
        let rows: Vec<(Option<String>,)> =
            desk.db.read().await.expect("a reader").query("select secret from stock_source").all().await.expect("rows");
        assert!(rows[0].0.as_ref().is_some_and(|word| !word.contains("letmein")), "{rows:?}");

        desk.till.says(r#"{"data":[],"next":"https://elsewhere.example/"}"#);
        let run = desk.run(&source).await;
        assert_eq!((run.state, run.trouble.as_deref()), (StockRunState::Failed, Some("The next page is on another host.")));

        // It stays where nobody gives another, and does not go to another host.
        let moved = StockSourceInput { url: "https://elsewhere.example/api".into(), secret: None, ..input.clone() };
        let refused = desk.sources.put_source(&desk.ctx, Some(source.id), moved, None).await;
        assert!(matches!(&refused, Err(Error::Invalid { fields }) if fields[0].field == "secret"), "{refused:?}");
        let renamed = StockSourceInput { name: "ERP".into(), secret: None, ..input.clone() };
        let renamed = desk.sources.put_source(&desk.ctx, Some(source.id), renamed, Some(1)).await.expect("renamed");
        assert!((renamed.has_secret, renamed.version) == (true, 2));
        let without = StockSourceInput { secret: Some(SecretText(String::new())), ..input };
        assert!(!desk.sources.put_source(&desk.ctx, Some(source.id), without, None).await.expect("kept").has_secret);
    }

    async fn failures_back_off_are_told_and_end(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let source = desk.source(csv()).await;
        assert!(!desk.sources.work().await.expect("nothing to do"), "there is time to try it");
        desk.till.answer(Err("answered 503".into()));
        kit.later(15 * 60);
        assert!(desk.sources.work().await.expect("work"));
        let broken = desk.sources.source(&desk.ctx, source.id).await.expect("the source");
        let run = broken.last_run.expect("a run");
        assert_eq!((run.state, run.trouble.as_deref()), (StockRunState::Failed, Some("answered 503")));
        assert_eq!((broken.failures, broken.due_at), (1, Some(kit.now().plus_seconds(60))));
        assert!(!desk.sources.work().await.expect("not yet"));
        kit.later(60);
        assert!(desk.sources.work().await.expect("work"));
        let broken = desk.sources.source(&desk.ctx, source.id).await.expect("the source");
        assert_eq!((broken.failures, broken.due_at), (2, Some(kit.now().plus_seconds(120))));
        // A column that is not there is as much a failure.
        desk.till.says("a,b\n1,2\n");
        let run = desk.run(&source).await;
        assert_eq!(run.trouble.as_deref(), Some("There is no column “sku”. The file has: a, b."));
        desk.till.says("sku,stock\nSKU-1,1\n");
        desk.run(&source).await;
        let mended = desk.sources.source(&desk.ctx, source.id).await.expect("the source");
        assert_eq!((mended.failures, mended.due_at), (0, Some(kit.now().plus_seconds(900))));
        let off = desk.sources.put_source(&desk.ctx, Some(source.id), StockSourceInput { active: false, ..csv() }, None);
        assert_eq!(off.await.expect("off").due_at, None);
    }

    async fn a_run_whose_process_was_killed_is_taken_up_again(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let source = desk.source(csv()).await;
        let rows: String = (1..=2500).map(|number| format!("SKU-{number},{}\n", number % 7 + 1)).collect();
        desk.till.says(&format!("sku,stock\n{rows}"));
        desk.sources.run_source(&desk.ctx, source.id, false).await.expect("a run");
        let killed = sources(&desk.shelf, &desk.till, Arc::new(Killed::default()));
        let work = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            tokio::select! {
                _ = killed.work() => panic!("it never ends"),
                () = async {
                    while desk.last(&source).await.counts.applied == 0 {
                        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    }
                } => {}
            }
        });
        work.await.expect("the first rows are taken over");
        let next = sources(&desk.shelf, &desk.till, Arc::new(Labels));
        assert!(!next.work().await.expect("its lease stands"));
        kit.later(91);
        assert!(next.work().await.expect("work"));
        let run = desk.last(&source).await;
        assert_eq!((run.state, counts(&run)), (StockRunState::Done, [2500, 2500, 0, 0, 0, 0]));
        assert_eq!(desk.on_hand(2500).await, 2500 % 7 + 1);
        desk.shelf.assert_books_agree().await;
    }

    async fn trying_it_changes_nothing(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let source = desk.source(csv()).await;
        desk.till.says("sku,stock\nSKU-1,7\nNOPE,1\n");
        desk.sources.run_source(&desk.ctx, source.id, true).await.expect("a run");
        let twice = desk.sources.run_source(&desk.ctx, source.id, true).await;
        assert!(matches!(&twice, Err(Error::Conflict { code, .. }) if code == "running"), "{twice:?}");
        assert!(desk.sources.work().await.expect("work"));
        let run = desk.last(&source).await;
        assert_eq!((run.dry, counts(&run)), (true, [2, 1, 0, 0, 1, 0]));
        assert_eq!(desk.reasons(&run).await, [(3, "unknown_sku".to_owned())]);
        assert!(!desk.shelf.level(1).await.tracked);
        assert_eq!(counts(&desk.run(&source).await), [2, 1, 0, 0, 1, 0], "nothing of it is kept as known");
        desk.shelf.assert_books_agree().await;
    }

    async fn what_is_wrong_with_a_source_is_said_field_by_field(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let wrong = StockSourceInput {
            name: " ".into(),
            url: "ftp://till.example/".into(),
            mode: StockMode::Delta,
            columns: StockColumns { quantity: String::new(), ..columns() },
            every_minutes: 1,
            header: Some("Host".into()),
            secret: Some(SecretText("a\nb".into())),
            ..csv()
        };
        let refused = desk.sources.put_source(&desk.ctx, None, wrong, None).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        let expected = ["name", "url", "columns.quantity", "columns.reference", "every_minutes", "header", "secret"];
        assert_eq!(named, expected);
        let source = desk.source(csv()).await;
        let code = |refused: Result<StockSource, Error>| match refused {
            Err(Error::Conflict { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(desk.sources.put_source(&desk.ctx, None, csv(), None).await), "name_taken");
        desk.sources.put_source(&desk.ctx, Some(source.id), csv(), Some(1)).await.expect("changed");
        assert_eq!(code(desk.sources.put_source(&desk.ctx, Some(source.id), csv(), Some(1)).await), "stale_version");
        assert!(desk.sources.remove_source(&desk.ctx, source.id, Some(1)).await.is_err());

        // Who reaches one location sets up nothing that may change another.
        let here = desk.shelf.stockroom.locations(&desk.ctx).await.expect("locations")[0].id;
        let reach = Reach::only([here]);
        let actor = Actor::Staff { id: staff(), grants: Preset::Owner.grants(), reach, session: None };
        let near = Ctx::guest("near").with_actor(actor);
        let refused = desk.sources.run_source(&near, source.id, false).await;
        assert!(matches!(refused, Err(Error::Denied { .. })), "{refused:?}");
        let own = StockSourceInput { name: "Own".into(), location_id: Some(here), ..csv() };
        desk.sources.put_source(&near, None, own, None).await.expect("its own location");

        desk.till.says("sku,stock\nSKU-1,x\n");
        desk.run(&source).await;
        desk.sources.remove_source(&desk.ctx, source.id, None).await.expect("removed with its runs");
        assert_eq!(desk.sources.sources(&desk.ctx).await.expect("sources").len(), 1);
        let guest = Ctx::guest("guest");
        assert!(desk.sources.sources(&guest).await.is_err());
        assert!(desk.sources.put_source(&guest, None, csv(), None).await.is_err());
    }

    async fn runs_are_forgotten_after_90_days(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let source = desk.source(StockSourceInput { every_minutes: 0, ..csv() }).await;
        desk.till.says("sku,stock\nNOPE,1\n");
        desk.run(&source).await;
        kit.later(60 * 86_400);
        desk.run(&source).await;
        kit.later(31 * 86_400);
        desk.sources.sweep().await.expect("swept");
        let runs = desk.sources.source_runs(&desk.ctx, source.id, &PageRequest::default()).await.expect("runs");
        assert_eq!(runs.items.len(), 1);
        assert_eq!(desk.reasons(&runs.items[0]).await.len(), 1);
    }

    async fn a_file_is_tried_then_taken_over_once(kit: TestKit) {
        let desk = Desk::open(&kit).await;
        let file = StockFile {
            name: "shelf.csv".into(),
            text: "sku,stock\nSKU-1,7\nSKU-2,x\nNOPE,3\nSKU-3,1\nSKU-3,2\n".into(),
            mode: StockMode::Absolute,
            columns: columns(),
            location_id: None,
            as_of: None,
            dry: true,
        };
        let tried = desk.sources.take_file(&desk.ctx, file.clone()).await.expect("tried");
        let found: Vec<(i64, &str)> = tried.findings.iter().map(|one| (one.line, one.reason.as_str())).collect();
        let expected = [(3, "bad_quantity"), (4, "unknown_sku"), (5, "named_twice"), (6, "named_twice")];
        assert_eq!((tried.counts.applied, found), (1, expected.to_vec()));
        assert!(!desk.shelf.level(1).await.tracked);
        let taken = desk.sources.take_file(&desk.ctx, StockFile { dry: false, ..file.clone() }).await.expect("taken");
        assert_eq!((taken.counts, desk.on_hand(1).await), (tried.counts, 7));

        // Differences without references: the same file again has no effect.
        let text = "sku,stock\nSKU-1,2\nSKU-1,2\n".to_owned();
        let more = StockFile { text, mode: StockMode::Delta, dry: false, ..file.clone() };
        let first = desk.sources.take_file(&desk.ctx, more.clone()).await.expect("taken");
        let again = desk.sources.take_file(&desk.ctx, more).await.expect("taken");
        assert_eq!((first.counts.applied, again.counts.unchanged, desk.on_hand(1).await), (2, 2, 11));

        let named = StockColumns { code: "Artikel".into(), ..columns() };
        let refused = desk.sources.take_file(&desk.ctx, StockFile { columns: named, ..file }).await;
        assert!(matches!(&refused, Err(Error::Invalid { fields }) if fields[0].field == "text"), "{refused:?}");
        desk.shelf.assert_books_agree().await;
    }
}
