#include "hub/commands.hpp"
#include "hub/signing.hpp"
#include "shared/crypto/hash.hpp"
#include "sync/program/files.hpp"

#include <algorithm>

namespace cunzheng::hub {
namespace {

using program::Done;
using program::Takes;
using program::json::object;

constexpr std::size_t evidence_bytes_max = 64U << 20;

// ---- credit

CreditDesk::Done reply_with_credit(const Done& done) {
  return [done](const Result<CreditReport>& report) {
    if (!report) return done(tl::make_unexpected(report.error()));
    const auto revision = std::to_string(report->list_revision);
    const auto people = std::to_string(report->excluded);
    done(program::Reply{
        {{"case", to_hex(report->credit_case.value())},
         {"entry", to_hex(report->entry.value())},
         {"list_revision", report->list_revision},
         {"excluded", report->excluded}},
        {"已登记；排除名单第" + revision + "版共" + people + "人，已发往各村",
         "entered; exclusion list " + revision + " with " + people + " people is on its way to the villages"}});
  };
}

Result<CivilDate> date_argument(const object& arguments, std::string_view name) {
  TRY(const auto text, program::text_argument(arguments, name));
  return CivilDate::parse(text, std::string(name));
}

Result<domain::SubjectId> subject_argument(const object& arguments, std::string_view name) {
  TRY(const auto text, program::text_argument(arguments, name));
  TRY(const auto bytes, array_from_hex<32>(text, std::string(name)));
  return domain::SubjectId(bytes);
}

// Only name and number matter here.
Result<domain::Person> person_argument(const object& arguments) {
  const auto* given = program::argument(arguments, "person");
  if (given == nullptr || !given->is_object()) {
    return fail(FailureCode::bad_input, {"请用commitment或person说明是谁", "say who is meant: commitment, or person"},
                "person");
  }
  domain::Person person;
  const auto& fields = given->get_object();
  CHECK(program::only(fields, {"name", "id_number"}));
  TRY(person.name, program::text_argument(fields, "name"));
  TRY(person.id_number, program::text_argument(fields, "id_number"));
  return person;
}

Result<CreditOrder> credit_order_from(const object& rest) {
  CHECK(program::only(rest, {"outcome", "commitment", "person", "committed_on", "reason", "decision_no", "decided_on",
                             "deciding_organ", "credit_class", "heard_on", "served_on", "evidence", "consequences"}));
  CreditOrder order;
  TRY(order.outcome, enum_argument<domain::CheckOutcome>(rest, "outcome", domain::CheckOutcome::is_false));
  if (program::argument(rest, "commitment") != nullptr) {
    TRY(order.commitment, subject_argument(rest, "commitment"));
  } else {
    TRY(order.person, person_argument(rest));
  }
  TRY(order.committed_on, program::optional_date(rest, "committed_on"));
  TRY(order.reason, program::text_or(rest, "reason", {}));
  auto& decision = order.decision;
  TRY(decision.decision_no, program::text_argument(rest, "decision_no"));
  TRY(decision.decided_on, date_argument(rest, "decided_on"));
  TRY(decision.deciding_organ, program::text_argument(rest, "deciding_organ"));
  TRY(decision.credit_class, enum_argument<domain::CreditClass>(rest, "credit_class", domain::CreditClass::ordinary));
  TRY(decision.heard_on, program::optional_date(rest, "heard_on"));
  TRY(decision.served_on, program::optional_date(rest, "served_on"));
  TRY(const auto evidence, program::text_or(rest, "evidence", {}));
  if (!evidence.empty()) {
    TRY(const auto bytes, program::read_file(evidence, evidence_bytes_max));
    decision.evidence = crypto::sha256(bytes);
  }
  TRY(const auto consequences, program::text_or(rest, "consequences", {}));
  for (std::size_t at = 0; at < consequences.size();) {
    const auto comma = std::min(consequences.find(',', at), consequences.size());
    decision.consequences.push_back(consequences.substr(at, comma - at));
    at = comma + 1;
  }
  return order;
}

Status credit_decide(Workplace& at, const object& arguments, const Done& done) {
  TRY(auto order, credit_order_from(without_signing(arguments)));
  TRY(const auto signing, signing_from(at, arguments));
  with_signatories(at, signing, done, [&at, order = std::move(order), done](const CreditDesk::Signatories& by) {
    at.hub.credit.decide(order, by, reply_with_credit(done));
  });
  return {};
}

Status credit_step(Workplace& at, const object& arguments, const Done& done) {
  const auto rest = without_signing(arguments);
  CHECK(program::only(rest, {"case", "step", "on", "authority", "document_no", "applied_on", "duties_done_shown",
                             "credit_commitment_given"}));
  CreditStepOrder order;
  TRY(order.credit_case, subject_argument(rest, "case"));
  TRY(order.act.step, enum_argument<domain::CreditStep>(rest, "step"));
  TRY(order.act.on, date_argument(rest, "on"));
  TRY(order.act.authority, program::text_argument(rest, "authority"));
  TRY(order.act.document_no, program::text_argument(rest, "document_no"));
  TRY(order.applied_on, program::optional_date(rest, "applied_on"));
  TRY(order.duties_done_shown, program::flag_argument(rest, "duties_done_shown"));
  TRY(order.credit_commitment_given, program::flag_argument(rest, "credit_commitment_given"));
  TRY(const auto signing, signing_from(at, arguments));
  with_signatories(at, signing, done, [&at, order, done](const CreditDesk::Signatories& by) {
    at.hub.credit.take_step(order, by, reply_with_credit(done));
  });
  return {};
}

// ---- findings

Status rule(Workplace& at, const object& arguments, const Done& done) {
  const auto rest = without_signing(arguments);
  CHECK(program::only(rest, {"finding", "outcome", "reason", "decided_on"}));
  RulingOrder order;
  TRY(const auto finding, program::text_argument(rest, "finding"));
  TRY(const auto bytes, array_from_hex<32>(finding, "finding"));
  order.finding = domain::FindingId(bytes);
  TRY(order.outcome, enum_argument<journal::RulingOutcome>(rest, "outcome"));
  TRY(order.reason, program::text_argument(rest, "reason"));
  TRY(order.decided_on, program::optional_date(rest, "decided_on"));
  TRY(const auto signing, signing_from(at, arguments));
  with_signatories(at, signing, done, [&at, order, done](const CreditDesk::Signatories& by) {
    at.hub.casework.rule(order, by->front(),
                         reply_with_entry(done, {"已处理，将送达该村", "ruled; on its way to the village"}));
  });
  return {};
}

}  // namespace

void add_case_commands(program::Commands& commands, Workplace& at) {
  add_command(commands, at, "credit decide", credit_decide);
  add_command(commands, at, "credit step", credit_step);
  add_command(commands, at, "rule", rule);
}

std::vector<program::CommandSpec> case_command_specs() {
  return {
      {"credit decide",
       {"登记虚假承诺的认定", "enter the finding of a false commitment"},
       signed_options(
           {{"--commitment",
             {"承诺的编号（register commitment中的subject）", "the commitment: `subject` of register commitment"}},
            {"--person",
             {"没有承诺编号时：{\"name\",\"id_number\"}的JSON文件，-为标准输入",
              "without it: a JSON file of {\"name\",\"id_number\"}, - for standard input"},
             Takes::json},
            {"--committed-on", {"作出承诺的日期", "day of the commitment"}},
            {"--outcome", {"核查结果，默认false", "outcome of the check, false by default"}},
            {"--decision-no", {"决定书文号", "number of the decision"}, Takes::text, true},
            {"--decided-on", {"决定日期", "day of the decision"}, Takes::text, true},
            {"--deciding-organ", {"作出决定的机关", "the organ that decided"}, Takes::text, true},
            {"--credit-class", {"minor、ordinary、serious", "minor, ordinary, serious"}},
            {"--heard-on", {"听取陈述的日期", "day the person was heard"}},
            {"--served-on", {"送达日期", "day it was served"}},
            {"--evidence", {"决定书扫描件（只留摘要）", "the signed document (its hash is kept)"}, Takes::file},
            {"--consequences", {"处理方式，逗号分隔", "consequences, by commas"}},
            {"--reason", {"说明", "remark"}}},
           signatories_max)},
      {"credit step",
       {"登记信用案件的后续（记录、共享、公示、修复、更正）", "enter a later step of a credit case"},
       signed_options(
           {{"--case",
             {"案件编号（register credit中的subject）", "the case: `subject` of register credit"},
             Takes::text,
             true},
            {"--step",
             {"recorded、shared、published、repair_applied、repaired、repair_revoked、corrected_on_objection",
              "recorded, shared, published, repair_applied, repaired, repair_revoked, corrected_on_objection"},
             Takes::text,
             true},
            {"--on", {"日期", "day"}, Takes::text, true},
            {"--authority", {"作出的机关", "the authority"}, Takes::text, true},
            {"--document-no", {"文号", "number of the document"}, Takes::text, true},
            {"--applied-on", {"申请修复的日期", "day the repair was asked for"}},
            {"--duties-done-shown", {"已提交履行义务的证明", "proof that duties are done was given"}, Takes::nothing},
            {"--credit-commitment-given", {"已提交信用承诺书", "the credit commitment was given"}, Takes::nothing}},
           signatories_max)},
      {"rule",
       {"对一项提示作出处理决定", "rule on a finding"},
       signed_options({{"--finding", {"提示编号", "id of the finding"}, Takes::text, true},
                       {"--outcome",
                        {"stands、confirmed_as_fallback、to_be_reissued、revoked、no_objection",
                         "stands, confirmed_as_fallback, to_be_reissued, revoked, no_objection"},
                        Takes::text,
                        true},
                       {"--reason", {"理由", "reason"}, Takes::text, true},
                       {"--decided-on", {"处理决定日期（默认今天）", "day of the ruling (default: today)"}}},
                      1)},
  };
}

}  // namespace cunzheng::hub
