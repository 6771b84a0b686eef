// Issuing and spoiling (declared in desk.hpp).

#include "client/desk.hpp"
#include "shared/domain/identifiers.hpp"

namespace cunzheng::client {

using codec::to_json;

// One request to issue, as far as it is known before the signatories' keys are open.
struct Desk::Issuing {
  ApplicationInput input;
  Hands hands;
  CivilDate day;
};

// The plan of the certificate, or the refusal as it is told.
Result<std::variant<CertificatePlan, Reply>> Desk::plan(const Issuing& issuing) const {
  using Planned = std::variant<CertificatePlan, Reply>;
  TRY(const auto law, law_on(books_, issuing.day));
  TRY(const auto decided, decide_application(books_, law, issuing.input, pending_uses_, issuing.day));
  if (const auto* refusal = std::get_if<domain::Refusal>(&decided.decision)) {
    return Planned(refusal_reply(decided, *refusal, law));
  }
  TRY(auto plan, plan_certificate(books_, law, issuing.input, decided, issuing.hands, issuing.day));
  CHECK(pen_.next_number(issuing.day, law.body.code12));
  return Planned(std::move(plan));
}

void Desk::issue(json::object arguments, Done done) {
  const auto begin = [&]() -> Result<Issuing> {
    CHECK(program::only(arguments, {"input", "handler", "handler_passphrase_file", "head", "head_passphrase_file",
                                    "seal_keeper", "confirm_date"}));
    CHECK(pen_.may_write());
    Issuing issuing;
    TRY(issuing.input, input_of<ApplicationInput>(arguments));
    TRY(issuing.hands.handler, officer(arguments, "handler"));
    TRY(issuing.hands.head, officer(arguments, "head"));
    if (program::argument(arguments, "seal_keeper") != nullptr) {
      TRY(issuing.hands.seal_keeper, officer(arguments, "seal_keeper"));
    }
    TRY(issuing.day, today(arguments));
    return issuing;
  };
  auto issuing = begin();
  if (!issuing) return done(tl::make_unexpected(std::move(issuing).error()));
  // A no needs nobody's signature.
  auto planned = plan(*issuing);
  if (!planned) return done(tl::make_unexpected(std::move(planned).error()));
  if (auto* refusal = std::get_if<Reply>(&*planned)) return done(std::move(*refusal));

  const auto handler_file = program::text_argument(arguments, "handler_passphrase_file");
  if (!handler_file) return done(tl::make_unexpected(handler_file.error()));
  const auto head_file = program::text_argument(arguments, "head_passphrase_file");
  if (!head_file) return done(tl::make_unexpected(head_file.error()));
  keys_.open({{issuing->hands.handler, *handler_file}, {issuing->hands.head, *head_file}},
             [this, issuing = *issuing, done = std::move(done)](Result<std::vector<OfficerKeys::Key>> keys) {
               if (!keys) return done(tl::make_unexpected(std::move(keys).error()));
               write_certificate(issuing, *keys->at(0), *keys->at(1), done);
             });
}

// Planned again: while the keys were being opened others may have used up the decision, or the day may have changed.
void Desk::write_certificate(const Issuing& issuing, const crypto::KeyPair& handler, const crypto::KeyPair& head,
                             Done done) {
  auto planned = plan(issuing);
  if (!planned) return done(tl::make_unexpected(std::move(planned).error()));
  if (auto* refusal = std::get_if<Reply>(&*planned)) return done(std::move(*refusal));
  auto plan = std::get<CertificatePlan>(*std::move(planned));
  const auto law = law_on(books_, issuing.day);
  if (!law) return done(tl::make_unexpected(law.error()));
  const auto number = pen_.next_number(issuing.day, law->body.code12);
  if (!number) return done(tl::make_unexpected(number.error()));

  const auto printed = number->printed(law->body.short_name);
  plan.issued.number = *number;
  plan.content.number = printed;
  journal::CertificatePrivate personal;
  personal.text = domain::certificate_text(plan.content);
  personal.verification_text = plan.verification_text;
  personal.handler_signature = crypto::sign(handler.secret, "certificate", view_of(personal.text));
  personal.head_signature = crypto::sign(head.secret, "certificate", view_of(personal.text));

  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(plan.opened, plan.opened_private, {}, random_));
  drafts.push_back(journal::draft_of(plan.issued, personal, {}, random_));
  drafts.back().subject_of_draft = 0;
  if (plan.reissued) {
    drafts.push_back(journal::draft_of(*plan.reissued, {}, {}, random_));
    drafts.back().subject_of_draft = 0;
  }

  const auto code = plan.issued.deliberation_code;
  if (!code.empty()) ++pending_uses_[code];
  const auto journal = pen_.writer().head().journal;
  const auto reply = [journal, printed, issued = plan.issued, text = personal.text, marks = plan.marks,
                      ref = issuing.input.ref](const Written& written) {
    Reply out;
    out.data = written_json(written, 1, journal);
    out.data["answer"] = "issued";
    if (ref) out.data["ref"] = *ref;
    out.data["number"] = printed;
    out.data["machine_number"] = issued.number.machine();
    out.data["issued_on"] = to_json(issued.issued_on);
    out.data["valid_until"] = to_json(issued.valid_until);
    out.data["catalogue_revision"] = issued.catalogue_revision;
    out.data["marks"] = to_json(marks);
    out.data["text"] = text;
    out.human = program::joined({{"已出具：" + printed, "Issued: " + printed}, {text, text}});
    return out;
  };
  write(std::move(drafts), *number, reply, [this, code, done = std::move(done)](Result<Reply> outcome) {
    // From here on the books count it.
    if (!code.empty() && --pending_uses_[code] == 0) pending_uses_.erase(code);
    done(std::move(outcome));
  });
}

namespace {

Result<journal::SpoilKind> spoil_kind_of(const json::object& arguments) {
  TRY(const auto name, program::text_or(arguments, "kind", "printed_badly"));
  return codec::from_json<journal::SpoilKind>(json::value(name), "kind");
}

}  // namespace

void Desk::spoil(json::object arguments, Done done) {
  struct Spoiling {
    NumberedCertificate certificate;
    journal::CertificateSpoiled body;
    journal::ReasonPrivate personal;
  };
  const auto begin = [&]() -> Result<Spoiling> {
    CHECK(program::only(arguments, {"number", "handler", "kind", "reason", "confirm_date"}));
    TRY(const auto typed, program::text_argument(arguments, "number"));
    Spoiling out;
    TRY(out.certificate, find_certificate(books_, typed, "number"));
    if (out.certificate.is_spoiled) {
      return fail(FailureCode::conflict, {"这份证明已经作废过", "this certificate was spoiled already"}, "number",
                  "R104");
    }
    TRY(out.body.spoil_kind, spoil_kind_of(arguments));
    TRY(out.personal.reason, program::text_or(arguments, "reason", {}));
    CHECK(check_texts(json::value(json::string(out.personal.reason)), "reason"));
    TRY(out.body.spoiled_on, today(arguments));
    TRY(const auto law, law_on(books_, out.body.spoiled_on));
    TRY(out.body.handler, handler(arguments, law, out.body.spoiled_on));
    return out;
  };
  auto spoiling = begin();
  if (!spoiling) return done(tl::make_unexpected(std::move(spoiling).error()));
  const auto& certificate = spoiling->certificate;
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(spoiling->body, spoiling->personal, certificate.subject, random_));
  drafts.back().parents = books_.parents(certificate.subject);
  const auto committee = books_.facts().body_on(books_.body(), certificate.issued_on);
  const auto number = committee ? certificate.number.printed(committee->short_name) : certificate.number.machine();
  const auto reply = [certificate, number, journal = pen_.writer().head().journal](const Written& written) {
    Reply out;
    out.data = written_json(written, 0, journal);
    out.data["subject"] = to_json(certificate.subject);
    out.data["answer"] = "spoiled";
    out.data["machine_number"] = certificate.number.machine();
    out.human = {"已作废：" + number + "。废页与存根一并保存，编号不再使用。",
                 "Spoiled: " + number + ". Keep the sheet with its stub; the number is not used again."};
    return out;
  };
  write(std::move(drafts), std::nullopt, reply, std::move(done));
}

}  // namespace cunzheng::client
