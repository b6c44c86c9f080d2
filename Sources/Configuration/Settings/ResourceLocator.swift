import Glibc

/// Finds the folder of resources: named by the environment, installed beside the program, or that of a checkout.
package enum ResourceLocator {
  /// Nil when there is none; `AGENTDESK_RESOURCES` is taken at its word, so that a wrong one is reported and not replaced.
  package static func find(
    environment: (String) -> String? = environmentValue, executable: String? = Self.executable
  ) -> String? {
    if let named = environment("AGENTDESK_RESOURCES") { return named }
    return places(environment: environment, executable: executable).first(where: isResources)
  }

  /// Where it is looked for, in this order.
  package static func places(
    environment: (String) -> String? = environmentValue, executable: String? = Self.executable
  ) -> [String] {
    if let named = environment("AGENTDESK_RESOURCES") { return [named] }
    guard let executable, let last = executable.lastIndex(of: "/") else { return [] }
    var folder = String(executable[..<last])
    var places: [String] = []
    if let slash = folder.lastIndex(of: "/") {
      places.append(String(folder[..<slash]) + "/share/agentdesk/Resources")
    }
    while !folder.isEmpty {
      places.append(folder + "/Resources")
      guard let slash = folder.lastIndex(of: "/") else { break }
      folder = String(folder[..<slash])
    }
    return places
  }

  /// The program that runs, with links resolved.
  package static var executable: String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      readlink("/proc/self/exe", bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  private static func isResources(_ path: String) -> Bool {
    isFolder(path + "/strings") && isFolder(path + "/zones")
  }
}

/// The value of an environment variable of this process; empty counts as absent.
package func environmentValue(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}
