//! A Stripe for tests in other languages: prints its address, and ends when its standard input does. What happens is told
//! to whom `POST /_hook` (`url`, `secret`) names.

use souk_stripe::testing::LocalStripe;

#[tokio::main]
async fn main() {
    let server = LocalStripe::start().await;
    println!("{}", server.url);
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    ended.await.expect("no panic").expect("standard input");
}
