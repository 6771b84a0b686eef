#include "shared/registers/books.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

using journal::DataKind;
using journal::RulingOutcome;

Bytes order_of(CivilDate day, const journal::EntryId& entry) {
  const auto days = static_cast<std::uint32_t>(day - CivilDate::first);
  Bytes order;
  for (const int shift : {24, 16, 8, 0}) order.push_back(static_cast<std::uint8_t>(days >> shift));
  append(order, entry.value());
  return order;
}

Bytes order_of(const domain::CertificateNumber& number, const journal::EntryId& entry) {
  const auto year = static_cast<std::uint32_t>(number.year);
  Bytes order;
  for (const int shift : {24, 16, 8, 0}) order.push_back(static_cast<std::uint8_t>(year >> shift));
  order.push_back(static_cast<std::uint8_t>(number.series));
  for (const int shift : {24, 16, 8, 0}) order.push_back(static_cast<std::uint8_t>(number.serial >> shift));
  append(order, entry.value());
  return order;
}

class Clerk {
 public:
  Clerk(const Case& subject, const std::vector<Finding>& findings, const FactBook& facts, std::set<FactKey>& watched)
      : case_(subject), findings_(findings), facts_(facts), watched_(watched) {
    open_ = static_cast<std::uint32_t>(
        std::count_if(findings.begin(), findings.end(), [](const Finding& each) { return each.is_open(); }));
  }

  std::vector<BookRow> take() { return std::move(rows_); }

  void operator()(const OtherCase&) {}
  void operator()(const CertificateCase& what) {
    for (const auto& each : what.issued) add_certificate(what, each);
    for (const auto& each : what.refused) add_refusal(what, each);
    if (what.application && what.issued.empty() && what.refused.empty()) add_application(*what.application);
  }
  void operator()(const DeliberationCase& what) {
    const auto& [stamp, body, personal, part] = what.recorded;
    const auto& minutes = body.minutes;
    auto row = begin<DeliberationRow>(stamp, part);
    row.code = minutes_code(stamp.id);
    row.kind = minutes.kind;
    row.matter = minutes.matter;
    row.held_on = minutes.held_on;
    row.head_signed_on = minutes.head_signed_on;
    watched_.insert(data_key(DataKind::quorums));
    if (const auto* table = facts_.in_force(DataKind::quorums, minutes.held_on)) {
      row.valid = domain::judge_meeting(minutes, *table->quorums).valid;
    }
    row.items = minutes.scope.items;
    row.uses_max = minutes.scope.uses_max;
    row.handler = body.handler;
    row.head = body.head;
    row.findings_open = open_;
    if (personal) row.topic = personal->minutes.topic;
    end(row, row.held_on);
  }
  void operator()(const InquiryCase& what) {
    const auto& [stamp, body, personal, part] = what.recorded;
    auto row = begin<InquiryRow>(stamp, part);
    row.item = body.item;
    row.item_name = name_of(body.item, body.asked_on, body.catalogue_revision);
    row.catalogue_revision = body.catalogue_revision;
    row.asked_on = body.asked_on;
    row.answer = body.answer;
    row.handler = body.handler;
    row.findings_open = open_;
    if (personal) row.question = personal->question;
    end(row, row.asked_on);
  }
  void operator()(const CommitmentCase& what) {
    const auto& [stamp, body, personal, part] = what.made;
    auto row = begin<CommitmentRow>(stamp, part);
    row.organ = body.organ;
    row.matter = body.matter;
    row.item = body.item;
    row.made_on = body.made_on;
    row.exclusion_list_revision = body.exclusion_list_revision;
    const bool excluded = std::any_of(findings_.begin(), findings_.end(), [](const Finding& each) {
      return each.rule == FindingRule::commitment_excluded && !each.withdrawn_by;
    });
    if (excluded) row.state = domain::CommitmentState::not_accepted_excluded;
    if (!what.answered.empty()) {
      row.state = what.answered.back().body.state;
      row.answered_on = what.answered.back().body.answered_on;
    }
    row.explained_by = body.explained_by;
    row.findings_open = open_;
    if (personal) {
      row.person_name = personal->person.name;
      row.person_id_number = personal->person.id_number;
    }
    end(row, row.made_on);
  }
  void operator()(const CreditCase& what) {
    const auto& [stamp, body, personal, part] = what.decided;
    auto row = begin<CreditRow>(stamp, part);
    row.decision_no = body.decision.decision_no;
    row.decided_on = body.decision.decided_on;
    row.deciding_organ = body.decision.deciding_organ;
    row.credit_class = body.decision.credit_class;
    watched_.insert("hub");
    const auto file = counting(what, facts_);
    row.acts = file.acts;
    row.counts = file.decision.has_value();
    if (personal) {
      row.person_name = personal->person.name;
      row.person_id_number = personal->person.id_number;
    }
    end(row, row.decided_on);
  }

 private:
  template <class Row>
  Row begin(const Stamp& stamp, PersonalPart part) const {
    Row row;
    row.subject = case_.subject;
    row.body = case_.body;
    row.journal = stamp.journal;
    row.entry = stamp.id;
    row.personal = part;
    return row;
  }
  // A line in the order of days, or in that of numbers.
  template <class Row>
  void end(const Row& row, CivilDate day) {
    end(row, day, order_of(day, row.entry));
  }
  template <class Row>
  void end(const Row& row, CivilDate day, Bytes order) {
    rows_.push_back({Row::table_name, row.body, day, std::move(order), codec::encode(row)});
  }

  // Of the list in force on that day, of the revision applied or one before it.
  std::string name_of(const domain::ItemId& item, CivilDate day, std::uint32_t revision_max) {
    watched_.insert(law_key(day));
    const auto* law = facts_.in_force(DataKind::catalogue, day, revision_max);
    return law && item != domain::ItemId{} ? domain::item_name(*law->catalogue, item).zh : item.value();
  }

  bool ruled(RulingOutcome outcome) const {
    return std::any_of(findings_.begin(), findings_.end(),
                       [&](const Finding& each) { return each.ruling == outcome && !each.withdrawn_by; });
  }

  void add_certificate(const CertificateCase& what, const At<journal::CertificateIssued>& issued) {
    const auto& body = issued.body;
    auto row = begin<CertificateRow>(issued.stamp, PersonalPart::missing);
    row.machine_number = number_text(body.number);
    watched_.insert(body_key(case_.body));
    const auto committee = facts_.body_on(case_.body, body.issued_on);
    const bool printable = committee && domain::check(body.number, {});
    row.number = printable ? body.number.printed(committee->short_name) : row.machine_number;
    row.item = body.item;
    row.item_name = name_of(body.item, body.issued_on, body.catalogue_revision);
    row.catalogue_revision = body.catalogue_revision;
    row.issued_on = body.issued_on;
    row.valid_until = body.valid_until;
    row.copies = body.copies;
    row.handler = body.handler;
    row.head = body.head;
    row.seal_keeper = body.seal_keeper;
    row.as_fallback = body.as_fallback;
    row.deliberation = body.deliberation;
    row.deliberation_code = body.deliberation_code;
    if (const auto& application = what.application) {
      row.purpose = application->body.purpose;
      row.requester_kind = application->body.requester_kind;
      row.requesting_unit = application->body.requesting_unit;
      row.fallback_cause = application->body.fallback_cause;
      row.personal = application->part;
      if (const auto& personal = application->personal) {
        row.applicant_name = personal->applicant.name;
        row.applicant_id_number = personal->applicant.id_number;
        row.requester_name = personal->requester_name;
        row.purpose_text = personal->purpose_text;
      }
    }
    row.state = ruled(RulingOutcome::revoked)                 ? CertificateState::revoked
                : ruled(RulingOutcome::to_be_reissued)        ? CertificateState::to_be_reissued
                : ruled(RulingOutcome::confirmed_as_fallback) ? CertificateState::confirmed_as_fallback
                                                              : CertificateState::issued;
    if (const auto* note = what.spoiling(issued)) {
      row.state = CertificateState::spoiled;
      row.spoil_kind = note->body.spoil_kind;
    }
    if (!what.reissues.empty()) row.reissue_of = number_text(what.reissues.front().body.replaces);
    row.forked = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& each) {
      return each.rule == FindingRule::forked_journal && each.evidence == row.entry;
    });
    row.quarantined = std::any_of(findings_.begin(), findings_.end(), [](const Finding& each) {
      return each.rule == FindingRule::after_revocation && !each.withdrawn_by && each.ruling != RulingOutcome::stands;
    });
    row.findings_open = open_;
    end(row, body.issued_on, order_of(body.number, row.entry));
  }

  void add_refusal(const CertificateCase& what, const At<journal::ApplicationRefused>& refused) {
    const auto& body = refused.body;
    auto row = begin<RefusalRow>(refused.stamp, PersonalPart::missing);
    row.reason = body.reason;
    row.rule = body.rule;
    row.catalogue_revision = body.catalogue_revision;
    row.refused_on = body.refused_on;
    row.handler = body.handler;
    row.fallback_possible = body.fallback_possible;
    row.findings_open = open_;
    if (const auto& application = what.application) {
      row.item = application->body.item;
      row.item_name = name_of(row.item, body.refused_on, body.catalogue_revision);
      row.purpose = application->body.purpose;
      row.requester_kind = application->body.requester_kind;
      row.requesting_unit = application->body.requesting_unit;
      row.personal = application->part;
      if (const auto& personal = application->personal) {
        row.applicant_name = personal->applicant.name;
        row.applicant_id_number = personal->applicant.id_number;
        row.requested_name = personal->requested_name;
      }
    }
    end(row, row.refused_on);
  }

  void add_application(const At<journal::ApplicationOpened>& opened) {
    const auto& body = opened.body;
    auto row = begin<ApplicationRow>(opened.stamp, opened.part);
    row.item = body.item;
    row.item_name = name_of(body.item, body.applied_on, UINT32_MAX);
    row.purpose = body.purpose;
    row.requester_kind = body.requester_kind;
    row.requesting_unit = body.requesting_unit;
    row.applied_on = body.applied_on;
    row.due_on = body.due_on;
    row.evidence_at_hand = body.evidence_at_hand;
    row.fallback_cause = body.fallback_cause;
    if (const auto& personal = opened.personal) {
      row.applicant_name = personal->applicant.name;
      row.applicant_id_number = personal->applicant.id_number;
      row.requested_name = personal->requested_name;
    }
    end(row, row.applied_on);
  }

  const Case& case_;
  const std::vector<Finding>& findings_;
  const FactBook& facts_;
  std::set<FactKey>& watched_;
  std::uint32_t open_ = 0;
  std::vector<BookRow> rows_;
};

}  // namespace

std::vector<BookRow> rows_of(const Case& subject, const std::vector<Finding>& findings, const FactBook& facts,
                             std::set<FactKey>& watched) {
  Clerk clerk(subject, findings, facts, watched);
  std::visit(clerk, subject.what);
  return clerk.take();
}

domain::CreditCase counting(const CreditCase& credit_case, const FactBook& facts) {
  domain::CreditCase file;
  const auto& decided = credit_case.decided;
  const auto decision = codec::encode(decided.body.decision);
  if (!facts.signed_by_officers("credit", decision, decided.body.signatures, decided.stamp.claimed.at)) return file;
  file.decision = decided.body.decision;
  const domain::SubjectId subject(decided.stamp.id.value());
  for (const auto& step : credit_case.steps) {
    const auto words = step.body.signed_bytes(subject);
    if (facts.signed_by_officers("credit-step", words, step.body.signatures, step.stamp.claimed.at)) {
      file.acts.push_back(step.body.act);
    }
  }
  return file;
}

}  // namespace cunzheng::registers
