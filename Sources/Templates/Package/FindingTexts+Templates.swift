package import Documents

extension FindingTexts {
  /// What findings about templates, forms, schedules and orders say.
  package static let templates = rules.adding(contracts)

  private static let rules = FindingTexts(
    [
      "template.bad-name": [
        "en": "'{name}' is no name: small letters, digits and low lines, beginning with a letter",
        "hi": "'{name}' नाम नहीं है: छोटे अक्षर, अंक और अंडरस्कोर, पहला अक्षर वर्ण",
      ],
      "template.constraint": [
        "en": "this form breaks the condition {condition}",
        "hi": "यह फ़ॉर्म शर्त {condition} को तोड़ता है",
      ],
      "template.count": [
        "en": "there must be {from} to {to} of these",
        "hi": "ये {from} से {to} होने चाहिए",
      ],
      "template.date": [
        "en": "is no day from 2000-01-01 to 2100-01-01, written 2026-04-01",
        "hi": "2000-01-01 से 2100-01-01 तक का दिन नहीं है; 2026-04-01 जैसा लिखें",
      ],
      "template.deductions": [
        "en":
          "retention, recovery, fee and the highest taxes may come to {sum} basis points of a bill; 10,000 are all of it",
        "hi": "रोकी गई राशि, वसूली, शुल्क और अधिकतम कर मिलकर बिल के {sum} आधार अंक हो सकते हैं; पूरा बिल 10,000 है",
      ],
      "template.dependency": [
        "en": "is no industry/name of another template",
        "hi": "किसी दूसरे टेम्पलेट का industry/name नहीं है",
      ],
      "template.dependency-cycle": [
        "en": "'{path}' belongs to this template in turn",
        "hi": "'{path}' स्वयं इसी टेम्पलेट पर निर्भर है",
      ],
      "template.dependency-many": [
        "en": "'{path}' belongs to more than {count} templates in turn; they cannot all be looked at",
        "hi": "'{path}' आगे {count} से अधिक टेम्पलेटों पर निर्भर है; सबको देखा नहीं जा सकता",
      ],
      "template.dependency-missing": [
        "en": "there is no '{path}' in the library",
        "hi": "लाइब्रेरी में '{path}' नहीं है",
      ],
      "template.dependency-version": [
        "en": "'{path}' is there in version {is}; {wanted} is asked for",
        "hi": "'{path}' का संस्करण {is} है; {wanted} माँगा गया है",
      ],
      "template.dependent-version": [
        "en": "'{path}' is in force and asks for {wanted}; this is {is}",
        "hi": "'{path}' लागू है और {wanted} माँगता है; यह {is} है",
      ],
      "template.due": [
        "en": "says neither days nor months",
        "hi": "न दिन बताता है न महीने",
      ],
      "template.each": [
        "en": "only a repeated milestone can count from each one of another repeated milestone, which 'from' must name",
        "hi": "केवल दोहराया गया माइलस्टोन दूसरे दोहराए गए माइलस्टोन के हर एक से गिन सकता है, जिसका नाम 'from' में हो",
      ],
      "template.each-count": [
        "en": "a form gives {own} of these and {count} of '{id}'; there must be as many",
        "hi": "एक फ़ॉर्म से ये {own} और '{id}' {count} बनते हैं; बराबर होने चाहिए",
      ],
      "template.expression": [
        "en": "is no expression: at byte {offset}: {fault}",
        "hi": "व्यंजक नहीं है: बाइट {offset} पर: {fault}",
      ],
      "template.facet": [
        "en": "does not fit the template",
        "hi": "टेम्पलेट से मेल नहीं खाता",
      ],
      "template.file": [
        "en": "the file {file} is missing or empty",
        "hi": "फ़ाइल {file} नहीं है या ख़ाली है",
      ],
      "template.first-step": [
        "en": "the first step counts for every claim",
        "hi": "पहला चरण हर दावे पर लागू होता है",
      ],
      "template.format": [
        "en": "is no {wanted}",
        "hi": "{wanted} नहीं है",
      ],
      "template.group-inside": [
        "en": "a group is repeated as a whole; inside it there is no '{name}'",
        "hi": "समूह पूरा एक साथ दोहराया जाता है; उसके भीतर '{name}' नहीं होता",
      ],
      "template.keys": [
        "en": "must have one key for each value of {name}, and no other",
        "hi": "{name} के हर मान के लिए एक कुंजी चाहिए, और कोई नहीं",
      ],
      "template.kind": [
        "en": "must be {wanted}",
        "hi": "{wanted} होना चाहिए",
      ],
      "template.message": [
        "en": "a text in {language}: {fault}",
        "hi": "{language} का पाठ: {fault}",
      ],
      "template.milestone": [
        "en": "no earlier milestone is called '{id}'",
        "hi": "'{id}' नाम का कोई पहले का माइलस्टोन नहीं है",
      ],
      "template.milestone-count": [
        "en": "a form gives {count} milestones; there must be 1 to 500",
        "hi": "एक फ़ॉर्म से {count} माइलस्टोन बनते हैं; 1 से 500 होने चाहिए",
      ],
      "template.missing": [
        "en": "'{name}' is missing",
        "hi": "'{name}' नहीं है",
      ],
      "template.name": [
        "en": "is no name: small letters, digits and hyphens, beginning with a letter",
        "hi": "नाम नहीं है: छोटे अक्षर, अंक और हाइफ़न, पहला अक्षर वर्ण",
      ],
      "template.name-twice": [
        "en": "'{name}' is there already",
        "hi": "'{name}' पहले से है",
      ],
      "template.no-rest": [
        "en":
          "with the least value nothing may be left for the rest: the others have {sum} basis points and their sums",
        "hi": "सबसे छोटे मूल्य पर शेष के लिए कुछ न बचे, ऐसा हो सकता है: बाकी के पास {sum} आधार अंक और अपनी राशियाँ हैं",
      ],
      "template.no-value": [
        "en": "{expression} may have no value: a number may leave 64 bits, or a division be by zero",
        "hi": "{expression} का मान न हो, ऐसा हो सकता है: संख्या 64 बिट से बाहर, या शून्य से भाग",
      ],
      "template.none": [
        "en": "none stands only among keys of withholding and code_qualifier; a supply has a code",
        "hi": "none केवल withholding और code_qualifier की कुंजियों में हो सकता है; आपूर्ति का कोड होता है",
      ],
      "template.out-of-range": [
        "en": "{expression} may be {least} to {most}; it must stay from {from} to {to}",
        "hi": "{expression} {least} से {most} तक हो सकता है; {from} से {to} तक रहना चाहिए",
      ],
      "template.parameter.enum": [
        "en": "must be a list of different words of 1 to 60 bytes, and nothing besides",
        "hi": "1 से 60 बाइट के अलग-अलग शब्दों की सूची होनी चाहिए, और कुछ नहीं",
      ],
      "template.parameter.payee_has_pan": [
        "en": "with withholding there must be a boolean 'payee_has_pan'",
        "hi": "टीडीएस के साथ बूलियन 'payee_has_pan' चाहिए",
      ],
      "template.parameter.payee_kind": [
        "en": "with withholding there must be a 'payee_kind' of individual-or-huf and other",
        "hi": "टीडीएस के साथ 'payee_kind' चाहिए: individual-or-huf और other",
      ],
      "template.parameter.place_state": [
        "en": "with tax there must be a 'place_state' of State codes of two letters",
        "hi": "कर के साथ 'place_state' चाहिए: दो अक्षरों के राज्य कोड",
      ],
      "template.parameter.range": [
        "en": "an integer needs a minimum and a maximum that is no less",
        "hi": "पूर्णांक को न्यूनतम और उससे कम नहीं ऐसा अधिकतम चाहिए",
      ],
      "template.parameter.start": [
        "en": "there must be a date 'start'",
        "hi": "तारीख़ 'start' चाहिए",
      ],
      "template.parameter.string": [
        "en": "a string needs an enum, the format date, or a maxLength",
        "hi": "स्ट्रिंग को enum, format date, या maxLength चाहिए",
      ],
      "template.parameter.supplier_state": [
        "en": "with tax there must be a 'supplier_state' of State codes of two letters",
        "hi": "कर के साथ 'supplier_state' चाहिए: दो अक्षरों के राज्य कोड",
      ],
      "template.parameter.value": [
        "en": "there must be an integer 'value' in paise, from 10,000 to 10^14",
        "hi": "पैसे में पूर्णांक 'value' चाहिए, 10,000 से 10^14",
      ],
      "template.other-name": [
        "en": "the template is {path}, and is kept as {name}",
        "hi": "टेम्पलेट {path} है, पर {name} नाम से रखा है",
      ],
      "template.part": [
        "en": "the part '{name}' {fault}",
        "hi": "भाग '{name}': {fault}",
      ],
      "template.range": [
        "en": "must be an integer from {from} to {to}",
        "hi": "{from} से {to} तक का पूर्णांक होना चाहिए",
      ],
      "template.recovery": [
        "en": "must be {least} at least, or the advance is not recovered from the whole value",
        "hi": "कम से कम {least} होना चाहिए, नहीं तो अग्रिम पूरे मूल्य से वसूल नहीं होता",
      ],
      "template.region": [
        "en": "is no code of a State: two capital letters",
        "hi": "राज्य का कोड नहीं है: दो बड़े अक्षर",
      ],
      "template.rest-repeated": [
        "en": "the rest cannot be repeated",
        "hi": "शेष दोहराया नहीं जा सकता",
      ],
      "template.rest-twice": [
        "en": "there is a rest already",
        "hi": "शेष पहले से है",
      ],
      "template.sample": [
        "en": "expected {expected}, and it is {found}",
        "hi": "{expected} अपेक्षित था, {found} है",
      ],
      "template.sample-fails": [
        "en": "makes no schedule: {fault}",
        "hi": "इससे अनुसूची नहीं बनती: {fault}",
      ],
      "template.samples": [
        "en": "there must be two samples at least; there are {count}",
        "hi": "कम से कम दो नमूने चाहिए; {count} हैं",
      ],
      "template.shapes": [
        "en":
          "'{name}' decides milestones or shares and has too many values to try them all: at most {most} combinations",
        "hi": "'{name}' माइलस्टोन या हिस्से तय करता है और इसके मान बहुत हैं: अधिकतम {most} संयोजन",
      ],
      "template.share-small": [
        "en": "with the least value some milestone gets nothing",
        "hi": "सबसे छोटे मूल्य पर किसी माइलस्टोन को कुछ नहीं मिलता",
      ],
      "template.shares": [
        "en": "shares come to {sum} basis points, not 10,000",
        "hi": "हिस्से {sum} आधार अंक बनते हैं, 10,000 नहीं",
      ],
      "template.size": [
        "en": "must have one of share, amount and rest",
        "hi": "share, amount और rest में से एक होना चाहिए",
      ],
      "template.text": [
        "en": "must be a text of 1 to {bytes} bytes",
        "hi": "1 से {bytes} बाइट का पाठ होना चाहिए",
      ],
      "template.text-missing": [
        "en": "there is no text '{key}' in '{language}'",
        "hi": "'{language}' में '{key}' का पाठ नहीं है",
      ],
      "template.type": [
        "en": "is {is}; it must be {wanted}",
        "hi": "{is} है; {wanted} होना चाहिए",
      ],
      "template.undecided": [
        "en": "does not follow from the parameters that have few values",
        "hi": "कम मानों वाले पैरामीटरों से तय नहीं होता",
      ],
      "template.trial": [
        "en": "a contract of a generated form goes wrong: {fault}",
        "hi": "बने हुए फ़ॉर्म का एक अनुबंध ग़लत जाता है: {fault}",
      ],
      "template.unknown": [
        "en": "'{name}' is not known here",
        "hi": "'{name}' यहाँ ज्ञात नहीं है",
      ],
      "template.unknown-near": [
        "en": "'{name}' is not known here; is '{near}' meant?",
        "hi": "'{name}' यहाँ ज्ञात नहीं है; क्या '{near}' है?",
      ],
      "template.unused": [
        "en": "nothing asks for '{name}'",
        "hi": "'{name}' का उपयोग कहीं नहीं है",
      ],
      "template.version": [
        "en": "is no version of three numbers, 1.0.0",
        "hi": "तीन संख्याओं का संस्करण नहीं है, 1.0.0",
      ],
      "template.versions": [
        "en": "is no range of versions: 1.2.0, ^1.2.0, ~1.2.0, or '>=1.2.0 <2.0.0'",
        "hi": "संस्करणों की सीमा नहीं है: 1.2.0, ^1.2.0, ~1.2.0, या '>=1.2.0 <2.0.0'",
      ],
      "template.word": [
        "en": "must be one of {words}",
        "hi": "{words} में से एक होना चाहिए",
      ],
    ])
}
