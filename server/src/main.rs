//! `souk`: see `souk help`.

fn main() -> std::process::ExitCode {
    souk_server::cli::main()
}
