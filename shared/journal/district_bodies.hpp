#pragma once
// Written by the hub, into `district`.

#include "shared/domain/credit.hpp"
#include "shared/journal/body_frame.hpp"

namespace cunzheng::journal {

struct CertifiedOfficer {
  domain::OfficerId officer;
  crypto::PublicKey key;
  std::string name;  // a public servant of the district, named in office
  CUNZHENG_FIELDS(CEREAL_NVP(officer), CEREAL_NVP(key), CEREAL_NVP(name))
};
// What the root key certifies. A later statement (higher `number`) replaces an earlier one.
struct HubStatement {
  std::uint32_t number = 1;
  std::string district_name;
  crypto::PublicKey hub_key;            // signs the hub's journals
  std::vector<ByteArray<32>> tls_pins;  // SHA-256 of the public key info: the one in use and a spare
  Instant from;
  Instant to;
  std::vector<CertifiedOfficer> officers;
  std::uint32_t signatures_needed = 2;  // for catalogue, exclusions, credit
  CUNZHENG_FIELDS(CEREAL_NVP(number), CEREAL_NVP(district_name), CEREAL_NVP(hub_key), CEREAL_NVP(tls_pins),
                  CEREAL_NVP(from), CEREAL_NVP(to), CEREAL_NVP(officers), CEREAL_NVP(signatures_needed))
};
struct HubCertified {
  CUNZHENG_BODY(40, 1, NothingPrivate);
  static constexpr const char* name = "HubCertified";

  Bytes statement;            // canonical bytes of HubStatement
  crypto::Signature by_root;  // over "hub-statement" and those bytes
  CUNZHENG_FIELDS(CEREAL_NVP(statement), CEREAL_NVP(by_root))
};

enum class DataKind : std::uint8_t { catalogue, calendar, quorums, commitment_forms };
// Signed data of the district: catalogue revisions and what goes with them (R103).
struct DataPublished {
  CUNZHENG_BODY(41, 1, NothingPrivate);
  static constexpr const char* name = "DataPublished";

  DataKind data_kind = DataKind::catalogue;
  std::uint32_t revision = 0;  // strictly increasing per kind (R102)
  CivilDate effective_from;
  Instant published_at;
  Bytes content;                             // canonical bytes of Catalogue, CalendarData, QuorumTable, CommitmentForms
  std::vector<OfficerSignature> signatures;  // over "published" and signed_bytes()
  CUNZHENG_FIELDS(CEREAL_NVP(data_kind), CEREAL_NVP(revision), CEREAL_NVP(effective_from), CEREAL_NVP(published_at),
                  CEREAL_NVP(content), CEREAL_NVP(signatures))

  // Everything but the signatures.
  Bytes signed_bytes() const {
    auto unsigned_copy = *this;
    unsigned_copy.signatures.clear();
    return codec::encode(unsigned_copy);
  }
};

struct ExclusionPrivate {
  domain::ExclusionList list;
  CUNZHENG_FIELDS(CEREAL_NVP(list))
};
// The list itself is the private part: a newer list makes holders delete the older (R91).
struct ExclusionListPublished {
  CUNZHENG_BODY(42, 1, ExclusionPrivate);
  static constexpr const char* name = "ExclusionListPublished";

  std::uint32_t revision = 0;
  Instant published_at;
  Hash list_digest{};                        // tagged_hash("exclusion-list", canonical bytes of the list)
  std::vector<OfficerSignature> signatures;  // over "exclusions" and signed_bytes()
  CUNZHENG_FIELDS(CEREAL_NVP(revision), CEREAL_NVP(published_at), CEREAL_NVP(list_digest), CEREAL_NVP(signatures))

  Bytes signed_bytes() const {
    auto unsigned_copy = *this;
    unsigned_copy.signatures.clear();
    return codec::encode(unsigned_copy);
  }
};

// Once a day: one hash over the ends of all journals, for auditors.
struct Checkpoint {
  CUNZHENG_BODY(43, 1, NothingPrivate);
  static constexpr const char* name = "Checkpoint";

  CivilDate day;
  std::uint64_t journals = 0;
  Hash root{};  // tagged_hash("checkpoint", canonical bytes of all heads by journal id)
  CUNZHENG_FIELDS(CEREAL_NVP(day), CEREAL_NVP(journals), CEREAL_NVP(root))
};

}  // namespace cunzheng::journal

namespace cunzheng::codec {
template <>
struct EnumNames<journal::DataKind> {
  static constexpr std::array names{"catalogue", "calendar", "quorums", "commitment_forms"};
};
}  // namespace cunzheng::codec
