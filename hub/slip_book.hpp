#pragma once
// Enrolment slips: made by a district officer, tried and used by laptops. Every step is an entry of `office`, the
// binding of a device one of `body/<id>`. On the loop thread.

#include "hub/ledger.hpp"
#include "sync/core/enrolment.hpp"
#include "sync/program/grant.hpp"

#include <set>

namespace cunzheng::hub {

class SlipBook final : public sync::SlipBook {
 public:
  SlipBook(Ledger& ledger, const Directory& directory, const Clock& clock, Random& random, crypto::PublicKey root);

  // At the start: slips and tries from the office journals.
  Status load(store::EntryStore& store);

  // A code whose locator no living slip has. It is shown once and kept nowhere.
  sync::EnrolmentCode draw_code() const;
  // What the caller made of it on the slow worker: stretching takes half a second.
  struct NewSlip {
    sync::EnrolmentCode code;
    crypto::SymmetricKey key;
  };
  // Until when it is good, once it is durable.
  void make(NewSlip slip, const std::string& body, const std::string& label, std::int64_t valid_ms,
            std::function<void(Result<Instant>)> done);

  // ---- sync::SlipBook
  void count_try(const std::string& locator, std::function<void(Result<sync::CountedTry>)> done) override;
  bool knows_device(const crypto::PublicKey& key) const override;
  void grant(sync::GrantRequest request, std::function<void(Result<Bytes>)> done) override;

 private:
  struct Kept {
    domain::SubjectId subject;
    journal::EnrolmentSlipMade made;
    ByteArray<32> key{};
    std::uint32_t tries = 0;
    bool used = false;
  };
  bool lives(const Kept& slip) const;
  void remember(const domain::SubjectId& subject, const journal::EnrolmentSlipMade& made, const ByteArray<32>& key);
  Result<std::string> take_series(const std::string& body);

  Ledger& ledger_;
  const Directory& directory_;
  const Clock& clock_;
  Random& random_;
  crypto::PublicKey root_;
  std::map<domain::SubjectId, Kept> slips_;
  std::map<std::string, domain::SubjectId> newest_;  // by locator
  // Handed out by this process, durably or on the way there: two grants at once never get the same.
  std::map<std::string, std::set<std::string>> series_taken_;  // by body
  std::set<crypto::PublicKey> keys_taken_;
};

}  // namespace cunzheng::hub
