//! The program itself, on the test's folder and database: started, asked over HTTP, killed.

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use souk_kernel::testing::TestKit;

use crate::shop;

/// A start that takes longer is a failure.
const READY_WITHIN: Duration = Duration::from_secs(5);

pub struct Server {
    child: Child,
    port: u16,
    pub client: Client,
    log: PathBuf,
}

/// An answer's status and body; null where it has none.
pub type Answer = (StatusCode, Value);

fn command(kit: &TestKit) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_souk"));
    // Without what the developer's own shell says about a shop.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SOUK_")) {
        command.env_remove(name);
    }
    command.envs(shop::variables(kit)).arg("--data-dir").arg(kit.folder());
    command
}

/// Runs `souk` to its end.
pub fn souk(kit: &TestKit, arguments: &[&str]) -> Output {
    command(kit).args(arguments).output().expect("souk runs")
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

impl Server {
    pub async fn start(kit: &TestKit) -> Self {
        let probe = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = probe.local_addr().expect("an address").port();
        drop(probe);
        let log = kit.folder().join("server.log");
        File::create(&log).expect("a log");
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let mut server = Self { child: spawn(kit, port, &log), port, client, log };
        server.until_ready().await;
        server
    }

    /// At once and without a word, as when the power goes.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// On the same port. How long it took until it was ready.
    pub async fn start_again(&mut self, kit: &TestKit) -> Duration {
        self.child = spawn(kit, self.port, &self.log);
        self.until_ready().await
    }

    async fn until_ready(&mut self) -> Duration {
        let began = Instant::now();
        loop {
            let asked = self.request(Method::GET, "/readyz").timeout(Duration::from_secs(2)).send().await;
            if asked.is_ok_and(|response| response.status() == StatusCode::OK) {
                break;
            }
            let ended = self.child.try_wait().expect("a status");
            assert!(ended.is_none(), "souk ended: {ended:?}\n{}", self.said());
            assert!(began.elapsed() < READY_WITHIN, "not ready within {READY_WITHIN:?}\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        began.elapsed()
    }

    /// The end of its log.
    pub fn said(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url()))
    }

    pub async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(request).await.expect("an answer")
    }

    /// A new customer's session token.
    pub async fn register(&self, name: &str) -> String {
        let who =
            json!({ "email": format!("{name}@example.com"), "password": "a long password", "name": name });
        let (status, body) = self.ask(Method::POST, "/api/store/v1/customers", None, Some(&who)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["token"].as_str().expect("a token").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already where the test killed it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(kit: &TestKit, port: u16, log: &Path) -> Child {
    let log = File::options().append(true).open(log).expect("the log");
    command(kit)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the log"))
        .stderr(log)
        .spawn()
        .expect("souk runs")
}

pub async fn answer(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let status = response.status();
    let bytes = response.bytes().await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}
