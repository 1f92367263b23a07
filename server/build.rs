//! Puts the built front into release binaries. The folder is named by `SOUK_SITE_DIR`; xtask/src/front.rs says what
//! is in it. `later` stands for one that is not there yet: xtask/src/shop.rs compiles the dependencies meanwhile.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SOUK_SITE_DIR");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?);
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let site = env::var_os("SOUK_SITE_DIR").map(PathBuf::from).filter(|_| release);

    let mut code =
        "pub const MANIFEST: Option<&str> = None;\npub const FILES: &[(&str, &[u8])] = &[];\n".to_owned();
    if let Some(site) = site {
        if site == Path::new("later") {
            return Err(io::Error::other(
                "the front is still being built: only what the server depends on is compiled",
            ));
        }
        let manifest = site.join("manifest.json");
        println!("cargo::rerun-if-changed={}", manifest.display());
        code = format!("pub const MANIFEST: Option<&str> = Some(include_str!({manifest:?}));\n");
        code.push_str("pub const FILES: &[(&str, &[u8])] = &[\n");
        let pkg = site.join("pkg");
        let mut files = Vec::new();
        collect(&pkg, &mut files)?;
        files.sort();
        for file in files {
            let name =
                file.strip_prefix(&pkg).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
            writeln!(code, "    ({name:?}, include_bytes!({file:?})),").map_err(io::Error::other)?;
        }
        code.push_str("];\n");
    }
    fs::write(out.join("site.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
