#include "shared/crypto/vault.hpp"

#include "shared/crypto/hash.hpp"

#include <sodium.h>

#include <algorithm>
#include <set>

namespace cunzheng::crypto {
namespace {

constexpr std::uint32_t opened_kib_max = 1024 * 1024;
constexpr std::uint32_t opened_passes_max = 10;
constexpr std::uint32_t argon2_kib_min = 8;

constexpr std::uint32_t made_kib_max = 256 * 1024;
constexpr std::int64_t aimed_ms_min = 500;
constexpr std::int64_t aimed_ms = 700;
constexpr std::int64_t aimed_ms_max = 1000;

constexpr std::size_t passphrase_characters_min = 12;
constexpr std::size_t passphrase_different_min = 5;
constexpr std::size_t passphrase_bytes_max = 1024;

void wipe_text(std::string& text) { sodium_memzero(text.data(), text.size()); }

Result<SymmetricKey> argon2id(std::string_view secret, const ByteArray<16>& salt, std::uint32_t memory_kib,
                              std::uint32_t passes) {
  Wiped<32> key;
  if (crypto_pwhash(key.bytes().data(), key.bytes().size(), secret.data(), secret.size(), salt.data(), passes,
                    std::size_t{memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    const auto mib = std::to_string(memory_kib / 1024);
    return fail(FailureCode::unavailable, {"内存不足，无法核对口令（需要" + mib + " MiB），请关闭其他程序后再试",
                                           "not enough memory to check the passphrase (" + mib +
                                               " MiB needed): close other programs and try again"});
  }
  return SymmetricKey(std::move(key));
}

tl::unexpected<Failure> bad_passphrase(Text what) {
  return fail(FailureCode::bad_input, std::move(what), "passphrase");
}

// What text it must be at all; check_passphrase asks for more.
Status check_spelling(std::string_view passphrase) {
  if (passphrase.size() > passphrase_bytes_max) return bad_passphrase({"口令过长", "the passphrase is too long"});
  if (!is_utf8(passphrase))
    return bad_passphrase({"口令不是有效的UTF-8文字", "the passphrase is not valid UTF-8 text"});
  return {};
}

Result<SymmetricKey> key_of_passphrase(std::string_view passphrase, const KeySlot& slot) {
  CHECK(check_spelling(passphrase));
  auto half_width = to_half_width(passphrase);
  auto spelled = trimmed(half_width);
  auto key = argon2id(spelled, slot.salt, slot.memory_kib, slot.passes);
  wipe_text(half_width);
  wipe_text(spelled);
  return key;
}

// What else the wrapped secret vouches for: label, salt and cost.
Hash associated(const KeySlot& slot) {
  ByteArray<8> cost;
  put_le(cost, std::uint64_t{slot.passes} << 32 | slot.memory_kib);
  return tagged_hasher("keyslot").update(cost).update(slot.salt).update(view_of(slot.label)).finish();
}

}  // namespace

Argon2Cost next_cost(Argon2Cost tried, std::int64_t took_ms) {
  took_ms = std::max<std::int64_t>(took_ms, 1);
  if (took_ms >= aimed_ms_min && took_ms <= aimed_ms_max) return tried;
  // Time grows with memory times passes. Memory first: it is what hurts a guesser with special hardware.
  const auto floor = Argon2Cost::floor();
  const auto work = static_cast<std::int64_t>(tried.memory_kib()) * tried.passes();
  const auto wanted = work * aimed_ms / std::min<std::int64_t>(took_ms, 1'000'000);
  const auto memory_mib =
      std::clamp<std::int64_t>(wanted / floor.passes() / 1024, floor.memory_kib() / 1024, made_kib_max / 1024);
  const auto passes = std::clamp<std::int64_t>(wanted / (memory_mib * 1024), floor.passes(), opened_passes_max);
  return {static_cast<std::uint32_t>(memory_mib * 1024), static_cast<std::uint32_t>(passes)};
}

Status check_passphrase(std::string_view passphrase) {
  CHECK(check_spelling(passphrase));
  if (has_control_characters(passphrase)) {
    return bad_passphrase({"口令不能含有换行、制表等控制字符", "the passphrase must not contain control characters"});
  }
  const auto spelled = trimmed(to_half_width(passphrase));
  if (code_points(spelled) < passphrase_characters_min) {
    return bad_passphrase({"口令至少12个字符；也可以用8个互不相关的词组成",
                           "the passphrase needs at least 12 characters; eight unrelated words will do as well"});
  }
  std::set<std::string> different;
  for (std::string_view rest = spelled; !rest.empty();) {
    const auto character = first_code_points(rest, 1);
    rest.remove_prefix(character.size());
    different.insert(character);
  }
  if (different.size() < passphrase_different_min) {
    return bad_passphrase({"口令至少要有5个不同的字符", "the passphrase needs at least 5 different characters"});
  }
  return {};
}

Result<KeySlot> make_slot(std::string label, std::string_view passphrase, const Wiped<32>& secret, Argon2Cost cost,
                          Random& random) {
  KeySlot slot{std::move(label), draw<16>(random), cost.memory_kib(), cost.passes(), {}};
  TRY(const auto key, key_of_passphrase(passphrase, slot));
  slot.wrapped_key = seal(key, secret.bytes(), associated(slot), random);
  return slot;
}

Result<Wiped<32>> open_slot(const KeySlot& slot, std::string_view passphrase) {
  if (slot.memory_kib < argon2_kib_min || slot.memory_kib > opened_kib_max) {
    return fail(FailureCode::bad_input,
                {"密钥槽要求的内存超出允许范围", "the keyslot asks for an amount of memory outside the limits"},
                "memory_kib");
  }
  if (slot.passes < 1 || slot.passes > opened_passes_max) {
    return fail(FailureCode::bad_input,
                {"密钥槽要求的轮数超出允许范围", "the keyslot asks for a number of passes outside the limits"},
                "passes");
  }
  if (slot.wrapped_key.size() != seal_overhead + 32) {
    return fail(FailureCode::bad_input, {"密钥槽中的密钥长度不对", "the key in the keyslot has the wrong length"},
                "wrapped_key");
  }
  TRY(const auto key, key_of_passphrase(passphrase, slot));
  auto secret = open_secret(key, slot.wrapped_key, associated(slot));
  if (!secret) {
    return fail(FailureCode::refused,
                {"口令不正确，请检查大小写和输入法后重试",
                 "wrong passphrase: check upper and lower case and the input method, then try again"},
                "passphrase");
  }
  return secret;
}

Result<SymmetricKey> derive_from_code(std::string_view code, ByteView salt) {
  std::string spelled;
  for (char c : code) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    spelled.push_back(c);
  }
  const auto hashed = tagged_hash("code-salt", salt);
  ByteArray<16> short_salt;
  std::copy_n(hashed.begin(), short_salt.size(), short_salt.begin());
  const auto cost = Argon2Cost::floor();
  auto key = argon2id(spelled, short_salt, cost.memory_kib(), cost.passes());
  wipe_text(spelled);
  return key;
}

}  // namespace cunzheng::crypto
