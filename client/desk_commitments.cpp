// Commitments in place of proof (declared in desk.hpp). The other side is the deciding organ; here they are explained,
// filled in and passed on, always provisionally (R70, O5).

#include "client/desk.hpp"
#include "shared/domain/commitment.hpp"

namespace cunzheng::client {
namespace {

using codec::to_json;
using domain::CommitmentWay;

struct Asked {
  domain::Person person;
  const domain::CommitmentMatter* matter = nullptr;  // lives as long as `forms`
  std::shared_ptr<const domain::CommitmentForms> forms;
  domain::ExclusionAnswer exclusion = domain::ExclusionAnswer::no_list;
  std::uint32_t list_revision = 0;
  domain::CommitmentAdvice advice;
};

Result<Asked> ask(const Books& books, const CommitmentInput& input, CivilDate day) {
  Asked asked;
  TRY(asked.person, person_of(input.person, "person"));
  TRY(asked.person.id_number, domain::normalise_citizen_id(asked.person.id_number, "person.id_number"));
  const auto* published = books.facts().in_force(journal::DataKind::commitment_forms, day);
  if (published == nullptr) {
    return fail(FailureCode::unavailable,
                {"本机还没有告知承诺书格式，请先同步", "the commitment forms are not here yet: synchronise"});
  }
  asked.forms = published->commitment_forms;
  asked.matter = asked.forms->find(input.matter);
  if (asked.matter == nullptr) {
    return fail(FailureCode::bad_input, {"区里没有公布这一承诺事项", "the district has published no such matter"},
                "matter", "R73");
  }
  if (const auto list = books.facts().exclusions()) {
    asked.exclusion = domain::ask(list->list, asked.person.id_number);
    if (list->list) asked.list_revision = list->revision;
  }
  asked.advice =
      domain::advise(*asked.forms, *asked.matter, asked.exclusion, input.full_capacity.value_or(domain::Answer::yes));
  return asked;
}

Reply advice_reply(const Asked& asked) {
  Reply reply;
  reply.data = {{"answer", asked.advice.way == CommitmentWay::commit ? "permit" : "refusal"},
                {"way", to_json(asked.advice.way)},
                {"exclusion", to_json(asked.exclusion)},
                {"exclusion_list_revision", asked.list_revision},
                {"rule", asked.advice.rule},
                {"explanation", program::text_json(asked.advice.text)}};
  reply.human = asked.advice.text;
  return reply;
}

Result<std::string> text_of(const Asked& asked) {
  TRY(const auto text, domain::compose_commitment(*asked.forms, *asked.matter));
  std::string out = text.title.zh + "\n" + text.opening.zh;
  for (const auto& part : text.parts) out += "\n" + part.label.zh + "\n" + part.text.zh;
  for (const auto* rest : {&text.promise, &text.withdrawal, &text.privacy, &text.provisional}) out += "\n" + rest->zh;
  return out;
}

}  // namespace

Result<Reply> Desk::advise_commitment(const json::value& input, CivilDate day) const {
  TRY(const auto commitment, codec::from_json<CommitmentInput>(input, "commitment"));
  TRY(const auto asked, ask(books_, commitment, day));
  return advice_reply(asked);
}

void Desk::commit(json::object arguments, Done done) {
  struct Committing {
    journal::CommitmentMade body;
    journal::CommitmentPrivate personal;
    Reply advice;
    bool may = false;
  };
  const auto begin = [&]() -> Result<Committing> {
    CHECK(program::only(arguments, {"input", "handler", "confirm_date"}));
    TRY(const auto input, input_of<CommitmentInput>(arguments));
    TRY(const auto day, today(arguments));
    TRY(const auto law, law_on(books_, day));
    TRY(const auto explained_by, handler(arguments, law, day));
    TRY(const auto asked, ask(books_, input, day));
    Committing out;
    out.advice = advice_reply(asked);
    out.may = asked.advice.way == CommitmentWay::commit;
    if (!out.may) return out;
    if (!input.choice_explained.value_or(true)) {
      return fail(FailureCode::bad_input,
                  {"须先向本人说明可以自由选择交证明或承诺", "the free choice must be explained first"},
                  "choice_explained", "R72");
    }
    const auto reason = trimmed(input.cannot_wait.value_or(""));
    const auto age_max = domain::parameter_of(*law.catalogue, domain::parameter::stale_days_commitment);
    if (law.data_age_days > age_max && reason.empty()) {
      return fail(FailureCode::bad_input,
                  {"本机数据已旧，请先同步；确实等不及的，请写明理由",
                   "the data here are old, synchronise first; if it cannot wait, say why"},
                  "cannot_wait", "O12");
    }
    out.body.organ = input.organ.value_or(asked.matter->organ_name);
    out.body.matter = input.matter;
    out.body.item = domain::ItemId(input.item.value_or(""));
    out.body.made_on = day;
    out.body.exclusion_list_revision = asked.list_revision;
    out.body.choice_explained = true;
    out.body.explained_by = explained_by;
    out.personal.person = asked.person;
    if (input.text) {
      out.personal.text = *input.text;
    } else {
      TRY(out.personal.text, text_of(asked));
    }
    if (!reason.empty()) out.personal.text += "\n数据较旧仍办理的理由：" + reason;
    out.personal.facts = input.facts.value_or("");
    out.personal.exclusion = asked.exclusion;
    return out;
  };
  auto committing = begin();
  if (!committing) return done(tl::make_unexpected(std::move(committing).error()));
  if (!committing->may) return done(std::move(committing->advice));  // nothing is recorded of a person who brings proof
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(committing->body, committing->personal, {}, random_));
  const auto reply = [advice = committing->advice, text = committing->personal.text,
                      journal = pen_.writer().head().journal](const Written& written) {
    auto out = advice;
    for (const auto& pair : written_json(written, 0, journal)) out.data[pair.key()] = pair.value();
    out.data["answer"] = "recorded";
    out.data["state"] = to_json(domain::CommitmentState::provisional);
    out.data["text"] = text;
    out.human = program::joined({{"承诺已登记，为暂定：待区中心核对、决定机关受理。",
                         "Recorded provisionally, until hub and organ have looked."},
                        {text, text}});
    return out;
  };
  write(std::move(drafts), std::nullopt, reply, std::move(done));
}

}  // namespace cunzheng::client
