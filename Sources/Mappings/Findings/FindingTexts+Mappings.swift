package import Documents

extension FindingTexts {
  /// Texts of what mappings, and texts that are mapped, are found to have.
  package static let mappings = FindingTexts([
    "mapping.format": ["en": "There is format 1 only.", "hi": "केवल प्रारूप 1 है।"],
    "mapping.missing": ["en": "\"{name}\" is missing.", "hi": "\"{name}\" नहीं है।"],
    "mapping.unknown": ["en": "\"{name}\" is not known here.", "hi": "\"{name}\" यहाँ ज्ञात नहीं है।"],
    "mapping.unknown-near": [
      "en": "\"{name}\" is not known here; perhaps \"{near}\" is meant.",
      "hi": "\"{name}\" यहाँ ज्ञात नहीं है; शायद \"{near}\" से मतलब है।",
    ],
    "mapping.kind": ["en": "Here stands {wanted}.", "hi": "यहाँ {wanted} होना चाहिए।"],
    "mapping.word": ["en": "This is none of {words}.", "hi": "यह {words} में से कोई नहीं है।"],
    "mapping.path": ["en": "This is no path.", "hi": "यह कोई पथ नहीं है।"],
    "mapping.name": [
      "en": "\"{name}\" is no name: a letter, then letters, digits and _.",
      "hi": "\"{name}\" नाम नहीं है: एक अक्षर, फिर अक्षर, अंक और _।",
    ],
    "mapping.name-twice": ["en": "\"{name}\" is named already.", "hi": "\"{name}\" पहले से नाम है।"],
    "mapping.no-such-name": [
      "en": "Nothing before this is named \"{name}\".", "hi": "इससे पहले किसी का नाम \"{name}\" नहीं है।",
    ],
    "mapping.no-such-table": ["en": "There is no table \"{name}\".", "hi": "तालिका \"{name}\" नहीं है।"],
    "mapping.table-conversion": [
      "en": "What a table says is taken as it is: leave \"as\" away.",
      "hi": "तालिका का मान वैसा ही लिया जाता है: \"as\" हटा दें।",
    ],
    "mapping.optional-default": [
      "en": "What has a default is not optional.", "hi": "जिसका डिफ़ॉल्ट है वह वैकल्पिक नहीं है।",
    ],
    "mapping.expression": [
      "en": "The expression is wrong at byte {offset}: {message}.", "hi": "व्यंजक बाइट {offset} पर गलत है: {message}।",
    ],
    "mapping.value": [
      "en":
        "A value is a text, a number, true or false, or an object with one of from, constant, name, compute, join, derive, choose, object, array, list, sum, count.",
      "hi":
        "मान एक पाठ, संख्या, true या false है, या ऐसा ऑब्जेक्ट जिसमें from, constant, name, compute, join, derive, choose, object, array, list, sum, count में से एक हो।",
    ],
    "mapping.too-large": ["en": "The mapping has too many values.", "hi": "मैपिंग में बहुत अधिक मान हैं।"],
    "mapping.sum": ["en": "A sum is of paise or of integers: say as.", "hi": "योग paise या integer का होता है: as लिखें।"],
    "mapping.pattern": [
      "en": "This is no pattern of a date, as dd/MM/yyyy.", "hi": "यह तारीख का प्रारूप नहीं है, जैसे dd/MM/yyyy।",
    ],
    "mapping.zone": ["en": "This is no offset, as +05:30.", "hi": "यह समय अंतर नहीं है, जैसे +05:30।"],
    "mapping.output": ["en": "This format is made of {wanted}.", "hi": "यह प्रारूप {wanted} से बनता है।"],
    "mapping.element-name": ["en": "\"{name}\" is no name of XML.", "hi": "\"{name}\" XML का नाम नहीं है।"],
    "mapping.no-such-operation": ["en": "There is no operation \"{name}\".", "hi": "संक्रिया \"{name}\" नहीं है।"],
    "mapping.no-such-member": [
      "en": "{operation} has no member \"{name}\".", "hi": "{operation} में सदस्य \"{name}\" नहीं है।",
    ],
    "mapping.check": ["en": "This does not hold: {check}.", "hi": "यह सही नहीं है: {check}।"],
    "mapping.undecided": [
      "en": "{path}: this cannot be computed: {expression}.", "hi": "{path}: इसकी गणना नहीं हो सकती: {expression}।",
    ],
    "mapping.too-much": ["en": "The mapping makes too much of this text.", "hi": "मैपिंग इस पाठ से बहुत अधिक बनाती है।"],
    "mapping.too-many-operations": [
      "en": "More than {limit} operations would come of it.", "hi": "इससे {limit} से अधिक संक्रियाएँ बनेंगी।",
    ],
    "mapping.no-operations": ["en": "No operation comes of it.", "hi": "इससे कोई संक्रिया नहीं बनती।"],
    "mapping.operation": ["en": "{path}: {operation}: {detail}.", "hi": "{path}: {operation}: {detail}।"],
    "value.missing": ["en": "{path}: there is nothing at {wanted}.", "hi": "{path}: {wanted} पर कुछ नहीं है।"],
    "value.several": ["en": "{path}: one is expected, and there are {count}.", "hi": "{path}: एक अपेक्षित है, {count} हैं।"],
    "value.no-text": ["en": "{path}: here are values inside.", "hi": "{path}: यहाँ भीतर और मान हैं।"],
    "value.no-such-word": [
      "en": "{path}: the table {table} does not have this word.", "hi": "{path}: तालिका {table} में यह शब्द नहीं है।",
    ],
    "value.not-integer": ["en": "{path}: this is no integer.", "hi": "{path}: यह पूर्णांक नहीं है।"],
    "value.not-boolean": ["en": "{path}: this is neither true nor false.", "hi": "{path}: यह true या false नहीं है।"],
    "value.not-decimal": ["en": "{path}: this is no decimal number.", "hi": "{path}: यह दशमलव संख्या नहीं है।"],
    "value.too-precise": [
      "en": "{path}: there are more than {places} digits behind the point.",
      "hi": "{path}: दशमलव के बाद {places} से अधिक अंक हैं।",
    ],
    "value.too-large": ["en": "{path}: the number is too large.", "hi": "{path}: संख्या बहुत बड़ी है।"],
    "value.negative": ["en": "{path}: the sum is below zero.", "hi": "{path}: राशि शून्य से कम है।"],
    "value.not-date": ["en": "{path}: this is no date as {pattern}.", "hi": "{path}: यह {pattern} के रूप की तारीख नहीं है।"],
    "value.not-instant": ["en": "{path}: this is no instant.", "hi": "{path}: यह कोई समय नहीं है।"],
  ]).adding(.mappedTexts)

  /// Texts of what is wrong with a text that is mapped, and with one that is made.
  private static let mappedTexts = FindingTexts([
    "input.too-large": ["en": "The text has more than {limit} bytes.", "hi": "पाठ {limit} बाइट से बड़ा है।"],
    "input.too-many-values": ["en": "The text has too many values.", "hi": "पाठ में बहुत अधिक मान हैं।"],
    "input.not-utf8": ["en": "The text is not UTF-8.", "hi": "पाठ UTF-8 में नहीं है।"],
    "form.escape": ["en": "Two hexadecimal digits follow a %.", "hi": "% के बाद दो हेक्साडेसिमल अंक आते हैं।"],
    "form.character": ["en": "This character must be escaped in a form.", "hi": "यह वर्ण फ़ॉर्म में एस्केप होना चाहिए।"],
    "form.text": ["en": "The field is no text.", "hi": "फ़ील्ड कोई पाठ नहीं है।"],
    "csv.no-header": ["en": "There is no header row.", "hi": "शीर्षक पंक्ति नहीं है।"],
    "csv.header-twice": ["en": "The column \"{name}\" is there twice.", "hi": "स्तंभ \"{name}\" दो बार है।"],
    "csv.cell-count": [
      "en": "The row has {count} cells, the header {expected}.", "hi": "पंक्ति में {count} सेल हैं, शीर्षक में {expected}।",
    ],
    "csv.character": [
      "en": "This character stands in quotes only.", "hi": "यह वर्ण केवल उद्धरण चिह्नों में हो सकता है।",
    ],
    "csv.open-quote": ["en": "The quote is not closed.", "hi": "उद्धरण चिह्न बंद नहीं है।"],
    "csv.behind-quote": ["en": "Something stands behind the closing quote.", "hi": "बंद उद्धरण चिह्न के बाद कुछ है।"],
    "xml.declaration": [
      "en": "The declaration is to be that of XML 1.0 in UTF-8.", "hi": "घोषणा UTF-8 में XML 1.0 की होनी चाहिए।",
    ],
    "xml.doctype": ["en": "Document types and entities are not read.", "hi": "दस्तावेज़ प्रकार और इकाइयाँ नहीं पढ़ी जातीं।"],
    "xml.no-root": ["en": "There is no element.", "hi": "कोई तत्व नहीं है।"],
    "xml.second-root": ["en": "There is a second root element.", "hi": "दूसरा मूल तत्व है।"],
    "xml.open-element": ["en": "The element {name} is not closed.", "hi": "तत्व {name} बंद नहीं है।"],
    "xml.wrong-end": ["en": "{name} is not the element that is open.", "hi": "{name} खुला तत्व नहीं है।"],
    "xml.too-deep": ["en": "Elements are nested more than {limit} deep.", "hi": "तत्व {limit} स्तर से अधिक गहरे हैं।"],
    "xml.tag": ["en": "The tag is not closed.", "hi": "टैग बंद नहीं है।"],
    "xml.name": ["en": "A name is missing, or is none.", "hi": "नाम नहीं है, या गलत है।"],
    "xml.attribute": ["en": "The attribute is none: name=\"value\".", "hi": "गुण सही नहीं है: name=\"value\"।"],
    "xml.attribute-twice": ["en": "The attribute {name} is there twice.", "hi": "गुण {name} दो बार है।"],
    "xml.too-many-attributes": ["en": "The element has too many attributes.", "hi": "तत्व में बहुत अधिक गुण हैं।"],
    "xml.reference": ["en": "There is no such character or entity.", "hi": "ऐसा कोई वर्ण या इकाई नहीं है।"],
    "xml.character": ["en": "This character may not be in XML.", "hi": "यह वर्ण XML में नहीं हो सकता।"],
    "xml.comment": ["en": "The comment is not closed, or has -- in it.", "hi": "टिप्पणी बंद नहीं है, या उसमें -- है।"],
    "xml.cdata": ["en": "The CDATA section is not closed.", "hi": "CDATA भाग बंद नहीं है।"],
    "xml.instruction": ["en": "The processing instruction is none.", "hi": "प्रसंस्करण निर्देश सही नहीं है।"],
    "xml.outside": ["en": "Text stands outside of the root element.", "hi": "मूल तत्व के बाहर पाठ है।"],
    "xml.text": ["en": "]]> may not stand in text.", "hi": "पाठ में ]]> नहीं हो सकता।"],
    "output.nothing": ["en": "Nothing comes of it.", "hi": "इससे कुछ नहीं बनता।"],
    "output.nested": ["en": "The format has no place for values inside of this.", "hi": "प्रारूप में भीतर के मानों की जगह नहीं है।"],
    "output.one-root": ["en": "XML has one root element.", "hi": "XML का एक मूल तत्व होता है।"],
    "output.element-name": ["en": "\"{name}\" is no name of XML.", "hi": "\"{name}\" XML का नाम नहीं है।"],
    "output.too-large": ["en": "More than {limit} bytes would come of it.", "hi": "इससे {limit} बाइट से अधिक बनेंगे।"],
  ])
}
