import Assist
import Domain
import Glibc

/// A model on the disk.
enum ModelFile {
  /// Maps the file. `write` never changes one in place: whoever has it mapped keeps what was there.
  static func open(_ path: String) throws -> TextModel {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path: path, code: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw FileFailure(path: path, code: EISDIR) }
    guard facts.st_size > 0 else { throw ModelFileProblem(path: path, problem: .notAModel) }
    let size = Int(facts.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw FileFailure(path: path, code: errno)
    }
    do throws(TextModel.Problem) {
      return try TextModel(mapped: UnsafeRawBufferPointer(start: start, count: size)) {
        munmap(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
      }
    } catch {
      throw ModelFileProblem(path: path, problem: error)
    }
  }

  /// Puts a whole new file in the place of the old one.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let fresh = "\(path).\(getpid())"
    var file = LazyFile(path: fresh, replaces: true)
    do throws(FileFailure) {
      try file.write(bytes)
      try file.synchronize()
    } catch {
      file.close()
      unlink(fresh)
      throw FileFailure(path: path, code: error.code)
    }
    file.close()
    guard rename(fresh, path) == 0 else {
      let code = errno
      unlink(fresh)
      throw FileFailure(path: path, code: code)
    }
  }
}

/// Why a file is no model, and which.
struct ModelFileProblem: Error {
  var path: String
  var problem: TextModel.Problem

  func sentence(_ strings: StringCatalogue) -> String {
    switch problem {
    case .notAModel: strings("cli.error.notAModel", ["path": path])
    case .otherVersion(let version, let known):
      strings("cli.error.modelVersion", ["path": path, "version": version, "known": known])
    case .damaged: strings("cli.error.modelDamaged", ["path": path])
    }
  }
}

extension ModelTraining.Problem {
  func sentence(_ strings: StringCatalogue) -> String {
    switch self {
    case .noTexts: strings("cli.error.nothingToLearn")
    case .oneLabel(let label): strings("cli.error.oneLabel", ["label": label])
    case .tooManyLabels(let count, let limit):
      strings("cli.error.tooManyLabels", ["count": count, "limit": limit])
    }
  }
}
