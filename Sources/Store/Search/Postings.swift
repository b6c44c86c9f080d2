import Foundation

/// Which articles hold a term, and how often: a sorted list of `row << 8 | counts`.
///
/// `counts` packs how often the term stands in the body (4 bits), the title (2 bits) and the tags (2 bits), each saturated;
/// 0 as a whole means that the article does not hold it. Kept in blocks of 4,096 rows, so that a changed article rewrites
/// a few kilobytes, not whole lists.
enum Postings {
  static let rowsInBlock: UInt32 = 4096
  static let mostRows: UInt32 = 1 << 24

  /// The key of a block in the table: blocks of one term lie side by side.
  static func key(term: Int64, block: UInt32) -> Int64 { term << 12 | Int64(block) }

  /// Distances as variable-length numbers whose lowest bit says that a byte of counts follows; without it the term stands
  /// once in the body.
  static func encode(_ postings: ArraySlice<UInt32>) -> Data {
    var bytes = Data(capacity: postings.count * 2)
    var next: UInt32 = 0
    for posting in postings {
      let place = (posting >> 8) % rowsInBlock
      let counts = UInt8(posting & 0xFF)
      var number = (place - next) << 1 | (counts == 1 ? 0 : 1)
      next = place + 1
      while number > 0x7F {
        bytes.append(UInt8(number & 0x7F) | 0x80)
        number >>= 7
      }
      bytes.append(UInt8(number))
      if counts != 1 { bytes.append(counts) }
    }
    return bytes
  }

  static func decode(_ bytes: UnsafeRawBufferPointer, block: UInt32, into postings: inout [UInt32]) {
    var row = block * rowsInBlock
    var index = 0
    while index < bytes.count {
      var number: UInt32 = 0
      var shift: UInt32 = 0
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        number |= UInt32(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 || shift > 28 { break }
      }
      row &+= number >> 1
      var counts: UInt32 = 1
      if number & 1 != 0, index < bytes.count {
        counts = UInt32(bytes[index])
        index += 1
      }
      postings.append(row << 8 | counts)
      row &+= 1
    }
  }

  /// `old` with `changes` put over it: the same row is replaced, counts of 0 remove it. Both sorted by row.
  static func merge(_ old: [UInt32], _ changes: ArraySlice<UInt32>) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(old.count + changes.count)
    var index = 0
    for change in changes {
      while index < old.count, old[index] >> 8 < change >> 8 {
        result.append(old[index])
        index += 1
      }
      if index < old.count, old[index] >> 8 == change >> 8 { index += 1 }
      if change & 0xFF != 0 { result.append(change) }
    }
    result += old[index...]
    return result
  }
}
