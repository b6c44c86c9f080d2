import Glibc

/// Which file system a folder is on: `/proc/self/mountinfo` (proc_pid_mountinfo(5)), which names it, as `statfs` does not.
struct MountTable {
  private struct Mount {
    var device: String
    var path: String
    var type: String
  }

  private let mounts: [Mount]

  /// The table as it is now; empty where there is no `/proc`.
  static var current: MountTable {
    guard let file = fopen("/proc/self/mountinfo", "re") else { return MountTable("") }
    defer { fclose(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
    return MountTable(String(decoding: text, as: UTF8.self))
  }

  init(_ text: String) {
    mounts = text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
        return nil
      }
      return Mount(
        device: String(fields[2]), path: Self.unescaped(fields[4]), type: String(fields[dash + 1]))
    }
  }

  /// By the device number, and where that is not in the table (subvolumes), by the longest path that leads there.
  func fileSystem(of folder: String, device: UInt) -> String? {
    let number = "\(Self.major(device)):\(Self.minor(device))"
    if let mount = mounts.last(where: { $0.device == number }) { return mount.type }
    return mounts.filter { mount in
      mount.path == "/" || folder == mount.path || folder.hasPrefix(mount.path + "/")
    }.max { $0.path.utf8.count < $1.path.utf8.count }?.type
  }

  /// The name of a kind of file system on which a store is refused.
  static func refused(_ type: String) -> String? {
    switch type {
    case "nfs", "nfs4": "NFS"
    case "cifs", "smb3", "smbfs", "smb": "SMB"
    case "fuse", "fuseblk": "FUSE"
    default: type.hasPrefix("fuse.") ? "FUSE" : nil
    }
  }

  // The kernel's layout of device numbers; the macros of the C library are not visible here.
  private static func major(_ device: UInt) -> UInt { device >> 8 & 0xFFF | device >> 32 & ~0xFFF }
  private static func minor(_ device: UInt) -> UInt { device & 0xFF | device >> 12 & ~0xFF & 0xFFFF_FFFF }

  /// Spaces, tabs, newlines and backslashes of a path are written as octal numbers.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == 0x5C, digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
