//! How complete products are, where that changes without a save of theirs.

use souk_contract::{ProductId, ProductModel, ProductTemplateId, Result};
use souk_kernel::Tx;
use uuid::Uuid;

use crate::{
    LocalCatalog,
    store::{self, CHUNK, products::ProductRow},
};

impl LocalCatalog {
    /// Those that nobody saved since there is completeness; done once for a shop, and harmless twice.
    ///
    /// # Errors
    /// Where the database refuses; what was not measured then is the next time.
    pub(crate) async fn measure_all(&self) -> Result<usize> {
        let mut after = ProductId::new(Uuid::nil());
        let mut measured = 0;
        loop {
            // Others write between two parts.
            let _turn = self.writing.lock().await;
            let rows = store::completeness::unmeasured(&mut *self.db.read().await?, after, CHUNK).await?;
            let Some(last) = rows.last() else { return Ok(measured) };
            after = last.id;
            measured += rows.len();
            let mut tx = self.db.begin().await?;
            let model = Self::locked_model(&mut tx).await?;
            self.measure(&mut tx, rows, &model).await?;
            tx.commit().await?;
        }
    }

    pub(crate) async fn measure_template(
        &self,
        tx: &mut Tx,
        template: ProductTemplateId,
        model: &ProductModel,
    ) -> Result<()> {
        let mut after = ProductId::new(Uuid::nil());
        loop {
            let rows = store::completeness::of_template(tx, template, after, CHUNK).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            self.measure(tx, rows, model).await?;
        }
    }

    async fn measure(&self, tx: &mut Tx, rows: Vec<ProductRow>, model: &ProductModel) -> Result<()> {
        for record in self.records_of(tx, rows).await? {
            let percent = model.completeness(&record.input).percent;
            store::completeness::set_completeness(tx, record.id, record.version, percent).await?;
        }
        Ok(())
    }
}
