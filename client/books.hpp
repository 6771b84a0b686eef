#pragma once
// What this laptop holds, in memory while it is unlocked: entries by subject, the registers, the facts, the ends of all
// journals. A pure consequence of the store: filled from its arrivals at start, and arrival by arrival after each
// commit, by the same code. On the loop thread; fetch() alone runs where the store is.

#include "client/clock_claim.hpp"
#include "shared/registers/projection.hpp"
#include "sync/core/session.hpp"
#include "sync/store/entry_store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::client {

// What became durable since: read on the store thread, taken on the loop.
struct Fresh {
  std::vector<registers::NumberedArrival> arrivals;
  std::vector<store::JournalInfo> journals;
  std::vector<store::Lacking> lacking;
  bool is_all = false;  // there is nothing behind these
};
Result<Fresh> fetch(store::EntryStore& entries, std::uint64_t after, std::size_t most);

struct Growth {
  journal::Head head;
  bool is_new = false;
};

// A certificate as it is found by its number.
struct NumberedCertificate {
  domain::CertificateNumber number;
  domain::SubjectId subject;
  domain::ItemId item;
  CivilDate issued_on;
  bool is_spoiled = false;
};

class Books final : public sync::Directory, private registers::Subjects {
 public:
  struct Identity {
    std::string body;
    crypto::PublicKey root;
    crypto::PublicKey hub_key;     // of the grant; a later certified one counts as well
    crypto::PublicKey device_key;  // the own journal is the one with this key
  };
  Books(Identity identity, const crypto::SymmetricKey& data_key);
  ~Books() override;

  // ---- filling
  Status open();
  std::uint64_t cursor() const;
  // Damage that was found by other ways than taking: it is asked for with the next session.
  void lack(const std::vector<store::Lacking>& places);
  struct News {
    std::vector<Growth> grown;
    std::vector<store::Place> to_erase;  // private parts that an entry orders away and the store may still hold
  };
  Result<News> take(Fresh fresh);

  // ---- the registers
  const registers::Projection& registers() const { return *projection_; }
  const registers::FactBook& facts() const { return projection_->facts(); }
  const std::string& body() const { return identity_.body; }

  // ---- journals
  std::optional<journal::JournalId> own_journal() const;
  std::optional<journal::Head> end_of(const journal::JournalId& journal) const;
  const std::map<journal::JournalId, store::JournalInfo>& journals() const;
  const journal::JournalOpened* opening_of(const journal::JournalId& journal) const;
  bool is_forked(const journal::JournalId& journal) const;
  std::uint64_t lamport() const;                          // the greatest seen
  journal::Known known(journal::JournalKind kind) const;  // of `district` or our body's journal, its newest epoch
  ClockEvidence clock_evidence() const;
  // The hub answered: what its clock showed, and ours.
  void compared_clocks(Instant hub, Instant own);
  // An exchange ended with nothing left to send either way: what the hub had by then is here.
  void heard_all_by(Instant hub_time);
  // As of when the district's word is here (O12): the hub's latest entry, or the last whole exchange, if later: a hub
  // that had nothing new to say was heard all the same.
  std::optional<Instant> data_as_of() const;

  // Heads that this subject has in journals other than our own.
  std::vector<journal::EntryId> parents(const domain::SubjectId& subject) const;

  // ---- numbers of this committee
  struct Series {
    std::optional<domain::CertificateNumber> last;  // of the own journal, the latest entry
    std::map<std::int32_t, std::uint32_t> serials;  // the last of each year
    std::int32_t year = 0;                          // the latest that was numbered under a clock not in doubt
    journal::Seq last_at = 0;                       // where `last` stands
  };
  const Series& series() const;
  // A damaged place behind the last number of the own journal: it may be a certificate, and its number be taken.
  bool may_lack_a_number() const;
  std::optional<NumberedCertificate> certificate(const domain::CertificateNumber& number) const;
  // None also where a short name stands for two (a committee that was renumbered).
  std::optional<NumberedCertificate> certificate(const domain::PrintedNumber& number) const;

  // ---- minutes
  const domain::Minutes* minutes(const std::string& code) const;  // null: not on file here
  std::uint32_t uses(const std::string& code) const;              // certificates on these minutes that are not spoiled

  // ---- sync::Directory
  Result<Admission> admit(const crypto::PublicKey& device) const override;
  std::vector<journal::Head> scope(const std::string& body) const override;
  std::vector<journal::Head> whole(const std::string& body) const override;
  std::optional<crypto::PublicKey> key_of(const journal::JournalId& journal) const override;
  Result<crypto::PublicKey> admit_journal(const journal::Entry& opening, const journal::JournalId& id,
                                          const std::string& body) const override;
  bool is_own(const journal::JournalId& journal) const override;
  bool is_of_hub(const journal::JournalId& journal) const override;

 private:
  struct Memory;

  Result<std::vector<registers::Held>> of_subject(const domain::SubjectId& subject) override;
  void remember(const registers::Held& held, News& news);
  void forget_private(const journal::EntryId& id, const store::Place& place, News& news);
  bool is_hub_key(const crypto::PublicKey& key) const;

  Identity identity_;
  crypto::SymmetricKey person_key_;
  std::unique_ptr<registers::RowStore> rows_;
  std::unique_ptr<registers::Projection> projection_;
  std::unique_ptr<Memory> memory_;
  std::optional<ComparedClocks> compared_;
  std::optional<Instant> heard_all_by_;  // by the hub's clock
};

}  // namespace cunzheng::client
