#pragma once
// Enrolment by one one-time code (PROTOCOL.md "Enrolment"). A slip of paper from the district carries 12 characters,
// "7K-QX4M2-9TRBA": 2 that find the slip at the hub, 10 (50 bits) that are the secret. The hub keeps only K, the
// stretched secret. Both ends prove that they know K, over the binding of this very TLS connection:
//
//   hub                                                laptop
//    | Challenge  hub id, nonce                      ->  | stretches the code with the hub id as salt: K
//    | <-                      Locate  locator, nonce    |
//    | counts the try, durably                           |
//    | HubProof   HMAC(K, "hub", transcript)         ->  | wrong: says nothing more
//    | <-   LaptopProof  HMAC(K, "laptop", ...), enrolee, |
//    |                   proof that it has the device key|
//    | binds the device, durably                         |
//    | Grant      bytes, HMAC(K, "grant", ...)       ->  | or Rejected with a reason, authenticated the same way
//
// For a slip that does not exist, is used up, expired or tried too often the hub answers under a key of chance: all of
// these look alike, and like a relay in the middle. Each HubProof costs a try, so nobody guesses at the code.
// Two value machines; chance, time, disk and the slow stretching come as arguments and inputs.

#include "shared/base/random.hpp"
#include "shared/codec/archive.hpp"
#include "shared/crypto/seal.hpp"
#include "shared/crypto/signer.hpp"
#include "sync/core/session.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cunzheng::sync {

using HubId = ByteArray<16>;  // made at the hub's init, public

inline constexpr std::uint32_t enrolment_tries_max = 5;
inline constexpr std::int64_t slip_valid_ms = 72LL * 3600 * 1000;
inline constexpr std::int64_t enrolment_ms_max =
    60'000;                                           // from link up to the answer; a slow laptop stretches for seconds
inline constexpr std::size_t enrolee_label_max = 64;  // code points
inline constexpr std::size_t enrolee_details_max = 4U << 10;
inline constexpr std::size_t grant_bytes_max = 256U << 10;

// The 12 characters of a slip in their canonical spelling: Crockford's base 32, upper case.
class EnrolmentCode {
 public:
  static EnrolmentCode draw(Random& random);
  // As typed: lower case, full-width, hyphens and blanks, O, I, L for 0, 1, 1. bad_input in field "code".
  static Result<EnrolmentCode> parse(std::string_view typed);

  std::string locator() const { return characters_.substr(0, 2); }
  // K. Takes half a second and 64 MiB: on a worker, never on the loop.
  Result<crypto::SymmetricKey> stretch(const HubId& hub_id) const;
  std::string text() const;  // "7K-QX4M2-9TRBA"

  bool operator==(const EnrolmentCode&) const = default;

 private:
  explicit EnrolmentCode(std::string characters) : characters_(std::move(characters)) {}
  std::string characters_;
};

// The laptop that wants to be taken in.
struct Enrolee {
  crypto::PublicKey device_key;  // of a pair made for this enrolment
  std::string label;             // for people: "青石沟村 2号机"; UTF-8 without control characters; empty: as the slip says
  std::string expected_body;     // the committee it means to belong to, in the slip's spelling; empty: any
  Bytes details;                 // the programs' own particulars (the key for bundles); authenticated, not read here

  bool operator==(const Enrolee&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(device_key), CEREAL_NVP(label), CEREAL_NVP(expected_body), CEREAL_NVP(details));
  }
};

// Signs with the device key: crypto::sign(secret, possession_name, statement).
inline constexpr std::string_view possession_name = "enrol-possession";
using SignPossession = std::function<crypto::Signature(ByteView statement)>;

// Why a hub that knows the code still says no.
enum class EnrolmentRefusal : std::uint8_t {
  weak_key,     // not a key that can be trusted, or no proof that the laptop has its secret half (defence D05)
  known_key,    // some device has it already: a copied laptop, or a second try with the same key
  other_body,   // the slip is for another committee than the one expected
  bad_enrolee,  // the label is empty, too long or holds control characters, or the details are too long
  slip_used,    // another laptop was faster with the same slip
  unavailable,  // the hub could not write it down; the slip stays valid
};

// What the hub keeps of a slip, and how it was found just after a try was counted.
struct Slip {
  crypto::SymmetricKey key;  // K
  std::string body;
  Instant expires;
  std::uint32_t tries = 0;  // this one included
  bool is_used = false;
};
struct CountedTry {
  Instant at;                // by the hub's wall clock
  std::optional<Slip> slip;  // none: no slip has this locator
};

struct GrantRequest {
  std::string locator;
  std::string body;
  Enrolee enrolee;
};

// The hub's slips and devices. Implemented by the hub program; all calls on the loop thread, each `done` once, on the
// loop thread, during the call or later.
class SlipBook {
 public:
  virtual ~SlipBook() = default;

  // Adds one to the tries of the slip with this locator and answers once that is durable: two connections never get
  // the same count. Should take the same road for a locator that no slip has.
  virtual void count_try(const std::string& locator, std::function<void(Result<CountedTry>)> done) = 0;

  // Whether any device, also a revoked one, has or had this key. From memory.
  virtual bool knows_device(const crypto::PublicKey& key) const = 0;

  // Marks the slip used and binds the device, in one durable step, then answers with the bytes for the laptop.
  // refused: the slip was used meanwhile; conflict: the key became known; anything else: not written, the slip stays.
  // At most grant_bytes_max bytes.
  virtual void grant(GrantRequest request, std::function<void(Result<Bytes>)> done) = 0;
};

namespace in {
struct CodeStretched {  // answers out::StretchCode
  Result<crypto::SymmetricKey> key;
};
struct TryCounted {  // answers out::CountTry
  Result<CountedTry> result;
};
struct GrantMade {  // answers out::MakeGrant
  Result<Bytes> grant;
};
}  // namespace in

namespace out {
struct StretchCode {
  HubId hub_id{};
};
struct Enrolled {
  Bytes grant;
  HubId hub_id{};
};
struct EnrolmentFailed {
  Failure failure;  // for the person at the laptop
};
struct CountTry {
  std::string locator;
};
struct MakeGrant {
  GrantRequest request;
};
}  // namespace out

class LaptopEnrolment {
 public:
  using Input = std::variant<in::LinkUp, in::FrameArrived, in::CodeStretched, in::TimerFired, in::LinkDown>;
  using Output =
      std::variant<out::Send, out::WakeAt, out::StretchCode, out::Enrolled, out::EnrolmentFailed, out::Close>;

  LaptopEnrolment(EnrolmentCode code, Enrolee enrolee, SignPossession sign, const ByteArray<32>& nonce);
  ~LaptopEnrolment();
  LaptopEnrolment(LaptopEnrolment&&) noexcept;
  LaptopEnrolment& operator=(LaptopEnrolment&&) noexcept;

  // The things to do, in order. Exactly one of out::Enrolled and out::EnrolmentFailed comes, then nothing but empty
  // lists (out::Close stands beside it).
  std::vector<Output> step(Input input, Instant now);

  // The other end has shown that it knows the code.
  bool has_proof_of_hub() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

class HubEnrolment {
 public:
  using Input = std::variant<in::LinkUp, in::FrameArrived, in::TryCounted, in::GrantMade, in::TimerFired, in::LinkDown>;
  using Output = std::variant<out::Send, out::WakeAt, out::CountTry, out::MakeGrant, out::Close>;

  // `decoy` is a fresh random key: what HubProof is made with when there is no good slip.
  HubEnrolment(const HubId& hub_id, const SlipBook& book, const ByteArray<32>& nonce, crypto::SymmetricKey decoy);
  ~HubEnrolment();
  HubEnrolment(HubEnrolment&&) noexcept;
  HubEnrolment& operator=(HubEnrolment&&) noexcept;

  std::vector<Output> step(Input input, Instant now);

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace cunzheng::sync

template <>
struct cunzheng::codec::EnumNames<cunzheng::sync::EnrolmentRefusal> {
  static constexpr std::array names{"weak_key", "known_key", "other_body", "bad_enrolee", "slip_used", "unavailable"};
};
