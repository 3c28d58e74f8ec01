extension FindingTexts {
  /// Texts of what readers and patches find.
  public static let documents = FindingTexts([
    "document.too-large": [
      "en": "The text is longer than {limit} bytes.",
      "hi": "यह पाठ {limit} बाइट से बड़ा है।",
    ],
    "document.too-deep": [
      "en": "Lists and objects are nested more than {limit} deep.",
      "hi": "सूचियाँ और ऑब्जेक्ट {limit} स्तर से अधिक गहरे हैं।",
    ],
    "document.too-many-values": [
      "en": "There are more than {limit} values.",
      "hi": "{limit} से अधिक मान हैं।",
    ],
    "document.not-utf8": [
      "en": "The text is not UTF-8.",
      "hi": "यह पाठ UTF-8 में नहीं है।",
    ],
    "document.byte-order-mark": [
      "en": "The text begins with a byte order mark; save it as UTF-8 without one.",
      "hi": "पाठ बाइट क्रम चिह्न से शुरू होता है; इसे बिना चिह्न के UTF-8 में सहेजें।",
    ],
    "document.empty": [
      "en": "There is nothing in the text.",
      "hi": "पाठ में कुछ नहीं है।",
    ],
    "document.cut": [
      "en": "The text ends too early.",
      "hi": "पाठ समय से पहले समाप्त हो जाता है।",
    ],
    "document.trailing-text": [
      "en": "There is text after the end of the document.",
      "hi": "दस्तावेज़ के अंत के बाद भी पाठ है।",
    ],
    "document.duplicate-name": [
      "en": "The name \"{name}\" is there twice, first at {first}.",
      "hi": "नाम \"{name}\" दो बार है, पहली बार {first} पर।",
    ],
    "document.number-out-of-bounds": [
      "en": "The number has too many digits or is too large or too small.",
      "hi": "संख्या में बहुत अधिक अंक हैं, या वह बहुत बड़ी या बहुत छोटी है।",
    ],
    "json.unexpected": [
      "en": "\"{found}\" cannot stand here.",
      "hi": "\"{found}\" यहाँ नहीं हो सकता।",
    ],
    "json.unexpected-word": [
      "en": "Unknown word; text must be in quotes.",
      "hi": "अज्ञात शब्द; पाठ उद्धरण चिह्नों में होना चाहिए।",
    ],
    "json.control-character": [
      "en": "A control character, such as a line break, must be escaped in a string.",
      "hi": "स्ट्रिंग में नियंत्रण वर्ण, जैसे पंक्ति विराम, एस्केप करके लिखें।",
    ],
    "json.bad-escape": [
      "en": "There is no such escape.",
      "hi": "ऐसा कोई एस्केप नहीं है।",
    ],
    "json.lone-surrogate": [
      "en": "Half of a surrogate pair is no character.",
      "hi": "सरोगेट जोड़ी का आधा भाग कोई वर्ण नहीं है।",
    ],
    "json.bad-number": [
      "en": "This is not a number as JSON writes it.",
      "hi": "यह JSON के रूप की संख्या नहीं है।",
    ],
    "yaml.syntax": [
      "en": "This is not YAML: {problem}.",
      "hi": "यह YAML नहीं है: {problem}।",
    ],
    "yaml.character": [
      "en": "The character {found} may not be in YAML.",
      "hi": "वर्ण {found} YAML में नहीं हो सकता।",
    ],
    "yaml.indicator": [
      "en": "Anchors, aliases and tags are not allowed; put text that begins with {found} in quotes.",
      "hi": "ऐंकर, उपनाम और टैग की अनुमति नहीं है; {found} से शुरू होने वाले पाठ को उद्धरण चिह्नों में रखें।",
    ],
    "yaml.merge-key": [
      "en": "The merge key << is not allowed.",
      "hi": "मर्ज कुंजी << की अनुमति नहीं है।",
    ],
    "yaml.directive": [
      "en": "Directives (lines that begin with %) are not allowed.",
      "hi": "निर्देश (% से शुरू होने वाली पंक्तियाँ) की अनुमति नहीं है।",
    ],
    "yaml.several-documents": [
      "en": "There is more than one document in the text.",
      "hi": "पाठ में एक से अधिक दस्तावेज़ हैं।",
    ],
    "yaml.key": [
      "en": "A key must be text.",
      "hi": "कुंजी पाठ होनी चाहिए।",
    ],
    "yaml.not-finite": [
      "en": "Infinity and not-a-number are no values.",
      "hi": "अनंत और असंख्या मान नहीं हैं।",
    ],
  ])

  /// Texts of what is wrong with a patch.
  public static let patches = FindingTexts([
    "patch.not-a-list": [
      "en": "A patch is a list of operations.",
      "hi": "पैच संक्रियाओं की सूची होता है।",
    ],
    "patch.not-an-operation": [
      "en": "Element {operation} is no operation.",
      "hi": "तत्व {operation} कोई संक्रिया नहीं है।",
    ],
    "patch.missing-member": [
      "en": "Operation {operation} ({name}) lacks a member.",
      "hi": "संक्रिया {operation} ({name}) में एक सदस्य नहीं है।",
    ],
    "patch.bad-pointer": [
      "en": "Operation {operation} ({name}) has a path that is no JSON Pointer.",
      "hi": "संक्रिया {operation} ({name}) का पथ JSON Pointer नहीं है।",
    ],
    "patch.too-many-operations": [
      "en": "There are too many operations.",
      "hi": "बहुत अधिक संक्रियाएँ हैं।",
    ],
    "patch.no-such-value": [
      "en": "Operation {operation} ({name}): there is nothing at {pointer}.",
      "hi": "संक्रिया {operation} ({name}): {pointer} पर कुछ नहीं है।",
    ],
    "patch.no-such-position": [
      "en": "Operation {operation} ({name}): the list has no position {pointer}.",
      "hi": "संक्रिया {operation} ({name}): सूची में {pointer} स्थान नहीं है।",
    ],
    "patch.test-failed": [
      "en": "Operation {operation}: the value at {pointer} is another one.",
      "hi": "संक्रिया {operation}: {pointer} पर मान दूसरा है।",
    ],
    "patch.into-itself": [
      "en": "Operation {operation}: a value cannot be moved into itself.",
      "hi": "संक्रिया {operation}: मान को उसके अपने भीतर नहीं ले जाया जा सकता।",
    ],
    "patch.root-removed": [
      "en": "Operation {operation}: the whole document cannot be removed.",
      "hi": "संक्रिया {operation}: पूरा दस्तावेज़ हटाया नहीं जा सकता।",
    ],
    "patch.too-large": [
      "en": "Operation {operation}: the patch makes too much of the document.",
      "hi": "संक्रिया {operation}: पैच दस्तावेज़ को बहुत बड़ा बना देता है।",
    ],
    "patch.too-deep": [
      "en": "Operation {operation}: the document would be nested too deep.",
      "hi": "संक्रिया {operation}: दस्तावेज़ बहुत गहरा हो जाएगा।",
    ],
  ])
}
