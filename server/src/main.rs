//! `souk`: see `souk help`.

/// The C library's own keeps what many threads have freed: three times the memory for a shop of 10,000 products.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    souk_server::cli::main()
}
