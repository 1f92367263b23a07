//! The worked example of README.md: keep the two alike.

use crate::{SHELVES as MIGRATIONS, TestKit};
use souk_contract::{Ctx, Error, Event, Id, Resource, Result};
use souk_kernel::{Bus, Conn, Db, DbError, Delivered, Relay, record};

mod kind {
    #[derive(Debug)]
    pub enum Shelf {}
}
type ShelfId = Id<kind::Shelf>;

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct ShelfFilled {
    shelf: ShelfId,
    books: i64,
}
impl Event for ShelfFilled {
    const KIND: &'static str = "shelves.shelf_filled";
    fn key(&self) -> uuid::Uuid {
        self.shelf.uuid()
    }
}

mod store {
    use super::*;

    record! {
        #[derive(Debug, Clone, PartialEq)]
        pub struct ShelfRow {
            pub id: ShelfId,
            pub name: String,
            pub books: i64,
            pub version: i64,
        }
    }

    pub async fn insert(conn: &mut Conn, id: ShelfId, name: &str) -> Result<(), DbError> {
        conn.query("insert into shelf (id, name, books, version) values ($1, $2, 0, 1)")
            .bind(id)
            .bind(name)
            .execute()
            .await?;
        Ok(())
    }

    pub async fn by_id(conn: &mut Conn, id: ShelfId) -> Result<Option<ShelfRow>, DbError> {
        conn.query("select id, name, books, version from shelf where id = $1").bind(id).optional().await
    }

    /// False where somebody else was faster.
    pub async fn set_books(conn: &mut Conn, id: ShelfId, version: i64, books: i64) -> Result<bool, DbError> {
        let changed = conn
            .query("update shelf set books = $3, version = version + 1 where id = $1 and version = $2")
            .bind(id)
            .bind(version)
            .bind(books)
            .execute()
            .await?;
        Ok(changed == 1)
    }
}

#[derive(Clone)]
struct LocalShelves {
    db: Db,
}

impl LocalShelves {
    async fn create(&self, ctx: &Ctx, name: &str) -> Result<ShelfId> {
        ctx.require(Resource::Catalog.write())?;
        let id = self.db.kit().ids.next();

        let mut tx = self.db.begin().await?;
        match store::insert(&mut tx, id, name).await {
            Err(error) if error.is_unique("shelf_name_key") => {
                return Err(Error::conflict("name_taken", "There is such a shelf already."));
            }
            other => other?,
        }
        tx.commit().await?;
        Ok(id)
    }

    async fn fill(&self, ctx: &Ctx, id: ShelfId, version: i64, books: i64) -> Result<()> {
        ctx.require(Resource::Inventory.write())?;
        let mut tx = self.db.begin().await?;
        if store::by_id(&mut tx, id).await?.is_none() {
            return Err(Error::not_found("shelf"));
        }
        if !store::set_books(&mut tx, id, version, books).await? {
            return Err(Error::conflict("stale_version", "Somebody else changed this shelf."));
        }
        tx.publish(&ShelfFilled { shelf: id, books }).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn get(&self, id: ShelfId) -> Result<store::ShelfRow> {
        let mut reader = self.db.read().await?;
        store::by_id(&mut reader, id).await?.ok_or_else(|| Error::not_found("shelf"))
    }

    fn listen(&self, bus: &Bus) {
        let this = self.clone();
        bus.on::<ShelfFilled, _, _>("shelves.put_a_book_aside", move |event, delivered| {
            let this = this.clone();
            async move { this.on_filled(event, delivered).await }
        });
    }

    async fn on_filled(&self, event: ShelfFilled, delivered: Delivered) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if !tx.first_time(&delivered).await? {
            return Ok(());
        }
        let Some(shelf) = store::by_id(&mut tx, event.shelf).await? else { return Ok(()) };
        store::set_books(&mut tx, shelf.id, shelf.version, shelf.books - 1).await?;
        tx.commit().await?;
        Ok(())
    }
}

souk_kernel::each_engine! {
    async fn a_filled_shelf_gives_one_book_away(kit: TestKit) {
        let db = kit.db("shelves", MIGRATIONS).await;
        let bus = Bus::new();
        let shelves = LocalShelves { db: db.clone() };
        shelves.listen(&bus);
        let relay = Relay::new(db, bus);
        let ctx = Ctx::system("test");

        let id = shelves.create(&ctx, "fiction").await.expect("a shelf");
        let again = shelves.create(&ctx, "fiction").await.expect_err("the name is taken");
        assert!(matches!(again, Error::Conflict { code, .. } if code == "name_taken"));

        shelves.fill(&ctx, id, 1, 7).await.expect("filled");
        relay.drain().await.expect("delivered");
        assert_eq!(shelves.get(id).await.expect("a shelf").books, 6);

        let stale = shelves.fill(&ctx, id, 1, 9).await.expect_err("version 1 is gone");
        assert!(matches!(stale, Error::Conflict { code, .. } if code == "stale_version"));
    }
}
