/// The Chinese lunar calendar of 1990 to 2100, as far as days that people name by it need it: Spring Festival moves.
///
/// The table was made once from the Chinese calendar of ICU (which computes new moons and solar terms for 120° east) and has
/// one number for each year: the days from 1 January to the lunar new year, the month after which a leap month stands (0:
/// none), and a bit for each month in its order, set where it has 30 days and not 29.
package enum LunarCalendar {
  /// A day by lunar year, month and day; nil outside the table and where there is no such day. A leap month is never meant.
  package static func day(year: Int, month: Int, day: Int) -> CivilDate? {
    guard let entry = entry(year), (1...12).contains(month), (1...30).contains(day) else { return nil }
    let leap = Int(entry >> 16 & 15)
    let index = leap > 0 && month > leap ? month : month - 1
    guard day <= length(entry, index) else { return nil }
    return newYear(year)?.moved(days: (0..<index).reduce(day - 1) { $0 + length(entry, $1) })
  }

  /// The first day of the lunar year that begins in `year`.
  package static func newYear(_ year: Int) -> CivilDate? {
    guard let entry = entry(year), let first = CivilDate(year: year, month: 1, day: 1) else { return nil }
    return first.moved(days: Int(entry >> 20))
  }

  /// 清明: the day of the solar term in this century, by the usual formula (its century's constant is 4.81).
  package static func clearBrightness(_ year: Int) -> CivilDate? {
    guard (2000...2099).contains(year) else { return CivilDate(year: year, month: 4, day: 5) }
    let short = year % 100
    return CivilDate(year: year, month: 4, day: (short * 2422 + 48_100) / 10_000 - short / 4)
  }

  private static func entry(_ year: Int) -> UInt32? {
    years.indices.contains(year - firstYear) ? years[year - firstYear] : nil
  }

  private static func length(_ entry: UInt32, _ index: Int) -> Int {
    entry >> UInt32(12 - index) & 1 == 1 ? 30 : 29
  }

  private static let firstYear = 1990

  private static let years: [UInt32] = [
    0x01A5_092F, 0x02D0_092E, 0x0220_0C96, 0x0163_0D4A, 0x0280_1D4A, 0x01E8_0D65, 0x0310_0B58, 0x0250_156C,
    0x01B5_126D, 0x02E0_125C, 0x0230_192C, 0x0174_1A95, 0x02A0_1A94, 0x01F0_1B4A, 0x0152_0B55, 0x0270_0AD4,
    0x01C7_155B, 0x0300_04BA, 0x0250_125A, 0x0195_192B, 0x02C0_152A, 0x0210_1694, 0x0164_16AA, 0x0280_15AA,
    0x01E9_0AB5, 0x0310_0974, 0x0260_14B6, 0x01B6_0A57, 0x02E0_0A56, 0x0230_1526, 0x0184_0E95, 0x02A0_0D54,
    0x01F0_15AA, 0x0152_09B5, 0x0280_096C, 0x01C6_14AE, 0x02F0_149C, 0x0240_1A4C, 0x0195_1D26, 0x02B0_1AA6,
    0x0210_0B54, 0x0163_0D6A, 0x0290_12DA, 0x01EB_095D, 0x0310_095A, 0x0260_149A, 0x01B6_1A4B, 0x02D0_1A4A,
    0x0220_1AA4, 0x0175_1B54, 0x02A0_16B4, 0x01F0_0ADA, 0x0152_095B, 0x0280_0936, 0x01D7_1497, 0x02F0_1496,
    0x0240_154A, 0x0195_16A5, 0x02C0_0DA4, 0x0200_15B4, 0x0163_0AB6, 0x0290_126E, 0x01F8_092F, 0x0310_092E,
    0x0260_0C96, 0x01B6_0D4A, 0x02D0_1D4A, 0x0220_0D54, 0x0174_156C, 0x02A0_155C, 0x0200_125C, 0x0143_192E,
    0x0270_192C, 0x01C7_1A95, 0x02F0_1A94, 0x0230_1B4A, 0x0195_0B55, 0x02C0_0AD4, 0x0210_14DA, 0x0164_0A5D,
    0x0290_0A5A, 0x01E8_152B, 0x0310_152A, 0x0250_1694, 0x01A6_16AA, 0x02D0_15AA, 0x0230_0AB4, 0x0174_14BA,
    0x02A0_14B6, 0x0200_0A56, 0x0153_1527, 0x0270_0D26, 0x01C7_0E53, 0x02F0_0D54, 0x0240_15AA, 0x0195_09B5,
    0x02C0_096C, 0x0210_14AE, 0x0174_0A4E, 0x0280_1A2C, 0x01D8_1D26, 0x0300_1AA4, 0x0250_1B54, 0x01A6_0D6A,
    0x02D0_0ADA, 0x0230_095C, 0x0184_149D, 0x02A0_145A, 0x01F0_1A2A, 0x0142_1B25, 0x0270_1AA4,
  ]
}
