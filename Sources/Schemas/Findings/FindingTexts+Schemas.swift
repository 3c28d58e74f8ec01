public import Documents

extension FindingTexts {
  /// Texts of what is wrong with a value under a schema (`SchemaCode`).
  public static let schemas = FindingTexts([
    "schema.never": [
      "en": "Nothing may be here.",
      "hi": "यहाँ कुछ नहीं हो सकता।",
    ],
    "schema.type": [
      "en": "This must be of type {expected}, not {actual}.",
      "hi": "इसका प्रकार {expected} होना चाहिए, {actual} नहीं।",
    ],
    "schema.const": [
      "en": "This must be {expected}.",
      "hi": "यह {expected} होना चाहिए।",
    ],
    "schema.enum": [
      "en": "{actual} is not one of {expected}.",
      "hi": "{actual} इनमें से नहीं है: {expected}।",
    ],
    "schema.minimum": [
      "en": "{actual} is below {limit}.",
      "hi": "{actual}, {limit} से कम है।",
    ],
    "schema.exclusive-minimum": [
      "en": "{actual} is not above {limit}.",
      "hi": "{actual}, {limit} से अधिक नहीं है।",
    ],
    "schema.maximum": [
      "en": "{actual} is above {limit}.",
      "hi": "{actual}, {limit} से अधिक है।",
    ],
    "schema.exclusive-maximum": [
      "en": "{actual} is not below {limit}.",
      "hi": "{actual}, {limit} से कम नहीं है।",
    ],
    "schema.multiple-of": [
      "en": "{actual} is not a multiple of {limit}.",
      "hi": "{actual}, {limit} का गुणज नहीं है।",
    ],
    "schema.min-length": [
      "en": "The text has {actual} characters; it needs {limit} at least.",
      "hi": "पाठ में {actual} वर्ण हैं; कम से कम {limit} चाहिए।",
    ],
    "schema.max-length": [
      "en": "The text has {actual} characters; {limit} are allowed.",
      "hi": "पाठ में {actual} वर्ण हैं; अधिकतम {limit} की अनुमति है।",
    ],
    "schema.pattern": [
      "en": "{actual} does not match the pattern {pattern}.",
      "hi": "{actual} पैटर्न {pattern} से मेल नहीं खाता।",
    ],
    "schema.format": [
      "en": "{actual} is not of the format {format}.",
      "hi": "{actual} का प्रारूप {format} नहीं है।",
    ],
    "schema.min-items": [
      "en": "The list has {actual} elements; it needs {limit} at least.",
      "hi": "सूची में {actual} तत्व हैं; कम से कम {limit} चाहिए।",
    ],
    "schema.max-items": [
      "en": "The list has {actual} elements; {limit} are allowed.",
      "hi": "सूची में {actual} तत्व हैं; अधिकतम {limit} की अनुमति है।",
    ],
    "schema.unique-items": [
      "en": "Elements {first} and {second} (counted from 0) are the same.",
      "hi": "तत्व {first} और {second} (0 से गिनकर) एक समान हैं।",
    ],
    "schema.items": [
      "en": "The list may not have this many elements.",
      "hi": "सूची में इतने तत्व नहीं हो सकते।",
    ],
    "schema.unevaluated-items": [
      "en": "No rule allows this element.",
      "hi": "कोई नियम इस तत्व की अनुमति नहीं देता।",
    ],
    "schema.contains": [
      "en": "No element of the list is as one of them must be.",
      "hi": "सूची का कोई तत्व वैसा नहीं है जैसा एक होना चाहिए।",
    ],
    "schema.min-contains": [
      "en": "{actual} elements are as {limit} of them must be at least.",
      "hi": "{actual} तत्व वैसे हैं जैसे कम से कम {limit} होने चाहिए।",
    ],
    "schema.max-contains": [
      "en": "{actual} elements are as {limit} of them may be at most.",
      "hi": "{actual} तत्व वैसे हैं जैसे अधिकतम {limit} हो सकते हैं।",
    ],
    "schema.min-properties": [
      "en": "There are {actual} members; {limit} at least are needed.",
      "hi": "{actual} सदस्य हैं; कम से कम {limit} चाहिए।",
    ],
    "schema.max-properties": [
      "en": "There are {actual} members; {limit} are allowed.",
      "hi": "{actual} सदस्य हैं; अधिकतम {limit} की अनुमति है।",
    ],
    "schema.required": [
      "en": "\"{name}\" is missing.",
      "hi": "\"{name}\" नहीं है।",
    ],
    "schema.additional-properties": [
      "en": "There is no member \"{name}\" here.",
      "hi": "यहाँ \"{name}\" नाम का कोई सदस्य नहीं होता।",
    ],
    "schema.unevaluated-properties": [
      "en": "No rule allows the member \"{name}\".",
      "hi": "कोई नियम सदस्य \"{name}\" की अनुमति नहीं देता।",
    ],
    "schema.property-names": [
      "en": "\"{name}\" is not allowed as a name.",
      "hi": "\"{name}\" नाम के रूप में मान्य नहीं है।",
    ],
    "schema.dependent-required": [
      "en": "\"{name}\" is missing, which \"{because}\" needs.",
      "hi": "\"{name}\" नहीं है, जो \"{because}\" के लिए आवश्यक है।",
    ],
    "schema.any-of": [
      "en": "This fits none of {count} alternatives; the nearest one is explained first.",
      "hi": "यह {count} विकल्पों में से किसी से मेल नहीं खाता; निकटतम का विवरण पहले है।",
    ],
    "schema.one-of": [
      "en": "This fits none of {count} alternatives; the nearest one is explained first.",
      "hi": "यह {count} विकल्पों में से किसी से मेल नहीं खाता; निकटतम का विवरण पहले है।",
    ],
    "schema.one-of-several": [
      "en": "This fits the alternatives {first} and {second} (counted from 0), but may fit one only.",
      "hi": "यह विकल्प {first} और {second} (0 से गिनकर) दोनों से मेल खाता है, पर केवल एक से मेल खा सकता है।",
    ],
    "schema.not": [
      "en": "This is just what it must not be.",
      "hi": "यह वही है जो इसे नहीं होना चाहिए।",
    ],
    "schema.too-deep": [
      "en": "The schema refers to itself too deep to check this.",
      "hi": "स्कीमा स्वयं को इतना गहरा संदर्भित करता है कि जाँच संभव नहीं।",
    ],
    "schema.too-costly": [
      "en": "Checking this takes too many steps.",
      "hi": "इसकी जाँच में बहुत अधिक चरण लगते हैं।",
    ],
  ])

  /// Texts of why a schema cannot be used (`SchemaFault.Code`).
  public static let schemaFaults = FindingTexts([
    "schema.fault.not-a-schema": [
      "en": "A schema is an object, true or false.",
      "hi": "स्कीमा एक ऑब्जेक्ट, true या false होता है।",
    ],
    "schema.fault.wrong-value": [
      "en": "\"{keyword}\" cannot have this value.",
      "hi": "\"{keyword}\" का यह मान नहीं हो सकता।",
    ],
    "schema.fault.unknown-keyword": [
      "en": "There is no keyword \"{keyword}\".",
      "hi": "\"{keyword}\" नाम का कोई कीवर्ड नहीं है।",
    ],
    "schema.fault.unknown-format": [
      "en": "There is no format \"{format}\".",
      "hi": "\"{format}\" नाम का कोई प्रारूप नहीं है।",
    ],
    "schema.fault.unknown-vocabulary": [
      "en": "The vocabulary {uri} is needed and not known.",
      "hi": "शब्दावली {uri} आवश्यक है, पर ज्ञात नहीं है।",
    ],
    "schema.fault.unresolved-reference": [
      "en": "\"{reference}\" leads to no schema that is registered.",
      "hi": "\"{reference}\" किसी पंजीकृत स्कीमा तक नहीं ले जाता।",
    ],
    "schema.fault.duplicate-identifier": [
      "en": "Two schemas have the identifier {uri}.",
      "hi": "दो स्कीमा की पहचान {uri} है।",
    ],
    "schema.fault.bad-pattern": [
      "en": "The pattern {pattern} cannot be used: {reason} (after {offset} characters).",
      "hi": "पैटर्न {pattern} का उपयोग नहीं हो सकता: {reason} ({offset} वर्णों के बाद)।",
    ],
    "schema.fault.too-deep": [
      "en": "Schemas are nested too deep.",
      "hi": "स्कीमा बहुत गहरे हैं।",
    ],
    "schema.fault.too-large": [
      "en": "There are too many schemas.",
      "hi": "बहुत अधिक स्कीमा हैं।",
    ],
  ])
}
