#pragma once
// The words of a certificate: what handler and head sign and what is printed. A pure function of its content, so the
// same content gives the same bytes on every machine; an old paper is never put into words again with new law (R101).

#include "shared/domain/application.hpp"
#include "shared/domain/catalogue.hpp"

namespace cunzheng::domain {

// Chinese throughout: the paper has one language. All of it is private.
struct CertificateContent {
  std::string title;      // IssuableItem::title; "证明" for what has none
  std::string number;     // as printed: "示范甲村证〔2026〕A017号"
  std::string reissue_of;  // printed number of the one it stands in the place of (R105); empty: none
  std::string addressee;  // the unit or person that asks (R109); never empty
  std::string item_name;
  Person person;
  std::string statement;  // the facts, without full stop: statement_of(), or the handler's words
  std::vector<std::string> verification_methods;  // "核对材料", "入户走访"; at least one
  CivilDate verified_on;
  std::string purpose;  // R109; never empty
  std::optional<CivilDate> valid_until;
  std::string basis;  // cited(), as of the day of issue
  std::uint32_t catalogue_revision = 0;
  FallbackCause fallback_cause = FallbackCause::none;  // other than none: the paper says what it is (R46)
  std::string deliberation_number;                     // empty: none was needed
  bool deliberation_unmatched = false;                 // O7: issued on the signed minutes, record not yet seen
  std::uint32_t copies = 1;
  std::string issuer_name;   // full legal name (R3)
  std::string issuer_phone;  // of the office; may be empty
  std::string handler_name;
  std::string head_name;
  CivilDate issued_on;
};

// Lines parted by "\n", none at the end. Control characters in what was typed become blanks, so no value can look
// like a line of the form; line breaks in the statement become "；".
std::string certificate_text(const CertificateContent& content);

// "《民法典》第三十一条；《公证法》第十一条": the lines in force on that day. An article still to be found is left out,
// a law still to be found drops its line. Empty: nothing to cite.
std::string cited(std::span<const Citation> basis, CivilDate issued_on);

// The application's own facts in the order of the item's fields: "居住地址：……；起始居住日期：2020年1月1日".
// References and attachments are not facts of the person and stay out.
std::string statement_of(const IssuableItem& item, const std::map<std::string, std::string>& facts);

}  // namespace cunzheng::domain
