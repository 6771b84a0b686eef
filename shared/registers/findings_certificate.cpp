#include "shared/registers/bench.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

using domain::Answer;
using domain::ItemState;
using journal::DataKind;
using journal::EntryId;
using journal::RulingOutcome;
using Issued = At<journal::CertificateIssued>;
using Application = At<journal::ApplicationOpened>;

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The certificate under judgement, with what belongs to it.
struct Paper {
  const Issued& issued;
  const std::optional<Application>& application;
  IssuedMark mark;
  const std::vector<At<journal::CertificateReissued>>& reissues;

  bool replaces(const domain::SubjectId& other) const {
    return std::any_of(reissues.begin(), reissues.end(), [&](const auto& each) { return each.body.replaced == other; });
  }
  CivilDate day() const { return issued.body.issued_on; }
};

// ---------------------------------------------------------------- R99, R100: the law of the day

// Would this have been issued under that revision? As the desk decides, on what the entries tell.
bool may_issue(const domain::Catalogue& catalogue, const Paper& paper) {
  const auto& body = paper.issued.body;
  const auto state = domain::state_on(catalogue, body.item, paper.day());
  if (body.as_fallback) {
    if (state == ItemState::not_issuable) {
      return domain::find_negative(catalogue, body.item)->fallback == domain::Fallback::conditional;
    }
    return state == ItemState::unlisted || state == ItemState::issuable;
  }
  if (state != ItemState::issuable) return false;
  if (!paper.application) return true;
  const auto& item = *domain::find_issuable(catalogue, body.item);
  const auto& asked = paper.application->body;
  return contains(item.purposes, asked.purpose) && contains(item.requester_kinds, asked.requester_kind);
}

void judge_law(Bench& bench, const Paper& paper) {
  bench.watch(law_key(paper.day()));
  const auto applied = paper.issued.body.catalogue_revision;
  const auto* newest = bench.facts.in_force(DataKind::catalogue, paper.day());
  if (!newest) return;
  // From the revision applied on; one that was not in force itself is no excuse.
  const auto from = std::min(applied, newest->revision);
  std::vector<Turn> turns;
  for (const auto* each : bench.facts.published(DataKind::catalogue)) {
    if (each->effective_from > paper.day() || each->revision < from) continue;
    turns.push_back({each->entry, may_issue(*each->catalogue, paper)});
  }
  const auto detail = paper.issued.body.item.value() + ": revision " + std::to_string(applied) + " applied, revision " +
                      std::to_string(newest->revision) + " in force";
  bench.find_turns({FindingRule::superseded_revision,
                    "R100",
                    paper.day(),
                    detail,
                    {RulingOutcome::confirmed_as_fallback, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
                    paper.mark.spoiled_by},
                   std::nullopt, turns);
}

// ---------------------------------------------------------------- D06, R113, R120: who signed

void judge_signatures(Bench& bench, const Paper& paper) {
  bench.watch(body_key(bench.subject.body));
  const auto& issued = paper.issued;
  if (!issued.personal) return;  // erased or missing: nothing to check them against
  const auto bad = [&](const domain::OfficerId& officer, const crypto::Signature& signature) {
    const auto known = bench.facts.officer(officer);
    return !known ||
           !bench.elsewhere.signed_paper(known->key, "certificate", view_of(issued.personal->text), signature);
  };
  std::string who;
  if (bad(issued.body.handler, issued.personal->handler_signature)) who = "handler";
  if (bad(issued.body.head, issued.personal->head_signature)) who += who.empty() ? "head" : ", head";
  if (who.empty()) return;
  bench.find({FindingRule::bad_paper_signature,
              "D06",
              paper.day(),
              who,
              {RulingOutcome::stands, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
              paper.mark.spoiled_by},
             issued.stamp.id);
}

void judge_two_people(Bench& bench, const Paper& paper) {
  const auto& body = paper.issued.body;
  const bool keeper_approved = body.seal_keeper == body.head;
  if (body.handler != body.head && !keeper_approved) return;
  bench.find({FindingRule::same_person_signed_twice,
              keeper_approved ? "R113" : "R120",
              paper.day(),
              keeper_approved ? "head keeps the seal" : "handler is head",
              {RulingOutcome::no_objection, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
              paper.mark.spoiled_by},
             paper.issued.stamp.id);
}

// ---------------------------------------------------------------- R27-R39, O7: consultation

constexpr std::initializer_list<RulingOutcome> on_consultation{RulingOutcome::stands, RulingOutcome::to_be_reissued,
                                                               RulingOutcome::revoked};

// The rule of the item in force on the day; null: none is asked for, or it cannot be told.
const domain::DeliberationRule* consultation_asked(const Bench& bench, const Paper& paper) {
  const auto* law = bench.facts.in_force(DataKind::catalogue, paper.day());
  const auto* item = law ? domain::find_issuable(*law->catalogue, paper.issued.body.item) : nullptr;
  if (!item || !item->deliberation || paper.issued.body.as_fallback) return nullptr;
  const auto& rule = *item->deliberation;
  if (rule.when_field.empty()) return &rule;
  if (!paper.application || !paper.application->personal) return nullptr;
  const auto& facts = paper.application->personal->facts;
  const auto fact = facts.find(rule.when_field);
  const bool applies = fact == facts.end() || fact->second.empty() || contains(rule.when_values, fact->second);
  return applies ? &rule : nullptr;
}

// O7: in another laptop's journal the record may come later than the certificate; in one's own it never does.
void judge_match(Bench& bench, const Paper& paper, const std::optional<At<journal::DeliberationRecorded>>& minutes) {
  const auto& issued = paper.issued;
  const bool on_file = issued.body.deliberation == domain::DeliberationEvidence::on_file;
  if (on_file && minutes && minutes->stamp.journal == issued.stamp.journal && minutes->stamp.seq < issued.stamp.seq)
    return;
  bench.find({FindingRule::deliberation_unmatched, "O7", paper.day(), "code " + issued.body.deliberation_code,
              on_consultation, paper.mark.spoiled_by},
             issued.stamp.id, minutes ? std::optional(minutes->stamp.id) : std::nullopt);
}

// How often these minutes had been used before this certificate, by certificates that are not among `given_up`.
std::uint32_t uses_before(const std::vector<IssuedMark>& uses, const IssuedMark& own,
                          const std::set<EntryId>& given_up) {
  return static_cast<std::uint32_t>(std::count_if(uses.begin(), uses.end(), [&](const IssuedMark& each) {
    const bool before = std::tie(each.lamport, each.entry) < std::tie(own.lamport, own.entry);
    return before && (!each.spoiled_by || !given_up.contains(*each.spoiled_by));
  }));
}

void judge_standing(Bench& bench, const Paper& paper, const At<journal::DeliberationRecorded>& recorded) {
  bench.watch(data_key(DataKind::quorums));
  bench.watch(law_key(paper.day()));
  const auto& minutes = recorded.body.minutes;
  const auto* rule = consultation_asked(bench, paper);
  const auto notice_days = static_cast<std::uint32_t>(std::max(0, rule ? rule->public_notice_days.value_or(0) : 0));
  const auto uses = bench.elsewhere.uses(bench.subject.body, paper.issued.body.deliberation_code);

  std::vector<const Published*> tables;
  for (const auto* each : bench.facts.published(DataKind::quorums)) {
    if (each->effective_from <= minutes.held_on) tables.push_back(each);
  }
  if (tables.empty()) return;  // not judged until the numbers are known

  std::string detail;
  std::set<EntryId> given_up;
  const auto stands_under = [&](const Published& table) {
    const auto standing =
        domain::standing_on(minutes, domain::judge_meeting(minutes, *table.quorums), notice_days, paper.day());
    detail.clear();
    for (const auto& line : standing.lines) {
      if (line.answer == Answer::yes) continue;
      detail += (detail.empty() ? "" : ", ") + line.id + " " + std::string(codec::name_of(line.answer));
    }
    const bool covered =
        domain::covers(minutes.scope, paper.issued.body.item, uses_before(uses, paper.mark, given_up), paper.day());
    if (!covered) detail += std::string(detail.empty() ? "" : ", ") + "scope no";
    return standing.stands == Answer::yes && covered;
  };
  // One finding with the minutes as evidence; a later table, or a spoiled certificate that used them, may withdraw it.
  bool ever_not = false;
  bool stands = false;
  std::optional<EntryId> righted_by;
  const auto turn = [&](const EntryId& entry, const Published& table) {
    const bool now = stands_under(table);
    if (now && !stands) righted_by = entry;
    ever_not = ever_not || !now;
    stands = now;
  };
  for (const auto* table : tables) turn(table->entry, *table);
  for (const auto& each : uses) {
    if (!each.spoiled_by) continue;
    given_up.insert(*each.spoiled_by);
    turn(*each.spoiled_by, *tables.back());
  }
  if (!ever_not) return;
  bench.find(
      {FindingRule::deliberation_not_standing, "R27", paper.day(), detail, on_consultation, paper.mark.spoiled_by},
      recorded.stamp.id, stands ? righted_by : std::nullopt);
}

void judge_consultation(Bench& bench, const Paper& paper) {
  const auto& body = paper.issued.body;
  if (body.deliberation == domain::DeliberationEvidence::none) {
    if (!consultation_asked(bench, paper)) return;
    bench.find(
        {FindingRule::deliberation_not_standing, "R27", paper.day(), "none", on_consultation, paper.mark.spoiled_by},
        paper.issued.stamp.id);
    return;
  }
  const auto minutes = bench.elsewhere.minutes(bench.subject.body, body.deliberation_code);
  judge_match(bench, paper, minutes);
  if (minutes) judge_standing(bench, paper, *minutes);
}

// ---------------------------------------------------------------- O2, O3: other certificates

// The later of two tells of the earlier, so that a pair is one finding.
bool is_earlier(const IssuedMark& other, const IssuedMark& own) {
  return std::tie(other.lamport, other.entry) < std::tie(own.lamport, own.entry);
}

// One finding a paper, however many are like it: on the first that stands, else on the first.
void judge_duplicate(Bench& bench, const Paper& paper) {
  if (!paper.application || !paper.application->personal || paper.mark.item == domain::ItemId{}) return;
  std::optional<IssuedMark> first;
  for (const auto& other : bench.elsewhere.of_person(paper.application->personal->applicant.id_number)) {
    if (other.subject == bench.subject.subject || !is_earlier(other, paper.mark)) continue;
    if (other.item != paper.mark.item || other.issued_on != paper.mark.issued_on) continue;
    if (other.addressee != paper.mark.addressee) continue;
    if (paper.replaces(other.subject)) continue;  // said openly (R105)
    const auto rank = [](const IssuedMark& mark) {
      return std::tuple(mark.spoiled_by.has_value(), mark.lamport, mark.entry);
    };
    if (!first || rank(other) < rank(*first)) first = other;
  }
  if (!first) return;
  bench.find({FindingRule::duplicate_certificate,
              "O2",
              paper.day(),
              paper.mark.item.value(),
              {RulingOutcome::no_objection, RulingOutcome::revoked},
              paper.mark.spoiled_by},
             first->entry, first->spoiled_by);
}

// R104: a spoiled number is used up as well.
void judge_number(Bench& bench, const Paper& paper) {
  const auto number = number_text(paper.issued.body.number);
  const auto* opening = bench.facts.opening_of(paper.issued.stamp.journal);
  const auto series = opening ? opening->series : std::string();
  if (!domain::check(paper.issued.body.number, {}) || series != std::string(1, paper.issued.body.number.series)) {
    bench.find({FindingRule::number_not_of_series,
                "O3",
                paper.day(),
                "series " + series,
                {RulingOutcome::stands, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
                {}},
               paper.issued.stamp.id);
  }
  for (const auto& other : bench.elsewhere.with_number(number)) {
    if (!is_earlier(other, paper.mark)) continue;
    bench.find({FindingRule::number_used_twice,
                "R104",
                paper.day(),
                number,
                {RulingOutcome::stands, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
                {}},
               other.entry);
  }
}

}  // namespace

std::string number_text(const domain::CertificateNumber& number) {
  return domain::check(number, {}) ? number.machine() : "?" + to_hex(codec::encode(number));
}

IssuedMark mark_of(const CertificateCase& what, const Issued& issued, const domain::SubjectId& subject) {
  IssuedMark mark{subject, issued.stamp.id, issued.stamp.lamport, issued.body.item, issued.body.issued_on, {}, {}};
  if (what.application) {
    mark.addressee = what.application->body.requesting_unit;
    if (mark.addressee.empty() && what.application->personal)
      mark.addressee = what.application->personal->requester_name;
  }
  if (const auto* note = what.spoiling(issued)) mark.spoiled_by = note->stamp.id;
  return mark;
}

// R4, R113, R118: what the writer had seen of the appointments counts as known; each later one may change things.
void judge_posts(Bench& bench, const Signed& paper) {
  bench.watch(body_key(bench.subject.body));
  std::vector<domain::Appointment> known;
  std::vector<Appointed> later;
  for (const auto& each : bench.facts.appointments(bench.subject.body)) {
    const auto& seen = paper.stamp.known_body;
    if (std::tie(each.epoch, each.seq) <= std::tie(seen.epoch, seen.seq)) {
      known.push_back(each.appointment);
    } else {
      later.push_back(each);
    }
  }
  std::string detail;
  const auto in_order = [&] {
    const domain::Posts posts(known);
    std::string missing;
    const auto look = [&](const std::optional<domain::OfficerId>& officer, domain::Post post) {
      if (!officer || posts.holds(*officer, post, paper.day)) return;
      missing += (missing.empty() ? "" : ", ") + std::string(codec::name_of(post));
    };
    look(paper.handler, domain::Post::handler);
    look(paper.head, domain::Post::head);
    look(paper.seal_keeper, domain::Post::seal_keeper);
    if (!missing.empty()) detail = missing;
    return missing.empty();
  };
  const auto before = in_order() ? std::nullopt : std::optional(paper.stamp.id);
  std::vector<Turn> turns;
  for (const auto& each : later) {
    known.push_back(each.appointment);
    turns.push_back({each.entry, in_order()});
  }
  bench.find_turns({FindingRule::not_in_post,
                    "R4",
                    paper.day,
                    detail,
                    {RulingOutcome::stands, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
                    paper.void_by},
                   before, turns);
}

void judge_certificate(Bench& bench, const CertificateCase& what) {
  for (const auto& issued : what.issued) {
    const Paper paper{issued, what.application, mark_of(what, issued, bench.subject.subject), what.reissues};
    judge_law(bench, paper);
    judge_posts(bench, {issued.stamp, paper.day(), issued.body.handler, issued.body.head, issued.body.seal_keeper,
                        paper.mark.spoiled_by});
    judge_signatures(bench, paper);
    judge_two_people(bench, paper);
    judge_consultation(bench, paper);
    judge_duplicate(bench, paper);
    judge_number(bench, paper);
  }
}

void judge_deliberation(Bench& bench, const DeliberationCase& what) {
  const auto& recorded = what.recorded;
  bench.watch(body_key(bench.subject.body));
  const auto& signed_on = recorded.body.minutes.head_signed_on;
  if (!signed_on) return;
  judge_posts(bench, {recorded.stamp, *signed_on, std::nullopt, recorded.body.head, std::nullopt, std::nullopt});
  if (!recorded.personal) return;
  const auto known = bench.facts.officer(recorded.body.head);
  const auto words = codec::encode(recorded.body.minutes);
  if (known && bench.elsewhere.signed_paper(known->key, "minutes", words, recorded.personal->head_signature)) return;
  bench.find({FindingRule::bad_paper_signature,
              "D06",
              *signed_on,
              "head",
              {RulingOutcome::stands, RulingOutcome::to_be_reissued, RulingOutcome::revoked},
              {}},
             recorded.stamp.id);
}

}  // namespace cunzheng::registers
