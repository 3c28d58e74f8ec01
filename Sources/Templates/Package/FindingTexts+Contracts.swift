internal import Documents

extension FindingTexts {
  /// What findings about schedules and orders say.
  static let contracts = FindingTexts(
    [
      "schedule.holidays-unknown": [
        "en":
          "days of {milestones} leave out weekends only: holidays in {place} are known for {known}",
        "hi": "{milestones} की तिथियों में केवल सप्ताहांत छोड़े गए हैं: {place} की छुट्टियाँ {known} के लिए ज्ञात हैं",
      ],
      "schedule.holidays-unconfirmed": [
        "en": "days of {milestones} hang on holidays in {place} that are not confirmed",
        "hi": "{milestones} की तिथियाँ {place} की अपुष्ट छुट्टियों पर निर्भर हैं",
      ],
      "order.approver": [
        "en": "is nobody, the payee or the arbiter",
        "hi": "कोई नहीं है, या प्राप्तकर्ता या मध्यस्थ है",
      ],
      "order.approver-twice": [
        "en": "is an approver already",
        "hi": "पहले से अनुमोदक है",
      ],
      "order.approvers": [
        "en": "more than 15",
        "hi": "15 से अधिक",
      ],
      "order.past": [
        "en": "'{id}' would be due on {due}, which is over",
        "hi": "'{id}' की तारीख़ {due} बीत चुकी है",
      ],
      "order.quorum": [
        "en": "step {step} needs {needed} votes, and {seats} may vote at once",
        "hi": "चरण {step} को {needed} मत चाहिए, और {seats} तुरंत मत दे सकते हैं",
      ],
      "order.same-party": [
        "en": "payer, payee and arbiter must be different",
        "hi": "भुगतानकर्ता, प्राप्तकर्ता और मध्यस्थ अलग होने चाहिए",
      ],
      "order.step": [
        "en": "must be 1 to 4",
        "hi": "1 से 4 होना चाहिए",
      ],
      "order.zero": [
        "en": "must not be zero",
        "hi": "शून्य नहीं होना चाहिए",
      ],
    ])
}
