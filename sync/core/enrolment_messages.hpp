#pragma once
// The six messages of an enrolment and what the proofs in them cover. One message a frame: a byte that names it, then
// the canonical bytes of its struct.

#include "shared/codec/archive.hpp"
#include "shared/crypto/hash.hpp"
#include "sync/core/enrolment.hpp"

#include <string>
#include <string_view>

namespace cunzheng::sync::enrolling {

using Nonce = ByteArray<32>;

struct Challenge {
  static constexpr std::uint8_t kind = 1;
  HubId hub_id{};
  Nonce nonce{};
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(hub_id), CEREAL_NVP(nonce));
  }
};

struct Locate {
  static constexpr std::uint8_t kind = 2;
  std::string locator;
  Nonce nonce{};
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(locator), CEREAL_NVP(nonce));
  }
};

struct HubProof {
  static constexpr std::uint8_t kind = 3;
  Hash proof{};
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(proof));
  }
};

struct LaptopProof {
  static constexpr std::uint8_t kind = 4;
  Hash proof{};
  Enrolee enrolee;
  crypto::Signature possession;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(proof), CEREAL_NVP(enrolee), CEREAL_NVP(possession));
  }
};

struct Grant {
  static constexpr std::uint8_t kind = 5;
  Hash proof{};
  Bytes grant;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(proof), CEREAL_NVP(grant));
  }
};

struct Rejected {
  static constexpr std::uint8_t kind = 6;
  Hash proof{};
  EnrolmentRefusal reason = EnrolmentRefusal::unavailable;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(proof), CEREAL_NVP(reason));
  }
};

template <class Message>
Bytes to_frame(const Message& message) {
  Bytes frame{Message::kind};
  append(frame, codec::encode(message));
  return frame;
}

template <class Message>
bool is_frame_of(ByteView frame) {
  return !frame.empty() && frame.front() == Message::kind;
}

template <class Message>
Result<Message> from_frame(ByteView frame) {
  if (!is_frame_of<Message>(frame)) {
    return fail(FailureCode::unreadable, {"登记报文的种类不对", "not the enrolment message that is due"});
  }
  return codec::decode<Message>(frame.subspan(1));
}

// What both ends have seen of each other before the first proof: of this very connection and no other.
struct Transcript {
  Hash binding{};
  HubId hub_id{};
  Nonce hub_nonce{};
  std::string locator;
  Nonce laptop_nonce{};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(binding), CEREAL_NVP(hub_id), CEREAL_NVP(hub_nonce), CEREAL_NVP(locator),
            CEREAL_NVP(laptop_nonce));
  }
  Hash digest() const { return crypto::tagged_hash("enrol-transcript", codec::encode(*this)); }
};

// The transcript with the laptop that wants in; the later proofs and the possession proof cover it.
inline Hash with_enrolee(const Transcript& transcript, const Enrolee& enrolee) {
  return crypto::tagged_hasher("enrol-enrolee").update(transcript.digest()).update(codec::encode(enrolee)).finish();
}

// That the prover knows K and means `bytes` in its `role`: a proof of one role is none of another.
inline Hash prove(const crypto::SymmetricKey& key, std::string_view role, const Hash& so_far, ByteView bytes = {}) {
  const auto statement = crypto::tagged_hasher(role).update(so_far).update(bytes).finish();
  return crypto::hmac_sha256(key.bytes(), statement);
}
inline constexpr std::string_view as_hub = "enrol-hub";
inline constexpr std::string_view as_laptop = "enrol-laptop";
inline constexpr std::string_view as_grant = "enrol-grant";
inline constexpr std::string_view as_rejection = "enrol-rejected";

inline ByteArray<1> bytes_of_reason(EnrolmentRefusal reason) { return {static_cast<std::uint8_t>(reason)}; }

}  // namespace cunzheng::sync::enrolling
