# AgentDesk. `make run` and `make test` are the two commands of the README; `make help` lists the rest.

SWIFT ?= swift
RELEASE = $(SWIFT) build -c release --static-swift-stdlib
PROGRAM = .build/release/agentdesk
PREFIX ?= /usr/local

# What the build needs from Debian, and what only the tests need beside it.
BUILD_PACKAGES = libncursesw5-dev libsqlite3-dev
TEST_PACKAGES = tmux ncurses-term openssh-server openssh-client libcurl4 openssl

# The toolchain's own tools: those of the system are too old for what it writes.
TOOLS = $(dir $(realpath $(shell command -v $(SWIFT))))
# What the sanitizers look at: threads and memory are touched by the store, its server and the terminal. All tests would take an hour.
SANITIZED = StoreTests|TerminalTests
SKIPPED = Simulation|Search|Process|SecureShell|OfflineDay

.PHONY: help run build test simulate coverage tsan asan lint format bench docs install clean build-packages test-packages

help:
	@echo 'make run      install what is missing, build, create a demo desk if there is none, open it'
	@echo 'make test     install what tests need, run every test'
	@echo 'make simulate 10,000 days of desks, lost messages, kills and restores at one store, each from its seed'
	@echo 'make coverage which lines the tests run, in .build/coverage'
	@echo 'make tsan     tests of the store under the thread sanitizer; make asan: the address sanitizer'
	@echo 'make lint     check format and style'
	@echo 'make format   format the sources'
	@echo 'make bench    measure speed and memory, beside floors, into docs/performance.md'
	@echo 'make docs     draw the pictures and write the man page'
	@echo 'make install  copy the program, its resources, manual and systemd units below $(PREFIX); DESTDIR= goes before it'

run: build
	@$(PROGRAM) --demo

build: build-packages
	$(RELEASE) --product agentdesk

test: build-packages test-packages
	$(SWIFT) build --build-tests
	@bash .ci/test.sh $(SWIFT) test --skip-build --disable-xctest $(if $(FILTER),--filter '$(FILTER)')

# Ten minutes at most; a million on another day: make simulate SEEDS=1..600000 RESTORED=600001..1000000
SEEDS ?= 1..6000
RESTORED ?= 6001..10000
simulate: build-packages
	$(RELEASE) --product agentdesk-bench
	.build/release/agentdesk-bench simulate --seeds $(SEEDS) --json
	.build/release/agentdesk-bench simulate --seeds $(RESTORED) --restore --json

# Each with a scratch folder of its own: switching would build everything anew.
coverage: build-packages test-packages
	$(SWIFT) build --build-tests --enable-code-coverage --scratch-path .build/coverage
	$(SWIFT) test --skip-build --disable-xctest --enable-code-coverage --scratch-path .build/coverage $(if $(FILTER),--filter '$(FILTER)')
	@sh .ci/coverage.sh .build/coverage '$(TOOLS)'

tsan:
	@$(MAKE) --no-print-directory sanitize KIND=thread NAME=tsan

asan:
	@$(MAKE) --no-print-directory sanitize KIND=address NAME=asan

.PHONY: sanitize
sanitize: build-packages
	$(SWIFT) build --build-tests --sanitize=$(KIND) --scratch-path .build/$(NAME)
	TSAN_OPTIONS='halt_on_error=0 exitcode=66 suppressions=.ci/tsan.txt' ASAN_OPTIONS=detect_leaks=0 \
	  $(SWIFT) test --skip-build --disable-xctest --sanitize=$(KIND) --scratch-path .build/$(NAME) \
	  --filter '$(or $(FILTER),$(SANITIZED))' --skip '$(SKIPPED)'

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

bench: build
	$(RELEASE) --product agentdesk-bench
	.build/release/agentdesk-bench all

docs: build-packages
	$(SWIFT) build --build-tests
	RECORD_PICTURES=1 $(SWIFT) test --skip-build --disable-xctest --filter Pictures
	.build/debug/agentdesk generate-docs docs --lang en
	.build/debug/agentdesk generate-docs docs --lang zh-Hans

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/agentdesk $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/agentdesk
	cp -R Resources $(DESTDIR)$(PREFIX)/share/agentdesk/
	install -m 644 docs/man/agentdesk.1 $(DESTDIR)$(PREFIX)/share/man/man1/agentdesk.1
	install -d $(DESTDIR)$(PREFIX)/share/man/zh_CN/man1
	install -m 644 docs/man/zh_CN/agentdesk.1 $(DESTDIR)$(PREFIX)/share/man/zh_CN/man1/agentdesk.1
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in agentdesk.service agentdesk.socket; do \
	  sed 's|/usr/local/bin/|$(PREFIX)/bin/|' Resources/systemd/$$unit > $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit; \
	  chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit; done

clean:
	rm -rf .build

build-packages:
	@sh .ci/install-packages.sh $(BUILD_PACKAGES)

test-packages:
	@sh .ci/install-packages.sh $(TEST_PACKAGES)
