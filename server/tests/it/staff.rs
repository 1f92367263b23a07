//! From the command line to the admin API, as the merchant does it on the first day.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::shop::{TestShop, binary, clean, souk};

const PASSWORD: &str = "a long enough one";

fn set_password(data: &TempDir, password: &str) -> (bool, String) {
    let mut command = Command::new(binary());
    let command = clean(&mut command).arg("--data-dir").arg(data.path());
    let command = command.args(["staff", "password", "--email", "sam@example.com"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("souk");
    child.stdin.take().expect("a pipe").write_all(format!("{password}\n").as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an end");
    (output.status.success(), String::from_utf8(output.stderr).expect("UTF-8"))
}

async fn ask(
    shop: &TestShop,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Value,
) -> (StatusCode, Value) {
    let mut request = shop.request(method, &format!("/api/admin/v1{path}")).header("user-agent", "a test");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if !body.is_null() {
        request = request.json(&body);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_sets_a_password_and_signs_in_and_out() {
    let data = tempfile::tempdir().expect("a folder");
    let made = souk(
        data.path(),
        &["staff", "create", "--email", "sam@example.com", "--name", "Sam", "--role", "owner"],
    );
    assert!(made.status.success(), "{made:?}");
    let (set, said) = set_password(&data, "short");
    assert!(!set && said.contains("8 and 200"), "{said}");
    let (set, said) = set_password(&data, PASSWORD);
    assert!(set, "{said}");

    let shop = TestShop::on(data, &[]).await;
    let body = json!({ "email": "sam@example.com", "password": "not this one" });
    let (status, problem) = ask(&shop, Method::POST, "/sessions", None, body).await;
    assert_eq!(
        (status, &problem["errors"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("wrong_credentials"))
    );
    let body = json!({ "email": "sam@example.com", "password": PASSWORD });
    let (status, session) = ask(&shop, Method::POST, "/sessions", None, body).await;
    assert_eq!(status, StatusCode::CREATED, "{session}");
    let token = session["token"].as_str();
    assert!(token.is_some());

    let (status, me) = ask(&shop, Method::GET, "/me", token, Value::Null).await;
    assert_eq!(
        (status, &me["email"], &me["role"]),
        (StatusCode::OK, &json!("sam@example.com"), &json!("owner"))
    );
    let (_, sessions) = ask(&shop, Method::GET, "/me/sessions", token, Value::Null).await;
    assert_eq!((&sessions[0]["device"], &sessions[0]["current"]), (&json!("a test"), &json!(true)));
    let key = json!({ "name": "warehouse", "role": "read_only" });
    let (status, key) = ask(&shop, Method::POST, "/api-keys", token, key).await;
    assert_eq!(status, StatusCode::CREATED, "{key}");
    let (status, _) = ask(&shop, Method::GET, "/orders", key["token"].as_str(), Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let (status, problem) = ask(&shop, Method::GET, "/me", key["token"].as_str(), Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");

    let (status, _) = ask(&shop, Method::DELETE, "/sessions", token, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = ask(&shop, Method::GET, "/me", token, Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    shop.stop().await;
}
