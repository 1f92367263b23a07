//! The index on the disk. It is a cache: whatever is wrong with it, it is built anew from the catalogue.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use souk_contract::ProductId;
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, indexer::IndexWriterOptions,
    merge_policy::LogMergePolicy,
};
use tokio::sync::mpsc;

use crate::{
    schema::{Fields, register, schema},
    snapshot::Snapshot,
};

/// The least that tantivy takes; given back after each commit.
const HEAP_BYTES: usize = 15_000_000;
/// Segments of fewer products are merged with one another, and not with the big one.
const SMALL_SEGMENT: u32 = 100;
/// A segment of which more was deleted is written anew.
const DELETED_RATIO: f32 = 0.3;
const FOLDER: &str = "products";
const FIRST: u64 = 1;

pub(crate) struct ProductIndex {
    folder: PathBuf,
    pub(crate) fields: Fields,
    open: RwLock<Open>,
}

struct Open {
    index: Index,
    reader: IndexReader,
    /// An empty stand-in where there is nothing to be read on the disk.
    stand_in: bool,
    snapshot: Arc<Snapshot>,
}

/// What becomes of a product in the index; without a document it is taken out.
pub(crate) struct Entry {
    pub id: ProductId,
    pub document: Option<TantivyDocument>,
}

/// What a new index is made of.
pub(crate) enum Fill {
    Product(TantivyDocument),
    /// All were sent. Without it nothing is changed.
    Done,
}

impl ProductIndex {
    /// Only reads. The second value says whether the index is whole: the one that was stamped so.
    pub(crate) fn open(index_dir: &Path, stamp: Option<&str>) -> tantivy::Result<(Self, bool)> {
        let folder = index_dir.join(FOLDER);
        let (index, whole) = read(&folder, stamp)?;
        let open = RwLock::new(Open::new(index, false, FIRST)?);
        Ok((Self { folder, fields: schema().1, open }, whole))
    }

    /// Finds nothing until it is replaced.
    pub(crate) fn stand_in(index_dir: &Path) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let open = RwLock::new(Open::new(Index::create_in_ram(schema), true, FIRST)?);
        Ok(Self { folder: index_dir.join(FOLDER), fields, open })
    }

    pub(crate) fn exists(index_dir: &Path) -> bool {
        index_dir.join(FOLDER).exists()
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.read().snapshot)
    }

    fn read(&self) -> RwLockReadGuard<'_, Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits, shows, and then merges what has become too many segments. Blocks.
    pub(crate) fn apply(&self, stamp: &str, entries: Vec<Entry>) -> tantivy::Result<()> {
        let index = self.read().index.clone();
        let mut writer = writer(&index)?;
        for entry in entries {
            writer.delete_term(self.fields.id_term(entry.id));
            if let Some(document) = entry.document {
                writer.add_document(document)?;
            }
        }
        commit(&mut writer, stamp)?;
        self.reload()?;
        writer.wait_merging_threads()?;
        Ok(())
    }

    /// Puts what is sent in place of everything, at once. False where the sender gave up. Blocks.
    pub(crate) fn replace(&self, stamp: &str, mut fill: mpsc::Receiver<Fill>) -> tantivy::Result<bool> {
        let usable = !self.read().stand_in;
        let index = if usable { self.read().index.clone() } else { self.create()? };
        let mut writer = writer(&index)?;
        writer.delete_all_documents()?;
        loop {
            match fill.blocking_recv() {
                Some(Fill::Product(document)) => {
                    writer.add_document(document)?;
                }
                Some(Fill::Done) => break,
                None => {
                    writer.rollback()?;
                    return Ok(false);
                }
            }
        }
        commit(&mut writer, stamp)?;
        if usable {
            self.reload()?;
        } else {
            let generation = self.read().snapshot.generation + 1;
            let open = Open::new(index, false, generation)?;
            *self.open.write().unwrap_or_else(PoisonError::into_inner) = open;
        }
        writer.wait_merging_threads()?;
        Ok(true)
    }

    /// From here on the files on the disk are not to be trusted.
    pub(crate) fn distrust(&self) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).stand_in = true;
    }

    fn create(&self) -> tantivy::Result<Index> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        fs::create_dir_all(&self.folder)?;
        let index = Index::create_in_dir(&self.folder, schema().0)?;
        register(&index);
        Ok(index)
    }

    fn reload(&self) -> tantivy::Result<()> {
        let (reader, generation) = {
            let open = self.read();
            (open.reader.clone(), open.snapshot.generation + 1)
        };
        reader.reload()?;
        let snapshot = Arc::new(Snapshot::new(reader.searcher(), generation)?);
        self.open.write().unwrap_or_else(PoisonError::into_inner).snapshot = snapshot;
        Ok(())
    }
}

impl Open {
    fn new(index: Index, stand_in: bool, generation: u64) -> tantivy::Result<Self> {
        register(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(1)
            .try_into()?;
        let snapshot = Arc::new(Snapshot::new(reader.searcher(), generation)?);
        Ok(Self { index, reader, stand_in, snapshot })
    }
}

/// The index on the disk, and whether it is the one that was stamped.
fn read(folder: &Path, stamp: Option<&str>) -> tantivy::Result<(Index, bool)> {
    let index = Index::open_in_dir(folder)?;
    if index.schema() != schema().0 {
        return Err(tantivy::TantivyError::SchemaError("it is of another version".to_owned()));
    }
    let damaged = index.validate_checksum()?;
    if !damaged.is_empty() {
        let files = format!("damaged: {damaged:?}");
        return Err(tantivy::TantivyError::SystemError(files));
    }
    let payload = index.load_metas()?.payload;
    let whole = stamp.is_some() && payload.as_deref() == stamp;
    Ok((index, whole))
}

fn writer(index: &Index) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(HEAP_BYTES)
        .build();
    let writer = index.writer_with_options(options)?;
    let mut merging = LogMergePolicy::default();
    merging.set_min_layer_size(SMALL_SEGMENT);
    merging.set_del_docs_ratio_before_merge(DELETED_RATIO);
    writer.set_merge_policy(Box::new(merging));
    Ok(writer)
}

fn commit(writer: &mut IndexWriter, stamp: &str) -> tantivy::Result<()> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(stamp);
    prepared.commit()?;
    Ok(())
}
