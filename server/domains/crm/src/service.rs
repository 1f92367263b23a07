//! The trait: who may do what.

use async_trait::async_trait;
use souk_contract::{
    Consent, Crm, Ctx, CustomerId, CustomerProfile, CustomerQuery, CustomerSummary, Difference, Duplicate,
    EditCustomer, MergeCustomers, NewCustomer, NotTheSame, OrderId, Page, PageRequest, ProfileId,
    ProfileMergeId, PutAddressOf, Resource, Result, Segment, SegmentCount, SegmentId, SegmentInput,
    SetConsent, TimelineEntry,
};

use crate::{LocalCrm, desk::may_write, table, verify};

/// Rows of a table that is taken away.
const MOST_ROWS: usize = 100_000;
const AT_ONCE: usize = 1_000;

fn may_read(ctx: &Ctx) -> Result<()> {
    ctx.require(Resource::Customers.read())
}

#[async_trait]
impl Crm for LocalCrm {
    async fn customers(&self, ctx: &Ctx, query: &CustomerQuery) -> Result<Page<CustomerSummary>> {
        may_read(ctx)?;
        let rule = query.rule.as_deref().map(|rule| self.inner.rule(rule)).transpose()?;
        self.inner.find(query, rule.as_ref(), query.page().limit() as usize).await
    }

    async fn export_customers(&self, ctx: &Ctx, query: &CustomerQuery) -> Result<String> {
        may_read(ctx)?;
        let rule = query.rule.as_deref().map(|rule| self.inner.rule(rule)).transpose()?;
        let mut rows = Vec::new();
        let mut query = CustomerQuery { after: None, ..query.clone() };
        while rows.len() < MOST_ROWS {
            let page = self.inner.find(&query, rule.as_ref(), AT_ONCE).await?;
            rows.extend(page.items);
            let Some(next) = page.next else { break };
            query.after = Some(next);
        }
        table::customers(&rows)
    }

    async fn customer(&self, ctx: &Ctx, id: ProfileId) -> Result<CustomerProfile> {
        may_read(ctx)?;
        self.inner.show(ctx, id).await
    }

    async fn customer_of_order(&self, ctx: &Ctx, id: OrderId) -> Result<Option<ProfileId>> {
        may_read(ctx)?;
        self.inner.of_order_id(id).await
    }

    async fn timeline(&self, ctx: &Ctx, id: ProfileId, page: &PageRequest) -> Result<Page<TimelineEntry>> {
        may_read(ctx)?;
        self.inner.happened(id, page).await
    }

    async fn create_customer(&self, ctx: &Ctx, request: NewCustomer) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.create(ctx, request).await
    }

    async fn edit_customer(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        request: EditCustomer,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.edit(ctx, id, request, if_version).await
    }

    async fn tag_customer(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        tags: Vec<String>,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.set_tags(ctx, id, tags, if_version).await
    }

    async fn note_customer(&self, ctx: &Ctx, id: ProfileId, text: &str) -> Result<()> {
        may_write(ctx)?;
        self.inner.note(ctx, id, text).await
    }

    async fn set_consent(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        request: SetConsent,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.consent(ctx, id, request, if_version).await
    }

    async fn save_customer_address(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        account: CustomerId,
        request: PutAddressOf,
    ) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.address(ctx, id, account, request).await
    }

    async fn merge_customers(
        &self,
        ctx: &Ctx,
        request: MergeCustomers,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.merge(ctx, request, if_version).await
    }

    async fn undo_merge(&self, ctx: &Ctx, id: ProfileMergeId) -> Result<CustomerProfile> {
        may_write(ctx)?;
        self.inner.part(ctx, id).await
    }

    async fn duplicates(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Duplicate>> {
        may_read(ctx)?;
        self.inner.pairs(page).await
    }

    async fn not_the_same(&self, ctx: &Ctx, request: NotTheSame) -> Result<()> {
        may_write(ctx)?;
        self.inner.are_two(ctx, request).await
    }

    async fn segments(&self, ctx: &Ctx) -> Result<Vec<Segment>> {
        may_read(ctx)?;
        self.inner.segments().await
    }

    async fn put_segment(
        &self,
        ctx: &Ctx,
        id: Option<SegmentId>,
        request: SegmentInput,
        if_version: Option<i64>,
    ) -> Result<Segment> {
        may_write(ctx)?;
        self.inner.put_segment(ctx, id, request, if_version).await
    }

    async fn remove_segment(&self, ctx: &Ctx, id: SegmentId) -> Result<()> {
        may_write(ctx)?;
        self.inner.remove_segment(ctx, id).await
    }

    async fn count_segment(&self, ctx: &Ctx, rule: &str) -> Result<SegmentCount> {
        may_read(ctx)?;
        self.inner.count(rule).await
    }

    async fn own_consent(&self, ctx: &Ctx) -> Result<Consent> {
        self.inner.said(ctx).await
    }

    async fn set_own_consent(&self, ctx: &Ctx, granted: bool) -> Result<Consent> {
        self.inner.say(ctx, granted).await
    }

    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>> {
        may_read(ctx)?;
        verify::all(&self.inner, ctx).await
    }
}
