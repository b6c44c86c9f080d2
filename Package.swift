// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "AgentDesk",
  products: [
    .executable(name: "agentdesk", targets: ["agentdesk"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // The C shim over ncursesw, termios, signals and poll. No curses type leaves it.
    .target(
      name: "CTerminal",
      cSettings: [.define("_XOPEN_SOURCE", to: "700"), .define("_XOPEN_SOURCE_EXTENDED")],
      linkerSettings: [.linkedLibrary("ncursesw")]),
    // Cells, frames, safe text, input: knows no ticket.
    .target(name: "Terminal", dependencies: ["CTerminal"], swiftSettings: strict),
    // Pure values, operations and the one reducer. No input, no output.
    .target(name: "Domain", swiftSettings: strict),
    // Reads what a team edits (YAML, Markdown) into Domain values, with line numbers.
    .target(
      name: "Configuration",
      dependencies: ["Domain", "DemoWorld", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    // Template filling and, later, everything that reads a ticket for the agent.
    .target(
      name: "Assist",
      dependencies: ["Domain", .product(name: "Mustache", package: "swift-mustache")],
      swiftSettings: strict),
    // A fictional operator with its customers, records and tickets, from a seed. Pure over Domain.
    .target(name: "DemoWorld", dependencies: ["Domain"], swiftSettings: strict),
    // Sockets, who is at their other end, epoll: what a served store and its desks need of the system.
    .target(name: "CLink"),
    // The only module that imports GRDB.
    .target(
      name: "Store",
      dependencies: [
        "CLink", "Domain", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    // One HTTP exchange by libcurl, which is loaded when the first one begins.
    .target(name: "CTransfer"),
    // Asks a language model over HTTP, where somebody switched that on. Knows neither tickets nor screens.
    .target(name: "Gateway", dependencies: ["CTransfer", "Domain"], swiftSettings: strict),
    // The screens: pure update and view.
    .target(name: "Desk", dependencies: ["Domain", "Assist", "Terminal"], swiftSettings: strict),
    .executableTarget(
      name: "agentdesk",
      dependencies: [
        "Desk", "Store", "Configuration", "DemoWorld", "Assist", "Gateway", "Domain", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // What the disk and SQLite alone cost: the floor that figures are printed beside.
    .target(name: "CFloor", linkerSettings: [.linkedLibrary("sqlite3")]),
    .executableTarget(
      name: "agentdesk-bench",
      dependencies: [
        "CFloor", "FaultSupport", "TestSupport", "Desk", "Store", "Configuration", "DemoWorld", "Assist",
        "Domain",
        "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Domain", "Terminal", "Configuration"], path: "Tests/TestSupport",
      swiftSettings: strict),
    // Real desks and servers that are ended by force, and what must hold afterwards: for tests and the bench.
    .target(
      name: "FaultSupport", dependencies: ["Store", "Domain"], path: "Tests/FaultSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "fault-desk", dependencies: ["FaultSupport"], path: "Tests/FaultDesk", swiftSettings: strict),
    // A small program over the terminal module, for tests of how it starts, crashes and ends.
    .executableTarget(
      name: "terminal-probe", dependencies: ["Terminal", "TestSupport"], path: "Tests/TerminalProbe",
      swiftSettings: strict),
    .testTarget(
      name: "TerminalTests", dependencies: ["Domain", "Terminal", "TestSupport", "terminal-probe"],
      swiftSettings: strict),
    .testTarget(name: "DomainTests", dependencies: ["Domain", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["Configuration", "DemoWorld", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GatewayTests", dependencies: ["Gateway", "Domain", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AssistTests", dependencies: ["Assist", "Configuration", "DemoWorld", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Store", "Configuration", "DemoWorld", "TestSupport", "FaultSupport", "fault-desk"],
      exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "DemoWorldTests", dependencies: ["DemoWorld", "Configuration", "Domain", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "DeskTests",
      dependencies: ["Desk", "Assist", "Configuration", "DemoWorld", "TestSupport"],
      exclude: ["Screens"], swiftSettings: strict),
    .testTarget(
      name: "Scenarios", dependencies: ["TestSupport", "Store", "Domain", "Configuration", "Terminal"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
