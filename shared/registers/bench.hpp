#pragma once
// The bench at which one case is judged: what the rules look at, and what they find. Inside of judge().

#include "shared/registers/findings.hpp"

#include <initializer_list>
#include <map>

namespace cunzheng::registers {

// A fact that came to be known, and whether things were in order from then on.
struct Turn {
  journal::EntryId entry;
  bool in_order = true;
};

class Bench {
 public:
  Bench(const Case& of, const FactBook& known, const Elsewhere& others)
      : subject(of), facts(known), elsewhere(others) {}

  const Case& subject;
  const FactBook& facts;
  const Elsewhere& elsewhere;

  void watch(FactKey key) { watched_.insert(std::move(key)); }

  // What a rule says of one act.
  struct Charge {
    FindingRule rule;
    const char* law;
    CivilDate day;
    std::string detail;
    std::initializer_list<journal::RulingOutcome> allowed;
    // The act itself was taken back with this entry: then nothing about it is open any more.
    std::optional<journal::EntryId> void_by;
  };
  void find(const Charge& charge, const journal::EntryId& evidence,
            const std::optional<journal::EntryId>& withdrawn_by = {});

  // Findings for a history: each time things ceased to be in order, until they were again. `before`: the evidence if
  // they were not in order to begin with.
  void find_turns(const Charge& charge, const std::optional<journal::EntryId>& before, const std::vector<Turn>& turns);

  Judgement finish();

 private:
  std::map<domain::FindingId, Finding> findings_;
  std::set<FactKey> watched_;
};

// One function per rule; each says in findings.hpp what it looks for.
void judge_clock(Bench& bench, const Stamp& stamp, CivilDate day, bool written_that_day,
                 const std::optional<journal::EntryId>& void_by);
void judge_revocation(Bench& bench, const Stamp& stamp);
void judge_fork(Bench& bench, const Stamp& stamp);
void judge_certificate(Bench& bench, const CertificateCase& what);
void judge_deliberation(Bench& bench, const DeliberationCase& what);

// A paper that went out, and the officers it names.
struct Signed {
  const Stamp& stamp;
  CivilDate day;
  std::optional<domain::OfficerId> handler;
  std::optional<domain::OfficerId> head;
  std::optional<domain::OfficerId> seal_keeper;
  std::optional<journal::EntryId> void_by;
};
void judge_posts(Bench& bench, const Signed& paper);

}  // namespace cunzheng::registers
