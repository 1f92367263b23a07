//! A PostgreSQL for tests: the one of `SOUK_TEST_POSTGRES_URL`, or one that is started on demand, shared by all
//! test processes of this user and stopped when it has been idle for a quarter of an hour.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr as _,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::OnceCell;
use uuid::Uuid;

const VARIABLE: &str = "SOUK_TEST_POSTGRES_URL";
const HINT: &str = "install PostgreSQL's server (Debian: apt-get install postgresql) or set \
                    SOUK_TEST_POSTGRES_URL to a server where databases may be created";

/// One test's own database.
pub(super) struct Database {
    name: String,
    pub(super) url: String,
}

impl Database {
    pub(super) async fn create() -> Self {
        static SERVER: OnceCell<String> = OnceCell::const_new();
        let server = SERVER.get_or_init(server_url).await;
        let name = format!("t_{}", random_name());
        let mut admin = connect(server).await.unwrap_or_else(|error| panic!("{server}: {error}; {HINT}"));
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut admin)
            .await
            .unwrap_or_else(|error| panic!("create database: {error}"));
        let options = PgConnectOptions::from_str(server).expect("a url that worked").database(&name);
        let url = options.to_url_lossy().to_string();
        admin.close().await.expect("a clean close");
        Self { name, url }
    }

    pub(super) async fn remove(&self) {
        let Ok(mut admin) = connect(&self.url_of_admin()).await else { return };
        let _ = sqlx::query(AssertSqlSafe(format!("drop database if exists {} with (force)", self.name)))
            .execute(&mut admin)
            .await;
        let _ = admin.close().await;
    }

    fn url_of_admin(&self) -> String {
        let options = PgConnectOptions::from_str(&self.url).expect("a url that worked");
        options.database("postgres").to_url_lossy().to_string()
    }
}

fn random_name() -> String {
    use rand::TryRngCore as _;
    let mut bytes = [0; 16];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("randomness");
    Uuid::from_bytes(bytes).simple().to_string()
}

async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    match tokio::time::timeout(Duration::from_secs(5), options.connect()).await {
        Ok(result) => result,
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

async fn server_url() -> String {
    if let Ok(url) = std::env::var(VARIABLE) {
        return url;
    }
    let folder = shared_folder();
    // Only one process starts the server; the others wait for it here.
    let lock = File::create(folder.join("lock")).expect("a lock file");
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
        .await
        .expect("the lock task")
        .expect("the lock");
    fs::write(folder.join("used"), b"").expect("a mark of use");
    let url_file = folder.join("url");
    if let Ok(url) = fs::read_to_string(&url_file)
        && let Ok(conn) = connect(&url).await
    {
        let _ = conn.close().await;
        return url;
    }
    let url = start(&folder).await;
    fs::write(&url_file, &url).expect("the url is kept");
    drop(lock);
    url
}

/// The same for all processes of one user.
fn shared_folder() -> PathBuf {
    let probe = tempfile::NamedTempFile::new().expect("a temporary file");
    let user = probe.as_file().metadata().expect("metadata").uid();
    let folder = std::env::temp_dir().join(format!("souk-postgres-{user}"));
    fs::create_dir_all(&folder).expect("a folder for PostgreSQL");
    folder
}

fn binaries() -> PathBuf {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    versions.sort();
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    });
    versions.pop().or(on_path).unwrap_or_else(|| panic!("no PostgreSQL was found: {HINT}"))
}

#[expect(clippy::zombie_processes, reason = "the server outlives the test that starts it")]
async fn start(folder: &Path) -> String {
    let bin = binaries();
    let port = {
        let probe = TcpListener::bind("127.0.0.1:0").expect("a free port");
        probe.local_addr().expect("an address").port()
    };
    let data = folder.join(format!("data-{}-{port}", std::process::id()));
    let log = folder.join("postgres.log");
    fs::create_dir_all(&data).expect("a data folder");
    let root = data.metadata().expect("metadata").uid() == 0;
    if root {
        // PostgreSQL refuses to run as root; Debian's package makes the user `postgres`.
        run(Command::new("chown").args(["-R", "postgres"]).arg(&data));
    }
    run(as_server_user(root, &bin.join("initdb"))
        .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"])
        .arg(&data));
    let output = File::create(&log).expect("a log file");
    let mut server = as_server_user(root, &bin.join("postgres"));
    server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "max_connections=400",
        "shared_buffers=64MB",
    ] {
        server.args(["-c", setting]);
    }
    // A group of its own and no inherited pipes: the test runner neither kills it nor waits for it.
    let server = server
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(output.try_clone().expect("a log file"))
        .stderr(output)
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; {HINT}", bin.display()));
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match connect(&url).await {
            Ok(conn) => {
                let _ = conn.close().await;
                break;
            }
            Err(error) if Instant::now() > deadline => {
                let log = fs::read_to_string(&log).unwrap_or_default();
                panic!("PostgreSQL did not start: {error}\n{log}");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    watch(folder, &data, server.id());
    url
}

/// Stops the server when no test has begun for a while, and takes its data away.
#[expect(clippy::zombie_processes, reason = "the watchdog outlives the test that starts it")]
fn watch(folder: &Path, data: &Path, server: u32) {
    const SCRIPT: &str = r#"
        while sleep 30; do
            kill -0 "$3" 2>/dev/null || break
            if [ -n "$(find "$1/used" -mmin +15 2>/dev/null)" ] || [ ! -e "$1/used" ]; then
                rm -f "$1/url"
                kill -INT "$3" 2>/dev/null
                sleep 5
                break
            fi
        done
        rm -rf "$2""#;
    Command::new("sh")
        .args(["-c", SCRIPT, "souk-postgres-watch"])
        .args([folder, data])
        .arg(server.to_string())
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a watchdog");
}

fn as_server_user(root: bool, program: &Path) -> Command {
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command.current_dir("/");
    command
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!("{command:?}: {error}; {HINT}"),
    }
}
