#pragma once
// What the bodies of every chapter are written with. The two macros live until the end of bodies.hpp, which is the only
// file that includes the chapters.

#include "shared/codec/archive.hpp"
#include "shared/crypto/signer.hpp"
#include "shared/domain/ids.hpp"
#include "shared/journal/entry.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::journal {

// Nothing private: the private part is its salt alone.
struct NothingPrivate {
  template <class Archive>
  void serialize(Archive&) {}
};

// A person's own signature, by the key in that person's keyslot.
struct OfficerSignature {
  domain::OfficerId officer;
  crypto::Signature signature;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(officer), CEREAL_NVP(signature));
  }
};

#define CUNZHENG_BODY(kind_number, kind_version, private_type) \
  static constexpr std::uint16_t kind = kind_number;           \
  static constexpr std::uint16_t version = kind_version;       \
  using Private = private_type

#define CUNZHENG_FIELDS(...)         \
  template <class Archive>           \
  void serialize(Archive& archive) { \
    archive(__VA_ARGS__);            \
  }

// A name of an officer, a reason in free text: what several bodies keep private.
struct OfficerKeyPrivate {
  std::string name;
  CUNZHENG_FIELDS(CEREAL_NVP(name))
};
struct ReasonPrivate {
  std::string reason;
  CUNZHENG_FIELDS(CEREAL_NVP(reason))
};

}  // namespace cunzheng::journal
