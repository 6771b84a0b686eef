#include "shared/domain/identifiers.hpp"

#include "shared/base/verify.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>

namespace cunzheng::domain {
namespace {

constexpr std::string_view digits_and_letters_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view credit_code_characters = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // no I, O, S, V, Z

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

// Half-width, no blanks around, ASCII letters in upper case. Empty for bytes that are no text.
std::string tidied(std::string_view typed) {
  if (!is_utf8(typed)) return {};
  auto text = trimmed(to_half_width(typed));
  for (auto& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::optional<std::uint32_t> number_of(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

template <std::size_t N>
int weighted_sum(std::string_view text, const std::array<int, N>& weights, std::string_view values) {
  int sum = 0;
  for (std::size_t k = 0; k < N; ++k) sum += static_cast<int>(values.find(text[k])) * weights[k];
  return sum;
}

char citizen_check(std::string_view first_17) {
  constexpr std::array weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const int sum = weighted_sum(first_17, weights, digits_and_letters_36);
  return "10X98765432"[sum % 11];
}

// CivilDate begins with 1900; numbers of people born before are still well formed.
std::optional<CivilDate> day_of(std::string_view eight_digits) {
  using namespace std::chrono;
  const auto part = [&](std::size_t at, std::size_t size) {
    return number_of(eight_digits.substr(at, size)).value_or(0);
  };
  const year_month_day ymd{year(static_cast<int>(part(0, 4))), month(part(4, 2)), day(part(6, 2))};
  if (!ymd.ok() || ymd.year() < year(1800)) return std::nullopt;
  return CivilDate(static_cast<std::int32_t>(sys_days(ymd).time_since_epoch().count()));
}

tl::unexpected<Failure> bad(Text what, std::string field, std::string rule) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

Result<std::string> checked_citizen_id(std::string text, std::string field) {
  if (!day_of(std::string_view(text).substr(6, 8))) {
    return bad({"公民身份号码里的出生日期不存在，请对照证件核对第7至14位",
                "the birth date in the identity number does not exist; compare characters 7 to 14 with the card"},
               std::move(field), "GB 11643");
  }
  if (citizen_check(text) != text[17]) {
    return bad({"公民身份号码校验不通过，可能有一位抄错，请对照证件核对",
                "the identity number fails its check; one character may be wrong, compare it with the card"},
               std::move(field), "GB 11643");
  }
  return text;
}

}  // namespace

Result<std::string> normalise_citizen_id(std::string_view typed, std::string field) {
  auto text = tidied(typed);
  if (text.size() == 15 && all_digits(text)) {
    return bad({"15位身份证号码自2013年起不再是有效证件，请出示现行身份证，填18位号码",
                "15-digit identity numbers have not been valid documents since 2013; enter the 18 characters of the "
                "present card"},
               std::move(field), "GB 11643");
  }
  if (text.size() != 18 || !all_digits(std::string_view(text).substr(0, 17)) ||
      !(is_digit(text[17]) || text[17] == 'X')) {
    return bad({"公民身份号码应为18位：17位数字，最后一位是数字或X",
                "an identity number has 18 characters: 17 digits, then a digit or X"},
               std::move(field), "GB 11643");
  }
  return checked_citizen_id(std::move(text), std::move(field));
}

Result<std::string> citizen_id_from_15(std::string_view typed, std::string field) {
  auto text = tidied(typed);
  if (text.size() != 15 || !all_digits(text)) {
    return bad({"旧号码应为15位数字", "an old identity number has 15 digits"}, std::move(field), "GB 11643");
  }
  text.insert(6, "19");
  text.push_back(citizen_check(text));
  return checked_citizen_id(std::move(text), std::move(field));
}

CivilDate birth_date(std::string_view citizen_id) {
  VERIFY(citizen_id.size() == 18);
  const auto day = day_of(citizen_id.substr(6, 8));
  VERIFY(day.has_value());
  return *day;
}

int age_on(CivilDate born, CivilDate day) {
  const int years = day.year() - born.year();
  return born.plus_months(12 * years) <= day ? years : years - 1;
}

namespace {

// The last "证" with such brackets counts: the short name may hold brackets and 证 of its own.
std::optional<PrintedNumber> printed_number(std::string_view text, std::string_view open, std::string_view close) {
  constexpr std::string_view mark = "证";
  constexpr std::string_view end = "号";
  const auto at_open = text.rfind(std::string(mark) + std::string(open));
  const auto at_close = text.rfind(close);
  if (at_open == std::string_view::npos || at_open == 0 || at_close == std::string_view::npos || at_close < at_open ||
      !text.ends_with(end)) {
    return std::nullopt;
  }
  const auto at_year = at_open + mark.size() + open.size();
  const auto at_rest = at_close + close.size();
  const auto year = text.substr(at_year, at_close - at_year);
  const auto rest = text.substr(at_rest, text.size() - at_rest - end.size());
  if (year.size() != 4 || !all_digits(year) || rest.size() < 2 || rest.size() > 7 || !all_digits(rest.substr(1))) {
    return std::nullopt;
  }
  PrintedNumber number{std::string(text.substr(0, at_open)), static_cast<std::int32_t>(*number_of(year)), rest[0],
                       *number_of(rest.substr(1))};
  if (!check(CertificateNumber{"000000000000", number.year, number.series, number.serial}, {})) return std::nullopt;
  return number;
}

std::string masked(std::string_view number, std::size_t first, std::size_t last) {
  const bool plain = std::all_of(number.begin(), number.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain || number.size() < 2 * (first + last)) return "********";
  return std::string(number.substr(0, first)) + std::string(number.size() - first - last, '*') +
         std::string(number.substr(number.size() - last));
}

}  // namespace

std::string masked_on_paper(std::string_view id_number) { return masked(id_number, 0, 2); }
std::string masked_on_screen(std::string_view id_number) { return masked(id_number, 3, 2); }

Result<std::string> check_credit_code(std::string_view typed, std::string field) {
  const auto text = tidied(typed);
  if (text.size() != 18 || text.find_first_not_of(credit_code_characters) != std::string::npos) {
    return bad({"统一社会信用代码应为18位数字和大写字母，不含I、O、S、V、Z",
                "a unified social credit code has 18 digits and capital letters without I, O, S, V, Z"},
               std::move(field), "GB 32100");
  }
  constexpr std::array body_weights{3, 7, 9, 10, 5, 8, 4, 2};  // GB 11714, the body code inside
  const auto body = std::string_view(text).substr(8, 8);
  const char body_check = "0X987654321"[weighted_sum(body, body_weights, digits_and_letters_36) % 11];
  constexpr std::array weights{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  const int sum = weighted_sum(text, weights, credit_code_characters);
  const char check = credit_code_characters[static_cast<std::size_t>((31 - sum % 31) % 31)];
  if (text[16] != body_check || text[17] != check) {
    return bad({"统一社会信用代码校验不通过，可能有一位抄错，请对照证书核对",
                "the unified social credit code fails its check; one character may be wrong"},
               std::move(field), "GB 32100");
  }
  return text;
}

char mod37_36(std::string_view digits_and_letters) {
  std::size_t product = 36;
  for (const char c : digits_and_letters) {
    const auto value = digits_and_letters_36.find(c);
    VERIFY(value != std::string_view::npos);
    const auto sum = (product + value) % 36;
    product = (sum == 0 ? 36 : sum) * 2 % 37;
  }
  return digits_and_letters_36[(37 - product) % 36];
}

std::string CertificateNumber::machine() const {
  std::array<char, 32> tail{};
  std::snprintf(tail.data(), tail.size(), "%04d%c%06u", year, series, serial);
  const auto text = code12 + tail.data();
  return text + mod37_36(text);
}

std::string CertificateNumber::printed(std::string_view short_name) const {
  std::array<char, 48> tail{};
  std::snprintf(tail.data(), tail.size(), "证〔%d〕%c%03u号", year, series, serial);
  return std::string(short_name) + tail.data();
}

Status check(const CertificateNumber& number, std::string field) {
  const bool good = number.code12.size() == 12 && all_digits(number.code12) && number.year >= 1900 &&
                    number.year <= 2199 && number.series >= 'A' && number.series <= 'Z' && number.serial >= 1 &&
                    number.serial <= CertificateNumber::serial_max;
  if (good) return {};
  return bad({"证明编号不合规则：应为12位代码、年份、一个字母和1至999999的序号",
              "not a certificate number: 12 digits, a year, a letter, a serial from 1 to 999999"},
             std::move(field), "O3");
}

Result<CertificateNumber> parse_machine_number(std::string_view typed, std::string field) {
  const auto text = tidied(typed);
  const std::string_view view = text;
  if (view.size() != 24 || !all_digits(view.substr(0, 16)) || !all_digits(view.substr(17, 6)) ||
      view.find_first_not_of(digits_and_letters_36) != std::string_view::npos ||
      mod37_36(view.substr(0, 23)) != view[23]) {
    return bad({"证明编号应为24位，末位是校验位，请核对后重输",
                "a certificate number has 24 characters with a check character at the end; type it again"},
               std::move(field), "O3");
  }
  CertificateNumber number{std::string(view.substr(0, 12)), static_cast<std::int32_t>(*number_of(view.substr(12, 4))),
                           view[16], *number_of(view.substr(17, 6))};
  CHECK(check(number, std::move(field)));
  return number;
}

Result<PrintedNumber> parse_printed_number(std::string_view typed, std::string field) {
  const auto text = tidied(typed);
  constexpr std::array<std::array<std::string_view, 2>, 4> brackets{
      {{"〔", "〕"}, {"(", ")"}, {"[", "]"}, {"【", "】"}}};
  for (const auto& [open, close] : brackets) {
    if (const auto number = printed_number(text, open, close)) return *number;
  }
  return bad({"证明编号应写成“示范甲村证〔2026〕A017号”的样子", "write the number like 示范甲村证〔2026〕A017号"},
             std::move(field), "O3");
}

}  // namespace cunzheng::domain
