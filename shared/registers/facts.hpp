#pragma once
// What is known from the district and about devices: dated facts that many subjects rest on. Learned from entries in
// any order, any number of times; two books that learned the same set answer alike.
//
// Who is believed: `district`, `body/<id>` and `office` journals count when their key is one that the root key
// certified as the hub's; data of the district only with enough officers' signatures besides. What a journal may not
// say (may_stand_in) is not learned from it, so a laptop cannot appoint, enrol or rule.

#include "shared/domain/calendar.hpp"
#include "shared/domain/catalogue.hpp"
#include "shared/domain/commitment.hpp"
#include "shared/domain/credit.hpp"
#include "shared/domain/deliberation.hpp"
#include "shared/domain/office.hpp"
#include "shared/journal/writer.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::registers {

// An item and the journal (or branch of a fork) it is held in.
struct Held {
  journal::JournalId at;
  journal::Item item;
};

// Names facts that a judgement rests on: when one changes, those subjects are judged again (watch index). Few and
// coarse, for every subject is listed under each of its own.
using FactKey = std::string;
FactKey body_key(const std::string& body);            // its names, posts and officers
FactKey device_key(const crypto::PublicKey& device);  // enrolment, revocation, forks of its journal
FactKey law_key(CivilDate day);                       // what may be issued in that month
std::vector<FactKey> law_keys_from(CivilDate from);   // that month and all later ones
FactKey data_key(journal::DataKind kind);             // quorums, forms
FactKey ruling_key(const domain::FindingId& finding);
FactKey received_key(const journal::JournalId& journal);                                            // a receipt for it
FactKey word_key(journal::JournalKind kind, const std::string& body, const journal::Known& place);  // that hub entry

struct Device {
  std::string body;
  journal::DeviceEnrolled enrolled;
  std::optional<journal::DeviceRevoked> revoked;  // the latest word
};

struct Published {
  journal::EntryId entry;
  std::uint32_t revision = 0;
  CivilDate effective_from;
  Instant published_at;
  // The one that `kind` says; the others are null.
  std::shared_ptr<const domain::Catalogue> catalogue;
  std::shared_ptr<const domain::Calendar> calendar;
  std::shared_ptr<const domain::QuorumTable> quorums;
  std::shared_ptr<const domain::CommitmentForms> commitment_forms;
};

// An appointment and where it stands in its body's journal.
struct Appointed {
  journal::EntryId entry;
  std::uint32_t epoch = 0;
  journal::Seq seq = 0;
  domain::Appointment appointment;
};

struct Revoked {
  journal::EntryId entry;
  journal::DeviceRevoked revocation;
};

class FactBook {
 public:
  explicit FactBook(crypto::PublicKey root);
  ~FactBook();
  FactBook(FactBook&&) noexcept;
  FactBook& operator=(FactBook&&) noexcept;

  // True if entries of this kind are learned. (Receipts and checkpoints are not; see hear().)
  static bool is_fact(journal::BodyKind kind);

  struct Learned {
    std::vector<FactKey> changed;
    std::vector<journal::EntryId> strip;  // entries whose private part is no longer needed: copies must drop it
  };
  // Takes what the entry says. What does not count (not certified, not signed by enough officers, unreadable) changes
  // nothing and is listed in rejected(); it is looked at again when what it lacked arrives.
  Learned learn(const Held& held);

  struct Rejected {
    journal::EntryId entry;
    Text why;
  };
  std::vector<Rejected> rejected() const;

  // A moment of the hub: one entry of a hub journal, and what it says was received. They are many (a receipt for each
  // range), so the book keeps their times only.
  struct Word {
    journal::JournalId journal;  // the hub's
    journal::Seq seq = 0;
    Instant at;
    std::optional<journal::Head> received;
    template <class Archive>
    void serialize(Archive& archive) {
      archive(CEREAL_NVP(journal), CEREAL_NVP(seq), CEREAL_NVP(at), CEREAL_NVP(received));
    }
  };
  // The word in an entry: of a receipt, a checkpoint or a fact in a journal that opened as one of the hub's.
  std::optional<Word> word_of(const journal::Entry& entry, const journal::EntryId& id) const;
  std::vector<FactKey> hear(const Word& word);

  // ---- the district
  std::optional<journal::HubStatement> hub() const;            // the certified statement of the highest number
  std::optional<journal::HubCertified> certified_hub() const;  // the same, as the root signed it
  const journal::CertifiedOfficer* district_officer(const domain::OfficerId& id) const;  // of hub()
  std::vector<const Published*> published(journal::DataKind kind) const;                 // counting ones, by revision
  // In force on that day among revisions up to `revision_max`; null: none.
  const Published* in_force(journal::DataKind kind, CivilDate day, std::uint32_t revision_max = UINT32_MAX) const;
  const Published* revision(journal::DataKind kind, std::uint32_t revision) const;  // null: not counting or not here
  std::uint32_t newest_revision(journal::DataKind kind) const;                      // 0: none
  // Claimed time of the latest entry of a hub journal seen: age of the data (O12). 1970: none yet.
  Instant newest_word() const;
  // Whether enough different officers of the district signed `bytes` under `tag`, by the statement in force `at`.
  bool signed_by_officers(std::string_view tag, ByteView bytes,
                          const std::vector<journal::OfficerSignature>& signatures, Instant at) const;

  // ---- exclusions
  struct Exclusions {
    std::uint32_t revision = 0;
    Instant published_at;
    std::optional<domain::ExclusionList> list;  // none: the part was replaced, or is still missing
  };
  std::optional<Exclusions> exclusions() const;  // the newest list

  // ---- committees
  std::vector<std::string> bodies() const;
  std::optional<journal::BodyDescribed> body_on(const std::string& body, CivilDate day) const;
  domain::Posts posts(const std::string& body) const;
  std::vector<Appointed> appointments(const std::string& body) const;  // as the hub wrote them
  // Key and name by which an officer signs; from the appointment, else from the key made on a laptop.
  struct OfficerFact {
    crypto::PublicKey key;
    std::string name;  // empty: erased or not known here
  };
  std::optional<OfficerFact> officer(const domain::OfficerId& id) const;
  // Officers whose keys laptops of that committee have made, appointed or not.
  std::map<domain::OfficerId, OfficerFact> officers_of(const std::string& body) const;

  // ---- devices and journals
  const Device* device(const crypto::PublicKey& key) const;
  std::vector<Revoked> revocations(const crypto::PublicKey& key) const;  // as the hub wrote them
  std::vector<const Device*> devices_of(const std::string& body) const;
  // Opening entry of a journal, of whatever kind.
  const journal::JournalOpened* opening_of(const journal::JournalId& journal) const;
  std::vector<journal::JournalId> journals_of_kind(journal::JournalKind kind, const std::string& body) const;
  // That journal opened with a key that the root certified as the hub's.
  bool is_hub_journal(const journal::JournalId& journal) const;

  // ---- when (O6)
  // The hub holds everything of that journal up to here, as far as this book has heard.
  std::optional<journal::Seq> received(const journal::JournalId& journal) const;
  // When the hub first held that entry; none: not yet heard.
  std::optional<Instant> received_at(const journal::JournalId& journal, journal::Seq seq) const;
  // The hub's time when it wrote the last entry that a writer of that committee had seen.
  std::optional<Instant> seen_until(const std::string& body, const journal::Known& district,
                                    const journal::Known& of_body) const;
  // Whether this book has heard the hub's entry at that place.
  bool has_heard(journal::JournalKind kind, const std::string& body, const journal::Known& place) const;

  // ---- answers of people
  struct Ruling {
    journal::EntryId entry;
    journal::RulingMade ruling;
    std::optional<std::string> reason;
  };
  const Ruling* ruling_on(const domain::FindingId& finding) const;  // several: the latest by lamport, then id

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cunzheng::registers
