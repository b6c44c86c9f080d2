import Domain

/// Family names (姓), in simplified characters.
enum Surnames {
  /// Of two characters.
  static let compounds = WordTable<Bool>(
    [
      "万俟", "司马", "上官", "欧阳", "夏侯", "诸葛", "闻人", "东方", "赫连", "皇甫", "尉迟", "公羊", "澹台", "公冶",
      "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "公孙", "仲孙", "轩辕", "令狐", "钟离", "宇文", "长孙", "慕容",
      "鲜于", "闾丘", "司徒", "司空", "端木", "独孤", "南宫", "西门", "东郭", "百里", "呼延", "拓跋", "纳兰", "第五",
      "梁丘", "左丘", "亓官", "司寇", "子车", "颛孙", "巫马", "公西", "漆雕", "乐正", "壤驷", "公良", "夹谷", "宰父",
      "谷梁", "段干", "东门", "微生",
    ].map { ($0, true) })

  /// Of one: those of 百家姓 and those that are common today.
  static let single = Set(
    """
    赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕\
    殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅\
    盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲糜松井段富\
    巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭\
    贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越\
    夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖闫覃佟付仝苟代岳鄢海亓谌亢佘商兰芦丛涂牟阳隋植辜丘晋苑邸揭迟练冼楚
    """.unicodeScalars)

  /// Rare ones that are far more often something else: 我是来咨询的, 我是银行的.
  static let rare = Set("来保官原栗台僧银扬木衣宇稽位畅".unicodeScalars)

  /// Where the family name ends that begins at `index`.
  static func end(in text: FoldedText, at index: Int, includingRare: Bool = false) -> Int? {
    if let compound = compounds.longest(in: text, at: index) { return compound.end }
    return single.contains(text[index]) || includingRare && rare.contains(text[index]) ? index + 1 : nil
  }
}
