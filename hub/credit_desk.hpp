#pragma once
// Credit cases of false commitments (R78-R95, D19). Two officers of the district enter what the deciding organ found,
// and each later step of the case; every such act comes with a new list of those who are excluded from commitments,
// signed by the same two, in one durable step. The lists before it are deleted here and at every holder (R91).
// On the loop thread. One act at a time: a list must contain what the act before it added.

#include "hub/projector.hpp"
#include "hub/publisher.hpp"
#include "sync/link/loop.hpp"

namespace cunzheng::hub {

// What the check of a commitment came to.
struct CreditOrder {
  domain::CheckOutcome outcome = domain::CheckOutcome::is_false;
  domain::CreditDecision decision;              // its two officers are filled in
  std::optional<domain::SubjectId> commitment;  // the commitment that was false: its person is meant
  domain::Person person;                        // without `commitment`
  std::optional<CivilDate> committed_on;        // with `person`; none: the day of the decision
  std::string reason;
};

struct CreditStepOrder {
  domain::SubjectId credit_case;
  domain::CreditAct act;
  // For a repair (R89, R94).
  std::optional<CivilDate> applied_on;
  bool duties_done_shown = false;
  bool credit_commitment_given = false;
};

struct CreditReport {
  domain::SubjectId credit_case;
  journal::EntryId entry;
  std::uint32_t list_revision = 0;
  std::size_t excluded = 0;  // people on the list
};

class CreditDesk {
 public:
  using Signatories = std::shared_ptr<const std::vector<Signatory>>;
  using Done = std::function<void(Result<CreditReport>)>;

  CreditDesk(link::Loop& loop, store::StoreThread& store, Projector& projector, Ledger& ledger, Publisher& publisher,
             const Directory& directory, const Clock& clock, Random& random);

  // At the start: the lists there are. Deletes what an older list still holds after a crash.
  Status load(store::EntryStore& store);

  void decide(CreditOrder order, Signatories signatories, Done done);
  void take_step(CreditStepOrder order, Signatories signatories, Done done);

 private:
  // A case as the rows know it, with the number of its person (empty: erased).
  struct File {
    domain::SubjectId credit_case;
    domain::CreditCase acts;
    std::string id_number;
  };
  struct Look {
    std::vector<File> files;                 // those with enough signatures
    std::optional<registers::Case> subject;  // the one asked for
  };
  // A list in `district` and where it stands.
  struct List {
    journal::EntryId entry;
    store::Place place;
    std::uint32_t revision = 0;
    bool is_held = true;
  };

  Result<domain::CreditRules> rules_today() const;
  void look(const std::optional<domain::SubjectId>& subject, std::function<void(Result<Look>)> done);
  Result<domain::Person> person_of(const CreditOrder& order, const Look& look, const domain::CreditRules& rules) const;
  Status check_step(const CreditStepOrder& order, const Look& look, const domain::CreditRules& rules) const;
  // Writes the act and the list that follows from `files`.
  void enter(journal::Draft act, std::vector<File> files, const domain::CreditRules& rules,
             const std::vector<Signatory>& signatories, Done done);
  void erase_older_lists();

  link::Loop& loop_;
  store::StoreThread& store_;
  Projector& projector_;
  Ledger& ledger_;
  Publisher& publisher_;
  const Directory& directory_;
  const Clock& clock_;
  Random& random_;
  std::vector<List> lists_;
  bool is_busy_ = false;
};

}  // namespace cunzheng::hub
