#pragma once
// What entries say: one struct per body kind, named in the past tense, and the struct of its private part.
// FORMAT.md section 4 lists kinds, versions and who writes them. A body never changes: a new shape is a new version.
// Which field is body and which is private follows one rule: what can name or describe a person, or take free text,
// is private; ids, codes of closed lists, dates of acts, numbers and names of units are body.

#include "shared/journal/certificate_bodies.hpp"
#include "shared/journal/committee_bodies.hpp"
#include "shared/journal/desk_bodies.hpp"
#include "shared/journal/district_bodies.hpp"
#include "shared/journal/office_bodies.hpp"

namespace cunzheng::journal {

// ---- every journal's first entry

enum class JournalKind : std::uint8_t { device, district, body, office };

struct JournalOpened {
  CUNZHENG_BODY(1, 1, NothingPrivate);
  static constexpr const char* name = "JournalOpened";

  JournalKind journal_kind = JournalKind::device;
  std::string body;         // device, body: the committee's id; else empty
  crypto::PublicKey key;    // signs this journal's heads
  std::string series;       // device: its letter, "A"
  std::uint32_t epoch = 0;  // hub journals: from 1
  ByteArray<16> nonce{};
  std::optional<Head> predecessor;  // the journal this one goes on from, and where that one ended
  CUNZHENG_FIELDS(CEREAL_NVP(journal_kind), CEREAL_NVP(body), CEREAL_NVP(key), CEREAL_NVP(series), CEREAL_NVP(epoch),
                  CEREAL_NVP(nonce), CEREAL_NVP(predecessor))
};

#undef CUNZHENG_BODY
#undef CUNZHENG_FIELDS

template <class... Bodies>
struct BodyList {};
using AllBodies =
    BodyList<JournalOpened, OfficerKeyMade, ApplicationOpened, CertificateIssued, CertificateSpoiled,
             ApplicationRefused, DeliberationRecorded, InquiryRecorded, CommitmentMade, CertificateReissued,
             HubCertified, DataPublished, ExclusionListPublished, Checkpoint, BodyDescribed, DeviceEnrolled,
             DeviceRevoked, OfficerAppointed, Received, RulingMade, CommitmentAnswered, PrivatePartErased,
             EnrolmentSlipMade, EnrolmentTried, CreditDecided, CreditStepTaken>;

// Where a kind may stand: kinds are numbered by their writer. A laptop that writes a ruling says nothing.
constexpr bool may_stand_in(BodyKind kind, JournalKind journal) {
  const auto number = kind.value();
  if (number == JournalOpened::kind) return true;
  if (number == PrivatePartErased::kind) return journal != JournalKind::device;
  if (number < 40) return journal == JournalKind::device;
  if (number < 50) return journal == JournalKind::district;
  if (number < 60) return journal == JournalKind::body;
  if (number < 70) return journal == JournalKind::office;
  if (number < 80) return journal == JournalKind::body;  // more of them than a decade holds
  return true;                                           // newer than this program
}

// Calls visit(TypeTag<Body>) for the body of that kind; false: newer than this program.
template <class Body>
struct BodyTag {
  using Type = Body;
};
template <class Visit, class... Bodies>
bool visit_kind(BodyList<Bodies...>, BodyKind kind, Visit&& visit) {
  return ((kind.value() == Bodies::kind ? (visit(BodyTag<Bodies>{}), true) : false) || ...);
}

}  // namespace cunzheng::journal

namespace cunzheng::codec {
template <>
struct EnumNames<journal::JournalKind> {
  static constexpr std::array names{"device", "district", "body", "office"};
};
}  // namespace cunzheng::codec
