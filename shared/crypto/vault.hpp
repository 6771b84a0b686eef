#pragma once
// Keyslots: a secret of 32 bytes wrapped by a passphrase through Argon2id. Slow and memory-hungry by intent
// (0.5-1 s, 64 MiB and more): shells call these functions on the slow worker, never on the loop.

#include "shared/base/bytes.hpp"
#include "shared/base/random.hpp"
#include "shared/crypto/seal.hpp"

#include <cereal/cereal.hpp>

#include <string>
#include <string_view>

namespace cunzheng::crypto {

// What one guess at a passphrase costs (Argon2id, one lane). Only made here, so no caller can invent a cheap one.
class Argon2Cost {
 public:
  // 64 MiB, 3 passes: the least the product uses (0.1 to 0.4 s, measured on two 2-core servers).
  static Argon2Cost floor() { return {64 * 1024, 3}; }
  // Worthless as protection: nothing in client/ or hub/ may name it.
  static Argon2Cost for_tests() { return {64, 1}; }

  std::uint32_t memory_kib() const { return memory_kib_; }
  std::uint32_t passes() const { return passes_; }
  bool operator==(const Argon2Cost&) const = default;

 private:
  friend Argon2Cost next_cost(Argon2Cost tried, std::int64_t took_ms);
  Argon2Cost(std::uint32_t memory_kib, std::uint32_t passes) : memory_kib_(memory_kib), passes_(passes) {}
  std::uint32_t memory_kib_;
  std::uint32_t passes_;
};

// What to try after a slot of cost `tried` took `took_ms` on this machine. The same cost again means: keep it.
// Aims at 0.5-1 s, never below the floor, at most 256 MiB and 10 passes, so that the slot opens on a small spare
// machine too. Begin with the floor; three rounds are enough.
Argon2Cost next_cost(Argon2Cost tried, std::int64_t took_ms);

// At least 12 characters, 5 of them different, at most 1,024 bytes of UTF-8 without control characters.
// Eight words always have more than 12 characters. Bad input in field "passphrase".
Status check_passphrase(std::string_view passphrase);

// One way to a secret: a passphrase. Blanks at its ends do not count, and full-width letters, digits and signs
// count as half-width ones: an input method left on must not lock a clerk out.
struct KeySlot {
  std::string label;  // for people: "经办人 测试甲"; authenticated, not secret
  ByteArray<16> salt{};
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  Bytes wrapped_key;

  bool operator==(const KeySlot&) const = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(label), CEREAL_NVP(salt), CEREAL_NVP(memory_kib), CEREAL_NVP(passes), CEREAL_NVP(wrapped_key));
  }
};

// Whether the passphrase is a good one is asked before (check_passphrase); here it only has to be UTF-8 of at most
// 1,024 bytes. Unavailable if the memory cannot be had.
Result<KeySlot> make_slot(std::string label, std::string_view passphrase, const Wiped<32>& secret, Argon2Cost cost,
                          Random& random);

// Refused on a wrong passphrase or a changed slot: the two cannot be told apart. A slot that asks for more than
// 1 GiB or 10 passes, or is of another shape, is bad input before any memory is taken.
Result<Wiped<32>> open_slot(const KeySlot& slot, std::string_view passphrase);

// The key both sides of an enrolment derive from the typed one-time code, at the floor cost. Upper and lower case,
// hyphens, blanks, and O, I, L for 0, 1, 1 make no difference. `salt` is public and of any length (the hub's id).
Result<SymmetricKey> derive_from_code(std::string_view code, ByteView salt);

}  // namespace cunzheng::crypto
