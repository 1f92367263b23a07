//! A Stripe for tests: localstripe, which keeps what it is told, behind a shim that does what Stripe does and it
//! doesn't. Started here, in an environment made here, on free ports of this machine's own address.

mod bank;
mod hooks;
mod shim;

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

pub use hooks::signature;
pub use shim::dress;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testing/localstripe");

/// One of its own for each, which ends with it.
pub struct LocalStripe {
    process: Child,
    /// Where the API is asked; below it, `/js.stripe.com/v3/` is the script of the hosted fields.
    pub url: String,
    behind: String,
    http: reqwest::Client,
    shim: shim::Shim,
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl LocalStripe {
    /// # Panics
    /// Where Python 3 with its venv module is missing, or PyPI can't be reached the first time.
    pub async fn start() -> Self {
        let mut process = Command::new(environment().join("bin/python"))
            .arg(Path::new(FOLDER).join("serve.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut port = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut port).expect("a line");
        let port: u16 =
            port.trim().parse().expect("localstripe says its port; what it said instead is above");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let behind = format!("http://127.0.0.1:{port}");
        let (url, shim) = shim::before(&behind, http.clone()).await;
        Self { process, url, behind, http, shim }
    }

    /// What the browser would do, or the merchant at Stripe's own pages.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let fields = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(format!("{}{path}", self.behind)).bearer_auth("sk_test_browser");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(fields);
        let response = request.send().await.expect("an answer");
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let bytes = response.bytes().await.expect("a body");
        if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") }
    }

    /// A card in the hosted fields.
    pub async fn method(&self, number: &str) -> String {
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2040"),
            ("card[cvc]", "123"),
        ];
        self.post("/v1/payment_methods", &card).await["id"].as_str().expect("an id").to_owned()
    }

    /// What became of an intent.
    pub async fn intent(&self, id: &str) -> Value {
        self.get(&format!("/v1/payment_intents/{id}")).await
    }

    /// All of them.
    pub async fn intents(&self) -> Vec<Value> {
        let list = self.get("/v1/payment_intents?limit=1000").await;
        list["data"].as_array().expect("a list").clone()
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.behind)).bearer_auth("sk_test_browser");
        let bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// What happens from now on is told there, signed with that secret.
    pub fn tell(&self, url: &str, secret: &str) {
        self.shim.hooks.tell(url, secret);
    }

    /// So many changes from now on are made, and their answers lost on the way.
    pub fn lose_answers(&self, count: u32) {
        self.shim.lose_answers(count);
    }
}

/// Makes it once for all tests of this build, whichever of their processes comes first.
fn environment() -> PathBuf {
    let wanted = fs::read_to_string(Path::new(FOLDER).join("requirements.txt")).expect("requirements.txt");
    // Tests lie in target/debug/deps, the example in target/debug/examples.
    let program = std::env::current_exe().expect("a program");
    let target = program.ancestors().nth(3).expect("below the target folder");
    let folder = target.join("tmp").join("localstripe");
    fs::create_dir_all(&folder).expect("the target folder can be written to");
    let lock = File::create(folder.join("lock")).expect("a lock");
    lock.lock().expect("the lock");
    let (environment, made) = (folder.join("venv"), folder.join("made"));
    // The Python that it was made from may be gone.
    let usable = environment.join("bin/python").exists();
    if usable && fs::read_to_string(&made).is_ok_and(|made| made == wanted) {
        return environment;
    }
    let python = std::env::var("SOUK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run(
        Command::new(&python).args(["-m", "venv", "--clear"]).arg(&environment),
        "Python 3 with its venv module is missing. Install both (Debian: apt-get install python3 python3-venv), or \
         name one in SOUK_TEST_PYTHON",
    );
    run(
        Command::new(environment.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(Path::new(FOLDER).join("requirements.txt")),
        "pip can't install localstripe from PyPI",
    );
    fs::write(&made, wanted).expect("a note that it is made");
    environment
}

fn run(command: &mut Command, otherwise: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{otherwise} ({command:?}: {error})"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{otherwise}\n{command:?}\n{out}{err}");
}
