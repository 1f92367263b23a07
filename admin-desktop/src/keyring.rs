//! Staff tokens: in the system's keyring, one for each shop, and nowhere on the disk. Where the system has none they are
//! kept until the app ends, and the screens say so.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use keyring::{Entry, Error};

const SERVICE: &str = "shop.souk.desktop";
/// Asked for once, to learn whether there is a keyring at all.
const PROBE: &str = "souk";
/// As long as it takes to type a password.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub struct Tokens {
    /// Of shops whose token the keyring doesn't have.
    memory: Mutex<HashMap<String, String>>,
}

impl Tokens {
    pub async fn get(&self, url: &str) -> Option<String> {
        if let Some(token) = self.memory().get(url) {
            return Some(token.clone());
        }
        let name = url.to_owned();
        ask(move || Entry::new(SERVICE, &name)?.get_password()).await.ok()
    }

    pub async fn set(&self, url: &str, token: Option<String>) {
        self.memory().remove(url);
        let (name, kept) = (url.to_owned(), token.clone());
        let done = ask(move || {
            let entry = Entry::new(SERVICE, &name)?;
            match kept {
                Some(token) => entry.set_password(&token),
                None => entry.delete_credential(),
            }
        });
        if let (Err(_), Some(token)) = (done.await, token) {
            self.memory().insert(url.to_owned(), token);
        }
    }

    /// Whether a token outlives the app.
    pub async fn lasts(&self) -> bool {
        match ask(|| Entry::new(SERVICE, PROBE)?.get_password()).await {
            Ok(_) | Err(Error::NoEntry) => true,
            Err(_) => false,
        }
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keyring may wait for somebody to unlock it: not on a thread that draws, and not for ever.
async fn ask<T: Send + 'static>(
    question: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(question()));
    let answer = tauri::async_runtime::spawn_blocking(move || told.recv_timeout(PATIENCE));
    answer.await.ok().and_then(Result::ok).unwrap_or(Err(Error::NoDefaultStore))
}
