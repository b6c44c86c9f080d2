import Configuration
import Domain
import Foundation
import Glibc
import Testing

@testable import Store

/// Every error is a sentence in both languages, with its facts.
struct ErrorTests {
  private static let errors: [StoreError] = [
    .unsupportedAddress("ssh://host"), .missing(path: "/a"), .alreadyExists(path: "/a"),
    .notAStore(path: "/a"),
    .newerVersion(path: "/a", found: 9, known: 1), .networkFolder(path: "/a", system: "NFS"),
    .readOnly(path: "/a"), .diskFull(path: "/a"), .diskFailed(path: "/a"), .corrupt(path: "/a"),
    .damaged(table: "ticket", key: "t1"),
    .wrongStore(expected: "s1", found: "s2"), .replicaInUse(path: "/a"), .busy(path: "/a"),
    .operationReused("o1"), .sequenceGap(desk: "d1", from: 4), .otherEpoch(expected: 1, found: 2),
    .wentBack(path: "/a", head: 3, cursor: 7), .notABackup(path: "/a"), .backupNeedsKey(path: "/a"),
    .badKey(path: "/a"), .backupDiffers(path: "/a", detail: "rev"), .storeInUse(path: "/a"),
    .newerThanBackup(path: "/a", revision: 7, backup: 3),
    .attachmentTooLarge(limit: 64 << 20, size: 65 << 20), .attachmentMissing(digest: "ab"),
    .logChanged(
      seen: AuditHead(number: 4, hash: .none), found: AuditHead(number: 3, hash: .none)),
    .keyUnreadable(path: "/a"), .signatureWrong(path: "/a"), .unknownAgent("nobody"),
    .failed(path: "/a", detail: "I/O"), .notAFile(address: "unix:/a"),
    .unreachable(address: "unix:/a", detail: "refused"), .notAuthorized(user: 1001),
    .otherAgent(expected: "a", found: "b"), .otherProtocol(found: 2, known: 1), .wrongFrame(.length),
    .notSound(path: "/a", findings: 3), .noRoom(path: "/a", needed: 5 << 20, free: 1 << 20),
    .alreadyServed(path: "/a"), .otherSchema(found: 2, known: 1), .keyNeeded(path: "/a"),
    .restoreNotSigned(epoch: 2), .programTooOld(found: 0, needed: 1),
    .closing, .overloaded, .writableByOthers(path: "/a"),
  ]

  @Test(arguments: Language.allCases)
  func `errors have sentences without gaps`(_ language: Language) {
    let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Resources").path
    let (words, _) = StringCatalogue.load(language, resources: resources)
    for error in Self.errors {
      let sentence = error.sentence(words)
      #expect(!sentence.hasPrefix("error."), "\(error)")
      #expect(!sentence.contains("{"), "\(error)")
      #expect(sentence.hasSuffix(language == .chinese ? "。" : "."), "\(error)")
    }
    #expect(StoreError.networkFolder(path: "/a", system: "NFS").sentence(words).contains("ssh://"))
    #expect(StoreError.writableByOthers(path: "/a").sentence(words).contains("chmod go-w /a"))
  }

  /// What the machine of the store says must not stand in a sentence of the machine of the desk.
  @Test(arguments: Language.allCases)
  func `faults of the system are codes until somebody reads them`(_ language: Language) {
    let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Resources").path
    let (words, _) = StringCatalogue.load(language, resources: resources)
    #expect(SystemFault.codes.count > 10)
    for code in SystemFault.codes + ["closed"] {
      let sentence = StoreError.unreachable(address: "unix:/a", detail: code).sentence(words)
      #expect(!sentence.contains("(\(code))"), "\(sentence)")
      let isChinese = sentence.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
      #expect(isChinese == (language == .chinese), "\(sentence)")
    }
    #expect(StoreError.system(ENOTCONN, path: "/a") == .failed(path: "/a", detail: "errno \(ENOTCONN)"))
  }

  @Test(arguments: Language.allCases)
  func `a log that was changed is told with both heads, on a line and on a page`(_ language: Language) throws
  {
    let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Resources").path
    let (words, _) = StringCatalogue.load(language, resources: resources)
    let seen = AuditHead(number: 812, hash: .entry(1, after: .none, [1]))
    let error = StoreError.logChanged(seen: seen, found: AuditHead(number: 640, hash: .none))
    #expect(error.line(words).count < 70)
    let page = error.page(words, replica: "/r/linxiao.replica")
    for fact in ["812", seen.hash.short, "640", "0000", "store audit verify --witness /r/linxiao.replica"] {
      #expect(page.contains(fact), "\(fact)")
    }
    #expect(page.split(separator: "\n").count >= 6)
    #expect(error.sentence(words).contains(seen.hash.short))
  }
}
