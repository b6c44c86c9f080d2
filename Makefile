# AgentDesk. `make run` and `make test` are the two commands of the README; `make help` lists the rest.

SWIFT ?= swift
RELEASE = $(SWIFT) build -c release --static-swift-stdlib
PROGRAM = .build/release/agentdesk
PREFIX ?= /usr/local

# What the build needs from Debian, and what only the tests need beside it.
BUILD_PACKAGES = libncursesw5-dev libsqlite3-dev
TEST_PACKAGES = tmux ncurses-term openssh-server openssh-client

.PHONY: help run build test lint format bench docs install clean build-packages test-packages

help:
	@echo 'make run      install what is missing, build, create a demo desk if there is none, open it'
	@echo 'make test     install what tests need, run every test'
	@echo 'make lint     check format and style'
	@echo 'make format   format the sources'
	@echo 'make bench    measure speed and memory, beside floors, into docs/performance.md'
	@echo 'make docs     draw the pictures and write the man page'
	@echo 'make install  copy the program and its resources below $(PREFIX)'

run: build
	@$(PROGRAM) --demo

build: build-packages
	$(RELEASE) --product agentdesk

test: build-packages test-packages
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

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

clean:
	rm -rf .build

build-packages:
	@sh .ci/install-packages.sh $(BUILD_PACKAGES)

test-packages:
	@sh .ci/install-packages.sh $(TEST_PACKAGES)
