#include "shared/crypto/vault.hpp"
#include "sync/core/enrolment.hpp"

#include <array>

namespace cunzheng::sync {
namespace {

constexpr std::size_t characters = 12;
constexpr std::size_t locator_characters = 2;

// What stands for a hyphen on some keyboards and in some input methods, after to_half_width().
constexpr std::array<std::string_view, 7> hyphens{"-", " ", "—", "–", "‐", "−", "·"};

tl::unexpected<Failure> bad_code(Text what) { return fail(FailureCode::bad_input, std::move(what), "code"); }

std::string without_hyphens(std::string_view typed) {
  std::string out;
  while (!typed.empty()) {
    bool skipped = false;
    for (const auto hyphen : hyphens) {
      if (typed.starts_with(hyphen)) {
        typed.remove_prefix(hyphen.size());
        skipped = true;
        break;
      }
    }
    if (skipped) continue;
    out.push_back(typed.front());
    typed.remove_prefix(1);
  }
  return out;
}

// The character as Crockford's alphabet writes it, or 0 if it has none.
char canonical(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  const bool is_digit = c >= '0' && c <= '9';
  const bool is_letter = c >= 'A' && c <= 'Z' && c != 'U';
  return is_digit || is_letter ? c : '\0';
}

}  // namespace

EnrolmentCode EnrolmentCode::draw(Random& random) {
  return EnrolmentCode(to_base32(cunzheng::draw<8>(random)).substr(0, characters));
}

Result<EnrolmentCode> EnrolmentCode::parse(std::string_view typed) {
  if (typed.size() > 256 || !is_utf8(typed)) return bad_code({"登记码不是有效的文字", "the code is not valid text"});
  std::string out;
  for (const char c : without_hyphens(to_half_width(typed))) {
    const char kept = canonical(c);
    if (kept == '\0') {
      return bad_code({"登记码只含数字和除U以外的英文字母，请对照登记单重新输入",
                       "a code holds only digits and letters other than U: compare it with the slip"});
    }
    out.push_back(kept);
  }
  if (out.size() != characters) {
    const auto count = std::to_string(out.size());
    return bad_code({"登记码应为12个字符，现有" + count + "个", "a code has 12 characters, these are " + count});
  }
  return EnrolmentCode(std::move(out));
}

Result<crypto::SymmetricKey> EnrolmentCode::stretch(const HubId& hub_id) const {
  return crypto::derive_from_code(std::string_view(characters_).substr(locator_characters), hub_id);
}

std::string EnrolmentCode::text() const {
  return characters_.substr(0, 2) + "-" + characters_.substr(2, 5) + "-" + characters_.substr(7, 5);
}

}  // namespace cunzheng::sync
