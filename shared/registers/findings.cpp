#include "shared/registers/findings.hpp"

#include "shared/crypto/hash.hpp"
#include "shared/registers/bench.hpp"
#include "shared/registers/books.hpp"

#include <algorithm>

namespace cunzheng::registers {

using journal::EntryId;
using journal::RulingOutcome;

domain::FindingId finding_id(const domain::SubjectId& subject, FindingRule rule, const EntryId& evidence) {
  auto bytes = codec::encode(subject);
  append(bytes, codec::encode(rule));
  append(bytes, codec::encode(evidence));
  return domain::FindingId(crypto::tagged_hash("finding", bytes));
}

// ---------------------------------------------------------------- the bench

void Bench::find(const Charge& charge, const EntryId& evidence, const std::optional<EntryId>& withdrawn_by) {
  Finding finding;
  finding.id = finding_id(subject.subject, charge.rule, evidence);
  finding.subject = subject.subject;
  finding.body = subject.body;
  finding.rule = charge.rule;
  finding.law = charge.law;
  finding.day = charge.day;
  finding.evidence = evidence;
  finding.detail = charge.detail;
  finding.allowed = charge.allowed;
  finding.withdrawn_by = withdrawn_by ? withdrawn_by : charge.void_by;
  watch(ruling_key(finding.id));
  const auto* ruling = facts.ruling_on(finding.id);
  if (ruling &&
      std::find(finding.allowed.begin(), finding.allowed.end(), ruling->ruling.outcome) != finding.allowed.end()) {
    finding.ruling = ruling->ruling.outcome;
    finding.ruled_by = ruling->entry;
  }
  // Two acts of one case may rest on one evidence; while one of them does, it is not withdrawn.
  const auto [held, is_new] = findings_.emplace(finding.id, finding);
  if (!is_new && held->second.withdrawn_by && !finding.withdrawn_by) held->second = finding;
}

void Bench::find_turns(const Charge& charge, const std::optional<EntryId>& before, const std::vector<Turn>& turns) {
  auto open = before;
  for (const auto& turn : turns) {
    if (!turn.in_order && !open) {
      open = turn.entry;
    } else if (turn.in_order && open) {
      find(charge, *open, turn.entry);
      open.reset();
    }
  }
  if (open) find(charge, *open);
}

Judgement Bench::finish() {
  Judgement out;
  for (auto& [id, finding] : findings_) out.findings.push_back(std::move(finding));
  out.watched = std::move(watched_);
  return out;
}

// ---------------------------------------------------------------- rules for every kind of subject

namespace {

constexpr std::int64_t clock_slack_ms = 10 * 60'000;  // between two honest clocks, besides the error they admit

void judge_unreadable(Bench& bench) {
  for (const auto& stamp : bench.subject.unreadable) {
    bench.find(
        {FindingRule::unreadable_entry, "D31", local_date(stamp.claimed.at), "", {RulingOutcome::no_objection}, {}},
        stamp.id);
  }
}

void judge_place(Bench& bench) {
  for (const auto& stamp : bench.subject.out_of_place) {
    bench.find({FindingRule::out_of_place, "D14", local_date(stamp.claimed.at), "", {RulingOutcome::no_objection}, {}},
               stamp.id);
  }
}

// R76: each case of the person by itself; what a case says for the day of the commitment may change with its later
// steps: a correction on objection takes the exclusion back from its beginning, a repair does not.
void judge_exclusion(Bench& bench, const CommitmentCase& what) {
  bench.watch(data_key(journal::DataKind::commitment_forms));
  bench.watch("hub");
  const auto& made = what.made;
  const auto* forms = bench.facts.in_force(journal::DataKind::commitment_forms, made.body.made_on);
  if (!made.personal || !forms) return;
  for (const auto& credit_case : bench.elsewhere.credit_cases(made.personal->person.id_number)) {
    const auto excluded_with = [&](std::size_t steps) {
      auto part = credit_case;
      part.steps.resize(steps);
      const auto file = counting(part, bench.facts);
      const bool fell = std::any_of(file.acts.begin(), file.acts.end(), [](const domain::CreditAct& act) {
        return act.step == domain::CreditStep::corrected_on_objection;
      });
      return !fell && domain::excludes(file, forms->commitment_forms->credit, made.body.made_on);
    };
    std::vector<Turn> turns{{credit_case.decided.stamp.id, !excluded_with(0)}};
    for (std::size_t k = 0; k < credit_case.steps.size(); ++k) {
      turns.push_back({credit_case.steps[k].stamp.id, !excluded_with(k + 1)});
    }
    const auto list = "list " + std::to_string(made.body.exclusion_list_revision);
    bench.find_turns({FindingRule::commitment_excluded,
                      "R76",
                      made.body.made_on,
                      list,
                      {RulingOutcome::no_objection, RulingOutcome::revoked},
                      {}},
                     std::nullopt, turns);
  }
}

class OfEverySubject {
 public:
  explicit OfEverySubject(Bench& bench) : bench_(bench) {}

  void operator()(const OtherCase&) const {}
  void operator()(const CertificateCase& what) const {
    // What came of an application tells as much as the application.
    const bool settled = !what.issued.empty() || !what.refused.empty();
    if (what.application && !settled) stamp(what.application->stamp, what.application->body.applied_on, false);
    for (const auto& each : what.spoiled) stamp(each.stamp, each.body.spoiled_on, false);
    for (const auto& each : what.refused) stamp(each.stamp, each.body.refused_on, true);
    for (const auto& each : what.issued) {
      const auto* spoiling = what.spoiling(each);
      stamp(each.stamp, each.body.issued_on, true, spoiling ? std::optional(spoiling->stamp.id) : std::nullopt);
    }
    judge_certificate(bench_, what);
  }
  void operator()(const DeliberationCase& what) const {
    stamp(what.recorded.stamp, what.recorded.body.minutes.held_on, false);
    judge_deliberation(bench_, what);
  }
  void operator()(const InquiryCase& what) const { stamp(what.recorded.stamp, what.recorded.body.asked_on, false); }
  void operator()(const CommitmentCase& what) const {
    stamp(what.made.stamp, what.made.body.made_on, false);
    judge_exclusion(bench_, what);
  }
  void operator()(const CreditCase&) const {}  // the district's own acts

 private:
  void stamp(const Stamp& stamp, CivilDate day, bool written_that_day,
             const std::optional<EntryId>& void_by = {}) const {
    judge_clock(bench_, stamp, day, written_that_day, void_by);
    judge_revocation(bench_, stamp);
    judge_fork(bench_, stamp);
  }

  Bench& bench_;
};

}  // namespace

// O6: the hub's own words bracket every entry. It was written after the last of them that its writer had seen, and
// before the hub held it. `written_that_day`: the day on the paper is the day of the entry.
void judge_clock(Bench& bench, const Stamp& stamp, CivilDate day, bool written_that_day,
                 const std::optional<EntryId>& void_by) {
  const auto& facts = bench.facts;
  const std::int64_t slack = clock_slack_ms + 1000LL * stamp.claimed.error_s;
  std::string detail;
  if (stamp.claimed.confidence == ClockConfidence::doubtful) detail = "device in doubt";

  if (const auto seen = facts.seen_until(bench.subject.body, stamp.known_district, stamp.known_body)) {
    const auto earliest = *seen + -slack;
    if (stamp.claimed.at < earliest || (written_that_day && day < local_date(earliest))) {
      detail = "before " + local_date(*seen).text() + ", which its writer had seen";
    }
  }
  for (const auto& [kind, body, known] :
       {std::tuple(journal::JournalKind::district, std::string(), stamp.known_district),
        std::tuple(journal::JournalKind::body, bench.subject.body, stamp.known_body)}) {
    if (known.epoch != 0 && !facts.has_heard(kind, body, known)) bench.watch(word_key(kind, body, known));
  }

  if (const auto received = facts.received_at(stamp.journal, stamp.seq)) {
    const auto latest = *received + slack;
    if (stamp.claimed.at > latest || day > local_date(latest)) {
      detail = "after " + local_date(*received).text() + ", when the hub had it";
    }
  } else {
    bench.watch(received_key(stamp.journal));
  }

  const auto apart = day - local_date(stamp.claimed.at);
  if (detail.empty() && (apart > 1 || (written_that_day && apart < -1))) {
    detail = "written on " + local_date(stamp.claimed.at).text();
  }
  if (detail.empty()) return;
  bench.find({FindingRule::clock_doubtful,
              "O6",
              day,
              detail,
              {RulingOutcome::no_objection, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
              void_by},
             stamp.id);
}

// O9: a later word on the same device may move the last trusted entry.
void judge_revocation(Bench& bench, const Stamp& stamp) {
  const auto* opening = bench.facts.opening_of(stamp.journal);
  if (!opening) return;
  bench.watch(device_key(opening->key));
  std::vector<Turn> turns;
  std::string last = "nothing is trusted";
  for (const auto& [entry, revocation] : bench.facts.revocations(opening->key)) {
    const auto& trusted = revocation.last_trusted;
    turns.push_back({entry, trusted && trusted->journal == stamp.journal && stamp.seq <= trusted->seq});
    if (trusted) last = "last trusted " + std::to_string(trusted->seq);
  }
  bench.find_turns({FindingRule::after_revocation,
                    "O9",
                    local_date(stamp.claimed.at),
                    "entry " + std::to_string(stamp.seq) + ", " + last,
                    {RulingOutcome::stands, RulingOutcome::revoked},
                    {}},
                   std::nullopt, turns);
}

// D09: the evidence is the entry itself, so that it does not matter which branch was seen first.
void judge_fork(Bench& bench, const Stamp& stamp) {
  const auto fork = bench.elsewhere.fork_of(stamp.journal);
  if (!fork || stamp.seq < *fork) return;
  bench.find({FindingRule::forked_journal,
              "D09",
              local_date(stamp.claimed.at),
              "branches differ from entry " + std::to_string(*fork),
              {RulingOutcome::stands, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
              {}},
             stamp.id);
}

Judgement judge(const Case& subject, const FactBook& facts, const Elsewhere& elsewhere) {
  Bench bench(subject, facts, elsewhere);
  std::visit(OfEverySubject(bench), subject.what);
  judge_unreadable(bench);
  judge_place(bench);
  return bench.finish();
}

}  // namespace cunzheng::registers
