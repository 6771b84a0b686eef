#include "hub/credit_desk.hpp"

#include "hub/scan.hpp"
#include "shared/domain/identifiers.hpp"
#include "shared/registers/books.hpp"

#include <algorithm>

namespace cunzheng::hub {
namespace {

auto bad(std::string field, Text what, std::string rule = {}) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

// A decision is entered by decide(); being suspected or heard is no step of a case that is decided.
bool is_step_of_decided_case(domain::CreditStep step) {
  return step != domain::CreditStep::reported && step != domain::CreditStep::heard;
}

}  // namespace

CreditDesk::CreditDesk(link::Loop& loop, store::StoreThread& store, Projector& projector, Ledger& ledger,
                       Publisher& publisher, const Directory& directory, const Clock& clock, Random& random)
    : loop_(loop),
      store_(store),
      projector_(projector),
      ledger_(ledger),
      publisher_(publisher),
      directory_(directory),
      clock_(clock),
      random_(random) {}

Status CreditDesk::load(store::EntryStore& store) {
  for (const auto& end : directory_.ends_of(journal::JournalKind::district)) {
    CHECK(each_entry(store, end, [&](const journal::Entry& entry, const journal::Item& item) {
      const auto published = journal::read_body<journal::ExclusionListPublished>(entry);
      if (!published) return;
      lists_.push_back({item.id, {end.journal, entry.seq}, published->revision, item.private_part.has_value()});
    }));
  }
  std::stable_sort(lists_.begin(), lists_.end(), [](const List& a, const List& b) { return a.revision < b.revision; });
  std::vector<store::Place> left_over;
  for (std::size_t k = 0; k + 1 < lists_.size(); ++k) {
    if (lists_[k].is_held) left_over.push_back(lists_[k].place);
    lists_[k].is_held = false;
  }
  return left_over.empty() ? Status{} : store.erase_private(left_over);
}

Result<domain::CreditRules> CreditDesk::rules_today() const {
  const auto* forms = directory_.facts().in_force(journal::DataKind::commitment_forms, local_date(clock_.now()));
  if (forms == nullptr) {
    return fail(FailureCode::unavailable, {"请先发布告知承诺文本（forms publish），其中有信用期限规则",
                                           "publish the commitment forms first: they hold the rules of credit cases"});
  }
  return forms->commitment_forms->credit;
}

void CreditDesk::look(const std::optional<domain::SubjectId>& subject, std::function<void(Result<Look>)> done) {
  projector_.read([this, subject, done = std::move(done)](const Result<const registers::Projection*>& projection) {
    const auto work = [&]() -> Result<Look> {
      if (!projection) return tl::make_unexpected(projection.error());
      const auto& registers = **projection;
      Look look;
      TRY(const auto rows, registers.book<registers::CreditRow>({}));
      for (const auto& row : rows) {
        TRY(const auto credit_case, registers.case_of(row.subject));
        const auto* found = std::get_if<registers::CreditCase>(&credit_case.what);
        if (found == nullptr) continue;
        look.files.push_back({row.subject, registers::counting(*found, registers.facts()), row.person_id_number});
      }
      if (subject) {
        TRY(look.subject, registers.case_of(*subject));
      }
      return look;
    };
    loop_.post([look = work(), done] { done(look); });
  });
}

Result<domain::Person> CreditDesk::person_of(const CreditOrder& order, const Look& look,
                                             const domain::CreditRules& rules) const {
  auto person = order.person;
  auto committed_on = order.committed_on.value_or(order.decision.decided_on);
  if (order.commitment) {
    const auto* commitment = std::get_if<registers::CommitmentCase>(&look.subject->what);
    if (commitment == nullptr)
      return fail(FailureCode::not_found, {"没有这份承诺", "no such commitment"}, "commitment");
    if (!commitment->made.personal) {
      return fail(FailureCode::not_found,
                  {"这份承诺的个人信息不在中心", "the person of this commitment is not held here"}, "commitment");
    }
    person = commitment->made.personal->person;
    committed_on = commitment->made.body.made_on;
  }
  if (trimmed(person.name).empty() || has_control_characters(person.name) || code_points(person.name) > 40) {
    return bad("person.name", {"请填写姓名", "give the person's name"});
  }
  TRY(person.id_number, domain::normalise_citizen_id(person.id_number, "person.id_number"));
  if (committed_on > order.decision.decided_on) {
    return bad("committed_on", {"决定早于承诺", "the decision is earlier than the commitment"}, "R79");
  }
  CHECK(domain::check_subject(rules, person.id_number, committed_on));
  return person;
}

void CreditDesk::decide(CreditOrder order, Signatories signatories, Done done) {
  const auto prepared = [&]() -> Result<domain::CreditRules> {
    CHECK(publisher_.check_signatories(*signatories));
    TRY(auto rules, rules_today());
    order.decision.first_officer = signatories->front().id;
    if (signatories->size() > 1) order.decision.second_officer = (*signatories)[1].id;
    CHECK(domain::check_outcome(order.outcome, order.decision, rules));
    if (order.decision.decided_on > local_date(clock_.now())) {
      return bad("decided_on", {"日期还没有到", "that day has not come"}, "R79");
    }
    if (code_points(order.reason) > 2000) return bad("reason", {"最多2000个字", "at most 2000 characters"});
    return rules;
  }();
  if (!prepared) return done(tl::make_unexpected(prepared.error()));
  if (is_busy_)
    return done(
        fail(FailureCode::unavailable, {"正在登记另一件，请稍后再试", "another case is being entered; try again"}));
  is_busy_ = true;
  const auto commitment = order.commitment;
  look(commitment, [this, order = std::move(order), signatories, rules = *prepared,
                    done = std::move(done)](const Result<Look>& look) {
    is_busy_ = false;
    if (!look) return done(tl::make_unexpected(look.error()));
    const auto person = person_of(order, *look, rules);
    if (!person) return done(tl::make_unexpected(person.error()));
    const bool is_known = std::any_of(look->files.begin(), look->files.end(), [&](const File& file) {
      const auto& decision = file.acts.decision;
      return file.id_number == person->id_number && decision && decision->decision_no == order.decision.decision_no;
    });
    if (is_known) {
      return done(fail(FailureCode::conflict,
                       {"此人的这份决定已经登记过", "this decision on this person is entered already"}, "decision_no"));
    }
    journal::CreditDecided decided{order.decision, sign_all(*signatories, "credit", codec::encode(order.decision))};
    auto files = look->files;
    files.push_back({{}, {order.decision, {}}, person->id_number});
    enter(journal::draft_of(decided, {*person, order.reason}, {}, random_), std::move(files), rules, *signatories,
          done);
  });
}

Status CreditDesk::check_step(const CreditStepOrder& order, const Look& look, const domain::CreditRules& rules) const {
  const auto* found = std::get_if<registers::CreditCase>(&look.subject->what);
  if (found == nullptr) return fail(FailureCode::not_found, {"没有这件信用案件", "no such credit case"}, "case");
  const auto& decision = found->decided.body.decision;
  const auto& act = order.act;
  if (!is_step_of_decided_case(act.step)) {
    return bad("step", {"已作出决定的案件没有这一步", "no step of a case that is decided"}, "R81");
  }
  if (act.on < decision.decided_on) return bad("on", {"早于决定日期", "earlier than the decision"}, "R81");
  if (act.on > local_date(clock_.now())) return bad("on", {"日期还没有到", "that day has not come"});
  if (trimmed(act.authority).empty()) return bad("authority", {"请填写作出的机关", "name the authority"}, "R81");
  if (trimmed(act.document_no).empty()) return bad("document_no", {"请填写文号", "give the document's number"}, "R81");
  if (act.step != domain::CreditStep::repaired) return {};
  if (!order.applied_on)
    return bad("applied_on", {"请填写申请修复的日期", "give the day the repair was asked for"}, "R89");
  return domain::check_repair({*order.applied_on, act.on, act.authority, act.document_no, order.duties_done_shown,
                               order.credit_commitment_given},
                              decision, rules);
}

void CreditDesk::take_step(CreditStepOrder order, Signatories signatories, Done done) {
  const auto prepared = [&]() -> Result<domain::CreditRules> {
    CHECK(publisher_.check_signatories(*signatories));
    return rules_today();
  }();
  if (!prepared) return done(tl::make_unexpected(prepared.error()));
  if (is_busy_)
    return done(
        fail(FailureCode::unavailable, {"正在登记另一件，请稍后再试", "another case is being entered; try again"}));
  is_busy_ = true;
  const auto subject = order.credit_case;
  look(subject, [this, order = std::move(order), signatories, rules = *prepared,
                 done = std::move(done)](const Result<Look>& look) {
    is_busy_ = false;
    if (!look) return done(tl::make_unexpected(look.error()));
    if (const auto allowed = check_step(order, *look, rules); !allowed) {
      return done(tl::make_unexpected(allowed.error()));
    }
    journal::CreditStepTaken taken{order.act, {}};
    taken.signatures = sign_all(*signatories, "credit-step", taken.signed_bytes(order.credit_case));
    auto files = look->files;
    for (auto& file : files) {
      if (file.credit_case == order.credit_case) file.acts.acts.push_back(order.act);
    }
    enter(journal::draft_of(taken, {}, order.credit_case, random_), std::move(files), rules, *signatories, done);
  });
}

void CreditDesk::enter(journal::Draft act, std::vector<File> files, const domain::CreditRules& rules,
                       const std::vector<Signatory>& signatories, Done done) {
  const auto today = local_date(clock_.now());
  std::set<std::string> excluded;
  for (const auto& file : files) {
    if (!file.id_number.empty() && domain::excludes(file.acts, rules, today)) excluded.insert(file.id_number);
  }
  const std::vector<std::string> numbers(excluded.begin(), excluded.end());
  // A village may have brought a later list back than this hub remembers.
  const auto known = directory_.facts().exclusions();
  const auto revision = std::max(known ? known->revision : 0, lists_.empty() ? 0 : lists_.back().revision) + 1;
  auto list = publisher_.exclusion_list(revision, numbers, signatories);
  if (!list) return done(tl::make_unexpected(list.error()));

  // The new list first, then what it replaces.
  std::vector<journal::Draft> published;
  published.push_back(*std::move(list));
  for (const auto& older : lists_) {
    if (!older.is_held) continue;
    const journal::PrivatePartErased erased{
        older.entry, older.place.journal, older.place.seq, journal::ErasureReason::replaced_list, {}};
    published.push_back(journal::draft_of(erased, {}, domain::SubjectId{older.entry.value()}, random_));
  }
  const auto opens_case = act.subject == domain::SubjectId{};
  const auto subject = act.subject;
  std::vector<journal::Draft> acts;
  acts.push_back(std::move(act));
  auto ranges = ledger_.compose(office_journal, std::move(acts));
  const auto entry = ranges.back().items.front().id;
  auto more = ledger_.compose(district_journal, std::move(published));
  const auto& of_list = more.back();
  lists_.push_back({of_list.items.front().id, {of_list.journal, of_list.first}, revision, true});
  std::move(more.begin(), more.end(), std::back_inserter(ranges));

  const CreditReport report{opens_case ? domain::SubjectId{entry.value()} : subject, entry, revision, numbers.size()};
  ledger_.append(std::move(ranges), [this, report, done = std::move(done)](const Status& status) {
    if (!status) return done(tl::make_unexpected(status.error()));
    erase_older_lists();
    done(report);
  });
}

void CreditDesk::erase_older_lists() {
  std::vector<store::Place> places;
  for (std::size_t k = 0; k + 1 < lists_.size(); ++k) {
    if (lists_[k].is_held) places.push_back(lists_[k].place);
    lists_[k].is_held = false;
  }
  if (places.empty()) return;
  // A failure shuts the store, which the next write sees; the next start deletes them then.
  store_.run([places](store::EntryStore& store) { static_cast<void>(store.erase_private(places)); });
}

}  // namespace cunzheng::hub
