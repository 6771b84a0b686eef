// Asking the rules, refusing, answering questions (declared in desk.hpp).

#include "client/desk.hpp"

namespace cunzheng::client {

using codec::to_json;

namespace {

Text obligation_text(domain::Obligation obligation) {
  switch (obligation) {
    case domain::Obligation::handler_and_head_sign:
      return {"经办人和负责人签字", "handler and head sign"};
    case domain::Obligation::investigate_first:
      return {"先核实并记录", "verify first, on record"};
    case domain::Obligation::two_people_for_seal:
      return {"批准与用印分人", "approver and seal keeper differ"};
    case domain::Obligation::match_deliberation:
      return {"会议记录待同步后核对", "minutes to be matched after sync"};
    case domain::Obligation::state_fallback:
      return {"写明是兜底出具及原因", "the paper says that it is a fallback, and why"};
    case domain::Obligation::refresh_data:
      return {"数据已旧：先同步，或写明理由", "old data: synchronise, or say why not"};
    case domain::Obligation::committee_decides:
      return {"先由村（居）委会集体决定", "the committee decides first"};
    case domain::Obligation::assess_legal_risk:
      return {"先做法律风险评估", "assess the legal risk first"};
  }
  return {};
}

Reply permit_reply(const domain::Permit& permit, const DecidedApplication& decided, const LawAtHand& law) {
  std::vector<Text> lines{{"可以出具。", "May be issued."}};
  json::array obligations;
  for (const auto& each : permit.obligations) {
    const auto text = obligation_text(each);
    obligations.push_back(json::object{{"id", to_json(each)}, {"label", program::text_json(text)}});
    lines.push_back({"还需：" + text.zh, "Still to do: " + text.en});
  }
  if (decided.due) lines.push_back({"最迟" + decided.due->text_zh() + "办结。", "Due " + decided.due->text() + "."});
  Reply reply;
  reply.data = {{"answer", "permit"},
                {"obligations", std::move(obligations)},
                {"due", to_json(decided.due)},
                {"as_fallback", permit.as_fallback},
                {"catalogue_revision", law.catalogue->revision}};
  reply.human = program::joined(lines);
  return reply;
}

}  // namespace

void Desk::decide(json::object arguments, Done done) {
  const auto answer = [&]() -> Result<Reply> {
    CHECK(program::only(arguments, {"input", "confirm_date"}));
    TRY(const auto day, today(arguments));
    const auto* input = program::argument(arguments, "input");
    if (input != nullptr && input->is_object()) {
      if (const auto* commitment = program::argument(input->get_object(), "commitment"))
        return advise_commitment(*commitment, day);
    }
    TRY(const auto application, input_of<ApplicationInput>(arguments));
    TRY(const auto law, law_on(books_, day));
    TRY(const auto decided, decide_application(books_, law, application, pending_uses_, day));
    if (const auto* permit = std::get_if<domain::Permit>(&decided.decision)) return permit_reply(*permit, decided, law);
    return refusal_reply(decided, std::get<domain::Refusal>(decided.decision), law);
  };
  done(answer());
}

void Desk::refuse(json::object arguments, Done done) {
  struct Refusing {
    std::pair<journal::ApplicationOpened, journal::ApplicationPrivate> opened;
    journal::ApplicationRefused body;
    journal::ReasonPrivate personal;
    Reply slip;
  };
  const auto begin = [&]() -> Result<Refusing> {
    CHECK(program::only(arguments, {"input", "handler", "confirm_date"}));
    TRY(const auto input, input_of<ApplicationInput>(arguments));
    TRY(const auto day, today(arguments));
    TRY(const auto law, law_on(books_, day));
    TRY(const auto handling, handler(arguments, law, day));
    TRY(const auto decided, decide_application(books_, law, input, pending_uses_, day));
    const auto* refusal = std::get_if<domain::Refusal>(&decided.decision);
    if (refusal == nullptr) {
      return fail(FailureCode::bad_input,
                  {"按规则可以出具，不能作为拒绝登记", "the rules permit it: this is no refusal"}, "item", "R9");
    }
    Refusing out;
    out.opened = opening_of(law, decided, input.applied_on.value_or(day));
    out.body = {refusal->reason, refusal->rule, law.catalogue->revision, day, handling, refusal->fallback_possible};
    out.personal.reason = refusal->explanation.zh + "\n" + refusal->right_way.zh;
    out.slip = refusal_reply(decided, *refusal, law);
    if (input.ref) out.slip.data["ref"] = *input.ref;
    return out;
  };
  auto refusing = begin();
  if (!refusing) return done(tl::make_unexpected(std::move(refusing).error()));
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(refusing->opened.first, refusing->opened.second, {}, random_));
  drafts.push_back(journal::draft_of(refusing->body, refusing->personal, {}, random_));
  drafts.back().subject_of_draft = 0;
  const auto reply = [slip = refusing->slip, journal = pen_.writer().head().journal](const Written& written) {
    auto out = slip;
    for (const auto& pair : written_json(written, 1, journal)) out.data[pair.key()] = pair.value();
    out.data["answer"] = "refused";
    out.human = program::joined({{"已登记不予出具。", "The refusal is on record."}, out.human});
    return out;
  };
  write(std::move(drafts), std::nullopt, reply, std::move(done));
}

void Desk::inquire(json::object arguments, Done done) {
  struct Inquiring {
    journal::InquiryRecorded body;
    journal::InquiryPrivate personal;
  };
  const auto begin = [&]() -> Result<Inquiring> {
    CHECK(program::only(arguments, {"input", "handler", "confirm_date"}));
    TRY(const auto input, input_of<InquiryInput>(arguments));
    TRY(const auto day, today(arguments));
    TRY(const auto law, law_on(books_, day));
    Inquiring out;
    TRY(out.body.handler, handler(arguments, law, day));
    if (trimmed(input.question).empty()) {
      return fail(FailureCode::bad_input, {"请写明问的是什么", "say what was asked"}, "question", "R23");
    }
    out.body.item = domain::ItemId(input.item.value_or(""));
    const bool is_listed = domain::state_on(*law.catalogue, out.body.item, day) != domain::ItemState::unlisted;
    if (out.body.item != domain::ItemId() && !is_listed) {
      return fail(FailureCode::bad_input, {"清单里没有这一事项", "the lists have no such item"}, "item", "R12");
    }
    out.body.catalogue_revision = law.catalogue->revision;
    out.body.asked_on = day;
    out.body.answer = input.answer_kind.value_or(journal::InquiryAnswer::guide_given);
    out.personal = {input.question, input.answer};
    return out;
  };
  auto inquiring = begin();
  if (!inquiring) return done(tl::make_unexpected(std::move(inquiring).error()));
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(inquiring->body, inquiring->personal, {}, random_));
  const auto reply = [journal = pen_.writer().head().journal](const Written& written) {
    Reply out;
    out.data = written_json(written, 0, journal);
    out.data["answer"] = "recorded";
    out.human = {"咨询已登记。", "The question is on record."};
    return out;
  };
  write(std::move(drafts), std::nullopt, reply, std::move(done));
}

}  // namespace cunzheng::client
