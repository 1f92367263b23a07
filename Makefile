# What a newcomer types. Every target only calls xtask; xtask/bootstrap.sh first sees to a compiler, cargo and node.
# Arguments go through: make run ARGS="--listen 127.0.0.1:4000"

# Outside the checkout: a clean clone builds warm, and several checkouts share their dependencies.
export CARGO_TARGET_DIR ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/souk/target
export PATH := $(if $(CARGO_HOME),$(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help bootstrap run build test soak bench desktop lint fmt screenshots

help:
	@echo "make run          set up, build, seed the demo shop on first start, serve http://127.0.0.1:3000"
	@echo "make test         set up and run every test: unit, both databases, bytes, browser"
	@echo "make soak         what is counted, at its full counts: some hours"
	@echo "make build        release binary, copied to target/release/souk"
	@echo "make bench        benchmarks, as a table"
	@echo "make desktop      the merchant's desktop app: builds it (and a .deb), starts it"
	@echo "make lint         rustfmt and clippy, host and wasm"
	@echo "make fmt          format"
	@echo "make screenshots  pictures of every page into screenshots/"

bootstrap:
	@sh xtask/bootstrap.sh

run build test soak bench desktop lint fmt screenshots: bootstrap
	@cargo xtask $@ $(ARGS)
