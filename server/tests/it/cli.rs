//! The command line: configuration, exit codes, start and stop.

use std::{
    io::Read as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::shop::{binary, clean, souk, souk_with, text};

#[test]
fn the_configuration_says_where_each_value_came_from() {
    let data = tempfile::tempdir().expect("a folder");
    let file = "[shop]\nname = \"From the file\"\nemail = \"file@example.com\"\n[mail]\nsmtp = \"smtp://me:s3cret@mail.example:587\"\n";
    std::fs::write(data.path().join("souk.toml"), file).expect("written");
    let variables = [("SOUK_SHOP__EMAIL", "variable@example.com"), ("SOUK_LISTEN", "127.0.0.1:4000")];
    let output = souk_with(data.path(), &["config"], &variables);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(line("name =").contains("From the file") && line("name =").ends_with("souk.toml"), "{shown}");
    assert!(
        line("email =").contains("variable@") && line("email =").ends_with("SOUK_SHOP__EMAIL"),
        "{shown}"
    );
    assert!(line("listen =").contains(":4000") && line("listen =").ends_with("SOUK_LISTEN"), "{shown}");
    assert!(line("currency =").ends_with("default"), "{shown}");
    assert!(shown.contains("--data-dir"), "{shown}");
    assert!(line("smtp =").contains("me:***@mail.example") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn mistakes_are_named_and_end_with_2() {
    let data = tempfile::tempdir().expect("a folder");
    for (variable, value, said) in [
        ("SOUK_HTTP__LISSEN", "x", "did you mean `http.listen`?"),
        ("SOUK_HTTP__LISTEN", "nowhere", "`http.listen` (SOUK_HTTP__LISTEN)"),
        ("SOUK_SHOP__CURRENCY", "EURO", "`shop.currency` (SOUK_SHOP__CURRENCY)"),
        ("SOUK_SHOP__TAX_RATE", "190", "`shop.tax_rate` (SOUK_SHOP__TAX_RATE)"),
        ("SOUK_NODE__RUN", "web,ordres", "`ordres` is no domain"),
        ("SOUK_DATABASE__URL", "mysql://x", "`database.url` (SOUK_DATABASE__URL)"),
        ("SOUK_PAYMENTS__METHODS", "card", "`card` is no payment method"),
        ("SOUK_BUS__URL", "nats://x", "`bus.url` (SOUK_BUS__URL)"),
        ("SOUK_LOG__FORMAT", "xml", "`log.format` (SOUK_LOG__FORMAT)"),
    ] {
        let output = souk_with(data.path(), &["config"], &[(variable, value)]);
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(2), "{variable}: {shown}");
        assert!(shown.contains(said), "{variable}: {shown}");
    }
    for arguments in [
        &["config", "--config", "/no/such/file"][..],
        &["nonsense"],
        &["import", "shopify"],
        &["serve", "--listen", "nowhere"],
    ] {
        let output = souk(data.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output));
    }
}

#[test]
fn a_domain_that_runs_nowhere_stops_the_start() {
    let data = tempfile::tempdir().expect("a folder");
    let output = souk_with(data.path(), &["migrate"], &[("SOUK_NODE__RUN", "web,catalog")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("node.run leaves out shop, identity, search"), "{}", text(&output));
}

#[test]
fn staff_are_made_once_and_told_their_token() {
    let data = tempfile::tempdir().expect("a folder");
    let arguments = ["staff", "create", "--email", "o@example.com", "--name", "O", "--role", "owner"];
    let output = souk(data.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let token = String::from_utf8(output.stdout).expect("text");
    assert!(token.trim().len() >= 40, "{token}");
    let output = souk(data.path(), &["staff", "create", "--email", "x", "--name", "O", "--role", "emperor"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_description_needs_no_data() {
    let data = tempfile::tempdir().expect("a folder");
    let output = souk(&data.path().join("none"), &["openapi"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let openapi: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert!(!data.path().join("none").exists());
}

/// The promise is 300 ms for the release binary; a debug build on a busy machine gets more.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_answers_soon_after_its_start_and_ends_when_told() {
    let data = tempfile::tempdir().expect("a folder");
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    // The second start is the usual one: the first makes the databases.
    for start in ["first", "second"] {
        let mut command = Command::new(binary());
        clean(&mut command).arg("--data-dir").arg(data.path()).args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{port}"),
        ]);
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("souk runs");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answered = loop {
            if let Ok(response) = client.get(format!("http://127.0.0.1:{port}/healthz")).send().await {
                assert!(response.status().is_success());
                break began.elapsed();
            }
            assert!(began.elapsed() < Duration::from_secs(30), "no answer");
            assert!(child.try_wait().expect("a status").is_none(), "souk ended");
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        println!("{start} start to first answer: {answered:?}");
        let told = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a status") {
                break status;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let mut said = String::new();
        child.stderr.take().expect("stderr").read_to_string(&mut said).expect("text");
        assert_eq!(status.code(), Some(0), "{said}");
        if start == "second" {
            assert!(answered < Duration::from_secs(3), "{answered:?}");
        }
    }
}
