#include "client/certificate_plan.hpp"

#include "shared/domain/identifiers.hpp"

#include <algorithm>

namespace cunzheng::client {
namespace {

using domain::Obligation;
using journal::DataKind;

constexpr std::uint32_t copies_max = 99;

tl::unexpected<Failure> bad(Text what, std::string field, std::string rule) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

std::string given(const std::optional<std::string>& text) { return text ? trimmed(*text) : std::string(); }

bool asks_for(const domain::Permit& permit, Obligation obligation) {
  return std::find(permit.obligations.begin(), permit.obligations.end(), obligation) != permit.obligations.end();
}

// What an obligation asks to be put on file, in the private part beside the text.
struct Paper {
  Obligation obligation;
  const std::optional<std::string> ApplicationInput::*where;
  const char* field;
  const char* rule;
  Text missing;
  const char* heading;
};

const std::vector<Paper>& papers() {
  static const std::vector<Paper> all{
      {Obligation::investigate_first,
       &ApplicationInput::verification_text,
       "verification_text",
       "R53",
       {"需要先核实：请写明走访或查询的时间、经过和结果", "to be verified first: say when and how, and what was found"},
       "核实"},
      {Obligation::committee_decides,
       &ApplicationInput::committee_decision,
       "committee_decision",
       "R115",
       {"需要村（居）委会集体决定：请写明会议日期和结论",
        "the committee decides together: give the day and the outcome"},
       "集体决定"},
      {Obligation::assess_legal_risk,
       &ApplicationInput::risk_assessment,
       "risk_assessment",
       "R49",
       {"可能有法律风险：请先写明评估、防范措施和法律顾问意见",
        "there may be a legal risk: give the assessment, the precautions and the legal adviser's view"},
       "风险评估"},
      {Obligation::refresh_data,
       &ApplicationInput::cannot_wait,
       "cannot_wait",
       "O12",
       {"本机数据已旧，请先同步；确实等不及的，请写明理由",
        "the data here are old, synchronise first; if it cannot wait, say why"},
       "数据较旧仍办理的理由"},
  };
  return all;
}

// How the meeting's decision bears on this item, when its minutes are on file here.
struct Support {
  bool stands = false;
  std::vector<domain::ResultLine> open_lines;
};

void add_line(Support& support, const char* id, Text label) {
  support.open_lines.push_back({id, std::move(label), domain::Certainty::found, domain::Answer::no, true});
}

Support support_of(const domain::Minutes& minutes, const LawAtHand& law, const domain::ItemId& item, std::uint32_t used,
                   CivilDate today) {
  Support support;
  if (!law.quorums) {
    add_line(support, "quorums", {"本机还没有会议人数规则，请先同步", "the quorum table is not here yet: synchronise"});
    return support;
  }
  const auto* listed = domain::find_issuable(*law.catalogue, item);
  const auto* rule = listed && listed->deliberation ? &*listed->deliberation : nullptr;
  const auto notice_days = rule ? static_cast<std::uint32_t>(std::max(rule->public_notice_days.value_or(0), 0)) : 0U;
  const auto standing = domain::standing_on(minutes, domain::judge_meeting(minutes, *law.quorums), notice_days, today);
  support.stands = standing.stands == domain::Answer::yes;
  for (const auto& line : standing.lines) {
    if (line.answer != domain::Answer::yes) support.open_lines.push_back(line);
  }
  if (rule &&
      std::find(rule->meeting_kinds.begin(), rule->meeting_kinds.end(), minutes.kind) == rule->meeting_kinds.end()) {
    support.stands = false;
    add_line(support, "meeting-kind", {"这种会议不能决定这一事项", "this kind of meeting does not decide this item"});
  }
  if (!domain::covers(minutes.scope, item, used, today)) {
    support.stands = false;
    add_line(support, "scope",
             {"超出会议决定的事项、份数或期限", "beyond the items, the number or the time of the decision"});
  }
  return support;
}

Result<domain::Application> application_of(const ApplicationInput& input) {
  domain::Application out;
  out.item = domain::ItemId(given(input.item));
  out.requested_name = given(input.requested_name);
  out.purpose = domain::PurposeCode(given(input.purpose));
  out.purpose_text = given(input.purpose_text);
  out.requester_kind = domain::RequesterKind(input.requester_kind);
  out.requesting_unit = trimmed(input.requesting_unit);
  out.basis_cited = given(input.basis_cited);
  TRY(out.applicant, person_of(input.applicant, "applicant"));
  out.facts = input.facts;
  out.evidence_at_hand = input.evidence_at_hand.value_or(true);
  out.fallback_cause = input.fallback_cause.value_or(domain::FallbackCause::none);
  out.legal_risk = input.legal_risk.value_or(false);
  return out;
}

// Who is refused is not asked for what only a certificate would say (R57).
bool only_papers_need(const std::string& field) {
  return field == "purpose_text" || field == "basis_cited" || field.starts_with("facts.");
}

// Where the committee keeps its seal itself, somebody has the post; some townships keep it for them (R116).
bool keeps_its_seal(const LawAtHand& law, CivilDate today) {
  const auto& all = law.posts.all();
  return std::any_of(all.begin(), all.end(), [&](const domain::Appointment& each) {
    return each.post == domain::Post::seal_keeper && law.posts.holds(each.officer, each.post, today);
  });
}

Status check_seal_keeper(const LawAtHand& law, const Hands& hands, CivilDate today) {
  if (!hands.seal_keeper) {
    if (!keeps_its_seal(law, today)) return {};
    return bad({"请指明由谁用印（与负责人不是同一人）", "say who seals it (not the head)"}, "seal_keeper", "R113");
  }
  CHECK(check_post(law, *hands.seal_keeper, domain::Post::seal_keeper, today, "seal_keeper"));
  if (*hands.seal_keeper != hands.head) return {};
  return bad({"批准人和印章保管人不能是同一人", "who approves must not keep the seal"}, "seal_keeper", "R113");
}

}  // namespace

Result<domain::Person> person_of(const PersonInput& input, const std::string& field) {
  domain::Person person{trimmed(input.name), trimmed(to_half_width(input.id_number)), given(input.phone),
                        given(input.address)};
  if (person.name.empty()) return bad({"请填写姓名", "the name is missing"}, field + ".name", "R55");
  // Other documents are looked at by check_application(); a citizen's number is kept in one spelling.
  if (auto normal = domain::normalise_citizen_id(person.id_number, field + ".id_number")) person.id_number = *normal;
  return person;
}

Result<LawAtHand> law_on(const Books& books, CivilDate day) {
  const auto& facts = books.facts();
  const auto* catalogue = facts.in_force(DataKind::catalogue, day);
  const auto body = facts.body_on(books.body(), day);
  if (catalogue == nullptr || !body) {
    return fail(FailureCode::unavailable,
                {"本机还没有这一天适用的清单或本村信息，请先同步",
                 "the catalogue of that day or the committee's description is not here yet: synchronise"});
  }
  LawAtHand law;
  law.catalogue = catalogue->catalogue;
  law.body = *body;
  law.posts = facts.posts(books.body());
  if (const auto* found = facts.in_force(DataKind::calendar, day)) law.calendar = found->calendar;
  if (const auto* found = facts.in_force(DataKind::quorums, day)) law.quorums = found->quorums;
  if (const auto as_of = books.data_as_of()) law.data_age_days = std::max(0, day - local_date(*as_of));
  return law;
}

Result<DecidedApplication> decide_application(const Books& books, const LawAtHand& law, const ApplicationInput& input,
                                              const PendingUses& pending, CivilDate today) {
  TRY(auto application, application_of(input));
  const auto complete = domain::check_application(application, *law.catalogue);
  if (!complete && !only_papers_need(complete.error().field)) return tl::make_unexpected(complete.error());
  const auto applied_on = input.applied_on.value_or(today);
  if (applied_on > today) return bad({"受理日期晚于今天", "accepted later than today"}, "applied_on", "R56");

  DecidedApplication out;
  if (const auto typed = given(input.deliberation); !typed.empty()) {
    TRY(out.deliberation_code, domain::read_check_code(typed, "deliberation"));
    if (const auto* minutes = books.minutes(out.deliberation_code)) {
      const auto waiting = pending.find(out.deliberation_code);
      const auto used = books.uses(out.deliberation_code) + (waiting == pending.end() ? 0 : waiting->second);
      auto support = support_of(*minutes, law, application.item, used, today);
      application.deliberation = domain::DeliberationEvidence::on_file;
      application.deliberation_stands = support.stands;
      out.open_lines = std::move(support.open_lines);
    } else if (input.minutes_in_hand.value_or(false)) {
      application.deliberation = domain::DeliberationEvidence::paper_reference;
    }
  }
  out.decision = domain::decide(application, law.law(), law.posts, today);
  if (!complete && std::holds_alternative<domain::Permit>(out.decision)) return tl::make_unexpected(complete.error());
  if (const auto* permit = std::get_if<domain::Permit>(&out.decision)) {
    out.due = permit->due;
    if (applied_on != today) {  // the limit runs from the day of acceptance
      const auto then = domain::decide(application, law.law(), law.posts, applied_on);
      if (const auto* earlier = std::get_if<domain::Permit>(&then)) out.due = earlier->due;
    }
  }
  out.application = std::move(application);
  return out;
}

std::pair<journal::ApplicationOpened, journal::ApplicationPrivate> opening_of(const LawAtHand& law,
                                                                              const DecidedApplication& decided,
                                                                              CivilDate applied_on) {
  const auto& application = decided.application;
  // Units that may be exposed are named in the body, where they can be counted (R59); a civil party may be a person.
  const auto* requester = domain::class_of(*law.catalogue, application.requester_kind);
  const bool is_unit = requester != nullptr && requester->may_be_exposed;
  journal::ApplicationOpened body;
  body.item = application.item;
  body.purpose = application.purpose;
  body.requester_kind = application.requester_kind;
  if (is_unit) body.requesting_unit = application.requesting_unit;
  body.applied_on = applied_on;
  body.evidence_at_hand = application.evidence_at_hand;
  body.fallback_cause = application.fallback_cause;
  body.due_on = decided.due;
  journal::ApplicationPrivate personal;
  personal.applicant = application.applicant;
  personal.requested_name = application.requested_name;
  if (!is_unit) personal.requester_name = application.requesting_unit;
  personal.basis_cited = application.basis_cited;
  personal.purpose_text = application.purpose_text;
  personal.facts = application.facts;
  personal.legal_risk = application.legal_risk;
  return {std::move(body), std::move(personal)};
}

Status check_post(const LawAtHand& law, const domain::OfficerId& officer, domain::Post post, CivilDate day,
                  const std::string& field) {
  const bool is_head = post == domain::Post::head;
  if (is_head ? law.posts.head_on(day) == officer : law.posts.holds(officer, post, day)) return {};
  const auto date = day.text();
  return bad({"此人" + date + "不在这一岗位上，请核对任职或先同步",
              "not in this post on " + date + ": check the appointment, or synchronise"},
             field, "R4");
}

Result<std::string> name_of(const Books& books, const domain::OfficerId& officer, const std::string& field) {
  const auto fact = books.facts().officer(officer);
  if (fact && !fact->name.empty()) return fact->name;
  return fail(FailureCode::not_found,
              {"没有这名工作人员的姓名，请先同步", "the officer's name is not here: synchronise"}, field);
}

Result<NumberedCertificate> find_certificate(const Books& books, const std::string& typed, const std::string& field) {
  std::optional<NumberedCertificate> found;
  if (const auto machine = domain::parse_machine_number(typed, field)) {
    found = books.certificate(*machine);
  } else {
    TRY(const auto printed, domain::parse_printed_number(typed, field));
    found = books.certificate(printed);
  }
  if (!found) {
    return fail(FailureCode::not_found, {"登记簿中没有这个编号", "no certificate of this number in the register"},
                field);
  }
  return *found;
}

namespace {

// The earlier certificate, which is on the same item and for the same person.
Result<NumberedCertificate> replaced_by(const Books& books, const std::string& typed,
                                        const domain::Application& application) {
  TRY(const auto earlier, find_certificate(books, typed, "reissue_of"));
  registers::RowQuery query;
  query.table = registers::CertificateRow::table_name;
  query.number = earlier.number.machine();
  query.person = application.applicant.id_number;
  TRY(const auto theirs, books.registers().page(query));
  if (earlier.item != application.item || theirs.rows.empty()) {
    return bad({"只能补发同一人、同一事项的证明，请核对原编号",
                "only the same person's certificate on the same item can be reissued"},
               "reissue_of", "R105");
  }
  return earlier;
}

}  // namespace

Result<CertificatePlan> plan_certificate(const Books& books, const LawAtHand& law, const ApplicationInput& input,
                                         const DecidedApplication& decided, const Hands& hands, CivilDate today) {
  const auto& application = decided.application;
  const auto& permit = std::get<domain::Permit>(decided.decision);
  CertificatePlan plan;

  CHECK(check_post(law, hands.handler, domain::Post::handler, today, "handler"));
  CHECK(check_post(law, hands.head, domain::Post::head, today, "head"));
  if (asks_for(permit, Obligation::two_people_for_seal)) CHECK(check_seal_keeper(law, hands, today));
  if (hands.handler == hands.head) plan.marks.emplace_back("same_person_signed_twice");

  for (const auto& paper : papers()) {
    const auto text = given(input.*paper.where);
    if (text.empty() && asks_for(permit, paper.obligation)) return bad(paper.missing, paper.field, paper.rule);
    if (text.empty()) continue;
    plan.verification_text.append(plan.verification_text.empty() ? "" : "\n")
        .append(paper.heading)
        .append("：")
        .append(text);
  }
  auto methods = input.verification_methods.value_or(std::vector<std::string>{});
  if (methods.empty()) {
    if (asks_for(permit, Obligation::investigate_first)) {
      return bad({"请写明核实方式，如“入户走访”", "say how it was verified, as by a visit"}, "verification_methods",
                 "R53");
    }
    methods.emplace_back("核对材料");
  }
  const auto verified_on = input.verified_on.value_or(today);
  if (verified_on > today) return bad({"核实日期晚于今天", "verified later than today"}, "verified_on", "R53");
  const auto copies = input.copies.value_or(1);
  if (copies < 1 || copies > copies_max) return bad({"份数应为1至99", "between 1 and 99 copies"}, "copies", "R104");

  const auto* item = domain::find_issuable(*law.catalogue, application.item);
  const auto fact = application.facts.find(domain::statement_key);
  auto statement = given(input.statement);
  if (statement.empty() && item != nullptr) statement = domain::statement_of(*item, application.facts);
  if (statement.empty() && fact != application.facts.end()) statement = trimmed(fact->second);
  if (statement.empty()) return bad({"请写明要证明的情况", "say what is to be stated"}, "statement", "R8");

  std::tie(plan.opened, plan.opened_private) = opening_of(law, decided, input.applied_on.value_or(today));

  auto& issued = plan.issued;
  issued.item = application.item;
  issued.catalogue_revision = law.catalogue->revision;
  issued.issued_on = today;
  issued.valid_until = domain::valid_until(*law.catalogue, item, today);
  issued.copies = copies;
  issued.handler = hands.handler;
  issued.head = hands.head;
  issued.seal_keeper = hands.seal_keeper;
  issued.verified_on = verified_on;
  issued.as_fallback = permit.as_fallback;
  issued.deliberation = application.deliberation;
  if (application.deliberation != domain::DeliberationEvidence::none)
    issued.deliberation_code = decided.deliberation_code;

  auto& content = plan.content;
  if (const auto typed = given(input.reissue_of); !typed.empty()) {
    TRY(const auto earlier, replaced_by(books, typed, application));
    plan.reissued = journal::CertificateReissued{earlier.number, earlier.subject};
    const auto committee = books.facts().body_on(books.body(), earlier.issued_on);
    content.reissue_of = committee ? earlier.number.printed(committee->short_name) : earlier.number.machine();
  }
  const auto* purpose = domain::find_purpose(*law.catalogue, application.purpose);
  content.title = item != nullptr ? item->title : "证明";
  content.addressee = application.requesting_unit;
  content.item_name = application.item == domain::ItemId() ? application.requested_name
                                                           : domain::item_name(*law.catalogue, application.item).zh;
  content.person = application.applicant;
  content.statement = statement;
  content.verification_methods = methods;
  content.verified_on = verified_on;
  content.purpose =
      application.purpose_text.empty() && purpose != nullptr ? purpose->label.zh : application.purpose_text;
  content.valid_until = issued.valid_until;
  if (item != nullptr) content.basis = domain::cited(item->legal_basis, today);
  content.catalogue_revision = law.catalogue->revision;
  content.fallback_cause = permit.as_fallback ? application.fallback_cause : domain::FallbackCause::none;
  content.deliberation_number = issued.deliberation_code;
  content.deliberation_unmatched = application.deliberation == domain::DeliberationEvidence::paper_reference;
  if (content.deliberation_unmatched) plan.marks.emplace_back("deliberation_unmatched");
  if (permit.as_fallback) plan.marks.emplace_back("as_fallback");
  content.copies = copies;
  content.issuer_name = law.body.full_name;
  content.issuer_phone = law.body.phone;
  TRY(content.handler_name, name_of(books, hands.handler, "handler"));
  TRY(content.head_name, name_of(books, hands.head, "head"));
  content.issued_on = today;
  return plan;
}

}  // namespace cunzheng::client
