import Domain
import Testing

@testable import Store

struct SearchTextTests {
  @Test func `full-width, upper case, accents and traditional characters are folded`() {
    #expect(SearchText.folded("ＡＢＣ１２３　Ｗｉ－Ｆｉ") == "abc123\u{3000}wi-fi")
    #expect(SearchText.folded("寬帶退費") == "宽带退费")
    #expect(SearchText.folded("Crédit ÜBER") == "credit uber")
  }

  @Test func `folding keeps the number of scalars`() {
    for text in ["", "退款", "İstanbul ß ﬁ", "👩‍👩‍👧 e\u{301}", "\u{0}\u{7}a\r\nb", "ΑΒΓ Жук"] {
      #expect(SearchText.fold(text).count == text.unicodeScalars.count)
    }
  }

  @Test func `runs separate ideographs from words`() {
    let folded = SearchText.fold("5G套餐 don't customer's 退款。")
    let runs = SearchText.runs(folded).map { SearchText.string(folded[$0.start..<$0.end]) }
    #expect(runs == ["5g", "套餐", "don", "customer", "退款"])
  }

  @Test(arguments: [
    ("charges", "charg"), ("charged", "charg"), ("charging", "charg"), ("caresses", "caress"),
    ("ponies", "poni"),
    ("agreed", "agre"), ("plastered", "plaster"), ("motoring", "motor"), ("conflated", "conflat"),
    ("hopping", "hop"), ("falling", "fall"), ("filing", "file"), ("happy", "happi"), ("sky", "sky"),
    ("relational", "relat"), ("rational", "ration"), ("digitizer", "digit"), ("operator", "oper"),
    ("triplicate", "triplic"), ("electrical", "electr"), ("hopefulness", "hope"), ("revival", "reviv"),
    ("adoption", "adopt"), ("controlling", "control"), ("probate", "probat"), ("rate", "rate"),
    ("5g", "5g"), ("is", "is"),
  ])
  func `stems are Porter's`(word: String, stem: String) {
    #expect(String(decoding: PorterStemmer.stem(Array(word.utf8)), as: UTF8.self) == stem)
  }

  @Test func `a list of links at the end is no text of the article`() {
    let article = "# 退费\n多扣的钱退回话费。\n\n## 相关文章\n\n- [到账时间](a.md)\n- [审批额度](b.md)\n"
    #expect(PlainText.of(markdown: article) == "退费\n多扣的钱退回话费。")
    #expect(PlainText.of(markdown: "## 步骤\n- [打开](a.md)，再核对").contains("再核对"))
    #expect(PlainText.of(markdown: "- [打开](a.md)") == "打开")
  }

  @Test func `Markdown loses its marks and keeps its words`() {
    let markdown = """
      ## 规则 **重要**

      | 代码 | 含义 |
      | --- | --- |
      | `691` | 账号密码不对 |

      - 见 [退费权限](refund-authority.md)，发 `CXXZ#姓名`
      > 1. 先*核身*
      ---
      snake_case 2 * 3 <b>ok</b> a\\*b ~~old~~
      """
    #expect(
      PlainText.of(markdown: markdown) == """
        规则 重要
        代码 含义
        691 账号密码不对
        见 退费权限，发 CXXZ#姓名
        先核身
        snake_case 2 3 ok a*b old
        """)
  }
}

struct PinyinTests {
  @Test(arguments: [
    ("退款", "tuikuan", "tk"), ("重复", "chongfu", "cf"), ("长途", "changtu", "ct"), ("银行", "yinhang", "yh"),
    ("还款", "huankuan", "hk"), ("调整", "tiaozheng", "tz"), ("绿色", "lvse", "ls"), ("曾经", "cengjing", "cj"),
    ("率", "lv", "l"), ("参加", "canjia", "cj"), ("空调", "kongtiao", "kt"),
  ])
  func `words are found under the reading they have`(word: String, full: String, initials: String) {
    let keys = Pinyin.keys(of: word.unicodeScalars.map(\.value))
    #expect(keys.full.contains(full))
    #expect(keys.initials.contains(initials))
  }

  @Test func `letters are cut into syllables, the last one perhaps only begun`() {
    #expect(Pinyin.segmentations(of: Array("tuikuan".utf8)).contains(["tui", "kuan"]))
    #expect(Pinyin.segmentations(of: Array("tuik".utf8)).contains(["tui", "k"]))
    #expect(Pinyin.segmentations(of: Array("xian".utf8)).contains(["xi", "an"]))
    #expect(Pinyin.segmentations(of: Array("tk".utf8)).isEmpty)
    #expect(Pinyin.segmentations(of: Array(repeating: UInt8(ascii: "a"), count: 1000)).isEmpty)
  }

  @Test func `pinyin and initials are found in a title`() {
    let title = SearchText.fold("重复扣费核查与退费")
    #expect(Pinyin.match(Array("chongfukou".utf8), in: title) == 0..<3)
    #expect(Pinyin.match(Array("koufei".utf8), in: title) == 2..<4)
    #expect(Pinyin.match(Array("cfkf".utf8), in: title) == 0..<4)
    #expect(Pinyin.match(Array("xyz".utf8), in: title) == nil)
  }

  @Test(arguments: [
    ("欧阳修文", ["欧阳修文", "修文", "ouyangxiuwen", "oyxw", "xiuwen"]),
    ("曾小贤", ["zengxiaoxian", "zxx", "小贤"]), ("单雄信", ["shanxiongxin", "sxx"]),
    ("王芳", ["王芳", "wangfang", "wf", "芳"]),
    ("尉迟恭", ["yuchigong", "ycg"]), ("John Smith", ["johnsmith", "john", "smith"]),
  ])
  func `names are found by name, given name, pinyin and initials`(name: String, keys: [String]) {
    #expect(FindTables.keys(ofName: name).isSuperset(of: keys))
  }
}
