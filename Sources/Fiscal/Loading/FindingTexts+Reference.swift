public import Documents

extension FindingTexts {
  /// Texts of what is found in files of reference data.
  public static let reference = FindingTexts([
    "refdata.not-an-object": [
      "en": "There must be names with values here.",
      "hi": "यहाँ नामों के साथ मान होने चाहिए।",
    ],
    "refdata.not-a-list": [
      "en": "There must be a list with at least one element here.",
      "hi": "यहाँ कम से कम एक तत्व वाली सूची होनी चाहिए।",
    ],
    "refdata.not-a-text": [
      "en": "There must be a text here, and it must not be empty.",
      "hi": "यहाँ पाठ होना चाहिए, और वह खाली नहीं होना चाहिए।",
    ],
    "refdata.not-a-flag": [
      "en": "There must be true or false here.",
      "hi": "यहाँ true या false होना चाहिए।",
    ],
    "refdata.not-a-date": [
      "en": "There must be a day such as 2026-04-01 here.",
      "hi": "यहाँ 2026-04-01 जैसी तिथि होनी चाहिए।",
    ],
    "refdata.not-a-percentage": [
      "en": "There must be a percentage from 0 to 100 with at most two decimals here.",
      "hi": "यहाँ 0 से 100 तक प्रतिशत होना चाहिए, अधिकतम दो दशमलव अंकों के साथ।",
    ],
    "refdata.not-a-sum": [
      "en": "There must be a sum in rupees here, not negative, with at most two decimals.",
      "hi": "यहाँ रुपये में राशि होनी चाहिए, ऋणात्मक नहीं, अधिकतम दो दशमलव अंकों के साथ।",
    ],
    "refdata.not-a-count": [
      "en": "There must be a whole number here, not negative.",
      "hi": "यहाँ पूर्ण संख्या होनी चाहिए, ऋणात्मक नहीं।",
    ],
    "refdata.not-a-code": [
      "en": "There must be one to eight digits in quotes here.",
      "hi": "यहाँ उद्धरण चिह्नों में एक से आठ अंक होने चाहिए।",
    ],
    "refdata.not-a-state": [
      "en": "There must be the two digits of a State in quotes here.",
      "hi": "यहाँ उद्धरण चिह्नों में राज्य के दो अंक होने चाहिए।",
    ],
    "refdata.not-one-value": [
      "en": "A row has exactly one value, named for its unit: {known}.",
      "hi": "एक पंक्ति में ठीक एक मान होता है, जिसका नाम उसकी इकाई है: {known}।",
    ],
    "refdata.unknown-word": [
      "en": "There must be one of these words here: {known}.",
      "hi": "यहाँ इनमें से एक शब्द होना चाहिए: {known}।",
    ],
    "refdata.missing-member": [
      "en": "\"{name}\" is missing.",
      "hi": "\"{name}\" नहीं है।",
    ],
    "refdata.unknown-member": [
      "en": "Nothing here is called \"{name}\".",
      "hi": "यहाँ \"{name}\" नाम का कुछ नहीं होता।",
    ],
    "refdata.uncited": [
      "en": "This row cites nothing: it must name a source, and a confirmed row one with a number or a date.",
      "hi": "यह पंक्ति किसी स्रोत का हवाला नहीं देती: स्रोत देना अनिवार्य है, और पुष्ट पंक्ति के स्रोत में संख्या या तिथि हो।",
    ],
    "refdata.unknown-source": [
      "en": "The sources of this file have no \"{name}\".",
      "hi": "इस फ़ाइल के स्रोतों में \"{name}\" नहीं है।",
    ],
    "refdata.unused-source": [
      "en": "No row names the source \"{name}\".",
      "hi": "कोई पंक्ति स्रोत \"{name}\" का नाम नहीं लेती।",
    ],
    "refdata.unknown-reference": [
      "en": "The table \"{table}\" has no \"{key}\".",
      "hi": "तालिका \"{table}\" में \"{key}\" नहीं है।",
    ],
    "refdata.duplicate-key": [
      "en": "This is there twice.",
      "hi": "यह दो बार है।",
    ],
    "refdata.too-many": [
      "en": "There are more than {limit} elements.",
      "hi": "{limit} से अधिक तत्व हैं।",
    ],
    "refdata.empty-period": [
      "en": "The period ends before it begins: \"to\" is the first day that is no longer in it.",
      "hi": "अवधि शुरू होने से पहले समाप्त होती है: \"to\" वह पहला दिन है जो उसमें नहीं है।",
    ],
    "refdata.overlap": [
      "en": "This row holds on days on which another one does: {with}.",
      "hi": "यह पंक्ति उन दिनों पर लागू है जिन पर दूसरी भी लागू है: {with}।",
    ],
    "refdata.gap": [
      "en": "Nothing holds between the row before, {after}, and this one.",
      "hi": "पिछली पंक्ति, {after}, और इस पंक्ति के बीच कुछ लागू नहीं है।",
    ],
    "refdata.outside-coverage": [
      "en": "The day is outside the days of this list.",
      "hi": "यह दिन इस सूची के दिनों से बाहर है।",
    ],
  ])
}
