//! `souk serve`.

use std::{future::Future, time::Duration};

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use souk_analytics::LocalAnalytics;
use tokio::{net::TcpListener, signal, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::seed;
use crate::{
    cli::Outcome,
    compose::Shop,
    config::Settings,
    web::{self, Web},
};

/// What another process wrote into the shop's settings is in force here so many seconds later.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Whether a day has passed since the last comparison.
const RECONCILE_EVERY: Duration = Duration::from_secs(900);
const RESUME_EVERY: Duration = Duration::from_secs(15);
const EXPIRE_EVERY: Duration = Duration::from_secs(1);
const WRITE_VISITS_EVERY: Duration = Duration::from_secs(5);
const PUBLISH_EVERY: Duration = Duration::from_secs(1);
const IMPORT_EVERY: Duration = Duration::from_millis(500);
const PULL_EVERY: Duration = Duration::from_secs(1);
const FORGET_EVERY: Duration = Duration::from_secs(3600);
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// Work that was under way when the server was told to stop.
const RELAYS_TIME: Duration = Duration::from_secs(10);
/// Seconds, from a page out of memory to a slow checkout.
const TIMES: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

pub async fn run(settings: Settings, seed_demo_if_empty: bool) -> anyhow::Result<Outcome> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &TIMES)?
        .install_recorder()?;
    // First: an address that is taken is the commonest mistake.
    let listen = settings.http.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let stop = CancellationToken::new();
    let shop = Shop::open_all(&settings).await?;
    tokio::spawn(stop_on_signal(stop.clone()));

    let mut work = JoinSet::new();
    for relay in shop.relays() {
        work.spawn(relay.run(stop.clone()));
    }
    if seed_demo_if_empty {
        seed::demo_if_empty(&shop, &settings).await?;
        work.spawn(draw(shop.clone(), stop.clone()));
    }
    let web = Web::new(&settings, shop.web_parts(Some(recorder)))?;
    let app = web::router(std::sync::Arc::clone(&web), &settings)?;

    let ctx = shop.ctx("resume-checkouts");
    if shop.is_alone() {
        // Whatever is unfinished now was left by a crash: its carts and stock are not kept waiting.
        let (orders, ctx) = (shop.local_orders(), ctx.clone());
        work.spawn(async move {
            match orders.resume_all(&ctx).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "checkouts that a crash left were taken up again"),
                Err(error) => tracing::error!(%error, "unfinished checkouts"),
            }
        });
    }
    let orders = std::sync::Arc::clone(&shop.services.orders);
    work.spawn(every(RESUME_EVERY, stop.clone(), move || {
        let (orders, ctx) = (std::sync::Arc::clone(&orders), ctx.clone());
        async move {
            match orders.resume(&ctx).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "unfinished checkouts were taken up again"),
                Err(error) => tracing::error!(%error, "unfinished checkouts"),
            }
        }
    }));
    let (payments, ctx) = (std::sync::Arc::clone(&shop.services.payments), shop.ctx("expire-payments"));
    work.spawn(every(EXPIRE_EVERY, stop.clone(), move || {
        let (payments, ctx) = (std::sync::Arc::clone(&payments), ctx.clone());
        async move {
            match payments.expire(&ctx).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "payments whose hold ran out"),
                Err(error) => tracing::error!(%error, "payments whose hold ran out"),
            }
        }
    }));
    if !shop.is_alone() {
        let keeper = shop.local_shopkeeping();
        work.spawn(every(LOOK_EVERY, stop.clone(), move || {
            let keeper = std::sync::Arc::clone(&keeper);
            async move {
                if let Err(error) = keeper.refresh().await {
                    tracing::warn!(%error, "the shop's settings; what was known stays in force");
                }
            }
        }));
    }
    let (payments, ctx) = (std::sync::Arc::clone(&shop.services.payments), shop.ctx("resume-notices"));
    work.spawn(every(RESUME_EVERY, stop.clone(), move || {
        let (payments, ctx) = (std::sync::Arc::clone(&payments), ctx.clone());
        async move {
            match payments.resume_notices(&ctx).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "notices of gateways were taken up again"),
                Err(error) => tracing::error!(%error, "notices of gateways"),
            }
        }
    }));
    let (payments, ctx) = (std::sync::Arc::clone(&shop.services.payments), shop.ctx("reconcile-payments"));
    work.spawn(every(RECONCILE_EVERY, stop.clone(), move || {
        let (payments, ctx) = (std::sync::Arc::clone(&payments), ctx.clone());
        async move {
            match payments.reconcile_daily(&ctx).await {
                Ok(None) => {}
                Ok(Some(run)) if run.breaks == 0 && run.failure.is_none() => {
                    tracing::info!(charges = run.charges, "payments agree with the gateways' lists");
                }
                Ok(Some(run)) => {
                    tracing::warn!(
                        breaks = run.breaks,
                        failure = run.failure,
                        "payments differ from the gateways' lists"
                    );
                }
                Err(error) => tracing::error!(%error, "payments against the gateways' lists"),
            }
        }
    }));
    let inventory = shop.local_inventory();
    work.spawn(every(EXPIRE_EVERY, stop.clone(), move || {
        let inventory = std::sync::Arc::clone(&inventory);
        async move {
            if let Err(error) = inventory.expire_due().await {
                tracing::error!(%error, "reservations past their time");
            }
        }
    }));
    let analytics = shop.local_analytics();
    let counting = (analytics.clone(), stop.clone());
    work.spawn(async move { counting.0.count_old_orders(counting.1).await });
    let knowing = (shop.local_crm(), stop.clone());
    work.spawn(async move { knowing.0.count_old(knowing.1).await });
    let visits = analytics.clone();
    work.spawn(every(WRITE_VISITS_EVERY, stop.clone(), move || {
        let visits = visits.clone();
        async move { write_visits(&visits).await }
    }));
    let catalog = shop.local_catalog();
    work.spawn(every(PUBLISH_EVERY, stop.clone(), move || {
        let catalog = std::sync::Arc::clone(&catalog);
        async move {
            if let Err(error) = catalog.run_schedules().await {
                tracing::error!(%error, "products that are to be published");
            }
            if let Err(error) = catalog.run_plans().await {
                tracing::error!(%error, "planned edits of products");
            }
        }
    }));
    let imports = shop.local_imports();
    let importing = imports.clone();
    work.spawn(every(IMPORT_EVERY, stop.clone(), move || {
        let imports = importing.clone();
        async move {
            if let Err(error) = imports.work().await {
                tracing::warn!(%error, "an import stopped; it is taken up again");
            }
        }
    }));
    work.spawn(every(FORGET_EVERY, stop.clone(), move || {
        let imports = imports.clone();
        async move {
            if let Err(error) = imports.sweep().await {
                tracing::warn!(%error, "old imports");
            }
        }
    }));
    let sources = shop.local_stock_sources();
    let pulling = sources.clone();
    work.spawn(every(PULL_EVERY, stop.clone(), move || {
        let sources = pulling.clone();
        async move {
            if let Err(error) = sources.work().await {
                tracing::warn!(%error, "figures of stock were not fetched; it is tried again");
            }
        }
    }));
    work.spawn(every(FORGET_EVERY, stop.clone(), move || {
        let sources = sources.clone();
        async move {
            if let Err(error) = sources.sweep().await {
                tracing::warn!(%error, "old runs of stock sources");
            }
        }
    }));
    let sweeping = std::sync::Arc::clone(&web);
    work.spawn(every(SWEEP_EVERY, stop.clone(), move || {
        sweeping.sweep();
        std::future::ready(())
    }));

    let listen = listener.local_addr()?;
    let now = shop.services.shop.current();
    println!("{} is open at http://{listen} (Ctrl-C closes it)", now.input.name);
    tracing::info!(%listen, data = %settings.data_dir.display(), "open");
    web::run(listener, app, stop.clone(), settings.http.drain).await;

    stop.cancel();
    let done = async { while work.join_next().await.is_some() {} };
    if tokio::time::timeout(RELAYS_TIME, done).await.is_err() {
        tracing::warn!("some events are left for the next start");
    }
    work.abort_all();
    write_visits(&analytics).await;
    drop(web);
    shop.close().await?;
    tracing::info!("closed");
    Ok(Outcome::Done)
}

/// What can't be written now is kept for the next time.
async fn write_visits(analytics: &LocalAnalytics) {
    if let Err(error) = analytics.flush().await {
        tracing::warn!(%error, "visits are not written down yet");
    }
}

/// At once, and then again and again.
async fn every<F, Fut>(pause: Duration, stop: CancellationToken, job: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = ()>,
{
    loop {
        job().await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Pictures of the demo shop, while it is open already.
async fn draw(shop: Shop, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        drawn = seed::draw_missing(&shop) => match drawn {
            Ok(()) => tracing::info!("the demo shop has all its pictures"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "the demo shop's pictures"),
        },
    }
}

async fn stop_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "SIGTERM can't be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        result = signal::ctrl_c() => if let Err(error) = result {
            tracing::error!(%error, "Ctrl-C can't be heard");
        },
        () = terminate => {}
    }
    stop.cancel();
}
