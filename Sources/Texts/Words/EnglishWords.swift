extension NumberWords {
  static let english = NumberWords(
    small: below20 + tens.flatMap { ten in [ten] + below20[1...9].map { "\(ten) \($0)" } },
    hundred: "Hundred", thousand: "Thousand", lakh: "Lakh", crore: "Crore", minus: "Minus ",
    rupeesInFront: "Rupees ", rupeesBehind: CountedWord(""), and: " and ", paisa: CountedWord(" Paisa", " Paise"),
    only: " Only")

  private static let below20 = [
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
    "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
  ]

  private static let tens = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
}
