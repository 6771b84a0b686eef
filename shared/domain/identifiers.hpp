#pragma once
// Numbers of people, bodies and papers: how they are typed, checked, shown and printed.
// A right check digit proves that a number was copied well, nothing about the person or body behind it.

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

#include <cereal/cereal.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cunzheng::domain {

// ---- citizen identity number (GB 11643): 6 area, 8 birth date, 3 sequence, 1 check (ISO 7064 MOD 11-2)

// The 18-character form, half-width and upper-case, that is stored, compared and hashed. Takes full-width digits,
// a small x, and blanks around. Bad input names `field`: wrong length or characters, a birth date that never was,
// a wrong check character; a 15-digit number, which has not been a valid document since 2013. The area code is not
// judged: it is the one of the first registration and outlives its county.
Result<std::string> normalise_citizen_id(std::string_view typed, std::string field);

// The 18-character form of a number of the old 15-digit kind: for finding people in old papers, never for issuing.
Result<std::string> citizen_id_from_15(std::string_view typed, std::string field);

// Born on; `citizen_id` must be normalised. Days before 1900 are possible, the standard's own sample is of 1880.
CivilDate birth_date(std::string_view citizen_id);

// Completed years of life on that day. Who was born on 29 February has the birthday on 28 February in other years.
int age_on(CivilDate born, CivilDate day);

// What may be seen of a document number. With the area, the date or the sequence in sight the rest can be guessed,
// so paper for the public shows the last 2 characters, a clerk's screen the first 3 and last 2. A number that is
// short or not plain ASCII is hidden whole.
std::string masked_on_paper(std::string_view id_number);
std::string masked_on_screen(std::string_view id_number);

// ---- unified social credit code (GB 32100): 18 characters, two check characters

// The code in half-width upper case. Bad input names `field`. Which authority gave the code is not judged.
Result<std::string> check_credit_code(std::string_view typed, std::string field);

// ---- certificate number

// ISO 7064 MOD 37,36 check character over digits and upper-case letters. The caller has checked the characters.
char mod37_36(std::string_view digits_and_letters);

// One number of one series (O3): the district gives each device of a body a letter that it never gives again,
// and the device counts within letter and year without gaps (R104), so no contact is needed for uniqueness.
struct CertificateNumber {
  std::string code12;  // division code of the body on the day of issue, 12 digits
  std::int32_t year = 0;
  char series = 'A';         // 'A'..'Z'
  std::uint32_t serial = 0;  // 1..serial_max

  static constexpr std::uint32_t serial_max = 999'999;

  // "1201991012012026A000017S": code, year, letter, six digits, check character.
  std::string machine() const;
  // "示范甲村证〔2026〕A017号": at least three digits.
  std::string printed(std::string_view short_name) const;

  bool operator==(const CertificateNumber&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(code12), CEREAL_NVP(year), CEREAL_NVP(series), CEREAL_NVP(serial));
  }
};

// What a printed number says. It names the body by its short name only, which is not unique across townships.
struct PrintedNumber {
  std::string short_name;
  std::int32_t year = 0;
  char series = 'A';
  std::uint32_t serial = 0;

  bool operator==(const PrintedNumber&) const = default;
};

// Parts in range: 12 digits, a year from 1900 to 2199, a letter, a serial from 1.
Status check(const CertificateNumber& number, std::string field);

// Read what a person types or scans: small letters, full-width characters and blanks around are taken; in the
// printed form also other brackets and fewer digits ("示范甲村证[2026]A17号").
Result<CertificateNumber> parse_machine_number(std::string_view typed, std::string field);
Result<PrintedNumber> parse_printed_number(std::string_view typed, std::string field);

}  // namespace cunzheng::domain
