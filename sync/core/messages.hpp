#pragma once
// What two programs say to each other. PROTOCOL.md section 4 is the table of these bytes.
//
// A frame is one byte that names the kind, then the canonical bytes of the struct (shared/codec). parse_frame() takes
// exactly what to_frame() makes: one message, one frame.

#include "shared/codec/archive.hpp"
#include "shared/crypto/signer.hpp"
#include "shared/journal/range.hpp"
#include "sync/core/session.hpp"
#include "sync/core/varint.hpp"

#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace cunzheng::sync {

inline constexpr std::uint8_t protocol_version = 1;

// ---- heads in short

// First bytes of a tagged hash over the sorted ids of the ends of all journals of a scope. An id stands for its whole
// chain, so equal digests mean equal entries, whatever either side calls a branch.
using ScopeDigest = ByteArray<16>;
ScopeDigest digest_of(std::span<const journal::Head> scope);

// Enough to see what is to be sent; whatever is then sent is checked in full.
struct CompactHead {
  ByteArray<8> journal{};  // first bytes of the journal's id
  Varint seq;
  ByteArray<4> id{};  // first bytes of the id of the entry there

  auto operator<=>(const CompactHead&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(journal), CEREAL_NVP(seq), CEREAL_NVP(id));
  }
};
CompactHead compact(const journal::Head& head);
std::vector<CompactHead> compact(std::span<const journal::Head> heads);

// ---- the messages

namespace message {

// The laptop's first frame.
struct Hello {
  struct Said {
    std::uint8_t version = protocol_version;       // the oldest the laptop speaks; this message has its layout
    std::uint8_t version_most = protocol_version;  // the newest
    crypto::PublicKey device;
    ScopeDigest digest{};
    Varint boot_counter;             // one more with each start of the program: two copies of a disk show (D09)
    std::vector<CompactHead> heads;  // in the order of the scope
    template <class Archive>
    void serialize(Archive& archive) {
      archive(CEREAL_NVP(version), CEREAL_NVP(version_most), CEREAL_NVP(device), CEREAL_NVP(digest),
              CEREAL_NVP(boot_counter), CEREAL_NVP(heads));
    }
    bool operator==(const Said&) const = default;
  };
  Said said;
  crypto::Signature signature;  // by the device key, named "hello", over hello_statement()
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(said), CEREAL_NVP(signature));
  }
  bool operator==(const Hello&) const = default;
};

// The hub's answer to it.
struct Welcome {
  struct Said {
    std::uint8_t version = protocol_version;  // the one both use from now on
    Instant hub_time;
    std::optional<std::vector<CompactHead>> heads;  // none: the digests are equal, nothing is to be exchanged
    template <class Archive>
    void serialize(Archive& archive) {
      archive(CEREAL_NVP(version), CEREAL_NVP(hub_time), CEREAL_NVP(heads));
    }
    bool operator==(const Said&) const = default;
  };
  Said said;
  crypto::Signature signature;  // by the hub key, named "welcome", over welcome_statement()
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(said), CEREAL_NVP(signature));
  }
  bool operator==(const Welcome&) const = default;
};

// At least one range, all of one journal, wire_items_max items in all, each in its short form (wire_range.hpp).
struct Ranges {
  std::vector<journal::Range> ranges;
  bool operator==(const Ranges&) const = default;
};

// The sender of this has everything up to `head` on its disk.
struct Stored {
  journal::Head head;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(head));
  }
  bool operator==(const Stored&) const = default;
};

// What came does not join what is held: send this journal again from there.
struct SendFrom {
  journal::JournalId journal;
  Varint from;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(journal), CEREAL_NVP(from));
  }
  bool operator==(const SendFrom&) const = default;
};

enum class Why : std::uint8_t {
  failed_checks,  // signature, hash or chain: cut finer, so that what is good gets through
  not_admitted,   // no statement lets this journal in: leave it out
};

// The range that begins at `seq`, and what came after it, was not taken.
struct Refused {
  journal::JournalId journal;
  Varint seq;
  Why why = Why::failed_checks;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(journal), CEREAL_NVP(seq), CEREAL_NVP(why));
  }
  bool operator==(const Refused&) const = default;
};

// I have nothing to send, nothing unacknowledged, nothing unstored, and have seen this many of your Ranges frames.
struct Level {
  Varint ranges_seen;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(ranges_seen));
  }
  bool operator==(const Level&) const = default;
};

struct Ping {
  template <class Archive>
  void serialize(Archive&) {}
  bool operator==(const Ping&) const = default;
};

struct Pong {
  template <class Archive>
  void serialize(Archive&) {}
  bool operator==(const Pong&) const = default;
};

// The last frame of whoever closes.
struct Bye {
  CloseReason reason = CloseReason::done;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(reason));
  }
  bool operator==(const Bye&) const = default;
};

void save(codec::Writer& writer, const Ranges& ranges);
void load(codec::Reader& reader, Ranges& ranges);

}  // namespace message

// The byte that names a kind is its place here, from 1.
using Message = std::variant<message::Hello, message::Welcome, message::Ranges, message::Stored, message::SendFrom,
                             message::Refused, message::Level, message::Ping, message::Pong, message::Bye>;

Bytes to_frame(const Message& message);
// unreadable: not one of these messages in its one form.
Result<Message> parse_frame(ByteView frame);

// Whether this is a Hello or Welcome in the layout of a version that this program does not know. Their second byte is
// the version in all versions.
bool is_greeting_of_another_version(ByteView frame);

// What the signatures cover: the TLS connection itself, every field, and for the answer the question.
Bytes hello_statement(const Hash& binding, const message::Hello::Said& said);
Bytes welcome_statement(const Hash& binding, ByteView hello_frame, const message::Welcome::Said& said);

}  // namespace cunzheng::sync

template <>
struct cunzheng::codec::EnumNames<cunzheng::sync::CloseReason> {
  static constexpr std::array names{"done", "bad_frame", "not_admitted", "version", "timeout", "store_failed"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::sync::message::Why> {
  static constexpr std::array names{"failed_checks", "not_admitted"};
};
