# make without a target lists what there is to make.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# OpenGL ES everywhere, as on the Pi: the desktop binding takes minutes to compile and draws the same pixels. A plain go build works too.
export GOFLAGS := $(strip $(filter-out -tags=%,$(shell go env GOFLAGS 2>/dev/null)) -tags=gles)

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -X main.version=$(VERSION)
PROGRAMS := $(wildcard agent/cmd/showroom-agent devices/cmd/showroom-sim sync/cmd/showroom-central kiosk/cmd/showroom-kiosk)
FUZZTIME ?= 60s
SEEDS ?= 200
ARGS ?=

# The race detector everywhere but in the kiosk, whose screens run on one goroutine, and in scripts, whose tests drive whole programs.
# The simulated hours of dryrun run both ways: one seed of each under the detector, all of them without.
RACED := $(patsubst %,./%/...,$(wildcard agent config devices sync))
PLAIN := $(patsubst %,./%/...,$(wildcard kiosk scripts)) ./agent/dryrun
TESTFLAGS := -shuffle=on -timeout 25m
LINTER := bin/golangci-lint

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  Variables: VERSION=$(VERSION) FUZZTIME=$(FUZZTIME) SEEDS=$(SEEDS) ARGS= (for demo)"

.PHONY: setup-build setup-demo setup-test setup-cross
setup-build setup-demo setup-test setup-cross: setup-%:
	@scripts/setup.sh $*

.PHONY: build
build: setup-build ## the four programs, into bin/
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ $(addprefix ./,$(PROGRAMS))

.PHONY: demo
demo: setup-demo ## a shop on this machine: simulated readers, agent, kiosk, staff page, central service
	go build -ldflags '$(LDFLAGS)' -o bin/ $(addprefix ./,$(PROGRAMS)) ./scripts/demo
	bin/demo $(ARGS)

.PHONY: test
test: setup-test ## everything that must hold on any machine, depcheck among it; installs what is missing first
	go vet ./...
	@status=0; set -x; \
	go test -race $(TESTFLAGS) $(RACED) || status=1; \
	go test $(TESTFLAGS) $(PLAIN) || status=1; \
	exit $$status

.PHONY: race
race: setup-test ## the kiosk and the end-to-end tests under the race detector as well
	go test -race $(TESTFLAGS) $(RACED) $(PLAIN)

.PHONY: fuzz
fuzz: setup-build ## every fuzz target for FUZZTIME each
	@grep -rnoE '^func Fuzz[A-Za-z0-9_]*' --include='*_test.go' agent config devices kiosk sync | while IFS=: read -r file _ func; do \
		echo "== $${file%/*} $${func#func }"; \
		go test -run '^$$' -fuzz "^$${func#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s "./$${file%/*}" </dev/null; \
	done

.PHONY: depcheck
depcheck: ## who may import whom, with the reason
	go test ./scripts/depcheck

.PHONY: lint
lint: setup-build $(LINTER) ## what .golangci.yml lists
	$(LINTER) run ./...

# The linter has a module of its own, so that its two hundred dependencies stay out of the product's go.mod.
$(LINTER): scripts/tools/go.mod scripts/tools/go.sum
	go build -C scripts/tools -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

.PHONY: bench
bench: setup-build ## the figures behind the promises: ratios measured in one run with their goals, then all the rest
	go test -run '^$$' -bench 'Row[0-9]|Ratio' -benchtime 3s $(RACED) $(PLAIN) | grep -vE '^(\?|ok|PASS)'
	$(if $(wildcard scripts/bench/main.go),go run ./scripts/bench,go test -run '^$$' -bench . -skip 'Row[0-9]|Ratio' -benchmem $(RACED) $(PLAIN))

.PHONY: simulate
simulate: setup-build ## the rules of presence and of the fitting rooms, judged on SEEDS hours of every scenario
	go run ./agent/cmd/showroom-agent simulate fitting --table --seeds 1..$(SEEDS)

.PHONY: torture
torture: setup-test ## kill -9, power cuts, partitions, a full disk, jumping clocks; takes long
	@test -d scripts/torture || { echo "make torture: this release has no scripts/torture" >&2; exit 1; }
	go test -v -count=1 -timeout 2h -tags gles,torture ./scripts/torture/...

# Debian's cross compiler. The kiosk needs the arm64 libraries of scripts/setup.sh cross-kiosk, which one would rather install in a container.
.PHONY: cross
cross: export GOOS = linux
cross: export GOARCH = arm64
cross: export CGO_ENABLED = 1
cross: export CC = aarch64-linux-gnu-gcc
cross: export PKG_CONFIG_LIBDIR = /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig
cross: setup-cross ## the programs for a 64-bit Pi, into bin/arm64/
	go build -trimpath -ldflags '-s -w $(LDFLAGS)' -o bin/arm64/ $(addprefix ./,$(filter-out kiosk/%,$(PROGRAMS)))
	@if pkg-config --exists glesv2 x11 wayland-client; then \
		go build -trimpath -ldflags '-s -w $(LDFLAGS)' -o bin/arm64/ $(addprefix ./,$(filter kiosk/%,$(PROGRAMS))); \
	else \
		echo "make cross: without the kiosk, whose arm64 libraries scripts/setup.sh cross-kiosk installs" >&2; \
	fi

.PHONY: golden
golden: ## take the pictures of failed golden tests as the new truth; look at them first
	@find $(wildcard agent devices kiosk scripts sync) -type f -path '*/testdata/failed/*' | while read -r got; do \
		want=$${got/failed\//}; mkdir -p "$${want%/*}"; mv -v "$$got" "$$want"; \
	done

.PHONY: clean
clean: ## what building and testing left behind; state of the demo too
	rm -rf bin dist .demo
	find . -type d -path '*/testdata/failed' -prune -exec rm -rf {} +
